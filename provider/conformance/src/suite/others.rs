//! Ephemeral resources, lists and actions: what needs no state.

use camino::Utf8Path;
use zeebe_proto::tfplugin6::{
    self as wire6, close_ephemeral_resource, invoke_action, list_resource, open_ephemeral_resource,
    plan_action, renew_ephemeral_resource, validate_action_config,
    validate_ephemeral_resource_config, validate_list_resource_config,
};

use super::{Run, RunError};
use crate::case::{DataCase, filled};
use crate::draw;
use crate::judge::{Breach, Scene};
use crate::profile::Feature;
use crate::rules::Rule;
use crate::schema::{Block, Schema};
use crate::session::{Session, errors, hex};
use crate::value::Value;
use crate::wire;

/// A configuration of a case, with its schema.
fn configured(
    subject: &str,
    schema: Option<&wire6::Schema>,
    case: &DataCase,
    directory: &Utf8Path,
    own: &Value,
) -> Result<(Block, Value), RunError> {
    let schema = schema.and_then(|it| Schema::of(it).ok());
    let block = schema.ok_or_else(|| RunError::Absent(subject.to_owned()))?.block;
    let json = filled(&case.config, directory.as_str(), own)
        .map_err(|source| RunError::Placeholder { subject: subject.to_owned(), source })?;
    let config = draw::configured(&block, &json)
        .map_err(|source| RunError::Value { subject: subject.to_owned(), source })?;
    Ok((block, config))
}

