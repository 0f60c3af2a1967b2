use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;
use tf_sdk::Value;
use tokio::time::timeout;
use zeebe_proto::plugin::Empty;
use zeebe_proto::tfplugin6::{configure_provider, stop_provider};

use crate::faulty::{decode, faulty, thing, to_apply};
use tf_conformance::client::{Address, Connection, Handshake};

fn variable(text: &str) -> Option<Json> {
    let json = text.split_once("TF_REATTACH_PROVIDERS='")?.1.split_once('\'')?.0;
    serde_json::from_str(json).ok()
}

#[tokio::test]
async fn in_debug_mode_it_serves_many_clients_until_a_person_ends_it() {
    let launch =
        faulty().without("TF_PLUGIN_MAGIC_COOKIE").without("PLUGIN_CLIENT_CERT").argument("-debug");
    let (text, (mut child, _stdout, _stderr)) =
        launch.read_until(|text| variable(text).is_some()).await.unwrap();
    let mut reattach = variable(&text).unwrap();
    let socket = reattach["tests/faulty"]["Addr"]["String"].take();
    assert_eq!(
        reattach,
        serde_json::json!({
            "tests/faulty": {
                "Protocol": "grpc", "ProtocolVersion": 6, "Pid": child.id(), "Test": true,
                "Addr": { "Network": "unix", "String": null },
            }
        })
    );
    let handshake = Handshake {
        protocol: 6,
        address: Address::Socket(socket.as_str().unwrap().into()),
        certificate: None,
        multiplex: None,
    };
    let mut first = Connection::open(&handshake, None).await.unwrap();
    let mut second = Connection::open(&handshake, None).await.unwrap();
    for connection in [&mut first, &mut second] {
        connection
            .provider
            .configure_provider(configure_provider::Request::default())
            .await
            .unwrap();
        connection.provider.stop_provider(stop_provider::Request {}).await.unwrap();
    }
    first.controller.shutdown(Empty {}).await.unwrap();
    drop(first);
    let planned = thing(Value::text("hello"), None, Value::Unknown);
    let applied = second
        .provider
        .apply_resource_change(to_apply(&Value::Null, &planned))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(decode(applied.new_state), thing(Value::text("hello"), None, Value::text("made")));
    drop(second);

    kill_process(Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap(), Signal::INT)
        .unwrap();
    let ended = timeout(Duration::from_mins(1), child.wait()).await.unwrap();
    assert_eq!(ended.unwrap().code(), Some(0));
}
