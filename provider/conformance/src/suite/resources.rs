//! Managed resources: what is asked before configuration, and the lives of the cases.

use camino::Utf8Path;
use serde_json::Value as Json;
use zeebe_proto::tfplugin6::validate_data_resource_config;

use super::needs::Standing;
use super::{Run, RunError, directory};
use crate::actor::{Action, Actor, Object, Planned, Stop};
use crate::case::{Outcome, ResourceCase, StepCase, filled, filled_text, unknown_at};
use crate::draw;
use crate::judge::{Breach, Scene};
use crate::profile::Feature;
use crate::rules::Rule;
use crate::session::{Session, errors};
use crate::value::Value;
use crate::wire;

/// A configuration of a case, as the client has it.
pub(crate) fn config(
    actor: &Actor<'_>,
    json: &Json,
    directory: &Utf8Path,
    own: &Value,
) -> Result<Value, RunError> {
    let subject = actor.type_name.clone();
    let json = filled(json, directory.as_str(), own)
        .map_err(|source| RunError::Placeholder { subject: subject.clone(), source })?;
    let config = draw::configured(&actor.schema.block, &json)
        .map_err(|source| RunError::Value { subject, source })?;
    Ok(actor.as_client_has_it(&config))
}

impl Run {
    /// What core asks before it configures anything: validation, of everything that there is.
    pub(super) async fn unconfigured(&self, session: &mut Session) -> Result<(), RunError> {
        let write_only = session.has(Feature::WriteOnly);
        let is_set = |it: &crate::schema::Attribute| {
            it.presence.is_configurable() && (write_only || !it.write_only)
        };
        let names: Vec<_> = session.schemas.resources.keys().cloned().collect();
        for name in names {
            let Some(mut actor) = Actor::new(session, &name) else { continue };
            let empty = draw::empty(&actor.schema.block);
            // Whether it is valid is the provider's to say.
            let _ = actor.validate(&empty, "validate nothing", Rule::ValidateEmpty).await;
            let unknown = draw::unknown(&actor.schema.block, &is_set);
            let turn = "validate unknown values";
            if let Err(Stop::Refused(why)) =
                actor.validate(&unknown, turn, Rule::ValidateUnknown).await
            {
                let scene = Scene::of(&name, turn);
                let breach = Breach::of("no error", why);
                actor.session.judge.look(Rule::ValidateUnknown, &scene, [breach]);
            }
        }
        let names: Vec<_> = session.schemas.data_sources.keys().cloned().collect();
        for name in names {
            let schema = session.schemas.data_sources[&name].clone();
            let unknown = draw::unknown(&schema.block, &is_set);
            let empty = draw::empty(&schema.block);
            for (config, rule) in [(empty, Rule::ValidateEmpty), (unknown, Rule::ValidateUnknown)] {
                let scene = Scene::of(&format!("data.{name}"), "validate");
                let request = validate_data_resource_config::Request {
                    type_name: name.clone(),
                    config: Some(wire::encode(&config, &schema.block.ty())),
                };
                let answer =
                    session.connection.provider.validate_data_resource_config(request).await;
                if let Some(answer) = session.answer(rule, &scene, answer)
                    && session.diagnostics(&scene, &answer.diagnostics, Some(&schema.block))
                    && rule == Rule::ValidateUnknown
                {
                    let got = errors(&answer.diagnostics);
                    session.judge.look(rule, &scene, [Breach::of("no error", got)]);
                }
            }
        }
        for case in &self.cases.resources {
            let directory = directory()?;
            let mut actor = Actor::new(session, &case.type_name)
                .ok_or_else(|| RunError::Absent(case.type_name.clone()))?;
            let refused = case.steps.first().is_some_and(|it| it.outcome == Outcome::Refused);
            let Some(step) = case.steps.first().filter(|_| !refused) else { continue };
            let config = config(&actor, &step.config, directory.path(), &Value::Null)?;
            let turn = "validate before configuration";
            if let Err(Stop::Refused(why)) =
                actor.validate(&config, turn, Rule::ValidateAccepts).await
            {
                let scene = Scene::of(&case.type_name, turn);
                let breach = Breach::of("no error", why);
                actor.session.judge.look(Rule::ValidateAccepts, &scene, [breach]);
            }
        }
        Ok(())
    }

    /// The life of one object, from nothing to nothing, beside what it needs.
    pub(super) async fn resource(
        &self,
        session: &mut Session,
        case: &ResourceCase,
    ) -> Result<(), RunError> {
        let directory = directory()?;
        let needs = Standing::of(session, &case.needs, directory.path()).await?;
        let Some(mut standing) = needs else { return Ok(()) };
        self.life(session, case, directory.path(), &mut standing).await?;
        standing.destroy(session).await
    }

