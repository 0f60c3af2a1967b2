//! The newer families of calls, asked as a client asks them, in one process.

mod provider;

use std::time::Duration;

use futures::StreamExt;
use tonic::Request;
use zeebe_proto::tfplugin6::provider_server::Provider as _;
use zeebe_proto::tfplugin6::{
    self as wire6, ClientCapabilities, DynamicValue, ResourceIdentityData,
};

use self::provider::{Lamp, offered};
use super::Service;
use crate::codec;
use crate::model::Attributes;
use crate::types::{ObjectType, Type};
use crate::value::Value;

fn service() -> Service {
    Service::new(offered())
}

fn empty<T: Default>() -> Request<T> {
    Request::new(T::default())
}

fn lamp(place: &str, id: Value) -> Value {
    Value::object([
        ("place", Value::text(place)),
        ("watts", Value::integer(40)),
        ("key", Value::Null),
        ("id", id),
    ])
}

fn encode<T: Attributes>(value: &Value) -> DynamicValue {
    codec::encode(value, T::object().ty()).unwrap()
}

fn decoded(wire: Option<&DynamicValue>) -> Value {
    codec::decode(wire.unwrap(), Lamp::object().ty()).unwrap()
}

fn identity_type() -> Type {
    let attributes = [("id".to_owned(), Type::Text)].into();
    Type::Object(ObjectType { attributes, ..ObjectType::default() })
}

fn identity(id: &str) -> ResourceIdentityData {
    let value = Value::object([("id", Value::text(id))]);
    ResourceIdentityData { identity_data: Some(codec::encode(&value, &identity_type()).unwrap()) }
}

fn told(diagnostics: &[wire6::Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|it| it.summary.clone()).collect()
}

#[tokio::test]
async fn an_identity_is_described_and_goes_with_every_state_that_tells_it() {
    let service = service();
    let schemas = service.get_resource_identity_schemas(empty()).await.unwrap();
    let schema = &schemas.get_ref().identity_schemas["sample_lamp"];
    let attribute = &schema.identity_attributes[0];
    assert_eq!(
        (schema.version, attribute.name.as_str(), attribute.required_for_import),
        (1, "id", true)
    );

    let plan = wire6::plan_resource_change::Request {
        type_name: "sample_lamp".to_owned(),
        prior_state: Some(encode::<Lamp>(&Value::Null)),
        proposed_new_state: Some(encode::<Lamp>(&lamp("hall", Value::Null))),
        config: Some(encode::<Lamp>(&lamp("hall", Value::Null))),
        ..Default::default()
    };
    let planned = service.plan_resource_change(Request::new(plan)).await.unwrap().into_inner();
    assert_eq!(planned.planned_identity, None, "the id is not known before the apply");

    let apply = wire6::apply_resource_change::Request {
        type_name: "sample_lamp".to_owned(),
        prior_state: Some(encode::<Lamp>(&Value::Null)),
        planned_state: planned.planned_state,
        config: Some(encode::<Lamp>(&lamp("hall", Value::Null))),
        ..Default::default()
    };
    let applied = service.apply_resource_change(Request::new(apply)).await.unwrap().into_inner();
    assert_eq!(applied.new_identity, Some(identity("lamps/hall")));

    let read = wire6::read_resource::Request {
        type_name: "sample_lamp".to_owned(),
        current_state: applied.new_state.clone(),
        ..Default::default()
    };
    let read = service.read_resource(Request::new(read)).await.unwrap().into_inner();
    assert_eq!(read.new_identity, Some(identity("lamps/hall")));

    let changed = Value::object([
        ("place", Value::text("hall")),
        ("watts", Value::integer(60)),
        ("key", Value::Null),
        ("id", Value::Null),
    ]);
    let plan = wire6::plan_resource_change::Request {
        type_name: "sample_lamp".to_owned(),
        prior_state: applied.new_state,
        proposed_new_state: Some(encode::<Lamp>(&changed)),
        config: Some(encode::<Lamp>(&changed)),
        prior_identity: Some(identity("lamps/hall")),
        ..Default::default()
    };
    let planned = service.plan_resource_change(Request::new(plan)).await.unwrap().into_inner();
    assert_eq!(planned.planned_identity, Some(identity("lamps/hall")));
}

