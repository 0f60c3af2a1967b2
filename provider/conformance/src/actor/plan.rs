//! Plans.

use std::collections::BTreeSet;

use zeebe_proto::tfplugin6::plan_resource_change::{Request, Response};

use super::{Actor, Object, Stop};
use crate::compare::{compatible, plan_valid, proposed};
use crate::judge::{Breach, Scene};
use crate::path::Path;
use crate::profile::Feature;
use crate::rules::Rule;
use crate::session::{errors, hex};
use crate::value::Value;

/// What a plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes the object.
    Create,
    /// Changes it where it is.
    Update,
    /// Destroys it and makes another.
    Replace,
    /// Leaves it.
    Nothing,
}

/// What is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The object that is to be.
    pub value: Value,
    /// What the provider will want to know when it applies.
    pub private: Vec<u8>,
    /// What it will be found by.
    pub identity: Value,
    /// What is done.
    pub action: Action,
}

const VALIDITY: [Rule; 6] = [
    Rule::PlanExistence,
    Rule::PlanConfig,
    Rule::PlanNull,
    Rule::PlanCount,
    Rule::PlanUnknown,
    Rule::PlanBlocks,
];

impl Actor<'_> {
    /// Validates and plans, as core does for each look at a resource.
    pub async fn plan(&mut self, config: &Value, turn: &str) -> Result<Planned, Stop> {
        self.plan_with(config, &[], turn).await
    }

    /// The same, with what the provider said when it planned before.
    async fn plan_with(
        &mut self,
        config: &Value,
        planned_private: &[u8],
        turn: &str,
    ) -> Result<Planned, Stop> {
        let rule = if config.unknown_paths().is_empty() {
            Rule::RpcAnswers
        } else {
            Rule::PlanWithUnknown
        };
        self.validate(config, turn, rule).await?;
        let prior = self.object.clone();
        let planned = self.plan_from(config, &prior, planned_private, rule, turn).await?;
        if planned.action != Action::Replace {
            return Ok(planned);
        }
        // Core asks again for the object that takes the other's place.
        let mut anew = Object { private: planned.private, ..Object::ABSENT };
        anew.identity = Value::Null;
        let turn = format!("{turn}, the replacement");
        let planned = self.plan_from(config, &anew, planned_private, rule, &turn).await?;
        Ok(Planned { action: Action::Replace, ..planned })
    }

    async fn plan_from(
        &mut self,
        config: &Value,
        prior: &Object,
        planned_private: &[u8],
        rule: Rule,
        turn: &str,
    ) -> Result<Planned, Stop> {
        let proposal = proposed(&self.schema.block, &prior.value, config);
        let kept = self.session.has(Feature::PlannedPrivate);
        let request = Request {
            type_name: self.type_name.clone(),
            prior_state: Some(self.encode(&prior.value)),
            proposed_new_state: Some(self.encode(&proposal)),
            config: Some(self.encode(config)),
            prior_private: prior.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.session.profile.capabilities()),
            prior_identity: self.sent_identity(&prior.identity),
            planned_private: if kept { planned_private.to_vec() } else { Vec::new() },
        };
        let mut scene = self.scene(turn);
        scene.bytes = vec![
            hex("prior_state", request.prior_state.as_ref()),
            hex("proposed_new_state", request.proposed_new_state.as_ref()),
            hex("config", request.config.as_ref()),
        ];
        let first = self.session.connection.provider.plan_resource_change(request.clone()).await;
        let first = self.session.answer(rule, &scene, first).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("planned_state", first.planned_state.as_ref()));
        let block = self.schema.block.clone();
        let failed = self.session.diagnostics(&scene, &first.diagnostics, Some(&block));
        self.session.deferral(&scene, first.deferred.as_ref(), failed);
        if failed {
            return Err(Stop::Refused(errors(&first.diagnostics)));
        }
        if first.deferred.is_some() {
            return Err(Stop::Broken);
        }
        let planned = self
            .decode(Rule::PlanType, &scene, first.planned_state.as_ref())
            .ok_or(Stop::Broken)?;
        let second = self.session.connection.provider.plan_resource_change(request).await;
        let second = self.session.answer(rule, &scene, second).ok_or(Stop::Broken)?;
        self.same(&scene, &planned, &first, &second);
        self.valid(&scene, &prior.value, config, &planned, first.legacy_type_system);
        let paths: Vec<Path> = first.requires_replace.iter().map(Path::from).collect();
        let strange = paths.iter().filter(|path| !self.schema.block.has_path(path));
        let breaches: Vec<_> =
            strange.map(|path| Breach::at(path, "a path that the schema has", "another")).collect();
        self.session.judge.look(Rule::PlanReplace, &scene, breaches);
        let action = action(&prior.value, &planned, &paths);
        let making = matches!(action, Action::Create | Action::Replace);
        let before = if making { Value::Null } else { prior.identity.clone() };
        let sent = first.planned_identity.as_ref();
        let identity = self.identity(Rule::PlanIdentity, &scene, sent, &before, making);
        Ok(Planned { value: planned, private: first.planned_private, identity, action })
    }

    fn same(&mut self, scene: &Scene, planned: &Value, first: &Response, second: &Response) {
        let ty = self.schema.block.ty();
        let again = crate::wire::decode(second.planned_state.as_ref(), &ty);
        let mut breaches = Vec::new();
        if again.as_ref() != Ok(planned) {
            let got = again.map_or_else(|error| error.to_string(), |again| again.to_string());
            breaches.push(Breach::of(planned.to_string(), got));
        }
        let reasons = |answer: &Response| {
            answer.requires_replace.iter().map(Path::from).collect::<BTreeSet<_>>()
        };
        if reasons(first) != reasons(second) {
            breaches.push(Breach::of("the same reasons for a replacement", "others"));
        }
        self.session.judge.look(Rule::PlanSame, scene, breaches);
    }

    fn valid(
        &mut self,
        scene: &Scene,
        prior: &Value,
        config: &Value,
        planned: &Value,
        legacy: bool,
    ) {
        self.write_only(Rule::PlanWriteOnly, scene, planned);
        let found = plan_valid(&self.schema.block, prior, config, planned);
        if legacy {
            self.session.judge.tolerate(found.len());
            return;
        }
        for rule in VALIDITY {
            let breaches = found.iter().filter(|it| it.0 == rule).map(|it| it.1.clone());
            self.session.judge.look(rule, scene, breaches.collect::<Vec<_>>());
        }
    }

    /// The plan that core makes when it applies: it must agree with the one that was shown. What is replaced is
    /// gone then.
    pub async fn plan_again(
        &mut self,
        first: &Planned,
        config: &Value,
        turn: &str,
    ) -> Result<Planned, Stop> {
        let replaced = format!("{turn}, the replaced one");
        let turn = format!("{turn}, planned again");
        let second = if first.action == Action::Replace {
            // By then core has destroyed the one before, and plans the other from nothing.
            self.delete(&[], &replaced).await?;
            self.validate(config, &turn, Rule::RpcAnswers).await?;
            self.plan_from(config, &Object::ABSENT, &first.private, Rule::RpcAnswers, &turn).await?
        } else {
            self.plan_with(config, &first.private, &turn).await?
        };
        let scene = self.scene(&turn);
        let found = compatible(
            &self.schema.block,
            &first.value,
            &second.value,
            Rule::PlanFinal,
            Rule::PlanFinal,
        );
        self.session.judge.look(Rule::PlanFinal, &scene, found.into_iter().map(|it| it.1));
        let fits = first.action == second.action
            || (first.action, second.action) == (Action::Replace, Action::Create)
            || (first.action, second.action) == (Action::Update, Action::Nothing);
        let breach = (!fits)
            .then(|| Breach::of(format!("{:?}", first.action), format!("{:?}", second.action)));
        self.session.judge.look(Rule::PlanAction, &scene, breach);
        Ok(second)
    }

    /// Sees that there is nothing to do.
    pub async fn settled(&mut self, config: &Value, rule: Rule, turn: &str) -> Result<(), Stop> {
        let scene = self.scene(turn);
        match self.plan(config, turn).await {
            Ok(planned) if planned.action == Action::Nothing => {
                self.session.judge.look(rule, &scene, None);
                Ok(())
            }
            Ok(planned) => {
                let differences = differences(&self.object.value, &planned.value);
                self.session.judge.look(rule, &scene, differences);
                Ok(())
            }
            Err(Stop::Refused(why)) => {
                self.session.judge.look(rule, &scene, [Breach::of("nothing to do", why.as_str())]);
                Err(Stop::Refused(why))
            }
            Err(Stop::Broken) => Err(Stop::Broken),
        }
    }
}

