//! Arguments and results.

use std::fs;

use camino::Utf8Path;
use rstest::rstest;
use terraform_provider_zeebe::provider;
use tf_sdk::Value;
use tf_sdk::codec::json;
use tf_sdk::provider::{FunctionFault, Provider};
use zeebe_engine::Engine;

fn offered() -> Provider {
    provider(Engine::new().unwrap())
}

/// The result in JSON.
fn call(name: &str, arguments: Vec<Value>) -> Result<String, FunctionFault> {
    let provider = offered();
    let function = provider.functions().find(|function| function.name() == name);
    let function = function.expect("the provider has it");
    let written = |result| {
        json::encode(&result, &function.signature().returns).expect("a result fits its type")
    };
    function.call(arguments).map(|result| String::from_utf8_lossy(&written(result)).into_owned())
}

fn whole(numbers: [i64; 3]) -> Vec<Value> {
    numbers.map(Value::integer).into()
}

#[test]
fn partitions_begin_by_turns_and_priorities_alternate() {
    let spread = call("partition_distribution", whole([4, 5, 3])).unwrap();
    insta::assert_snapshot!(spread.replace("},", "},\n"));
}

#[rstest]
#[case([1, 1, 2], "Each copy of a partition needs a broker of its own; got 2 copies and 1 brokers.", 2)]
#[case([0, 1, 1], "Expected", 0)]
#[case([1, 0, 1], "Expected", 1)]
fn a_spread_that_cannot_be_is_refused_at_its_argument(
    #[case] sizes: [i64; 3],
    #[case] text: &str,
    #[case] argument: usize,
) {
    let fault = call("partition_distribution", whole(sizes)).unwrap_err();
    assert!(fault.text.starts_with(text) && fault.argument == Some(argument), "{fault:?}");
}

/// What real brokers of 8.5 and 8.6 answered.
#[rstest]
#[case("8.5.8/cluster-three")]
#[case("8.6.0/cluster-pending-0")]
#[case("8.6.0/topology-pending")]
fn what_the_product_answered_is_read(#[case] capture: &str) {
    let captures =
        Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/management/tests/captures");
    let path = captures.join(format!("{capture}.json"));
    let capture_json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let body = &capture_json["body"];
    let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    let read = call("parse_topology", vec![Value::text(text)]).unwrap();
    insta::assert_snapshot!(capture.replace('/', "-"), read.replace("},", "},\n"));
}

#[rstest]
#[case("no json", "expected an answer of the product in JSON")]
#[case("{}", "expected the answer of `/actuator/cluster` or of a gateway's topology")]
#[case(r#"{"brokers": [{"id": 0}]}"#, "brokers[0]")]
#[case(r#"{"version": 1, "brokers": [], "lastChange": {"id": 1, "status": "ODD", "startedAt": "", "completedAt": ""}}"#, "lastChange.status")]
#[case(r#"{"brokers": [], "clusterSize": "three"}"#, "clusterSize")]
fn what_is_no_topology_is_refused(#[case] text: &str, #[case] expected: &str) {
    let fault = call("parse_topology", vec![Value::text(text)]).unwrap_err();
    assert!(fault.text.contains(expected) && fault.argument == Some(0), "{fault:?}");
}
