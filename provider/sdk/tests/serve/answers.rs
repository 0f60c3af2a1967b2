use tf_sdk::Value;
use zeebe_proto::plugin::ConnInfo;
use zeebe_proto::plugin::conn_info::Knock;
use zeebe_proto::tfplugin6::{
    self as wire6, DynamicValue, RawState, apply_resource_change, call_function, get_metadata,
    get_provider_schema, import_resource_state, plan_resource_change, read_data_source,
    read_resource, upgrade_resource_state, validate_resource_config,
};

use crate::faulty::{
    THING, creation, decode, encode, null, started, thing, to_apply, to_plan, told, wish,
};
use tf_conformance::client::Connection;

type Applied = (Value, Vec<u8>, Vec<String>);

async fn apply(connection: &mut Connection, request: apply_resource_change::Request) -> Applied {
    let answer = connection.provider.apply_resource_change(request).await.unwrap().into_inner();
    let apply_resource_change::Response {
        new_state,
        private,
        diagnostics,
        legacy_type_system,
        new_identity,
    } = answer;
    assert_eq!((legacy_type_system, new_identity), (false, None));
    (decode(new_state), private, told(&diagnostics))
}

#[tokio::test]
async fn what_there_is_is_described_the_same_each_time() {
    let (plugin, mut connection) = started().await;
    let metadata =
        connection.provider.get_metadata(get_metadata::Request {}).await.unwrap().into_inner();
    let capabilities = wire6::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    };
    let expected = get_metadata::Response {
        server_capabilities: Some(capabilities),
        resources: vec![get_metadata::ResourceMetadata { type_name: THING.to_owned() }],
        data_sources: vec![get_metadata::DataSourceMetadata {
            type_name: "faulty_look".to_owned(),
        }],
        functions: vec![get_metadata::FunctionMetadata { name: "shout".to_owned() }],
        ..get_metadata::Response::default()
    };
    assert_eq!(metadata, expected);

    let schema = connection
        .provider
        .get_provider_schema(get_provider_schema::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(schema.server_capabilities, Some(capabilities));
    assert_eq!(told(&schema.diagnostics), Vec::<String>::new());
    let block = schema.resource_schemas[THING].block.clone().unwrap();
    let names: Vec<&str> =
        block.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(
        (names, schema.functions["shout"].parameters.len()),
        (vec!["fault", "id", "text"], 1)
    );
    let again = connection
        .provider
        .get_provider_schema(get_provider_schema::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(schema, again);
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_resource_lives_from_plan_to_deletion() {
    let (plugin, mut connection) = started().await;
    let validate = validate_resource_config::Request {
        type_name: THING.to_owned(),
        config: Some(encode(&wish("hello", Some("refused")))),
        client_capabilities: None,
    };
    let found = connection
        .provider
        .validate_resource_config(validate)
        .await
        .unwrap()
        .into_inner()
        .diagnostics;
    assert_eq!(told(&found), ["error at text: text refused"]);

    let request = to_plan(&Value::Null, &wish("hello", Some("replace")));
    let plan = connection.provider.plan_resource_change(request).await.unwrap().into_inner();
    let replaced: Vec<String> =
        plan.requires_replace.iter().map(|path| format!("{:?}", path.steps)).collect();
    assert_eq!(
        (decode(plan.planned_state), plan.planned_private),
        (thing(Value::text("hello"), Some("replace"), Value::Unknown), b"kept".to_vec())
    );
    assert_eq!(replaced.len(), 2, "sorted, and each once: {replaced:?}");

    let planned = thing(Value::text("hello"), None, Value::Unknown);
    let made = thing(Value::text("hello"), None, Value::text("made"));
    assert_eq!(
        apply(&mut connection, to_apply(&Value::Null, &planned)).await,
        (made.clone(), b"planned".to_vec(), vec![])
    );
    let read = read_resource::Request {
        type_name: THING.to_owned(),
        current_state: Some(encode(&made)),
        private: b"p".to_vec(),
        ..read_resource::Request::default()
    };
    let read = connection.provider.read_resource(read).await.unwrap().into_inner();
    assert_eq!(
        (decode(read.new_state), read.private, told(&read.diagnostics)),
        (made.clone(), b"p".to_vec(), vec![])
    );
    assert_eq!(
        apply(&mut connection, to_apply(&made, &Value::Null)).await,
        (Value::Null, b"planned".to_vec(), vec![])
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn values_far_over_the_usual_limit_of_four_mebibytes_come_back_whole() {
    let (plugin, mut connection) = started().await;
    for size in [4 * 1024 * 1024 + 1, 5_000_000, 64 * 1024 * 1024] {
        let text = Value::text("x".repeat(size));
        let planned = thing(text.clone(), None, Value::Unknown);
        let (state, _, found) = apply(&mut connection, to_apply(&Value::Null, &planned)).await;
        assert!(
            found.is_empty() && state == thing(text, None, Value::text("made")),
            "{size} bytes"
        );
    }
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_panic_is_a_diagnostic_and_the_process_survives() {
    let (plugin, mut connection) = started().await;
    let request = to_plan(&Value::Null, &wish("hello", Some("panic in plan")));
    let plan = connection.provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(
        told(&plan.diagnostics),
        ["error: the provider panicked in PlanResourceChange of \"faulty_thing\""]
    );
    assert_eq!(plan.diagnostics[0].detail.split_once(". ").unwrap().0, "The panic said: as asked");

    // Of a creation nobody knows how far it came: what was planned is kept, so that nothing is orphaned.
    let panicked =
        vec!["error: the provider panicked in ApplyResourceChange of \"faulty_thing\"".to_owned()];
    let kept = thing(Value::text("hello"), Some("panic in apply"), Value::Null);
    assert_eq!(
        apply(&mut connection, creation("panic in apply")).await,
        (kept, b"planned".to_vec(), panicked.clone())
    );
    // An update leaves what was there.
    let prior = thing(Value::text("old"), None, Value::text("made"));
    let planned = thing(Value::text("new"), Some("panic in apply"), Value::text("made"));
    assert_eq!(
        apply(&mut connection, to_apply(&prior, &planned)).await,
        (prior, b"planned".to_vec(), panicked)
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn broken_promises_are_named_with_their_attribute_and_a_state_is_always_there() {
    let (plugin, mut connection) = started().await;
    let made = |fault, text: &str, id| thing(Value::text(text), Some(fault), id);
    let cases = [
        ("unknown", made("unknown", "hello", Value::Null), "error at id: apply left `id` unknown"),
        (
            "another text",
            made("another text", "another", Value::text("made")),
            "error at text: apply changed `text` after the plan",
        ),
        ("nothing", Value::Null, "error: apply left no object behind"),
        (
            "misfit",
            made("misfit", "hello", Value::Null),
            "error at text: could not write the state",
        ),
    ];
    for (fault, state, summary) in cases {
        assert_eq!(
            apply(&mut connection, creation(fault)).await,
            (state, b"planned".to_vec(), vec![summary.to_owned()])
        );
    }
    let stays = made("stays", "hello", Value::text("made"));
    assert_eq!(
        apply(&mut connection, to_apply(&stays, &Value::Null)).await,
        (stays, b"planned".to_vec(), vec!["error: deletion left an object behind".to_owned()])
    );
    let state = made("unknown in read", "hello", Value::text("made"));
    let read = read_resource::Request {
        type_name: THING.to_owned(),
        current_state: Some(encode(&state)),
        private: b"p".to_vec(),
        ..read_resource::Request::default()
    };
    let read = connection.provider.read_resource(read).await.unwrap().into_inner();
    assert_eq!(
        (decode(read.new_state), read.private, told(&read.diagnostics)),
        (state, b"p".to_vec(), vec!["error at id: read left `id` unknown".to_owned()])
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn import_says_what_it_found_or_why_not() {
    let (plugin, mut connection) = started().await;
    let mut import = async |id: &str| {
        let request = import_resource_state::Request {
            type_name: THING.to_owned(),
            id: id.to_owned(),
            ..import_resource_state::Request::default()
        };
        let answer = connection.provider.import_resource_state(request).await.unwrap().into_inner();
        let found: Vec<_> = answer
            .imported_resources
            .into_iter()
            .map(|imported| (imported.type_name, decode(imported.state), imported.private))
            .collect();
        (found, told(&answer.diagnostics))
    };
    let found = thing(Value::text("found"), None, Value::text("x"));
    assert_eq!(import("x").await, (vec![(THING.to_owned(), found, b"imported".to_vec())], vec![]));
    assert_eq!(import("nowhere").await, (vec![], vec!["error: no thing \"nowhere\"".to_owned()]));
    assert_eq!(
        import("silence").await,
        (
            vec![],
            vec![
                "error: import of a \"faulty_thing\" found nothing and did not say why".to_owned()
            ]
        )
    );
    assert_eq!(
        import("").await,
        (vec![], vec!["error: cannot import a \"faulty_thing\" without an id".to_owned()])
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn stored_states_are_upgraded_unless_nobody_can_read_them() {
    let (plugin, mut connection) = started().await;
    let mut upgrade = async |raw_state: RawState| {
        let request = upgrade_resource_state::Request {
            type_name: THING.to_owned(),
            version: 0,
            raw_state: Some(raw_state),
        };
        connection.provider.upgrade_resource_state(request).await.unwrap().into_inner()
    };
    let answer = upgrade(RawState { json: b"{}".to_vec(), ..RawState::default() }).await;
    assert_eq!(decode(answer.upgraded_state), thing(Value::text("{}"), None, Value::text("0")));
    let flat =
        RawState { flatmap: [("id".to_owned(), "1".to_owned())].into(), ..RawState::default() };
    let answer = upgrade(flat).await;
    assert_eq!(
        (answer.upgraded_state, told(&answer.diagnostics)),
        (None, vec!["error: cannot read the stored state of a \"faulty_thing\"".to_owned()])
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn functions_answer_or_say_which_argument_is_wrong() {
    let (plugin, mut connection) = started().await;
    let mut call = async |name: &str, arguments: &[Value]| {
        let request = call_function::Request {
            name: name.to_owned(),
            arguments: arguments
                .iter()
                .map(|value| tf_sdk::codec::encode(value, &tf_sdk::Type::Text).unwrap())
                .collect(),
        };
        let answer = connection.provider.call_function(request).await.unwrap().into_inner();
        let result =
            answer.result.map(|wire| tf_sdk::codec::decode(&wire, &tf_sdk::Type::Text).unwrap());
        (result, answer.error.map(|error| (error.text, error.function_argument)))
    };
    let [a, b, nothing, panic] = ["a", "b", "", "panic"].map(Value::text);
    assert_eq!(
        call("shout", &[a.clone(), b.clone(), a.clone()]).await,
        (Some(Value::text("A B A")), None)
    );
    assert_eq!(
        call("shout", &[a.clone(), nothing]).await,
        (None, Some(("nothing to say".to_owned(), Some(1))))
    );
    assert_eq!(
        call("shout", &[]).await,
        (None, Some(("expected 1 or more arguments, got 0".to_owned(), None)))
    );
    let (result, error) = call("shout", &[panic]).await;
    assert_eq!(result, None);
    assert!(error.unwrap().0.starts_with(
        "the provider panicked in CallFunction of \"shout\": The panic said: as asked."
    ));
    assert_eq!(
        call("whisper", &[a]).await,
        (None, Some(("this release of the provider has no function \"whisper\"".to_owned(), None)))
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn data_sources_are_read() {
    let (plugin, mut connection) = started().await;
    let request = read_data_source::Request {
        type_name: "faulty_look".to_owned(),
        config: Some(encode(&wish("x", None))),
        ..read_data_source::Request::default()
    };
    let answer = connection.provider.read_data_source(request).await.unwrap().into_inner();
    assert_eq!(decode(answer.state), thing(Value::text("x"), None, Value::text("seen")));
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn types_that_are_not_there_and_values_that_do_not_fit_are_diagnostics() {
    let (plugin, mut connection) = started().await;
    let request = plan_resource_change::Request {
        type_name: "faulty_other".to_owned(),
        prior_state: Some(null()),
        ..plan_resource_change::Request::default()
    };
    let answer = connection.provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(told(&answer.diagnostics), ["error: no resource type \"faulty_other\""]);

    let garbage = DynamicValue { msgpack: vec![0xc1], json: Vec::new() };
    let request = plan_resource_change::Request {
        type_name: THING.to_owned(),
        proposed_new_state: Some(garbage),
        ..plan_resource_change::Request::default()
    };
    let answer = connection.provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(
        told(&answer.diagnostics),
        ["error: could not read the proposed state that the client sent"]
    );
    plugin.shut_down().await.unwrap();
}

macro_rules! absent {
    ($connection:ident, $($rpc:ident($message:ident.$name:ident) $summary:literal;)*) => {$(
        let mut request = wire6::$message::Request::default();
        request.$name = "x".to_owned();
        let answer = $connection.provider.$rpc(request).await.unwrap().into_inner();
        assert_eq!(told(&answer.diagnostics), [concat!("error: ", $summary)], stringify!($rpc));
    )*};
}

#[tokio::test]
async fn calls_for_what_is_not_there_are_answered_and_say_so() {
    let (plugin, mut connection) = started().await;
    absent! { connection,
        upgrade_resource_identity(upgrade_resource_identity.type_name) "no resource type \"x\"";
        generate_resource_config(generate_resource_config.type_name) "no resource type \"x\"";
        move_resource_state(move_resource_state.target_type_name) "no resource type \"x\"";
        validate_ephemeral_resource_config(validate_ephemeral_resource_config.type_name) "no ephemeral resource \"x\"";
        open_ephemeral_resource(open_ephemeral_resource.type_name) "no ephemeral resource \"x\"";
        renew_ephemeral_resource(renew_ephemeral_resource.type_name) "no ephemeral resource \"x\"";
        close_ephemeral_resource(close_ephemeral_resource.type_name) "no ephemeral resource \"x\"";
        validate_list_resource_config(validate_list_resource_config.type_name) "no list resource \"x\"";
        validate_state_store_config(validate_state_store.type_name) "no state store \"x\"";
        configure_state_store(configure_state_store.type_name) "no state store \"x\"";
        lock_state(lock_state.type_name) "no state store \"x\"";
        unlock_state(unlock_state.type_name) "no state store \"x\"";
        get_states(get_states.type_name) "no state store \"x\"";
        delete_state(delete_state.type_name) "no state store \"x\"";
        plan_action(plan_action.action_type) "no action \"x\"";
        validate_action_config(validate_action_config.type_name) "no action \"x\"";
    }
    let provider = &mut connection.provider;
    let request = wire6::list_resource::Request { type_name: "x".to_owned(), ..Default::default() };
    let mut events = provider.list_resource(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert_eq!(told(&event.diagnostic), ["error: no list resource \"x\""]);
    assert_eq!(events.message().await.unwrap(), None);

    let request =
        wire6::invoke_action::Request { action_type: "x".to_owned(), ..Default::default() };
    let mut events = provider.invoke_action(request).await.unwrap().into_inner();
    let Some(wire6::invoke_action::event::Type::Completed(completed)) =
        events.message().await.unwrap().unwrap().r#type
    else {
        unreachable!("an action that is not there makes no progress")
    };
    assert_eq!(told(&completed.diagnostics), ["error: no action \"x\""]);
    assert_eq!(events.message().await.unwrap(), None);

    let request =
        wire6::read_state_bytes::Request { type_name: "x".to_owned(), ..Default::default() };
    let mut chunks = provider.read_state_bytes(request).await.unwrap().into_inner();
    assert_eq!(
        told(&chunks.message().await.unwrap().unwrap().diagnostics),
        ["error: no state store \"x\""]
    );

    let chunks = tokio_stream::iter([wire6::write_state_bytes::RequestChunk::default()]);
    let answer = provider.write_state_bytes(chunks).await.unwrap().into_inner();
    assert_eq!(told(&answer.diagnostics), ["error: no state store"]);

    let identities =
        provider.get_resource_identity_schemas(wire6::get_resource_identity_schemas::Request {});
    assert_eq!(
        identities.await.unwrap().into_inner(),
        wire6::get_resource_identity_schemas::Response::default()
    );
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn who_knocks_for_a_brokered_service_is_told_that_there_is_none() {
    let (plugin, mut connection) = started().await;
    let knock = Knock { knock: true, ..Knock::default() };
    let asked = ConnInfo { service_id: 7, knock: Some(knock), ..ConnInfo::default() };
    let mut answers =
        connection.broker.start_stream(tokio_stream::iter([asked])).await.unwrap().into_inner();
    let knock = answers.message().await.unwrap().unwrap().knock.unwrap();
    assert_eq!(
        (knock.ack, knock.error.as_str()),
        (false, "no brokered service 7: this provider opens none")
    );
    plugin.shut_down().await.unwrap();
}
