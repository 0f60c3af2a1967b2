//! One provider process, its schemas, and calls whose failures are findings.

use std::collections::BTreeMap;

use tonic::{Code, Response, Status};
use zeebe_proto::tfplugin6::{
    self as wire6, Diagnostic, DynamicValue, diagnostic::Severity, get_provider_schema,
    get_resource_identity_schemas, resource_identity_schema::IdentityAttribute,
};

use crate::client::Connection;
use crate::judge::{Breach, Judge, Scene};
use crate::path::Path;
use crate::profile::{Feature, Profile};
use crate::rules::Rule;
use crate::schema::{Block, Schema};
use crate::ty::Type;
use crate::value::Value;
use crate::wire;

/// A provider that is talked to.
#[derive(Debug)]
pub struct Session {
    /// The services.
    pub connection: Connection,
    /// Who the client is said to be.
    pub profile: Profile,
    /// What was seen.
    pub judge: Judge,
    /// What the provider said of itself.
    pub schemas: Schemas,
    /// Whether the process has stopped answering, so that nothing more is to be learned.
    pub dead: bool,
}

/// What a provider says of itself.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    /// As it was sent.
    pub sent: get_provider_schema::Response,
    /// The provider's own configuration.
    pub provider: Block,
    /// Managed resources.
    pub resources: BTreeMap<String, Schema>,
    /// Data sources.
    pub data_sources: BTreeMap<String, Schema>,
    /// The types of identities.
    pub identities: BTreeMap<String, Identity>,
}

/// What an identity consists of.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Version of its schema.
    pub version: i64,
    /// The type of its value.
    pub ty: Type,
}

impl Schemas {
    /// Reads what can be read; what cannot is the lint's to tell.
    pub fn of(
        sent: get_provider_schema::Response,
        identities: Option<&get_resource_identity_schemas::Response>,
    ) -> Self {
        let read = |sent: &std::collections::HashMap<String, wire6::Schema>| {
            sent.iter()
                .filter_map(|(name, schema)| Some((name.clone(), Schema::of(schema).ok()?)))
                .collect()
        };
        let identities = identities.into_iter().flat_map(|it| &it.identity_schemas);
        Self {
            provider: sent
                .provider
                .as_ref()
                .and_then(|schema| Schema::of(schema).ok())
                .map(|schema| schema.block)
                .unwrap_or_default(),
            resources: read(&sent.resource_schemas),
            data_sources: read(&sent.data_source_schemas),
            identities: identities
                .filter_map(|(name, schema)| {
                    let ty = identity_type(&schema.identity_attributes)?;
                    Some((name.clone(), Identity { version: schema.version, ty }))
                })
                .collect(),
            sent,
        }
    }

    /// Whether the provider wants to be asked for the plan of a destruction.
    pub fn plans_destruction(&self) -> bool {
        self.sent.server_capabilities.is_some_and(|it| it.plan_destroy)
    }
}

fn identity_type(attributes: &[IdentityAttribute]) -> Option<Type> {
    let attribute = |it: &IdentityAttribute| Some((it.name.clone(), Type::parse(&it.r#type).ok()?));
    attributes.iter().map(attribute).collect::<Option<_>>().map(Type::Object)
}

impl Session {
    /// A connection about which nothing is known yet.
    pub fn new(connection: Connection, profile: Profile) -> Self {
        Self {
            connection,
            profile,
            judge: Judge::default(),
            schemas: Schemas::default(),
            dead: false,
        }
    }

    /// Whether both sides have something.
    pub fn has(&self, feature: Feature) -> bool {
        self.profile.has(feature)
    }

    /// The answer of a call, or a breach of `rule` because there is none.
    pub fn answer<T>(
        &mut self,
        rule: Rule,
        scene: &Scene,
        answer: Result<Response<T>, Status>,
    ) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.judge.look(rule, scene, None);
                Some(answer.into_inner())
            }
            Err(status) => {
                let got = format!("{:?}: {}", status.code(), status.message());
                self.judge.look(rule, scene, [Breach::of("an answer", got)]);
                if status.code() == Code::Unavailable {
                    self.dead = true;
                }
                None
            }
        }
    }

    /// Looks at diagnostics themselves; tells whether one is an error.
    pub fn diagnostics(
        &mut self,
        scene: &Scene,
        diagnostics: &[Diagnostic],
        block: Option<&Block>,
    ) -> bool {
        for it in diagnostics {
            let said = it.severity() != Severity::Invalid && !it.summary.trim().is_empty();
            let breach = (!said).then(|| {
                let got = format!("{:?} {:?}", it.severity(), it.summary);
                Breach::of("an error or a warning with a summary", got)
            });
            self.judge.look(Rule::DiagnosticText, scene, breach);
            if let (Some(block), Some(path)) = (block, &it.attribute) {
                let path = Path::from(path);
                let breach = (!block.has_path(&path))
                    .then(|| Breach::at(&path, "a path that the schema has", summary(it)));
                self.judge.look(Rule::DiagnosticPath, scene, breach);
            }
        }
        diagnostics.iter().any(|it| it.severity() == Severity::Error)
    }

    /// The value that a provider sent, or a breach of `rule`.
    pub fn decode(
        &mut self,
        rule: Rule,
        scene: &Scene,
        sent: Option<&DynamicValue>,
        ty: &Type,
    ) -> Option<Value> {
        match wire::decode(sent, ty) {
            Ok(value) => {
                self.judge.look(rule, scene, None);
                self.judge.look(Rule::WireRefinement, scene, None);
                Some(value)
            }
            Err(error) => {
                let rule = if error.about_refinement { Rule::WireRefinement } else { rule };
                let breach = Breach::at(&error.path, "a value of the schema's type", error.text);
                self.judge.look(rule, scene, [breach]);
                None
            }
        }
    }

    /// A deferral, which no client of ours allows.
    pub fn deferral(&mut self, scene: &Scene, deferred: Option<&wire6::Deferred>, failed: bool) {
        let breach = deferred
            .filter(|_| !failed)
            .map(|it| Breach::of("no deferral", format!("{:?}", it.reason())));
        self.judge.look(Rule::Deferred, scene, breach);
    }
}

/// A diagnostic in one line.
pub fn summary(diagnostic: &Diagnostic) -> String {
    let Diagnostic { summary, detail, .. } = diagnostic;
    let path = diagnostic.attribute.as_ref().map(Path::from).unwrap_or_default();
    let place = if path.0.is_empty() { String::new() } else { format!(" (at {path})") };
    format!("{:?}: {summary}: {detail}{place}", diagnostic.severity())
}

/// Errors in one text.
pub fn errors(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|it| it.severity() == Severity::Error);
    errors.map(summary).collect::<Vec<_>>().join("; ")
}

/// The bytes of a message's value, for a report.
pub fn hex(name: &str, value: Option<&DynamicValue>) -> String {
    let Some(DynamicValue { msgpack, json }) = value else { return format!("{name}: absent") };
    let bytes = if msgpack.is_empty() { json } else { msgpack };
    let mut text = format!("{name}: ");
    for byte in bytes {
        use std::fmt::Write;
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