impl Run {
    /// Opens, renews and closes.
    pub(super) async fn ephemeral(
        &self,
        session: &mut Session,
        case: &DataCase,
        directory: &Utf8Path,
    ) -> Result<(), RunError> {
        if !session.has(Feature::Ephemeral) {
            return Ok(());
        }
        let subject = format!("ephemeral.{}", case.type_name);
        let schema = session.schemas.sent.ephemeral_resource_schemas.get(&case.type_name).cloned();
        let (block, config) = configured(&subject, schema.as_ref(), case, directory, &Value::Null)?;
        let mut scene = Scene::of(&subject, "open");
        let sent = Some(wire::encode(&config, &block.ty()));
        let request = validate_ephemeral_resource_config::Request {
            type_name: case.type_name.clone(),
            config: sent.clone(),
        };
        let answer = session.connection.provider.validate_ephemeral_resource_config(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        let request = open_ephemeral_resource::Request {
            type_name: case.type_name.clone(),
            config: sent,
            client_capabilities: Some(session.profile.capabilities()),
        };
        let answer = session.connection.provider.open_ephemeral_resource(request).await;
        let Some(opened) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        scene.bytes.push(hex("result", opened.result.as_ref()));
        let failed = session.diagnostics(&scene, &opened.diagnostics, Some(&block));
        session.deferral(&scene, opened.deferred.as_ref(), failed);
        let breach = (failed != case.fails)
            .then(|| Breach::of("what the case says", errors(&opened.diagnostics)));
        session.judge.look(Rule::EphemeralOpens, &scene, breach);
        if failed {
            return Ok(());
        }
        let result =
            session.decode(Rule::EphemeralType, &scene, opened.result.as_ref(), &block.ty());
        let unknown = result.iter().flat_map(Value::unknown_paths).collect::<Vec<_>>();
        let breaches = unknown.iter().map(|path| Breach::at(path, "a known value", "(unknown)"));
        session.judge.look(Rule::EphemeralType, &scene, breaches.collect::<Vec<_>>());
        let mut private = opened.private;
        if opened.renew_at.is_some() {
            let scene = Scene::of(&subject, "renew");
            let type_name = case.type_name.clone();
            let request = renew_ephemeral_resource::Request { type_name, private: private.clone() };
            let answer = session.connection.provider.renew_ephemeral_resource(request).await;
            if let Some(renewed) = session.answer(Rule::EphemeralClose, &scene, answer) {
                let got = errors(&renewed.diagnostics);
                let breach = (!got.is_empty()).then(|| Breach::of("no error", got));
                session.judge.look(Rule::EphemeralClose, &scene, breach);
                private = renewed.private.or(private);
            }
        }
        let scene = Scene::of(&subject, "close");
        let request =
            close_ephemeral_resource::Request { type_name: case.type_name.clone(), private };
        let answer = session.connection.provider.close_ephemeral_resource(request).await;
        if let Some(closed) = session.answer(Rule::EphemeralClose, &scene, answer) {
            let got = errors(&closed.diagnostics);
            let breach = (!got.is_empty()).then(|| Breach::of("no error", got));
            session.judge.look(Rule::EphemeralClose, &scene, breach);
        }
        Ok(())
    }

    /// Lists the objects of a kind, whole.
    pub(super) async fn list(
        &self,
        session: &mut Session,
        case: &DataCase,
        directory: &Utf8Path,
        own: &Value,
    ) -> Result<(), RunError> {
        if !session.has(Feature::Lists) {
            return Ok(());
        }
        let subject = format!("list.{}", case.type_name);
        let schema = session.schemas.sent.list_resource_schemas.get(&case.type_name).cloned();
        let (block, config) = configured(&subject, schema.as_ref(), case, directory, own)?;
        let scene = Scene::of(&subject, "list");
        let sent = Some(wire::encode(&config, &block.ty()));
        let request = validate_list_resource_config::Request {
            type_name: case.type_name.clone(),
            config: sent.clone(),
            ..validate_list_resource_config::Request::default()
        };
        let answer = session.connection.provider.validate_list_resource_config(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        session.diagnostics(&scene, &answer.diagnostics, None);
        let request = list_resource::Request {
            type_name: case.type_name.clone(),
            config: sent,
            include_resource_object: true,
            limit: 100,
        };
        let answer = session.connection.provider.list_resource(request).await;
        let Some(mut events) = session.answer(Rule::RpcAnswers, &scene, answer) else {
            return Ok(());
        };
        let identity = session.schemas.identities.get(&case.type_name).cloned();
        let listed = session.schemas.resources.get(&case.type_name).cloned();
        let mut found = 0;
        loop {
            let event = match events.message().await {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(status) => {
                    let breach = Breach::of("an event or the end", status.to_string());
                    session.judge.look(Rule::RpcAnswers, &scene, [breach]);
                    return Ok(());
                }
            };
            if session.diagnostics(&scene, &event.diagnostic, None) && case.fails {
                return Ok(());
            }
            // A warning may stand for itself.
            if event.identity.is_none() && !event.diagnostic.is_empty() {
                continue;
            }
            found += 1;
            let data = event.identity.as_ref().and_then(|it| it.identity_data.as_ref());
            let known = identity
                .as_ref()
                .and_then(|it| session.decode(Rule::ListIdentity, &scene, data, &it.ty));
            let whole = known.is_some_and(|it| !it.is_null() && it.unknown_paths().is_empty());
            let breach = (!whole).then(|| Breach::of("an identity that is known", "none"));
            session.judge.look(Rule::ListIdentity, &scene, breach);
            let Some(listed) = &listed else { continue };
            let object = event.resource_object.as_ref();
            let object = session.decode(Rule::ListObject, &scene, object, &listed.block.ty());
            let breach = object
                .is_some_and(|it| it.is_null())
                .then(|| Breach::of("the object, as asked for", "nothing"));
            session.judge.look(Rule::ListObject, &scene, breach);
        }
        let breach = (found == 0 && !case.fails).then(|| Breach::of("the object", "nothing"));
        session.judge.look(Rule::ListObject, &scene, breach);
        Ok(())
    }

    /// Plans and invokes an action.
    pub(super) async fn act(
        &self,
        session: &mut Session,
        case: &DataCase,
        directory: &Utf8Path,
        own: &Value,
    ) -> Result<(), RunError> {
        if !session.has(Feature::Actions) {
            return Ok(());
        }
        let subject = format!("action.{}", case.type_name);
        let schema = session.schemas.sent.action_schemas.get(&case.type_name).cloned();
        let schema = schema.and_then(|it| it.schema);
        let (block, config) = configured(&subject, schema.as_ref(), case, directory, own)?;
        let scene = Scene::of(&subject, "invoke");
        let sent = Some(wire::encode(&config, &block.ty()));
        let request = validate_action_config::Request {
            type_name: case.type_name.clone(),
            config: sent.clone(),
        };
        let answer = session.connection.provider.validate_action_config(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        let request = plan_action::Request {
            action_type: case.type_name.clone(),
            config: sent.clone(),
            client_capabilities: Some(session.profile.capabilities()),
        };
        let answer = session.connection.provider.plan_action(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        let refused = session.diagnostics(&scene, &answer.diagnostics, Some(&block));
        session.deferral(&scene, answer.deferred.as_ref(), refused);
        if refused {
            return Ok(());
        }
        let request = invoke_action::Request {
            action_type: case.type_name.clone(),
            config: sent,
            client_capabilities: Some(session.profile.capabilities()),
        };
        let answer = session.connection.provider.invoke_action(request).await;
        let Some(mut events) = session.answer(Rule::RpcAnswers, &scene, answer) else {
            return Ok(());
        };
        let mut said = Vec::new();
        while let Ok(Some(event)) = events.message().await {
            use invoke_action::event::Type;
            match event.r#type {
                Some(Type::Progress(_)) => said.push("progress"),
                Some(Type::Completed(completed)) => {
                    let failed = session.diagnostics(&scene, &completed.diagnostics, None);
                    said.push(if failed == case.fails { "completed" } else { "failed" });
                }
                None => said.push("nothing"),
            }
        }
        let once = said.last() == Some(&"completed")
            && said.iter().filter(|it| **it != "progress").count() == 1;
        let expected = "progress, and at the end one completion as the case says";
        let breach = (!once).then(|| Breach::of(expected, format!("{said:?}")));
        session.judge.look(Rule::ActionCompleted, &scene, breach);
        Ok(())
    }
}
