//! Schemas, and what else a provider says of itself.

use std::collections::BTreeSet;

use zeebe_proto::tfplugin6::{
    Function, get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas,
};

use super::{Run, kinds};
use crate::judge::{Breach, Scene};
use crate::path::Path;
use crate::profile::Feature;
use crate::rules::Rule;
use crate::schema::lint::{self, Kind, is_identifier};
use crate::session::{Schemas, Session, errors};
use crate::ty::Type;

impl Run {
    /// Asks for all schemas and looks them through; nothing where there are none.
    pub(super) async fn schemas(session: &mut Session) -> Option<()> {
        let scene = Scene::of("provider", "GetProviderSchema");
        let answer = session.connection.schema().await;
        let sent = session.answer(Rule::SchemaAnswers, &scene, answer)?;
        if session.diagnostics(&scene, &sent.diagnostics, None) {
            let breach = Breach::of("no error", errors(&sent.diagnostics));
            session.judge.look(Rule::SchemaAnswers, &scene, [breach]);
            return None;
        }
        for (subject, kind, schema) in kinds(&sent) {
            let scene = Scene::of(&subject, "schema");
            let found = lint::schema(schema, kind);
            let reserved = matches!(kind, Kind::Resource | Kind::Data);
            let rules = lint::RULES.into_iter().chain(reserved.then_some(Rule::SchemaReserved));
            for rule in rules {
                let breaches = found.iter().filter(|it| it.0 == rule).map(|it| it.1.clone());
                session.judge.look(rule, &scene, breaches.collect::<Vec<_>>());
            }
        }
        let identities = if session.has(Feature::Identity) {
            Self::identities(session, &sent).await
        } else {
            None
        };
        if session.has(Feature::Lists) {
            for name in sent.list_resource_schemas.keys() {
                let listed = sent.resource_schemas.contains_key(name)
                    && identities.as_ref().is_some_and(|it| it.identity_schemas.contains_key(name));
                let scene = Scene::of(&format!("list.{name}"), "schema");
                let expected = "a managed resource of the same name, with an identity";
                let breach = (!listed).then(|| Breach::of(expected, "none"));
                session.judge.look(Rule::SchemaLists, &scene, breach);
            }
        }
        Self::metadata(session, &sent).await;
        if session.has(Feature::Functions) {
            Self::function_schemas(session, &sent).await;
        }
        session.schemas = Schemas::of(sent, identities.as_ref());
        Some(())
    }

    /// The schema is what it was before the provider was configured.
    pub(super) async fn schema_again(session: &mut Session) {
        let scene = Scene::of("provider", "GetProviderSchema after configuration");
        let answer = session.connection.schema().await;
        let Some(sent) = session.answer(Rule::SchemaStable, &scene, answer) else { return };
        let breach = (sent != session.schemas.sent).then(|| {
            let (before, after) = (kinds(&session.schemas.sent), kinds(&sent));
            let differs = before.iter().find(|it| !after.contains(it)).map(|it| it.0.as_str());
            let got = format!("another one: {} differs", differs.unwrap_or("something"));
            Breach::of("the same schema", got)
        });
        session.judge.look(Rule::SchemaStable, &scene, breach);
    }

    async fn identities(
        session: &mut Session,
        sent: &get_provider_schema::Response,
    ) -> Option<get_resource_identity_schemas::Response> {
        let request = get_resource_identity_schemas::Request {};
        let answer = session.connection.provider.get_resource_identity_schemas(request).await;
        // Core takes a provider that does not have the call for one without identities.
        let identities = answer.ok()?.into_inner();
        let mut names: Vec<_> = identities.identity_schemas.keys().collect();
        names.sort();
        for name in names {
            let scene = Scene::of(name, "identity schema");
            let mut breaches = Vec::new();
            if !sent.resource_schemas.contains_key(name) {
                breaches.push(Breach::of("an identity of a managed resource", "of none"));
            }
            for attribute in &identities.identity_schemas[name].identity_attributes {
                let path = Path::default().attribute(&attribute.name);
                if attribute.required_for_import == attribute.optional_for_import {
                    let got = if attribute.required_for_import { "both" } else { "neither" };
                    breaches.push(Breach::at(&path, "required or optional for import", got));
                }
                let simple = |ty: &Type| matches!(ty, Type::Bool | Type::Number | Type::Text);
                match Type::parse(&attribute.r#type) {
                    Ok(ty) if simple(&ty) => {}
                    Ok(Type::List(of)) if simple(&of) => {}
                    Ok(ty) => {
                        breaches.push(Breach::at(&path, "a simple type or a list", ty.to_string()));
                    }
                    Err(error) => breaches.push(Breach::at(&path, "a type", error.to_string())),
                }
            }
            session.judge.look(Rule::SchemaIdentity, &scene, breaches);
        }
        Some(identities)
    }

