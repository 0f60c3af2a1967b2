//! How long exported records are kept, on real stores that a real broker exports to: what is too old goes, by an apply and by
//! the agent; what is young, somebody else's, or of an instance that still runs, stays.

use std::collections::BTreeSet;
use std::time::Duration;

use acceptance_tests::programs::Program;
use acceptance_tests::servers::agent::{once, page};
use acceptance_tests::servers::search_store::{Product, SearchStore};
use acceptance_tests::{ClusterHcl, Install, Project, Scenario, processes, wait};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

const ADDRESS: &str = "zeebe_retention.audit";
/// Nobody's business, whatever they look like.
const FOREIGN: [&str; 4] =
    ["audit-two_job_8.6.0_2020-01-01", "orders_2020-01-01", "audit_notes", "audit_job_2020-01-01"];
const OLD: [&str; 2] = ["audit_job_8.5.8_2026-01-02", "audit_variable_8.6.0_2026-10-01"];
const CLUSTER: &str = "zeebe_cluster.this";
const MINUTE: Duration = Duration::from_mins(1);
const ATTEND: &str = "see that agent 0 of the cluster runs, which goes on with it";
const REMOVE: &str =
    "remove the indices of exporter \"audit\" that are older, but for those that must stay";

#[test]
fn what_is_too_old_goes_from_opensearch_and_all_else_stays() -> Result<()> {
    kept("s18-opensearch", Product::OpenSearch, "opensearch")
}

#[test]
fn what_is_too_old_goes_from_elasticsearch_and_all_else_stays() -> Result<()> {
    kept("s18-elasticsearch", Product::Elasticsearch, "elasticsearch")
}

fn kept(name: &str, product: Product, kind: &str) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 2)?;
    let cluster = scenario.cluster("keeping")?;
    let ports = scenario.first_port()?;
    let mut store = SearchStore::start_one(product, scenario.directory.join("store"), ports)?;
    let hcl = ClusterHcl::new(&cluster).sized(1, 1, 1);
    let mut project = scenario.project("project", Install::Mirror)?;
    // In a release it lies beside the provider.
    project.set("ZEEBE_AGENT", Program::Agent.path()?.as_str());
    project.write("main.tf", &hcl.file())?;
    project.write("exporter.tf", &exporter(&hcl, kind, &store))?;
    project.init()?;
    project.apply()?;
    let young = indices(&store)?;
    ensure!(!young.is_empty(), "nothing was exported");

    // All of this was there before anybody said how long records are kept.
    filled(&store, &FOREIGN)?;
    filled(&store, &OLD)?;
    project.write("retention.tf", &retention("30d"))?;
    let plan = project.plan()?;
    let say = "write into the book that records of exporter \"audit\" are kept for 30d";
    assert_eq!(plan.steps(ADDRESS)?, [say, ATTEND, REMOVE]);
    project.apply_planned()?;
    are_left(&store, &young)?;
    project.plan()?.is_empty().context("the plan after the retention came")?;

    // It goes on by itself. Whoever kills it sees so in the next plan, and nothing is removed meanwhile.
    let agent = cluster.agent().context("no agent runs")?;
    wait::until("the agent's first round", MINUTE, || page(&cluster, "ready"))?;
    processes::kill(agent)?;
    filled(&store, &OLD)?;
    let plan = project.plan()?;
    assert_eq!(plan.steps(CLUSTER)?, ["start agent 0, which does not run"]);
    assert_eq!(plan.steps(ADDRESS)?, [ATTEND, REMOVE]);
    project
        .terraform(&["apply", "-input=false", "-auto-approve", "-target=zeebe_cluster.this"])?
        .ok()?;
    let gone = || Ok(OLD.iter().all(|old| !indices(&store).is_ok_and(|all| all.contains(*old))));
    wait::until_true("the old indices gone", MINUTE, gone)?;
    let left = format!(
        "zeebe_agent_retention_undated{{cluster=\"{}\",exporter=\"audit\"}} 2",
        cluster.id()
    );
    wait::until_true("the round told of", MINUTE, || {
        Ok(page(&cluster, "metrics").is_ok_and(|metrics| metrics.contains(&left)))
    })?;
    are_left(&store, &young)?;
    project.plan()?.is_empty().context("the plan beside an agent")?;

    what_a_running_instance_began_in_stays(&project, &cluster, &store)?;
    are_left(&store, &young)?;

    // Where nobody says any more how long records are kept, they are kept.
    std::fs::remove_file(project.directory.join("retention.tf"))?;
    let agent = cluster.agent().context("no agent runs")?;
    project.apply()?;
    ensure!(!processes::runs(agent), "an agent runs that has nothing to do");
    filled(&store, &OLD)?;
    let round = once(&cluster)?;
    assert_eq!((round.code, round.text.as_str()), (Some(0), ""));
    ensure!(
        OLD.iter().all(|old| indices(&store).is_ok_and(|all| all.contains(*old))),
        "they are gone"
    );
    project.destroy()?;
    cluster.is_stopped()?;
    store.end()?;
    scenario.passed()
}

