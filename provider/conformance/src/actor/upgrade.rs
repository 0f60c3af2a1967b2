//! States that were stored.

use serde_json::Value as Json;
use zeebe_proto::tfplugin6::{RawState, upgrade_resource_state};

use super::{Actor, Stop};
use crate::judge::Breach;
use crate::rules::Rule;
use crate::session::{errors, hex};
use crate::value::Value;
use crate::wire;

impl Actor<'_> {
    /// Gives the provider its own state, as it was stored, and with an attribute that the schema has no more.
    pub async fn upgrade(&mut self, turn: &str) -> Result<(), Stop> {
        let stored = wire::to_json(&self.object.value);
        let same = self.upgraded(&stored, Rule::UpgradeSame, turn).await?;
        self.is_ours(Rule::UpgradeSame, same, turn);
        let mut more = stored;
        if let Json::Object(members) = &mut more {
            members.insert("tf_conformance_removed".to_owned(), "once it was there".into());
        }
        let turn = format!("{turn}, with an attribute that was removed");
        let same = self.upgraded(&more, Rule::UpgradeRemoved, &turn).await?;
        self.is_ours(Rule::UpgradeRemoved, same, &turn);
        Ok(())
    }

    fn is_ours(&mut self, rule: Rule, upgraded: Option<Value>, turn: &str) {
        let Some(upgraded) = upgraded else { return };
        let ours = &self.object.value;
        let breach =
            (upgraded != *ours).then(|| Breach::of(ours.to_string(), upgraded.to_string()));
        let scene = self.scene(turn);
        self.session.judge.look(rule, &scene, breach);
    }

    async fn upgraded(
        &mut self,
        stored: &Json,
        rule: Rule,
        turn: &str,
    ) -> Result<Option<Value>, Stop> {
        let mut scene = self.scene(turn);
        let request = upgrade_resource_state::Request {
            type_name: self.type_name.clone(),
            version: self.schema.version,
            raw_state: Some(RawState {
                json: stored.to_string().into_bytes(),
                ..RawState::default()
            }),
        };
        scene.bytes.push(format!("raw_state: {stored}"));
        let answer = self.session.connection.provider.upgrade_resource_state(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("upgraded_state", answer.upgraded_state.as_ref()));
        if self.session.diagnostics(&scene, &answer.diagnostics, None) {
            let breach = Breach::of("the same state", errors(&answer.diagnostics));
            self.session.judge.look(rule, &scene, [breach]);
            return Ok(None);
        }
        let state = answer.upgraded_state.as_ref();
        let Some(value) = self.decode(Rule::UpgradeType, &scene, state) else { return Ok(None) };
        self.known(Rule::UpgradeKnown, &scene, &value);
        Ok(Some(value))
    }
}
