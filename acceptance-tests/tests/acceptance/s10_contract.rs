//! The simulated target answers as real brokers do: the same calls to both, in the same test run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acceptance_tests::servers::{
    broker::Brokers, object_store::ObjectStore, search_store::SearchStore,
};
use acceptance_tests::{Cluster, ClusterHcl, Install, Load, Scenario, wait};
use anyhow::{Result, anyhow, ensure};
use camino::Utf8PathBuf;
use zeebe_engine::{Call, Engine};
use zeebe_plan::component::{ComponentId, JavaOptions, Process, Program, Wanted};
use zeebe_scalar::parse_text;
use zeebe_spec::{BrokerId, Minor, Version};
use zeebe_target::Target;
use zeebe_target_simulated::contract::{
    Bases, Mismatch, Port, Question, backup_questions, compare, exporter_questions, questions, tell,
};
use zeebe_target_simulated::{SimulatedCluster, SimulatedHost};

#[test]
fn simulated_8_6_answers_like_a_real_broker() -> Result<()> {
    answers_alike("s10-contract-8-6", "8.6.0")
}

#[test]
fn simulated_8_5_answers_like_a_real_broker() -> Result<()> {
    answers_alike("s10-contract-8-5", "8.5.8")
}

#[test]
fn exporters_of_simulated_8_6_answer_like_real_ones_and_what_they_export_arrives() -> Result<()> {
    exporters_alike("s10-exporters-8-6", "8.6.0")
}

#[test]
fn exporters_of_simulated_8_5_answer_like_real_ones_and_what_they_export_arrives() -> Result<()> {
    exporters_alike("s10-exporters-8-5", "8.5.8")
}

/// A real broker exports to a real store; its twin is brought into the same state and asked the same.
fn exporters_alike(name: &str, version: &str) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 2)?;
    let port = scenario.first_port()?;
    let mut store = SearchStore::start(scenario.directory.join("store"), port)?;
    let cluster = scenario.cluster("real")?;
    let management = format!("http://127.0.0.1:{}", cluster.management_port(0));
    let real = Bases { management, rest: String::new() };
    let mut brokers = Brokers::start(cluster, version, 1, 1, &[("audit", store.url())])?;
    let load = Load::start(brokers.cluster.gateways(1))?;
    load.wait_for_more(3)?;
    load.finish()?.is_exact()?;
    let version: Version = parse_text(version)?;
    let minor = version.minor();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let ask = |of: &Bases, method: &str, path: &str| {
        let question = Question {
            port: Port::Management,
            method: method.to_owned(),
            path: path.to_owned(),
            body: None,
        };
        Ok::<_, anyhow::Error>(runtime.block_on(tell(of, &question))?)
    };
    // All records are exported, so that the last position is the number of documents.
    let exported = wait::until("all in the store", Duration::from_mins(2), || {
        let (exported, held) = (brokers.exported(1)?, store.count("zeebe-record*")?);
        ensure!(exported > 0 && held == exported, "{held} of {exported} are in the store");
        Ok(exported)
    })?;
    ask(&real, "POST", "/actuator/partitions/takeSnapshot")?;
    wait::until_true("a snapshot", Duration::from_mins(1), || {
        let told = ask(&real, "GET", "/actuator/partitions")?;
        let name = told.body["1"]["snapshotId"].as_str().unwrap_or_default().to_owned();
        // More may have been written and exported since.
        let held = name.split('-').nth(3).and_then(|part| part.parse::<u64>().ok());
        Ok(held.is_some_and(|held| held >= exported))
    })?;

    let root = brokers.cluster.home().join("twin");
    std::fs::create_dir_all(&root)?;
    let twin = SimulatedCluster::at(root, &SimulatedHost::default());
    let simulated = runtime.block_on(exporting_twin(&twin, &version))?;
    let mut mismatches =
        runtime.block_on(compare(&simulated, &real, &exporter_questions(minor)))?;
    if minor >= Minor::V8_6 {
        mismatches.extend(switched(&runtime, &twin, &simulated, &real)?);
    }
    let told: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
    ensure!(told.is_empty(), "the simulated target answers otherwise:\n{}", told.join("\n"));
    brokers.kill(0)?;
    store.end()?;
    scenario.passed()
}

/// The exporter is disabled and enabled again on both, and both are asked at the end of each.
fn switched(
    runtime: &tokio::runtime::Runtime,
    twin: &SimulatedCluster,
    simulated: &Bases,
    real: &Bases,
) -> Result<Vec<Mismatch>> {
    let question = |method: &str, path: &str| Question {
        port: Port::Management,
        method: method.to_owned(),
        path: path.to_owned(),
        body: None,
    };
    let mut mismatches = Vec::new();
    for verb in ["disable", "enable"] {
        let change = question("POST", &format!("/actuator/exporters/audit/{verb}"));
        mismatches.extend(runtime.block_on(compare(simulated, real, &[change]))?);
        wait::until_true(verb, Duration::from_mins(1), || {
            let told = runtime.block_on(tell(real, &question("GET", "/actuator/cluster")))?;
            Ok(told.body.get("pendingChange").is_none())
        })?;
        runtime.block_on(twin.clock().sleep(Duration::from_secs(10)));
        let after = [
            question("GET", "/actuator/exporters"),
            question("GET", "/actuator/cluster"),
            question("GET", "/actuator/partitions"),
            question("POST", "/actuator/exporters/audit/disable?dryRun=true"),
            question("POST", "/actuator/exporters/audit/enable?dryRun=true"),
        ];
        mismatches.extend(runtime.block_on(compare(simulated, real, &after))?);
    }
    Ok(mismatches)
}