#[tokio::test]
async fn a_creation_that_failed_before_it_had_an_identity_tells_none() {
    let apply = wire6::apply_resource_change::Request {
        type_name: "sample_lamp".to_owned(),
        prior_state: Some(encode::<Lamp>(&Value::Null)),
        planned_state: Some(encode::<Lamp>(&lamp("cellar", Value::Unknown))),
        config: Some(encode::<Lamp>(&lamp("cellar", Value::Null))),
        ..Default::default()
    };
    let service = service();
    let applied = service.apply_resource_change(Request::new(apply)).await.unwrap().into_inner();
    assert_eq!(
        (told(&applied.diagnostics), applied.new_identity, decoded(applied.new_state.as_ref())),
        (vec!["it is dark here".to_owned()], None, lamp("cellar", Value::Null))
    );
}

#[tokio::test]
async fn an_object_is_imported_by_its_identity_as_by_its_id() {
    let service = service();
    let import = |id: &str, identity| wire6::import_resource_state::Request {
        type_name: "sample_lamp".to_owned(),
        id: id.to_owned(),
        identity,
        ..Default::default()
    };
    let by_id = service.import_resource_state(Request::new(import("lamps/hall", None)));
    let by_id = by_id.await.unwrap().into_inner();
    let by_identity = import("", Some(identity("lamps/hall")));
    let by_identity = service.import_resource_state(Request::new(by_identity)).await.unwrap();
    assert_eq!(by_id, by_identity.into_inner());
    assert_eq!(by_id.imported_resources[0].identity, Some(identity("lamps/hall")));

    let empty = Value::object([("id", Value::Null)]);
    let empty = ResourceIdentityData {
        identity_data: Some(codec::encode(&empty, &identity_type()).unwrap()),
    };
    let refused = service.import_resource_state(Request::new(import("", Some(empty)))).await;
    assert_eq!(told(&refused.unwrap().get_ref().diagnostics), ["id is missing"]);
}

#[tokio::test]
async fn an_identity_of_any_age_is_read() {
    let upgrade = wire6::upgrade_resource_identity::Request {
        type_name: "sample_lamp".to_owned(),
        version: 0,
        raw_identity: Some(wire6::RawState {
            json: br#"{"id":"lamps/hall","room":3}"#.to_vec(),
            ..Default::default()
        }),
    };
    let upgraded = service().upgrade_resource_identity(Request::new(upgrade)).await.unwrap();
    assert_eq!(upgraded.get_ref().upgraded_identity, Some(identity("lamps/hall")));
}

