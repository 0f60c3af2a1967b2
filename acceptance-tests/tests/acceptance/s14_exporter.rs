//! An exporter of a running cluster under load: it comes, changes while its provider is killed, is switched by hand and
//! leaves; what it exports is in a real search store, each record once.

use std::time::Duration;

use acceptance_tests::{
    Cluster, ClusterHcl, Install, Load, Project, Scenario, holders::holders, processes,
    project::Action, servers::search_store::SearchStore, wait,
};
use anyhow::{Context, Result, ensure};
use camino::Utf8PathBuf;
use serde_json::{Value, json};

const ADDRESS: &str = "zeebe_exporter.audit";
/// The instances of the load, as the store knows them when they are done.
const COMPLETED: &str = "intent:ELEMENT_COMPLETED AND value.bpmnElementType:PROCESS AND value.bpmnProcessId:\"one-task\"";
/// After a failure an exporter pauses up to 10 s, and sends a bulk every few seconds.
const EXPORTED: Duration = Duration::from_mins(1);

#[test]
fn an_exporter_comes_changes_and_goes_under_load_and_nothing_is_lost() -> Result<()> {
    // The store takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers("s14-exporter", 4)?;
    let cluster = scenario.cluster("exporting")?;
    let mut store = SearchStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 2, 3);
    let mut project = scenario.project("project", Install::Mirror)?;
    project.write("main.tf", &hcl.file())?;
    project.write("exporter.tf", &exporter(&hcl, &store, "1s", 1))?;
    project.set("TF_VAR_password", PASSWORDS[0]);
    project.init()?;
    project.apply()?;
    signs_on_with(&project, &cluster, PASSWORDS[0], 1)?;
    project.plan()?.is_empty().context("the plan after the creation")?;

    let load = Load::start(cluster.gateways(3))?;
    load.wait_for_more(20)?;
    project.set("TF_VAR_password", PASSWORDS[1]);
    changed_while_the_provider_is_killed(&project, &cluster, &exporter(&hcl, &store, "2s", 2))?;
    signs_on_with(&project, &cluster, PASSWORDS[1], 2)?;
    load.wait_for_more(20)?;
    let report = load.finish()?;
    report.is_exact()?;

    let completed = u64::try_from(report.completed)?;
    wait::until_true("every completed instance in the search store", EXPORTED, || {
        Ok(store.found("audit_process-instance*", COMPLETED)? >= completed)
    })?;
    assert_eq!(store.found("audit_process-instance*", COMPLETED)?, completed, "each is there once");

    switched_off_by_hand(&project, &cluster)?;

    // It leaves while work goes on.
    let load = Load::start(cluster.gateways(3))?;
    load.wait_for_more(10)?;
    std::fs::remove_file(project.directory.join("exporter.tf"))?;
    project.apply()?;
    load.wait_for_more(10)?;
    load.finish()?.is_exact()?;
    assert_eq!(status(&cluster)?, json!([{ "exporterId": "audit", "status": "DISABLED" }]));
    project.plan()?.is_empty().context("the plan after the exporter has left")?;
    ensure!(
        settings(&cluster)?.is_empty(),
        "a broker was started with settings of the exporter that has left"
    );

    for password in PASSWORDS {
        assert_eq!(holders(&cluster.home(), password)?, Vec::<Utf8PathBuf>::new());
    }
    project.destroy()?;
    cluster.is_stopped()?;
    store.end()?;
    scenario.passed()
}

fn exporter(hcl: &ClusterHcl, store: &SearchStore, delay: &str, password: u32) -> String {
    let (cluster, url) = (hcl.address(), store.url());
    format!(
        r#"
variable "password" {{
  type      = string
  ephemeral = true
}}

resource "zeebe_exporter" "audit" {{
  cluster = {cluster}.handle
  name    = "audit"

  elasticsearch = {{
    url            = "{url}"
    index          = {{ prefix = "audit" }}
    bulk           = {{ delay = "{delay}" }}
    authentication = {{ username = "zeebe", password_wo = var.password, password_wo_version = {password} }}
  }}
}}
"#
    )
}

/// What the exporter signs on with, one after the other. The store of the test asks nobody who they are.
const PASSWORDS: [&str; 2] = ["open-sesame-4711", "close-sesame-0815"];

