//! What is done once: rebalancing, snapshots.

use serde_json::{Value as Json, json};
use tf_sdk::call::Call;
use tf_sdk::provider::{Action, Progress};

use crate::core::{Core, told, value};
use crate::life::three;

fn action<'a>(core: &'a Core, name: &str) -> &'a dyn Action {
    core.provider().actions().find(|action| action.type_name() == name).unwrap()
}

/// What is said meanwhile, and what is told at the end.
pub(crate) async fn invoked(
    core: &Core,
    name: &str,
    config: &Json,
    call: Call,
) -> (Vec<String>, Vec<String>) {
    let action = action(core, name);
    let config = value(action.schema().ty(), config);
    assert_eq!(action.validate(Call::detached(), config.clone()).await, []);
    assert_eq!(action.plan(Call::detached(), config.clone()).await, []);
    let (progress, mut heard) = Progress::new();
    let diagnostics = action.invoke(call, config, progress).await;
    let mut said = Vec::new();
    while let Some(line) = heard.recv().await {
        said.push(line);
    }
    (said, told(&core.directory, &diagnostics))
}

/// Three brokers, the second of which has lost its lead by having been away.
async fn unbalanced() -> Core {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    core.faults(&json!({ "trouble": { "killed": [1] } }));
    core.refresh().await;
    core.reach(&config).await;
    core
}

async fn leader(core: &Core) -> tf_sdk::Value {
    let seen = core.look("zeebe_topology", &json!({ "cluster": core.id() })).await.unwrap();
    seen.member("partitions").member("2").member("leader").clone()
}

#[tokio::test]
async fn the_lead_goes_back_to_the_broker_that_is_preferred() {
    let core = unbalanced().await;
    assert_ne!(leader(&core).await, tf_sdk::Value::integer(1));
    let config = json!({ "cluster": core.id() });
    let (said, told) = invoked(&core, "zeebe_rebalance", &config, Call::detached()).await;
    assert_eq!(told, Vec::<String>::new());
    assert!(said[0].starts_with("waiting, 0 s: partition 2 is led by broker "), "{said:?}");
    assert!(
        said.iter().any(|line| line.starts_with("partition 2: broker 1 leads, after broker ")),
        "{said:?}"
    );
    assert_eq!(leader(&core).await, tf_sdk::Value::integer(1));
    let again = invoked(&core, "zeebe_rebalance", &config, Call::detached()).await;
    let nothing = "every partition was led by the broker that is preferred".to_owned();
    assert_eq!(again, (vec![nothing], Vec::new()));
}

#[tokio::test]
async fn every_broker_has_a_snapshot() {
    let mut core = Core::new();
    core.reach(&core.config(three())).await;
    let config = json!({ "cluster": core.id(), "timeout": "1m" });
    let (said, told) = invoked(&core, "zeebe_snapshot", &config, Call::detached()).await;
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(said.last().unwrap(), "snapshots are there on the brokers 0, 1, 2");
    assert_eq!(core.refresh().await, Vec::<String>::new());
    let config = core.config(three());
    assert_eq!(core.steps(&config).await, Vec::<String>::new(), "an action leaves no plan behind");
}

#[tokio::test]
async fn work_starts_on_every_partition_and_no_plan_is_left_behind() {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    let told = json!({ "cluster": core.id() });
    let (said, told) = invoked(&core, "zeebe_verify", &told, Call::detached()).await;
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(said.last().unwrap(), "work starts on the partitions 1, 2, 3");
    assert_eq!(core.refresh().await, Vec::<String>::new());
    assert_eq!(core.steps(&config).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_cluster_that_takes_work_without_one_of_its_brokers_is_not_whole() {
    let mut core = Core::new();
    core.reach(&core.config(three())).await;
    core.faults(&json!({ "trouble": { "killed": [1] } }));
    core.refresh().await;
    let config = json!({ "cluster": core.id() });
    let (_, told) = invoked(&core, "zeebe_verify", &config, Call::detached()).await;
    assert!(
        told[0].contains("takes work and is not whole")
            && told[0].contains("broker 1 does not run"),
        "{told:?}"
    );
}

#[tokio::test]
async fn an_interrupted_action_stops_and_says_so() {
    let core = unbalanced().await;
    for name in ["zeebe_rebalance", "zeebe_snapshot", "zeebe_verify"] {
        let call = Call::detached();
        call.cancelled.cancel();
        let (_, told) = invoked(&core, name, &json!({ "cluster": core.id() }), call).await;
        assert!(told[0].contains("was cancelled"), "{told:?}");
    }
}

#[tokio::test]
async fn a_cluster_that_is_not_there_and_an_address_that_is_none_are_told() {
    let core = Core::new();
    for name in ["zeebe_rebalance", "zeebe_snapshot", "zeebe_verify"] {
        let (said, told) =
            invoked(&core, name, &json!({ "cluster": core.id() }), Call::detached()).await;
        assert_eq!(said, Vec::<String>::new());
        assert!(told[0].starts_with("Error at `cluster`: no cluster stands at "), "{told:?}");
        let action = action(&core, name);
        let config = value(action.schema().ty(), &json!({ "cluster": "payments" }));
        let wrong = action.validate(Call::detached(), config).await;
        let wrong = crate::core::told(&core.directory, &wrong);
        assert!(
            wrong[0].starts_with("Error at `cluster`: ")
                && wrong[0].contains("is not a cluster's address"),
            "{wrong:?}"
        );
    }
}

/// An operator who asks whether work starts must not read a yes where nobody could look.
#[tokio::test]
async fn a_gateway_that_asks_for_credentials_is_an_error_and_not_a_success() {
    let mut core = Core::new();
    core.reach(&core.config(three())).await;
    let call = "/gateway_protocol.Gateway/DeployResource";
    core.faults(&json!({ "answers": [{ "path": call, "with": "unauthenticated" }] }));
    core.refresh().await;
    let config = json!({ "cluster": core.id() });
    let (said, told) = invoked(&core, "zeebe_verify", &config, Call::detached()).await;
    assert!(!said.iter().any(|line| line.contains("work starts")), "{said:?}");
    let expected = [
        "Error at ``: cluster \"simulated://<directory>/payments\": could not verify the cluster\n\
         Because the canary process could not be tried, because the gateway asks for credentials to deploy a process \
         (Unauthenticated: fault injected). Nothing is known about the partitions: the canary needs a gateway \
         that takes calls without credentials, for which there is no attribute yet.",
    ];
    assert_eq!(told, expected);
}
