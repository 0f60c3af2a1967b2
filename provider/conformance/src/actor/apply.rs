//! Applies and destructions.

use zeebe_proto::tfplugin6::{apply_resource_change, plan_resource_change};

use super::{Action, Actor, Object, Planned, Stop};
use crate::compare::compatible;
use crate::judge::{Breach, Scene};
use crate::profile::Feature;
use crate::rules::Rule;
use crate::session::{errors, hex};
use crate::value::Value;

impl Actor<'_> {
    /// Carries out the second plan. What became of it is kept, also where it failed.
    pub async fn apply(
        &mut self,
        planned: &Planned,
        config: &Value,
        turn: &str,
    ) -> Result<(), Stop> {
        if planned.action == Action::Nothing {
            return Ok(());
        }
        let prior = self.object.clone();
        let request = apply_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: Some(self.encode(&prior.value)),
            planned_state: Some(self.encode(&planned.value)),
            config: Some(self.encode(config)),
            planned_private: planned.private.clone(),
            provider_meta: None,
            planned_identity: self.sent_identity(&planned.identity),
        };
        let mut scene = self.scene(turn);
        scene.bytes = vec![
            hex("prior_state", request.prior_state.as_ref()),
            hex("planned_state", request.planned_state.as_ref()),
            hex("config", request.config.as_ref()),
        ];
        let answer = self.session.connection.provider.apply_resource_change(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("new_state", answer.new_state.as_ref()));
        let block = self.schema.block.clone();
        let failed = self.session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        let new =
            self.decode(Rule::ApplyType, &scene, answer.new_state.as_ref()).ok_or(Stop::Broken)?;
        self.write_only(Rule::ApplyWriteOnly, &scene, &new);
        if failed {
            // Core keeps what was there before where nothing is said.
            if !new.is_null() {
                let identity = answer.new_identity.as_ref();
                let identity =
                    self.identity(Rule::ApplyIdentity, &scene, identity, &prior.identity, true);
                self.object =
                    Object { value: known_parts(&new), private: answer.private, identity };
            }
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        self.known(Rule::ApplyKnown, &scene, &new);
        self.as_planned(&scene, &planned.value, &new, answer.legacy_type_system);
        let breach = new.is_null().then(|| Breach::of("an object", "nothing"));
        if !self.session.judge.look(Rule::ApplyPresent, &scene, breach) {
            return Err(Stop::Broken);
        }
        let sent = answer.new_identity.as_ref();
        let identity = self.identity(Rule::ApplyIdentity, &scene, sent, &prior.identity, false);
        self.object = Object { value: known_parts(&new), private: answer.private, identity };
        Ok(())
    }

    fn as_planned(&mut self, scene: &Scene, planned: &Value, new: &Value, legacy: bool) {
        let (all, promised) = (Rule::ApplyAsPlanned, Rule::ApplyPromised);
        // Whether there is an object at all is told by a rule of its own.
        let found = if new.is_null() {
            Vec::new()
        } else {
            compatible(&self.schema.block, planned, new, all, promised)
        };
        if legacy {
            self.session.judge.tolerate(found.len());
            return;
        }
        for rule in [all, promised] {
            let breaches = found.iter().filter(|it| it.0 == rule).map(|it| it.1.clone());
            self.session.judge.look(rule, scene, breaches.collect::<Vec<_>>());
        }
    }

    /// Plans a destruction, where the provider wants to be asked, and carries it out.
    pub async fn destroy(&mut self, turn: &str) -> Result<(), Stop> {
        let mut private = self.object.private.clone();
        if self.session.has(Feature::PlanDestroy) && self.session.schemas.plans_destruction() {
            private = self.plan_destroy(turn).await?;
        }
        self.delete(&private, turn).await
    }

    async fn plan_destroy(&mut self, turn: &str) -> Result<Vec<u8>, Stop> {
        let mut scene = self.scene(turn);
        let request = plan_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: Some(self.encode(&self.object.value)),
            proposed_new_state: Some(self.encode(&Value::Null)),
            config: Some(self.encode(&Value::Null)),
            prior_private: self.object.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.session.profile.capabilities()),
            prior_identity: self.sent_identity(&self.object.identity),
            planned_private: Vec::new(),
        };
        scene.bytes.push(hex("prior_state", request.prior_state.as_ref()));
        let answer = self.session.connection.provider.plan_resource_change(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("planned_state", answer.planned_state.as_ref()));
        let block = self.schema.block.clone();
        if self.session.diagnostics(&scene, &answer.diagnostics, Some(&block)) {
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        let planned = self
            .decode(Rule::PlanType, &scene, answer.planned_state.as_ref())
            .ok_or(Stop::Broken)?;
        let breach = (!planned.is_null()).then(|| Breach::of("null", planned.to_string()));
        self.session.judge.look(Rule::PlanDestroy, &scene, breach);
        Ok(answer.planned_private)
    }

    /// The deletion itself, as core also asks for it in a replacement and of a tainted object.
    pub(super) async fn delete(&mut self, private: &[u8], turn: &str) -> Result<(), Stop> {
        let mut scene = self.scene(turn);
        let request = apply_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: Some(self.encode(&self.object.value)),
            planned_state: Some(self.encode(&Value::Null)),
            config: Some(self.encode(&Value::Null)),
            planned_private: private.to_vec(),
            provider_meta: None,
            planned_identity: self.sent_identity(&self.object.identity),
        };
        scene.bytes.push(hex("prior_state", request.prior_state.as_ref()));
        let answer = self.session.connection.provider.apply_resource_change(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("new_state", answer.new_state.as_ref()));
        let block = self.schema.block.clone();
        let failed = self.session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        let new =
            self.decode(Rule::ApplyType, &scene, answer.new_state.as_ref()).ok_or(Stop::Broken)?;
        if failed {
            if !new.is_null() {
                self.object.value = known_parts(&new);
                self.object.private = answer.private;
            }
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        let breach = (!new.is_null()).then(|| Breach::of("null", new.to_string()));
        self.session.judge.look(Rule::ApplyDestroy, &scene, breach);
        self.object = Object::ABSENT;
        Ok(())
    }
}

/// What core saves of an object: what is not known becomes null.
fn known_parts(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::Null,
        Value::Sequence(elements) => Value::Sequence(elements.iter().map(known_parts).collect()),
        Value::Set(elements) => Value::set(elements.iter().map(known_parts).collect()),
        Value::Members(members) => Value::Members(
            members.iter().map(|(name, value)| (name.clone(), known_parts(value))).collect(),
        ),
        Value::Dynamic(ty, value) => Value::Dynamic(ty.clone(), Box::new(known_parts(value))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => value.clone(),
    }
}