/// What is done, as core tells it from prior state and plan.
fn action(prior: &Value, planned: &Value, requires_replace: &[Path]) -> Action {
    if prior.is_null() {
        return Action::Create;
    }
    if prior == planned {
        return Action::Nothing;
    }
    let changed = |path: &Path| at(prior, path) != at(planned, path);
    if requires_replace.iter().any(changed) { Action::Replace } else { Action::Update }
}

fn at<'v>(value: &'v Value, path: &Path) -> &'v Value {
    use crate::path::Step;
    path.0.iter().fold(value, |value, step| match step {
        Step::Attribute(name) | Step::Key(name) => value.member(name),
        Step::Index(place) => usize::try_from(*place)
            .ok()
            .and_then(|place| value.elements().get(place))
            .unwrap_or(&Value::Null),
    })
}

/// The outermost attributes in which two values differ.
fn differences(before: &Value, after: &Value) -> Vec<Breach> {
    let (Some(wanted), Some(got)) = (before.members(), after.members()) else {
        return vec![Breach::of(before.to_string(), after.to_string())];
    };
    let root = Path::default();
    let differ = wanted.keys().filter(|name| wanted.get(*name) != got.get(*name));
    differ
        .map(|name| {
            let path = root.attribute(name);
            Breach::at(&path, before.member(name).to_string(), after.member(name).to_string())
        })
        .collect()
}
