//! One object as core drives it: planned, planned again, applied, read, imported, upgraded, destroyed; every
//! answer held to core's rules.

mod apply;
mod import;
mod plan;
mod read;
mod upgrade;

use zeebe_proto::tfplugin6::{DynamicValue, ResourceIdentityData, validate_resource_config};

pub use self::plan::{Action, Planned};
use crate::judge::{Breach, Scene};
use crate::profile::Feature;
use crate::rules::Rule;
use crate::schema::{Block, Schema};
use crate::session::{Session, errors, hex};
use crate::value::Value;
use crate::wire;

/// What a state file has of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its attributes.
    pub value: Value,
    /// What the provider alone understands.
    pub private: Vec<u8>,
    /// What it is found by.
    pub identity: Value,
}

impl Object {
    /// Nothing.
    pub const ABSENT: Self =
        Self { value: Value::Null, private: Vec::new(), identity: Value::Null };
}

/// Why a turn went no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The provider said that it cannot, or will not.
    Refused(String),
    /// A rule was broken in a way that leaves nothing to go on with.
    Broken,
}

/// One object of a provider.
#[derive(Debug)]
pub struct Actor<'s> {
    /// Where it lives.
    pub session: &'s mut Session,
    /// Its type.
    pub type_name: String,
    /// The schema of its type.
    pub schema: Schema,
    /// What is known of it.
    pub object: Object,
}

impl<'s> Actor<'s> {
    /// An object that is not there yet; none where the provider has no such type.
    pub fn new(session: &'s mut Session, type_name: &str) -> Option<Self> {
        let schema = session.schemas.resources.get(type_name)?.clone();
        Some(Self { session, type_name: type_name.to_owned(), schema, object: Object::ABSENT })
    }

    fn scene(&self, turn: &str) -> Scene {
        Scene::of(&self.type_name, turn)
    }

    fn encode(&self, value: &Value) -> DynamicValue {
        wire::encode(value, &self.schema.block.ty())
    }

    fn decode(&mut self, rule: Rule, scene: &Scene, sent: Option<&DynamicValue>) -> Option<Value> {
        let ty = self.schema.block.ty();
        self.session.decode(rule, scene, sent, &ty)
    }

    fn write_only(&mut self, rule: Rule, scene: &Scene, value: &Value) {
        let found = self.schema.block.write_only_values(value);
        let breaches = found.iter().map(|path| Breach::at(path, "null", "a value"));
        self.session.judge.look(rule, scene, breaches.collect::<Vec<_>>());
    }

    fn known(&mut self, rule: Rule, scene: &Scene, value: &Value) {
        let found = value.unknown_paths();
        let breaches = found.iter().map(|path| Breach::at(path, "a known value", "(unknown)"));
        self.session.judge.look(rule, scene, breaches.collect::<Vec<_>>());
    }

    fn sent_identity(&self, identity: &Value) -> Option<ResourceIdentityData> {
        if !self.session.has(Feature::Identity) || identity.is_null() {
            return None;
        }
        let schema = self.session.schemas.identities.get(&self.type_name)?;
        Some(ResourceIdentityData { identity_data: Some(wire::encode(identity, &schema.ty)) })
    }

    /// The identity of an answer; null where there is none, or the client knows of none.
    fn identity(
        &mut self,
        rule: Rule,
        scene: &Scene,
        sent: Option<&ResourceIdentityData>,
        before: &Value,
        may_be_unknown: bool,
    ) -> Value {
        let (true, Some(sent)) = (self.session.has(Feature::Identity), sent) else {
            return before.clone();
        };
        let Some(schema) = self.session.schemas.identities.get(&self.type_name).cloned() else {
            let breach = Breach::of("no identity, as there is no schema of it", "one");
            self.session.judge.look(rule, scene, [breach]);
            return Value::Null;
        };
        let data = sent.identity_data.as_ref();
        let Some(identity) = self.session.decode(rule, scene, data, &schema.ty) else {
            return before.clone();
        };
        let mut breaches = Vec::new();
        if !may_be_unknown && !identity.unknown_paths().is_empty() {
            breaches.push(Breach::of("an identity that is known", identity.to_string()));
        }
        if !before.is_null() && before.unknown_paths().is_empty() && identity != *before {
            breaches.push(Breach::of(before.to_string(), identity.to_string()));
        }
        self.session.judge.look(rule, scene, breaches);
        identity
    }

