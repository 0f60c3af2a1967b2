//! Data sources.

use camino::Utf8Path;
use zeebe_proto::tfplugin6::{read_data_source, validate_data_resource_config};

use super::{Run, RunError};
use crate::case::{DataCase, filled};
use crate::draw;
use crate::judge::{Breach, Scene};
use crate::path::Path;
use crate::rules::Rule;
use crate::session::{Session, errors, hex};
use crate::value::Value;
use crate::wire;

impl Run {
    /// One look through a data source.
    pub(super) async fn look(
        &self,
        session: &mut Session,
        case: &DataCase,
        directory: &Utf8Path,
        own: &Value,
    ) -> Result<(), RunError> {
        let subject = format!("data.{}", case.type_name);
        let schema = session.schemas.data_sources.get(&case.type_name).cloned();
        let schema = schema.ok_or_else(|| RunError::Absent(subject.clone()))?;
        let json = filled(&case.config, directory.as_str(), own)
            .map_err(|source| RunError::Placeholder { subject: subject.clone(), source })?;
        let config = draw::configured(&schema.block, &json)
            .map_err(|source| RunError::Value { subject: subject.clone(), source })?;
        let ty = schema.block.ty();
        let mut scene = Scene::of(&subject, "validate");
        let request = validate_data_resource_config::Request {
            type_name: case.type_name.clone(),
            config: Some(wire::encode(&config, &ty)),
        };
        let answer = session.connection.provider.validate_data_resource_config(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        let failed = session.diagnostics(&scene, &answer.diagnostics, Some(&schema.block));
        let breach =
            (failed && !case.fails).then(|| Breach::of("no error", errors(&answer.diagnostics)));
        if !session.judge.look(Rule::ValidateAccepts, &scene, breach) || failed {
            return Ok(());
        }
        scene = scene.turn("read");
        let request = read_data_source::Request {
            type_name: case.type_name.clone(),
            config: Some(wire::encode(&config, &ty)),
            provider_meta: None,
            client_capabilities: Some(session.profile.capabilities()),
        };
        scene.bytes.push(hex("config", request.config.as_ref()));
        let answer = session.connection.provider.read_data_source(request).await;
        let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer) else { return Ok(()) };
        scene.bytes.push(hex("state", answer.state.as_ref()));
        let failed = session.diagnostics(&scene, &answer.diagnostics, Some(&schema.block));
        session.deferral(&scene, answer.deferred.as_ref(), failed);
        if failed != case.fails {
            let got = if failed { errors(&answer.diagnostics) } else { "no error".to_owned() };
            let expected = if case.fails { "an error" } else { "no error" };
            session.judge.look(Rule::DataPresent, &scene, [Breach::of(expected, got)]);
        }
        if failed {
            return Ok(());
        }
        let state = session.decode(Rule::DataType, &scene, answer.state.as_ref(), &ty);
        let Some(state) = state else { return Ok(()) };
        let breach = state.is_null().then(|| Breach::of("an object", "null"));
        session.judge.look(Rule::DataPresent, &scene, breach);
        let unknown = state.unknown_paths();
        let breaches = unknown.iter().map(|path| Breach::at(path, "a known value", "(unknown)"));
        session.judge.look(Rule::DataKnown, &scene, breaches.collect::<Vec<_>>());
        if state.is_null() {
            return Ok(());
        }
        let given = schema.block.attributes.iter().filter(|(name, attribute)| {
            attribute.nested.is_none() && !config.member(name).is_null()
        });
        let differ = given.filter(|(name, _)| state.member(name) != config.member(name));
        let breaches = differ.map(|(name, _)| {
            let (path, config) = (Path::default().attribute(name), config.member(name));
            Breach::at(&path, config.to_string(), state.member(name).to_string())
        });
        session.judge.look(Rule::DataConfig, &scene, breaches.collect::<Vec<_>>());
        Ok(())
    }
}