/// An instance of February still runs: its index stays and all later ones, what is older goes, and a plan with an age that
/// it is older than is refused. When it has ended, the rest goes.
fn what_a_running_instance_began_in_stays(
    project: &Project,
    cluster: &acceptance_tests::Cluster,
    store: &SearchStore,
) -> Result<()> {
    let began = "audit_process-instance_8.6.0_2026-02-01";
    store.put(began, "1-7", &instance("ELEMENT_ACTIVATED"))?;
    filled(store, &["audit_job_8.6.0_2026-01-31", "audit_job_8.6.0_2026-02-03"])?;
    let round = once(cluster)?;
    ensure!(round.text.contains("1 indices of") && round.text.contains("2 kept back"), "{round:?}");
    let all = indices(store)?;
    ensure!(all.contains(began) && all.contains("audit_job_8.6.0_2026-02-03"), "{all:?}");
    // What must stay is nothing that an apply could mend.
    project.plan()?.is_empty().context("the plan while an instance holds indices back")?;
    project.write("retention.tf", &retention("60d"))?;
    let told = project.terraform(&["plan", "-input=false", "-no-color"])?.fails()?;
    ensure!(told.contains("a process instance that still runs is older"), "{told}");
    project.write("retention.tf", &retention("30d"))?;

    store.put("audit_process-instance_8.6.0_2026-02-04", "1-9", &instance("ELEMENT_COMPLETED"))?;
    store.count("audit_*")?;
    let round = once(cluster)?;
    ensure!(round.text.contains("3 indices of") && round.text.contains("0 kept back"), "{round:?}");
    Ok(())
}

fn exporter(hcl: &ClusterHcl, kind: &str, store: &SearchStore) -> String {
    format!(
        "resource \"zeebe_exporter\" \"audit\" {{\n  cluster = {}.handle\n  name    = \"audit\"\n\n  {kind} = {{\n    url   \
         = \"{}\"\n    index = {{ prefix = \"audit\" }}\n    bulk  = {{ delay = \"1s\" }}\n  }}\n}}\n",
        hcl.address(),
        store.url()
    )
}

fn retention(age: &str) -> String {
    format!(
        "resource \"zeebe_retention\" \"audit\" {{\n  exporter    = zeebe_exporter.audit.id\n  minimum_age = \"{age}\"\n}}\n"
    )
}

/// Has each of these indices hold one record of long ago.
fn filled(store: &SearchStore, names: &[&str]) -> Result<()> {
    for name in names {
        store.put(name, "1-1", &json!({"partitionId": 1, "timestamp": FEBRUARY}))?;
    }
    // What was written becomes visible to searches only then.
    store.count("audit*").map(drop)
}

/// 2026-02-01T10:00:00Z.
const FEBRUARY: i64 = 1_769_940_000_000;

/// What becomes of process instance 7 of partition 1.
fn instance(intent: &str) -> Value {
    json!({
        "partitionId": 1, "position": 7, "key": 7, "timestamp": FEBRUARY, "valueType": "PROCESS_INSTANCE",
        "intent": intent, "recordType": "EVENT", "brokerVersion": "8.6.0",
        "value": {"bpmnElementType": "PROCESS", "processInstanceKey": 7}
    })
}

fn indices(store: &SearchStore) -> Result<BTreeSet<String>> {
    Ok(store.indices()?.into_keys().collect())
}

/// Of all that was put there, only what is somebody else's is left, and nothing young is gone.
fn are_left(store: &SearchStore, young: &BTreeSet<String>) -> Result<()> {
    let left = indices(store)?;
    for name in young.iter().map(String::as_str).chain(FOREIGN) {
        ensure!(left.contains(name), "\"{name}\" is gone: {left:?}");
    }
    for name in &left {
        let is_old =
            name.contains("_2026-01") || name.contains("_2026-02") || name.contains("_2026-10");
        ensure!(!is_old, "\"{name}\" is there: {left:?}");
    }
    Ok(())
}