    /// Asks whether a configuration is valid; the reason if it is not.
    pub async fn validate(&mut self, config: &Value, turn: &str, rule: Rule) -> Result<(), Stop> {
        let mut scene = self.scene(turn);
        let request = validate_resource_config::Request {
            type_name: self.type_name.clone(),
            config: Some(self.encode(config)),
            client_capabilities: Some(self.session.profile.capabilities()),
        };
        scene.bytes.push(hex("config", request.config.as_ref()));
        let answer = self.session.connection.provider.validate_resource_config(request).await;
        let answer = self.session.answer(rule, &scene, answer).ok_or(Stop::Broken)?;
        let block = self.schema.block.clone();
        if self.session.diagnostics(&scene, &answer.diagnostics, Some(&block)) {
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        Ok(())
    }

    /// The configuration as this client can have it: without write-only values where it knows of none.
    pub fn as_client_has_it(&self, config: &Value) -> Value {
        if self.session.has(Feature::WriteOnly) {
            return config.clone();
        }
        let found = self.schema.block.write_only_values(config);
        found.iter().fold(config.clone(), |config, path| without(&config, &path.0))
    }
}

/// The same with null at a place.
fn without(value: &Value, steps: &[crate::path::Step]) -> Value {
    use crate::path::Step;
    let Some((step, rest)) = steps.split_first() else { return Value::Null };
    match (value, step) {
        (Value::Members(members), Step::Attribute(name) | Step::Key(name)) => {
            let mut members = members.clone();
            if let Some(member) = members.get_mut(name) {
                *member = without(member, rest);
            }
            Value::Members(members)
        }
        (Value::Sequence(elements), Step::Index(place)) => {
            let mut elements = elements.clone();
            let element = usize::try_from(*place).ok().and_then(|place| elements.get_mut(place));
            if let Some(element) = element {
                *element = without(element, rest);
            }
            Value::Sequence(elements)
        }
        (other, _) => other.clone(),
    }
}

/// Whether two values of a schema differ where the configuration says something.
pub(crate) fn configured_differences(
    schema: &Block,
    config: &Value,
    before: &Value,
    after: &Value,
) -> Vec<Breach> {
    let mut found = Vec::new();
    let root = crate::path::Path::default();
    for (name, schema) in &schema.attributes {
        attribute_differences(
            schema,
            config.member(name),
            before.member(name),
            after.member(name),
            &root.attribute(name),
            &mut found,
        );
    }
    found
}

fn attribute_differences(
    schema: &crate::schema::Attribute,
    config: &Value,
    before: &Value,
    after: &Value,
    path: &crate::path::Path,
    found: &mut Vec<Breach>,
) {
    use crate::schema::Nesting;
    if config.is_null() || schema.write_only || before == after {
        return;
    }
    let Some(object) = &schema.nested else {
        found.push(Breach::at(path, before.to_string(), after.to_string()));
        return;
    };
    let members = |config: &Value, before: &Value, after: &Value, path: &crate::path::Path| {
        let mut found = Vec::new();
        for (name, schema) in &object.attributes {
            let (config, before, after) =
                (config.member(name), before.member(name), after.member(name));
            attribute_differences(schema, config, before, after, &path.attribute(name), &mut found);
        }
        found
    };
    match (object.nesting, config) {
        (Nesting::Single | Nesting::Group, Value::Members(_)) if !after.is_null() => {
            found.extend(members(config, before, after, path));
        }
        (Nesting::Map, Value::Members(configs))
            if after.members().is_some_and(|it| it.keys().eq(configs.keys())) =>
        {
            for (key, config) in configs {
                found.extend(members(
                    config,
                    before.member(key),
                    after.member(key),
                    &path.key(key),
                ));
            }
        }
        (Nesting::List, Value::Sequence(configs)) if after.elements().len() == configs.len() => {
            let pairs = configs.iter().zip(before.elements()).zip(after.elements());
            for (place, ((config, before), after)) in pairs.enumerate() {
                found.extend(members(config, before, after, &path.index(place)));
            }
        }
        // Which element of a set is which is not to be told.
        (Nesting::Set, Value::Set(configs)) if after.elements().len() == configs.len() => {}
        _ => found.push(Breach::at(path, before.to_string(), after.to_string())),
    }
}