    async fn life(
        &self,
        session: &mut Session,
        case: &ResourceCase,
        directory: &Utf8Path,
        standing: &mut Standing,
    ) -> Result<(), RunError> {
        let mut actor = Actor::new(session, &case.type_name)
            .ok_or_else(|| RunError::Absent(case.type_name.clone()))?;
        let mut last = None;
        for (place, step) in case.steps.iter().enumerate() {
            let own = actor.object.value.clone();
            let config = config(&actor, &step.config, directory, &own)?;
            let turn = format!("step {}", place + 1);
            match actor.step(step, &config, &turn).await {
                Ok(()) if step.outcome == Outcome::Succeeds => last = Some(config),
                Ok(()) | Err(Stop::Refused(_)) => {}
                Err(Stop::Broken) => break,
            }
        }
        let object = actor.object.clone();
        if object.value.is_null() {
            return Ok(());
        }
        standing.rest(session).await?;
        for look in &case.data_sources {
            self.look(session, look, directory, &object.value).await?;
        }
        for list in &case.lists {
            self.list(session, list, directory, &object.value).await?;
        }
        for action in &case.actions {
            self.act(session, action, directory, &object.value).await?;
        }
        let Some(mut actor) = Actor::new(session, &case.type_name) else { return Ok(()) };
        actor.object = object;
        actor.imports(case, last.as_ref(), directory).await?;
        let own = actor.object.clone();
        match actor.destroy("destroy").await {
            Ok(()) if case.remote => {
                let _ = actor.read_absent(&own, "read what was destroyed").await;
            }
            Ok(()) | Err(Stop::Broken) => {}
            Err(Stop::Refused(why)) => actor.unlike_the_case("destroy", "no error", &why),
        }
        Ok(())
    }
}

impl Actor<'_> {
    pub(crate) fn unlike_the_case(&mut self, turn: &str, expected: &str, got: &str) {
        let scene = Scene::of(&self.type_name, turn);
        self.session.judge.look(Rule::ApplySucceeds, &scene, [Breach::of(expected, got)]);
    }

    /// One configuration of a case: planned, planned again, applied, read, planned once more.
    pub(crate) async fn step(
        &mut self,
        step: &StepCase,
        config: &Value,
        turn: &str,
    ) -> Result<(), Stop> {
        let shown = step.unknown.iter().fold(config.clone(), |it, path| unknown_at(&it, path));
        let planned = match self.turn_of(&shown, config, turn).await {
            Err(Stop::Refused(why)) => {
                if step.outcome != Outcome::Refused {
                    self.unlike_the_case(turn, "a plan", &why);
                }
                return Err(Stop::Refused(why));
            }
            other => other?,
        };
        if step.outcome == Outcome::Refused {
            self.unlike_the_case(turn, "a refusal", "a plan");
        }
        let scene = Scene::of(&self.type_name, turn);
        match self.apply(&planned, config, turn).await {
            Err(Stop::Refused(why)) if step.outcome == Outcome::FailsInPart => {
                let breach = self.object.value.is_null().then(|| {
                    Breach::of("what was made before it failed", "nothing, so that it is lost")
                });
                self.session.judge.look(Rule::ApplyPartial, &scene, breach);
                if planned.action != Action::Update && !self.object.value.is_null() {
                    // Core takes a creation that failed for tainted, and replaces what it left.
                    self.destroy(&format!("{turn}, destroy what was left")).await?;
                }
                Err(Stop::Refused(why))
            }
            Err(Stop::Refused(why)) => {
                self.unlike_the_case(turn, "no error", &why);
                Err(Stop::Refused(why))
            }
            Err(Stop::Broken) => Err(Stop::Broken),
            Ok(()) => {
                if step.outcome == Outcome::FailsInPart {
                    self.unlike_the_case(turn, "an error", "no error");
                }
                self.session.judge.look(Rule::ApplySucceeds, &scene, None);
                self.rest(config, turn).await
            }
        }
    }

    /// Both plans of an apply.
    pub(crate) async fn turn_of(
        &mut self,
        shown: &Value,
        config: &Value,
        turn: &str,
    ) -> Result<Planned, Stop> {
        let first = self.plan(shown, turn).await?;
        self.plan_again(&first, config, turn).await
    }

    /// What is so after each apply: it reads as it was made, nothing is left to do, and it can be stored.
    pub(crate) async fn rest(&mut self, config: &Value, turn: &str) -> Result<(), Stop> {
        self.refresh(config, &format!("{turn}, read")).await?;
        self.settled(config, Rule::PlanEmpty, &format!("{turn}, planned after it")).await?;
        self.upgrade(&format!("{turn}, stored")).await
    }

    async fn imports(
        &mut self,
        case: &ResourceCase,
        config: Option<&Value>,
        directory: &Utf8Path,
    ) -> Result<(), RunError> {
        let subject = &case.type_name;
        let filled = |text: &String, own: &Value| {
            filled_text(text, directory.as_str(), own)
                .map_err(|source| RunError::Placeholder { subject: subject.clone(), source })
        };
        let _ = self.generate("generate").await;
        let made = std::mem::replace(&mut self.object, Object::ABSENT);
        if let Some(id) = &case.import {
            let id = filled(id, &made.value)?;
            match self.import(&id, "import").await {
                Ok(()) => {
                    if let Some(config) = config {
                        let turn = "planned after import";
                        let _ = self.settled(config, Rule::ImportPlan, turn).await;
                    }
                }
                Err(Stop::Refused(why)) => {
                    let scene = Scene::of(subject, "import");
                    let breach = Breach::of("an object", why);
                    self.session.judge.look(Rule::ImportRead, &scene, [breach]);
                }
                Err(Stop::Broken) => {}
            }
        }
        if let Some(id) = &case.import_absent {
            let id = filled(id, &made.value)?;
            let _ = self.import_absent(&id, "import what is not there").await;
        }
        self.object = made;
        Ok(())
    }
}