#[tokio::test]
async fn a_state_is_taken_over_from_where_the_type_can_and_refused_elsewhere() {
    let service = service();
    let moved = |source: &str| wire6::move_resource_state::Request {
        source_provider_address: "registry.example/old/old".to_owned(),
        source_type_name: source.to_owned(),
        target_type_name: "sample_lamp".to_owned(),
        source_state: Some(wire6::RawState {
            json: br#"{"place":"hall","colour":"red"}"#.to_vec(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let taken = service.move_resource_state(Request::new(moved("old_candle"))).await.unwrap();
    let taken = taken.into_inner();
    assert_eq!(
        (told(&taken.diagnostics), decoded(taken.target_state.as_ref()), taken.target_identity),
        (
            vec!["colour is not carried over".to_owned()],
            lamp("hall", Value::text("lamps/hall")),
            Some(identity("lamps/hall"))
        )
    );
    let refused = service.move_resource_state(Request::new(moved("old_chair"))).await.unwrap();
    assert_eq!(
        told(&refused.get_ref().diagnostics),
        ["cannot move the state of a \"old_chair\" to a \"sample_lamp\""]
    );
}

#[tokio::test]
async fn a_generated_configuration_says_what_no_default_says() {
    let generate = wire6::generate_resource_config::Request {
        type_name: "sample_lamp".to_owned(),
        state: Some(encode::<Lamp>(&lamp("hall", Value::text("lamps/hall")))),
    };
    let generated = service().generate_resource_config(Request::new(generate)).await.unwrap();
    let mut expected = lamp("hall", Value::Null);
    if let Value::Object(members) = &mut expected {
        members.insert("watts".to_owned(), Value::Null);
    }
    assert_eq!(decoded(generated.get_ref().config.as_ref()), expected);
}

fn to_list(
    house: &str,
    limit: i64,
    include_resource_object: bool,
) -> wire6::list_resource::Request {
    let config = Value::object([("house", Value::text(house))]);
    wire6::list_resource::Request {
        type_name: "sample_lamp".to_owned(),
        config: Some(encode::<provider::House>(&config)),
        include_resource_object,
        limit,
    }
}

async fn listed(request: wire6::list_resource::Request) -> Vec<wire6::list_resource::Event> {
    let stream = service().list_resource(Request::new(request)).await.unwrap().into_inner();
    stream.map(Result::unwrap).collect().await
}

#[tokio::test]
async fn everything_that_is_found_is_an_event_with_its_identity() {
    let events = listed(to_list("castle", 0, false)).await;
    let names: Vec<_> = events.iter().map(|event| event.display_name.clone()).collect();
    assert_eq!(names, ["lamp 0", "lamp 1", "lamp 2", "lamp 3", "lamp 4"]);
    assert_eq!(events[3].identity, Some(identity("lamps/3")));
    assert!(events.iter().all(|event| event.resource_object.is_none()));
}

#[tokio::test]
async fn the_objects_come_along_where_they_are_wanted_and_the_limit_ends_the_list() {
    let events = listed(to_list("castle", 2, true)).await;
    let objects: Vec<_> =
        events.iter().map(|event| decoded(event.resource_object.as_ref())).collect();
    assert_eq!(objects, [lamp("0", Value::text("lamps/0")), lamp("1", Value::text("lamps/1"))]);
}

#[tokio::test]
async fn what_goes_wrong_in_a_list_is_told_and_ends_it() {
    for (house, expected) in [
        ("ruin", vec!["lamp 0".to_owned(), "the roof came down".to_owned()]),
        ("haunted", vec!["the provider panicked in ListResource of \"sample_lamp\"".to_owned()]),
    ] {
        let events = listed(to_list(house, 0, false)).await;
        let seen: Vec<_> = events
            .iter()
            .flat_map(|event| {
                let name = Some(event.display_name.clone()).filter(|name| !name.is_empty());
                name.into_iter().chain(told(&event.diagnostic))
            })
            .collect();
        assert_eq!(seen, expected, "{house}");
    }
}

#[tokio::test]
async fn a_list_that_nobody_hears_any_more_is_cancelled() {
    let (service, told) = provider::watched();
    let service = Service::new(service);
    let request = Request::new(to_list("endless", 0, false));
    let mut stream = service.list_resource(request).await.unwrap().into_inner();
    assert!(stream.next().await.is_some());
    drop(stream);
    let ended = tokio::time::timeout(Duration::from_secs(30), told).await;
    assert_eq!(ended.unwrap().unwrap(), "nobody wants more");
}

async fn invoked(what: Value) -> Vec<String> {
    let config = Value::object([("what", what)]);
    let request = wire6::invoke_action::Request {
        action_type: "sample_switch".to_owned(),
        config: Some(encode::<provider::What>(&config)),
        client_capabilities: None,
    };
    let stream = service().invoke_action(Request::new(request)).await.unwrap().into_inner();
    let events: Vec<_> = stream.map(Result::unwrap).collect().await;
    events
        .into_iter()
        .map(|event| match event.r#type.unwrap() {
            wire6::invoke_action::event::Type::Progress(progress) => progress.message,
            wire6::invoke_action::event::Type::Completed(completed) => {
                format!("completed: {}", told(&completed.diagnostics).join(", "))
            }
        })
        .collect()
}

#[tokio::test]
async fn an_action_tells_how_it_gets_on_and_completes_once() {
    assert_eq!(invoked(Value::text("on")).await, ["looking for the switch", "on", "completed: "]);
    assert_eq!(
        invoked(Value::text("broken")).await,
        ["looking for the switch", "completed: it is broken"]
    );
    assert_eq!(
        invoked(Value::text("haunted")).await,
        ["completed: the provider panicked in InvokeAction of \"sample_switch\""]
    );
    assert_eq!(
        invoked(Value::Unknown).await,
        ["completed: what is not known when the action runs"]
    );
}

#[tokio::test]
async fn an_action_is_validated_and_planned_with_unknowns() {
    let config = |what| {
        let config = Value::object([("what", what)]);
        Some(encode::<provider::What>(&config))
    };
    let service = service();
    for (what, expected) in [
        (Value::Unknown, vec![]),
        (Value::text("explode"), vec!["what is too dangerous".to_owned()]),
    ] {
        let validate = wire6::validate_action_config::Request {
            type_name: "sample_switch".to_owned(),
            config: config(what.clone()),
        };
        let validated = service.validate_action_config(Request::new(validate)).await.unwrap();
        assert_eq!(told(&validated.get_ref().diagnostics), expected);
        let plan = wire6::plan_action::Request {
            action_type: "sample_switch".to_owned(),
            config: config(what),
            client_capabilities: None,
        };
        let planned = service.plan_action(Request::new(plan)).await.unwrap();
        assert_eq!(told(&planned.get_ref().diagnostics), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_ephemeral_is_opened_renewed_and_closed() {
    let service = service();
    let config = Value::object([("door", Value::text("front")), ("key", Value::Null)]);
    let open = wire6::open_ephemeral_resource::Request {
        type_name: "sample_key".to_owned(),
        config: Some(encode::<provider::Key>(&config)),
        client_capabilities: None,
    };
    let opened = service.open_ephemeral_resource(Request::new(open)).await.unwrap().into_inner();
    let result = codec::decode(&opened.result.unwrap(), provider::Key::object().ty()).unwrap();
    assert_eq!(result.member("key"), &Value::text("secret of front"));
    assert_eq!(opened.renew_at.map(|at| (at.seconds, at.nanos)), Some((1_000, 0)));

    let renew = wire6::renew_ephemeral_resource::Request {
        type_name: "sample_key".to_owned(),
        private: opened.private,
    };
    let renewed = service.renew_ephemeral_resource(Request::new(renew)).await.unwrap().into_inner();
    assert_eq!(renewed.private.as_deref(), Some(&b"front, again"[..]));

    let close = wire6::close_ephemeral_resource::Request {
        type_name: "sample_key".to_owned(),
        private: renewed.private,
    };
    let closed = service.close_ephemeral_resource(Request::new(close)).await.unwrap().into_inner();
    assert_eq!(told(&closed.diagnostics), ["gave back front, again"]);
}

#[tokio::test]
async fn a_change_is_put_off_for_the_client_that_can_wait_and_planned_for_any_other() {
    let service = service();
    for (deferral_allowed, expected) in [(true, Some(1)), (false, None)] {
        let open = Value::object([
            ("place", Value::Unknown),
            ("watts", Value::Null),
            ("key", Value::Null),
            ("id", Value::Null),
        ]);
        let plan = wire6::plan_resource_change::Request {
            type_name: "sample_lamp".to_owned(),
            prior_state: Some(encode::<Lamp>(&Value::Null)),
            proposed_new_state: Some(encode::<Lamp>(&open)),
            config: Some(encode::<Lamp>(&open)),
            client_capabilities: Some(ClientCapabilities {
                deferral_allowed,
                ..Default::default()
            }),
            ..Default::default()
        };
        let planned = service.plan_resource_change(Request::new(plan)).await.unwrap().into_inner();
        assert_eq!(
            (told(&planned.diagnostics), planned.deferred.map(|deferred| deferred.reason)),
            (vec![], expected)
        );
        assert!(decoded(planned.planned_state.as_ref()).member("place").is_unknown());
    }
}

#[tokio::test]
async fn everything_is_named_in_the_metadata_and_every_schema_is_sound() {
    let service = service();
    let schema = service.get_provider_schema(empty()).await.unwrap().into_inner();
    assert_eq!(told(&schema.diagnostics), Vec::<String>::new());
    let metadata = service.get_metadata(empty()).await.unwrap().into_inner();
    assert_eq!(
        (
            metadata.list_resources[0].type_name.as_str(),
            metadata.actions[0].type_name.as_str(),
            metadata.ephemeral_resources[0].type_name.as_str(),
        ),
        ("sample_lamp", "sample_switch", "sample_key")
    );
    assert_eq!(
        (
            schema.list_resource_schemas.len(),
            schema.action_schemas.len(),
            schema.ephemeral_resource_schemas.len()
        ),
        (1, 1, 1)
    );
}
