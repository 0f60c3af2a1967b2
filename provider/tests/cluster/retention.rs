//! `zeebe_retention` beside its cluster and its exporter: how it comes, changes, goes, and what is refused.

use std::fs;

use serde_json::{Value as Json, json};
use tf_sdk::Value;

use crate::core::{Applied, Core, texts, value};
use crate::exporters::{config, exporting};
use crate::life::three;

/// What is simulated of the cluster.
fn simulation(core: &Core) -> Json {
    serde_json::from_str(&fs::read_to_string(core.place().join("simulation.json")).unwrap())
        .unwrap()
}

fn has_agent(core: &Core) -> bool {
    simulation(core).pointer("/model/agent/run").is_some_and(|run| !run.is_null())
}

/// A cluster with an exporter to Elasticsearch, and a retention that is not there yet.
async fn keeping() -> (Core, Core) {
    let (cluster, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({}))).await;
    let retention = cluster.beside("zeebe_retention");
    (exporter, retention)
}

/// The configuration of a retention of that exporter.
fn kept(core: &Core, exporter: &str, age: &str) -> Value {
    let wish = json!({
        "exporter": format!("{}/exporters/{exporter}", core.id()),
        "minimum_age": age,
        "enforced_by": "agent",
    });
    value(core.resource().schema().ty(), &wish)
}

#[tokio::test]
async fn a_retention_comes_changes_and_goes_and_the_second_plans_are_empty() {
    let (_exporter, mut retention) = keeping().await;
    let document = retention.place().join("book/retention/audit.json");
    for age in ["30d", "90d"] {
        let wish = kept(&retention, "audit", age);
        let planned = retention.plan(&wish).await.planned;
        let say =
            format!("write into the book that records of exporter \"audit\" are kept for {age}");
        let remove =
            "remove the indices of exporter \"audit\" that are older, but for those that must stay";
        let attend = "see that agent 0 of the cluster runs, which goes on with it";
        assert_eq!(texts(planned.member("last_change")), [say.as_str(), attend, remove]);
        retention.reach(&wish).await;
        assert!(has_agent(&retention), "nobody goes on with it");
        assert_eq!(retention.phase(), "ready");
        let id = Value::text(format!("{}/retention/audit", retention.id()));
        assert_eq!(retention.state.member("id"), &id);
        assert!(std::fs::read_to_string(&document).unwrap().contains(age));
    }
    retention.destroy().await;
    assert!(!has_agent(&retention), "an agent runs that has nothing to do");
    assert!(!document.exists(), "the book still says how long records are kept");
}

#[tokio::test]
async fn what_no_retention_can_be_is_refused_at_plan() {
    let (_exporter, mut retention) = keeping().await;
    let Applied::NotPlanned(told) = retention.apply(&kept(&retention, "audit", "36h")).await else {
        panic!("an age of one and a half days was planned");
    };
    assert!(told[0].contains("an age is not so many whole days"), "{told:?}");
    // Of what is not there yet, the apply says it: the exporter may come by the same one.
    let Applied::Failed(told) = retention.apply(&kept(&retention, "nobody", "30d")).await else {
        panic!("records of nobody are kept");
    };
    assert!(told[0].contains("has no exporter \"nobody\""), "{told:?}");
}

#[tokio::test]
async fn an_agent_that_died_is_started_by_the_next_plan_of_the_cluster_and_goes_with_it() {
    let (mut cluster, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({}))).await;
    let mut retention = cluster.beside("zeebe_retention");
    retention.reach(&kept(&retention, "audit", "30d")).await;
    let wish = cluster.config(three());
    cluster.refresh().await;
    assert_eq!(cluster.steps(&wish).await, Vec::<String>::new());

    let mut simulation = simulation(&cluster);
    simulation["model"]["agent"]["run"] = Json::Null;
    fs::write(cluster.place().join("simulation.json"), simulation.to_string()).unwrap();
    assert!(!has_agent(&cluster));
    cluster.refresh().await;
    assert_eq!(cluster.steps(&wish).await, ["start agent 0, which does not run"]);
    cluster.reach(&wish).await;
    assert!(has_agent(&cluster));
    let mut open = three();
    open["deletion_protection"] = json!(false);
    open["data_on_destroy"] = json!("delete");
    cluster.reach(&cluster.config(open)).await;
    assert_eq!(cluster.destroy().await, Applied::Done(Vec::new()));
    assert!(!cluster.place().join("book").exists());
}