    async fn metadata(session: &mut Session, sent: &get_provider_schema::Response) {
        let scene = Scene::of("provider", "GetMetadata");
        let answer = session.connection.provider.get_metadata(get_metadata::Request {}).await;
        // Core does without it.
        let Ok(told) = answer.map(tonic::Response::into_inner) else { return };
        let names = |names: Vec<&String>| names.into_iter().cloned().collect::<BTreeSet<String>>();
        let pairs = [
            (
                "resources",
                names(told.resources.iter().map(|it| &it.type_name).collect()),
                names(sent.resource_schemas.keys().collect()),
            ),
            (
                "data sources",
                names(told.data_sources.iter().map(|it| &it.type_name).collect()),
                names(sent.data_source_schemas.keys().collect()),
            ),
            (
                "functions",
                names(told.functions.iter().map(|it| &it.name).collect()),
                names(sent.functions.keys().collect()),
            ),
            (
                "ephemeral resources",
                names(told.ephemeral_resources.iter().map(|it| &it.type_name).collect()),
                names(sent.ephemeral_resource_schemas.keys().collect()),
            ),
            (
                "list resources",
                names(told.list_resources.iter().map(|it| &it.type_name).collect()),
                names(sent.list_resource_schemas.keys().collect()),
            ),
            (
                "actions",
                names(told.actions.iter().map(|it| &it.type_name).collect()),
                names(sent.action_schemas.keys().collect()),
            ),
        ];
        let differ = pairs.into_iter().filter(|(_, told, has)| told != has);
        let breaches = differ.map(|(what, told, has)| {
            Breach::of(format!("the {what} {has:?}, as the schema has"), format!("{told:?}"))
        });
        session.judge.look(Rule::SchemaMetadata, &scene, breaches.collect::<Vec<_>>());
    }

    async fn function_schemas(session: &mut Session, sent: &get_provider_schema::Response) {
        let scene = Scene::of("provider", "GetFunctions");
        let answer = session.connection.provider.get_functions(get_functions::Request {}).await;
        if let Ok(told) = answer.map(tonic::Response::into_inner) {
            let breach = (told.functions != sent.functions)
                .then(|| Breach::of("the functions of the schema", "others"));
            session.judge.look(Rule::SchemaFunctions, &scene, breach);
        }
        let mut names: Vec<_> = sent.functions.keys().collect();
        names.sort();
        for name in names {
            let scene = Scene::of(&format!("function {name}"), "schema");
            session.judge.look(
                Rule::SchemaFunctions,
                &scene,
                signature(name, &sent.functions[name]),
            );
        }
    }
}

fn signature(name: &str, function: &Function) -> Vec<Breach> {
    let mut found = Vec::new();
    if !is_identifier(name) {
        found.push(Breach::of("a name that HCL can write", name));
    }
    let parameters = function.parameters.iter().chain(&function.variadic_parameter);
    for parameter in parameters {
        let path = Path::default().attribute(&parameter.name);
        if !is_identifier(&parameter.name) {
            found.push(Breach::at(&path, "a parameter with a name", &parameter.name));
        }
        if let Err(error) = Type::parse(&parameter.r#type) {
            found.push(Breach::at(&path, "a type", error.to_string()));
        }
    }
    let returns = function.r#return.as_ref().map(|it| Type::parse(&it.r#type));
    if !matches!(returns, Some(Ok(_))) {
        found.push(Breach::of("the type of what it returns", format!("{returns:?}")));
    }
    found
}
