//! Reads.

use zeebe_proto::tfplugin6::read_resource;

use super::{Actor, Object, Stop, configured_differences};
use crate::judge::Breach;
use crate::rules::Rule;
use crate::session::{errors, hex};
use crate::value::Value;

impl Actor<'_> {
    /// Reads an object; null is gone.
    pub async fn read(&mut self, object: &Object, turn: &str) -> Result<Object, Stop> {
        let mut scene = self.scene(turn);
        let request = read_resource::Request {
            type_name: self.type_name.clone(),
            current_state: Some(self.encode(&object.value)),
            private: object.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.session.profile.capabilities()),
            current_identity: self.sent_identity(&object.identity),
        };
        scene.bytes.push(hex("current_state", request.current_state.as_ref()));
        let answer = self.session.connection.provider.read_resource(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        scene.bytes.push(hex("new_state", answer.new_state.as_ref()));
        let block = self.schema.block.clone();
        let failed = self.session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        self.session.deferral(&scene, answer.deferred.as_ref(), failed);
        if failed {
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        let value =
            self.decode(Rule::ReadType, &scene, answer.new_state.as_ref()).ok_or(Stop::Broken)?;
        self.known(Rule::ReadKnown, &scene, &value);
        self.write_only(Rule::ReadWriteOnly, &scene, &value);
        let identity = if value.is_null() {
            Value::Null
        } else {
            let sent = answer.new_identity.as_ref();
            self.identity(Rule::ReadIdentity, &scene, sent, &object.identity, false)
        };
        Ok(Object { value, private: answer.private, identity })
    }

    /// Reads what was just made, twice: it is as it was made, and nothing changes any more.
    pub async fn refresh(&mut self, config: &Value, turn: &str) -> Result<(), Stop> {
        let made = self.object.clone();
        let scene = self.scene(turn);
        let first = match self.read(&made, turn).await {
            Err(Stop::Refused(why)) => {
                self.session.judge.look(Rule::ReadSame, &scene, [Breach::of("an object", why)]);
                return Err(Stop::Broken);
            }
            other => other?,
        };
        if first.value.is_null() {
            self.session.judge.look(Rule::ReadSame, &scene, [Breach::of("an object", "nothing")]);
            return Err(Stop::Broken);
        }
        let found = configured_differences(&self.schema.block, config, &made.value, &first.value);
        self.session.judge.look(Rule::ReadSame, &scene, found);
        let second = self.read(&first, &format!("{turn}, again")).await?;
        let mut breaches = Vec::new();
        if second.value != first.value {
            breaches.push(Breach::of(first.value.to_string(), second.value.to_string()));
        }
        if second.private != first.private {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (expected, got) = (text(&first.private), text(&second.private));
            breaches.push(Breach::of(
                format!("private data {expected}"),
                format!("private data {got}"),
            ));
        }
        self.session.judge.look(Rule::ReadStable, &scene, breaches);
        self.object = first;
        Ok(())
    }

    /// Reads what is not there any more.
    pub async fn read_absent(&mut self, object: &Object, turn: &str) -> Result<(), Stop> {
        let scene = self.scene(turn);
        let breach = match self.read(object, turn).await {
            Ok(found) if found.value.is_null() => None,
            Ok(found) => Some(Breach::of("null", found.value.to_string())),
            Err(Stop::Refused(why)) => Some(Breach::of("null", why)),
            Err(Stop::Broken) => return Err(Stop::Broken),
        };
        self.session.judge.look(Rule::ReadAbsent, &scene, breach);
        Ok(())
    }
}