/// Every broker was given this password and no other, and it is kept in one file alone.
fn signs_on_with(project: &Project, cluster: &Cluster, password: &str, version: u32) -> Result<()> {
    let kept = cluster.home().join(format!("secrets/exporter-audit-password-{version}"));
    assert_eq!(holders(&cluster.home(), password)?, [kept]);
    assert_eq!(holders(&project.directory, password)?, Vec::<Utf8PathBuf>::new());
    for (broker, identity) in cluster.brokers()? {
        let process = processes::process(identity.pid).context("a broker has ended")?;
        for other in PASSWORDS {
            let given = process.environment.contains(other);
            ensure!(given == (other == password), "broker {broker} has another password");
            ensure!(!process.command.contains(other), "a password is in the list of processes");
        }
    }
    Ok(())
}

/// The roll is cut off in its middle, and the next apply goes on from there: no broker is restarted twice for it.
fn changed_while_the_provider_is_killed(
    project: &Project,
    cluster: &Cluster,
    exporter: &str,
) -> Result<()> {
    project.write("exporter.tf", exporter)?;
    let plan = project.plan()?;
    assert_eq!(plan.action(ADDRESS)?, Action::Update);
    assert_eq!(
        plan.steps(ADDRESS)?,
        [
            "restart every broker, one at a time, with the changed settings of exporter \"audit\"",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    let known = cluster.journal()?.len();
    let mut applying = project.start(&["apply", "-input=false", "planned"])?;
    applying.when("the second restart", Duration::from_mins(4), || {
        Ok(restarts(cluster, known)? == 2)
    })?;
    applying.kill_provider()?;
    let run = applying.wait()?;
    ensure!(run.code != Some(0), "the apply whose provider was killed went through: {run}");
    project.apply().context("the apply after its provider was killed")?;
    // Once each, and perhaps once more the one whose restart was begun and not seen when the provider was killed.
    let begun = restarts(cluster, known)?;
    ensure!((3..=4).contains(&begun), "{begun} restarts of 3 brokers were begun");
    project.plan()?.is_empty().context("the plan after the exporter has changed")
}

/// How many restarts were begun since that entry of the journal.
fn restarts(cluster: &Cluster, since: usize) -> Result<usize> {
    let begun = |entry: &Value| {
        let what = entry["event"]["started"]["what"].as_str();
        what.is_some_and(|what| what.starts_with("restart broker"))
    };
    Ok(cluster.journal()?.iter().skip(since).filter(|entry| begun(entry)).count())
}

/// What a person does through the management API is seen, and mended without a restart.
fn switched_off_by_hand(project: &Project, cluster: &Cluster) -> Result<()> {
    let before = cluster.brokers()?;
    let (code, told) = cluster.post(0, "actuator/exporters/audit/disable")?;
    ensure!(code == 202, "the product answered {code}: {told}");
    wait::until_true("the exporter to be disabled", Duration::from_secs(30), || {
        Ok(status(cluster)? == json!([{ "exporterId": "audit", "status": "DISABLED" }]))
    })?;
    let plan = project.plan()?;
    assert_eq!(plan.steps(ADDRESS)?[0], "enable exporter \"audit\" on every partition");
    project.apply_planned()?;
    assert_eq!(status(cluster)?, json!([{ "exporterId": "audit", "status": "ENABLED" }]));
    project.plan()?.is_empty().context("the plan after the exporter was enabled again")?;
    let (code, told) = cluster.post(0, "actuator/exporting/pause?soft=true")?;
    ensure!(code == 200 && told["status"] == 204, "the product answered {code}: {told}");
    let plan = project.plan()?;
    assert_eq!(plan.steps(ADDRESS)?[0], "resume exporting, which somebody has paused");
    project.apply_planned()?;
    let phases = cluster.get(0, "actuator/partitions")?.1;
    assert_eq!(phases["1"]["exporterPhase"], "EXPORTING", "{phases}");
    project.plan()?.is_empty().context("the plan after exporting was resumed")?;
    assert_eq!(cluster.brokers()?, before, "nobody is restarted");
    Ok(())
}

fn status(cluster: &Cluster) -> Result<Value> {
    Ok(cluster.get(0, "actuator/exporters")?.1)
}

/// The variables of running brokers that tell of exporters.
fn settings(cluster: &Cluster) -> Result<Vec<String>> {
    let mut settings = Vec::new();
    for process in cluster.brokers()?.values() {
        let environment = std::fs::read(format!("/proc/{}/environ", process.pid))?;
        let variables = String::from_utf8_lossy(&environment).into_owned();
        settings.extend(
            variables.split('\0').filter(|line| line.contains("EXPORTERS")).map(str::to_owned),
        );
    }
    Ok(settings)
}
