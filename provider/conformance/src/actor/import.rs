//! Imports, and configuration made from states.

use zeebe_proto::tfplugin6::{generate_resource_config, import_resource_state};

use super::{Actor, Object, Stop};
use crate::judge::Breach;
use crate::profile::Feature;
use crate::rules::Rule;
use crate::session::{errors, hex};
use crate::value::Value;

impl Actor<'_> {
    /// Imports an object by its id and reads it, as core does; the imported object takes this one's place.
    pub async fn import(&mut self, id: &str, turn: &str) -> Result<(), Stop> {
        let imported = self.imported(id, turn).await?;
        let read = self.read(&imported, &format!("{turn}, read")).await?;
        let scene = self.scene(turn);
        let breach = read.value.is_null().then(|| Breach::of("an object", "nothing"));
        if !self.session.judge.look(Rule::ImportRead, &scene, breach) {
            return Err(Stop::Broken);
        }
        self.object = read;
        Ok(())
    }

    async fn imported(&mut self, id: &str, turn: &str) -> Result<Object, Stop> {
        let mut scene = self.scene(turn);
        let request = import_resource_state::Request {
            type_name: self.type_name.clone(),
            id: id.to_owned(),
            client_capabilities: Some(self.session.profile.capabilities()),
            identity: None,
        };
        let answer = self.session.connection.provider.import_resource_state(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        let failed = self.session.diagnostics(&scene, &answer.diagnostics, None);
        self.session.deferral(&scene, answer.deferred.as_ref(), failed);
        if failed {
            return Err(Stop::Refused(errors(&answer.diagnostics)));
        }
        let of_the_type: Vec<_> =
            answer.imported_resources.iter().filter(|it| it.type_name == self.type_name).collect();
        let [one] = of_the_type.as_slice() else {
            let names: Vec<_> =
                answer.imported_resources.iter().map(|it| it.type_name.as_str()).collect();
            let breach = Breach::of(format!("one {}", self.type_name), format!("{names:?}"));
            self.session.judge.look(Rule::ImportType, &scene, [breach]);
            return Err(Stop::Broken);
        };
        scene.bytes.push(hex("state", one.state.as_ref()));
        let value =
            self.decode(Rule::ImportType, &scene, one.state.as_ref()).ok_or(Stop::Broken)?;
        self.known(Rule::ImportKnown, &scene, &value);
        self.write_only(Rule::ImportWriteOnly, &scene, &value);
        let identity = one.identity.as_ref();
        let identity = self.identity(Rule::ReadIdentity, &scene, identity, &Value::Null, false);
        // An import by id may leave the identity to the read that follows.
        let told = identity.members().is_some_and(|it| it.values().any(|it| !it.is_null()));
        let identity = if told { identity } else { Value::Null };
        Ok(Object { value, private: one.private.clone(), identity })
    }

    /// Tries to import what is not there.
    pub async fn import_absent(&mut self, id: &str, turn: &str) -> Result<(), Stop> {
        let found = match self.imported(id, turn).await {
            Ok(imported) => match self.read(&imported, &format!("{turn}, read")).await {
                Ok(read) if !read.value.is_null() => Some(read.value),
                Ok(_) | Err(Stop::Refused(_)) => None,
                Err(Stop::Broken) => return Err(Stop::Broken),
            },
            Err(Stop::Refused(_)) => None,
            Err(Stop::Broken) => return Err(Stop::Broken),
        };
        let scene = self.scene(turn);
        let breach = found.map(|it| Breach::of("an error, or nothing to read", it.to_string()));
        self.session.judge.look(Rule::ImportAbsent, &scene, breach);
        Ok(())
    }

    /// Has configuration made from the object, and plans under it.
    pub async fn generate(&mut self, turn: &str) -> Result<(), Stop> {
        let can = self.session.schemas.sent.server_capabilities;
        if !can.is_some_and(|it| it.generate_resource_config)
            || !self.session.has(Feature::GenerateConfig)
        {
            return Ok(());
        }
        let mut scene = self.scene(turn);
        let request = generate_resource_config::Request {
            type_name: self.type_name.clone(),
            state: Some(self.encode(&self.object.value)),
        };
        scene.bytes.push(hex("state", request.state.as_ref()));
        let answer = self.session.connection.provider.generate_resource_config(request).await;
        let answer = self.session.answer(Rule::RpcAnswers, &scene, answer).ok_or(Stop::Broken)?;
        if self.session.diagnostics(&scene, &answer.diagnostics, None) {
            let breach = Breach::of("a configuration", errors(&answer.diagnostics));
            self.session.judge.look(Rule::GeneratePlan, &scene, [breach]);
            return Ok(());
        }
        let config = self.decode(Rule::GeneratePlan, &scene, answer.config.as_ref());
        let config = config.ok_or(Stop::Broken)?;
        self.settled(&config, Rule::GeneratePlan, &format!("{turn}, planned")).await
    }
}