/// One simulated broker with one partition and the exporter `audit`, which has exported all that was done.
async fn exporting_twin(twin: &SimulatedCluster, version: &Version) -> Result<Bases> {
    let class = "io.camunda.zeebe.exporter.ElasticsearchExporter";
    let setting = ("ZEEBE_BROKER_EXPORTERS_AUDIT_CLASSNAME".to_owned(), class.to_owned());
    let process = Process {
        program: Program::Product,
        version: version.clone(),
        launcher: "bin/broker".to_owned(),
        arguments: Vec::new(),
        settings: BTreeMap::from([setting]),
        bootstrap: BTreeMap::new(),
        java_options: JavaOptions { variable: "JAVA_OPTS".to_owned(), options: Vec::new() },
        secrets: BTreeMap::new(),
        jars: BTreeMap::new(),
        files: BTreeMap::new(),
        memory: parse_text("256MiB")?,
        disk: parse_text("1GiB")?,
        ports: BTreeMap::new(),
        license: None,
    };
    let wanted = Wanted::Running(Box::new(process));
    twin.ensure(&ComponentId::Broker(BrokerId(0)), &wanted, &Call::quiet()).await?;
    let clock = twin.clock();
    clock.sleep(Duration::from_secs(30)).await;
    twin.meddle(|model| model.work(100))?;
    clock.sleep(Duration::from_secs(10)).await;
    twin.meddle(|model| model.take_snapshots(BrokerId(0)))?;
    clock.sleep(Duration::from_secs(10)).await;
    let reach = twin.reach(&BTreeSet::from([BrokerId(0)]), &Call::quiet()).await?;
    let management = reach.management.into_values().next().ok_or_else(|| anyhow!("no broker"))?;
    Ok(Bases { management, rest: String::new() })
}

fn answers_alike(name: &str, version: &str) -> Result<()> {
    // The store takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers(name, 2)?;
    let cluster = scenario.cluster("real")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let secret_key = format!("{{ file = \"{}\" }}", store.secret_key_file());
    let hcl = ClusterHcl::new(&cluster)
        .version(version)
        .with(&store.backup_store("contract", &secret_key));
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (twin, simulated) = runtime.block_on(simulated(&cluster, version))?;
    let minor = parse_text::<Version>(version)?.minor();
    let real = Bases {
        management: format!("http://127.0.0.1:{}", cluster.management_port(0)),
        rest: format!("http://127.0.0.1:{}", cluster.management_port(0) - 1),
    };
    let ask = |questions: &[Question]| runtime.block_on(compare(&simulated, &real, questions));
    let mut mismatches = ask(&questions(minor))?;
    let [before, after] = backup_questions(minor);
    mismatches.extend(ask(&before)?);
    runtime.block_on(twin.clock().sleep(Duration::from_secs(10)));
    wait::until_true("a whole backup", Duration::from_mins(1), || {
        Ok(runtime.block_on(tell(&real, &after[1]))?.body["state"] == "COMPLETED")
    })?;
    mismatches.extend(ask(&after)?);
    let told: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
    ensure!(told.is_empty(), "the simulated target answers otherwise:\n{}", told.join("\n"));

    project.destroy()?;
    cluster.is_stopped()?;
    store.kill()?;
    scenario.passed()
}

/// A simulated cluster in the state of the real one.
async fn simulated(cluster: &Cluster, version: &str) -> Result<(SimulatedCluster, Bases)> {
    let directory = cluster.home().parent().ok_or_else(|| anyhow!("no parent"))?.join("simulated");
    std::fs::create_dir_all(&directory)?;
    let wish = serde_json::json!({
        "name": "real",
        "version": version,
        "topology": { "brokers": 1, "partitions": 1, "replication_factor": 1, "gateways": null },
        "target": { "simulated": { "directory": directory } },
        "backup_store": { "s3": { "bucket": "lake" } },
        "deletion_protection": "off",
        "data_on_destroy": "delete",
    });
    let spec = serde_json::from_value(wish)?;
    let engine = Engine::new()?;
    engine.cluster(&spec)?.create(&spec, None, &Call::quiet()).await?;
    let host = SimulatedHost::default();
    let root: Utf8PathBuf = directory.join("real");
    let twin = SimulatedCluster::at(root, &host);
    let reach = twin.reach(&spec.topology.broker_ids().collect(), &Call::quiet()).await?;
    let management = reach.management.into_values().next().ok_or_else(|| anyhow!("no broker"))?;
    let rest = reach.rest.into_values().next().ok_or_else(|| anyhow!("no gateway"))?;
    // Its place at the host is given up with it: who asks must hold it.
    Ok((twin, Bases { management, rest }))
}
