//! The data sources and the function.

use rstest::rstest;
use serde_json::json;
use terraform_provider_zeebe::provider;
use tf_sdk::Value;
use zeebe_engine::Engine;

use crate::core::{Core, texts};

#[tokio::test]
async fn a_healthy_cluster_is_seen_as_one() {
    let mut core = Core::new();
    let config = core
        .config(json!({ "topology": { "brokers": 3, "partitions": 3, "replication_factor": 3 } }));
    core.reach(&config).await;
    let cluster = core.look("zeebe_cluster", &json!({ "id": core.id() })).await.unwrap();
    for (name, expected) in [
        ("id", Value::text(core.id())),
        ("name", Value::text("payments")),
        ("version", Value::text("8.6.0")),
        ("phase", Value::text("ready")),
        ("gateway_address", Value::text("127.0.0.1:26500")),
        ("healthy", Value::Truth(true)),
        ("problems", Value::List(Vec::new())),
    ] {
        assert_eq!(cluster.member(name), &expected, "{name}");
    }
    let topology = core.look("zeebe_topology", &json!({ "cluster": core.id() })).await.unwrap();
    assert_eq!(topology.member("replication_factor"), &Value::integer(3));
    assert_eq!(topology.member("running_change"), &Value::Null);
    for id in ["0", "1", "2"] {
        let broker = topology.member("brokers").member(id);
        assert_eq!(broker.member("version"), &Value::text("8.6.0"));
        assert_eq!(broker.member("state"), &Value::text("active"));
    }
    for id in ["1", "2", "3"] {
        let partition = topology.member("partitions").member(id);
        assert_eq!(partition.member("healthy"), &Value::Truth(true));
        assert_eq!(partition.member("replicas").as_elements().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_dead_broker_is_a_problem_with_a_sentence() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "topology": { "brokers": 3, "replication_factor": 3 } })))
        .await;
    core.faults(&json!({ "trouble": { "killed": [1] } }));
    let cluster = core.look("zeebe_cluster", &json!({ "id": core.id() })).await.unwrap();
    assert_eq!(cluster.member("healthy"), &Value::Truth(false));
    insta::assert_snapshot!(texts(cluster.member("problems")).join("\n"));
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_an_error() {
    let core = Core::new();
    let told = [
        core.look("zeebe_cluster", &json!({ "id": core.id() })).await.unwrap_err(),
        core.look("zeebe_topology", &json!({ "cluster": core.id() })).await.unwrap_err(),
    ];
    insta::assert_snapshot!(told.concat().join("\n\n"));
}

#[rstest]
#[case("8.5.8", "8.7.0", Ok(vec!["8.6", "8.7"]))]
#[case("8.6.0", "8.6.3", Ok(vec![]))]
#[case("8.6.0", "8.5.8", Err(Some(1)))]
#[case("8", "8.5.8", Err(Some(0)))]
fn the_path_of_an_upgrade_is_a_function(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: Result<Vec<&str>, Option<usize>>,
) {
    let provider = provider(Engine::new().unwrap());
    let function = provider.functions().find(|it| it.name() == "upgrade_path").unwrap();
    let got = function.call(vec![Value::text(from), Value::text(to)]);
    let expected = expected.map(|path| Value::List(path.into_iter().map(Value::text).collect()));
    assert_eq!(got.map_err(|fault| fault.argument), expected);
}
