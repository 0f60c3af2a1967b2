//! Our answers to the calls that were recorded with real brokers, in the same order and the same states. What
//! is compared is not the shape alone: all of the answer, but for times, ports, the order of lists and the
//! wording of what went wrong underneath.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use camino_tempfile::Utf8TempDir;
use serde_json::{Value, json};
use zeebe_management::shape::Shape;
use zeebe_plan::component::{ComponentId, JavaOptions, Process, Wanted};
use zeebe_spec::{BrokerId, GatewayIndex, Minor};
use zeebe_target::{Call, Target};

use super::{Bases, Port, Question, Told, compare, exporter_questions, questions, tell};
use crate::cluster::SimulatedCluster;
use crate::host::SimulatedHost;
use crate::model::{Model, Switch};

struct Lab {
    version: &'static str,
    cluster: SimulatedCluster,
    held: BTreeSet<String>,
    mismatches: Vec<String>,
    _directory: Utf8TempDir,
}

impl Lab {
    fn new(version: &'static str) -> Self {
        let directory = camino_tempfile::tempdir().unwrap();
        let cluster = SimulatedCluster::at(directory.path().join("lab"), &SimulatedHost::default());
        Self {
            version,
            cluster,
            held: BTreeSet::new(),
            mismatches: Vec::new(),
            _directory: directory,
        }
    }

    fn process(&self, more: &[(&str, &str)]) -> Process {
        let setting = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let partitions = if more.is_empty() { "3" } else { "2" };
        Process {
            version: zeebe_scalar::parse_text(self.version).unwrap(),
            launcher: "bin/broker".to_owned(),
            program: zeebe_plan::component::Program::Product,
            arguments: Vec::new(),
            settings: more.iter().map(setting).collect(),
            bootstrap: [
                ("ZEEBE_BROKER_CLUSTER_CLUSTERSIZE", "1"),
                ("ZEEBE_BROKER_CLUSTER_PARTITIONSCOUNT", partitions),
                ("ZEEBE_BROKER_CLUSTER_REPLICATIONFACTOR", "1"),
            ]
            .iter()
            .map(setting)
            .collect(),
            java_options: JavaOptions { variable: "JAVA_OPTS".to_owned(), options: Vec::new() },
            secrets: BTreeMap::new(),
            jars: BTreeMap::new(),
            files: BTreeMap::new(),
            memory: zeebe_scalar::parse_text("256MiB").unwrap(),
            disk: zeebe_scalar::parse_text("1GiB").unwrap(),
            ports: BTreeMap::new(),
            license: None,
        }
    }

    async fn start(&self, broker: u16, more: &[(&str, &str)]) {
        let process = self.process(more);
        self.ensure(broker, &Wanted::Running(Box::new(process))).await;
        self.wait(10_000).await;
    }

    async fn ensure(&self, broker: u16, wanted: &Wanted) {
        let id = ComponentId::Broker(BrokerId(broker));
        self.cluster.ensure(&id, wanted, &Call::quiet()).await.unwrap();
    }

    async fn stop(&self, broker: u16) {
        self.ensure(broker, &Wanted::Stopped).await;
    }

    fn meddle(&self, how: impl FnOnce(&mut Model)) {
        self.cluster.meddle(how).unwrap();
    }

    async fn wait(&self, milliseconds: u64) {
        self.cluster.clock().sleep(Duration::from_millis(milliseconds)).await;
    }

    async fn bases(&self, broker: u16) -> Bases {
        let brokers = BTreeSet::from([BrokerId(broker)]);
        let reach = self.cluster.reach(&brokers, &Call::quiet()).await.unwrap();
        let management = reach.management[&BrokerId(broker)].clone();
        Bases { rest: format!("{management}/rest"), management }
    }

    /// Asks broker 0 for a change that was not recorded.
    async fn change(&self, method: &str, path: &str, body: Option<&str>) {
        let question = Question {
            port: Port::Management,
            method: method.to_owned(),
            path: path.to_owned(),
            body: body.map(str::to_owned),
        };
        let told = tell(&self.bases(0).await, &question).await.unwrap();
        assert_eq!(told.status, 202, "{told:?}");
    }

    /// Puts the recorded questions to broker 0.
    async fn held(&mut self, names: &[&str]) {
        self.held_on(0, names).await;
    }

    async fn held_on(&mut self, broker: u16, names: &[&str]) {
        let bases = self.bases(broker).await;
        for name in names {
            let Some((question, real)) = capture(self.version, name) else { continue };
            self.held.insert((*name).to_owned());
            let ours = tell(&bases, &question).await.unwrap();
            let (left, right) = (plain(name, &real), plain(name, &ours));
            if left != right {
                self.mismatches.push(format!("{name}: {question}\n  real {left}\n  ours {right}"));
            }
        }
    }
}

fn folder(version: &str) -> String {
    format!("{}/../../management/tests/captures/{version}", env!("CARGO_MANIFEST_DIR"))
}

fn capture(version: &str, name: &str) -> Option<(Question, Told)> {
    let text = fs::read_to_string(format!("{}/{name}.json", folder(version))).ok()?;
    let json: Value = serde_json::from_str(&text).unwrap();
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let request = &json["request"];
    let path = word(&request["path"])?;
    let port = if path.starts_with("/v") && !name.ends_with("on-management") {
        Port::Rest
    } else {
        Port::Management
    };
    let body = request.get("body").map(Value::to_string).or_else(|| word(&request["text"]));
    let question = Question { port, method: word(&request["method"])?, path, body };
    let told = Told {
        status: json["status"].as_u64()?.try_into().ok()?,
        content_type: word(&json["content_type"]),
        location: word(&json["location"]),
        body: json["body"].clone(),
    };
    Some((question, told))
}

/// All of an answer that has to be the same.
fn plain(name: &str, told: &Told) -> Value {
    let body = match name {
        // What the product says of its own inside when something is wrong.
        _ if told.status == 409 || told.status == 502 => shape(&told.body),
        // The first partition that it stumbles over is any of them.
        "exporting-pause-broker-away" | "exporting-wrong" | "exporter-disable-unknown" => {
            shape(&told.body)
        }
        // Who leads after a broker went away is chance.
        "topology-broker-away" | "topology-shrunk" => anybody_leads(&told.body),
        _ => steady(&told.body),
    };
    json!({"status": told.status, "type": told.content_type, "location": told.location, "body": body})
}

fn shape(body: &Value) -> Value {
    Value::String(format!("{:?}", Shape::of(body)))
}

/// The same topology, told by how many brokers lead each partition in place of which.
fn anybody_leads(body: &Value) -> Value {
    let mut body = body.clone();
    let mut leaders: BTreeMap<String, u32> = BTreeMap::new();
    let brokers = body["brokers"].as_array_mut().into_iter().flatten();
    for partition in brokers.filter_map(|broker| broker["partitions"].as_array_mut()).flatten() {
        let leads = partition["role"] == "leader";
        *leaders.entry(partition["partitionId"].to_string()).or_default() += u32::from(leads);
        partition["role"] = Value::Null;
    }
    json!([steady(&body), leaders])
}

/// Without times and ports, every list in one order.
fn steady(body: &Value) -> Value {
    match body {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(steady).collect();
            elements.sort_by_key(Value::to_string);
            Value::Array(elements)
        }
        // Any broker that stays can carry a forced operation out, and the list of them has any order.
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(name, _)| name.as_str() != "port")
                .filter(|(name, _)| {
                    name.as_str() != "brokerId"
                        || fields.get("operation") != Some(&json!("PARTITION_FORCE_RECONFIGURE"))
                })
                .map(|(name, value)| (name.clone(), steady(value)))
                .collect(),
        ),
        Value::String(text) if text.contains("T0") || text.contains("T1") => "a time".into(),
        Value::String(text) if text == "0000-01-01T00:00:00Z" => "never".into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => body.clone(),
    }
}

const ONE: &[&str] = &[
    "cluster-one",
    "cluster-changes",
    "cluster-brokers-get",
    "partitions-one",
    "exporters-none",
    "exporting-get",
    "flowcontrol",
    "ready",
    "health-readiness",
    "health-startup",
    "health-liveness",
    "topology-v1-one",
    "topology-v2-one",
    "topology-v1-on-management",
    "topology-v2-on-management",
    "patch-dryrun-grow-not-running",
    "patch-dryrun-grow-count",
    "patch-dryrun-grow-add-only",
    "patch-dryrun-nothing",
    "patch-dryrun-same",
    "patch-dryrun-replication-too-high",
    "patch-dryrun-replication-zero",
    "patch-dryrun-replication-same",
    "patch-dryrun-remove-unknown",
    "patch-dryrun-remove-all",
    "patch-dryrun-count-and-add",
    "patch-dryrun-partitions-more",
    "patch-dryrun-partitions-fewer",
    "patch-garbage",
    "patch-wrong-type",
    "patch-no-body",
    "brokers-dryrun-grow-not-running",
    "brokers-dryrun-grow-no-factor",
    "brokers-dryrun-same",
    "brokers-dryrun-replication-too-high",
    "brokers-dryrun-strings",
    "brokers-dryrun-empty",
    "broker-add-one-dryrun",
    "broker-remove-unknown-dryrun",
    "unknown-path",
    "delete-cluster",
    "dryrun-bad-value",
];

async fn growth(lab: &mut Lab) {
    lab.start(0, &[]).await;
    lab.held(ONE).await;
    lab.held(&["change-add-1-not-running"]).await;
    lab.wait(500).await;
    lab.held(&["cluster-pending-not-running", "conflict", "conflict-dryrun", "topology-pending"])
        .await;
    lab.start(1, &[]).await;
    lab.held(&["cluster-two"]).await;
    lab.start(2, &[]).await;
    let not_member = [
        "cluster-on-not-member",
        "partitions-on-not-member",
        "readiness-on-not-member",
        "ready-on-not-member",
        "startup-on-not-member",
        "dryrun-on-not-member",
    ];
    lab.held_on(2, &not_member).await;
    if lab.version != "8.5.8" {
        // The recorded gateway of 8.5.8 had been asked before it had heard of broker 1.
        lab.held_on(2, &["topology-on-not-member"]).await;
    }
    lab.held(&["dryrun-grow-running", "change-grow", "cluster-pending-0"]).await;
    lab.wait(20_000).await;
    lab.held(&["cluster-three", "partitions-three", "topology-v1-three", "topology-v2-three"])
        .await;
    lab.held_on(1, &["cluster-three-on-1"]).await;
    lab.held_on(2, &["partitions-three-on-2"]).await;
    lab.held(&["patch-dryrun-three-nothing", "patch-dryrun-three-priority", "take-snapshot"]).await;
    lab.wait(3_000).await;
    lab.held(&[
        "partitions-after-snapshot",
        "takesnapshot-wrong",
        "exporting-pause",
        "partitions-paused",
        "exporting-soft-pause",
        "partitions-soft-paused",
        "exporting-resume",
        "exporting-wrong",
    ])
    .await;
    lab.meddle(|model| model.set_processing(BrokerId(0), Switch::Disabled));
    lab.held(&["partitions-processing-paused"]).await;
    lab.meddle(|model| model.set_processing(BrokerId(0), Switch::Enabled));
    lab.held_on(1, &["dryrun-on-non-coordinator"]).await;
}

async fn trouble(lab: &mut Lab) {
    lab.held(&["change-factor-down"]).await;
    lab.wait(20_000).await;
    lab.held(&["change-factor-up"]).await;
    lab.wait(20_000).await;
    lab.stop(0).await;
    lab.held_on(1, &["cluster-coordinator-away-on-1", "dryrun-coordinator-away"]).await;
    lab.held_on(1, &["exporting-pause-broker-away", "topology-broker-away"]).await;
    lab.start(0, &[]).await;
    lab.held(&["cluster-coordinator-back"]).await;
    lab.stop(2).await;
    lab.wait(12_000).await;
    lab.held(&["force-remove-dryrun", "force-with-add", "force-brokers-dryrun"]).await;
    lab.held(&["force-remove", "force-brokers"]).await;
    lab.wait(5_000).await;
    lab.held(&["cluster-forced"]).await;
    lab.meddle(|model| model.lose_data(BrokerId(2)));
    lab.start(2, &[]).await;
    lab.held(&["change-add-again"]).await;
    if capture(lab.version, "change-add-again").is_none() {
        // That growth was not kept among the captures of 8.5.
        let path = "/actuator/cluster/brokers?replicationFactor=3";
        lab.change("POST", path, Some("[0, 1, 2]")).await;
    }
    lab.wait(20_000).await;
    lab.held(&["dryrun-shrink", "change-shrink"]).await;
    lab.wait(20_000).await;
    lab.held(&["cluster-shrunk", "topology-shrunk"]).await;
    lab.held_on(2, &["cluster-shrunk-on-removed", "readiness-removed"]).await;
    lab.held(&["rebalance"]).await;
}

#[tokio::test]
async fn a_cluster_of_8_6_answers_as_real_brokers_did() {
    let mut lab = Lab::new("8.6.0");
    growth(&mut lab).await;
    trouble(&mut lab).await;
    assert_eq!(lab.mismatches.join("\n"), "");
    assert!(lab.held.len() > 60, "only {} captures were found", lab.held.len());
}

#[tokio::test]
async fn a_cluster_of_8_5_answers_as_real_brokers_did() {
    let mut lab = Lab::new("8.5.8");
    growth(&mut lab).await;
    trouble(&mut lab).await;
    assert_eq!(lab.mismatches.join("\n"), "");
    assert!(lab.held.len() > 45, "only {} captures were found", lab.held.len());
}

#[tokio::test]
async fn exporters_and_partition_growth_of_8_6_answer_as_real_brokers_did() {
    let mut lab = Lab::new("8.6.0");
    let settings = [
        ("ZEEBE_BROKER_EXPORTERS_AUDIT_CLASSNAME", "x.Y"),
        ("ZEEBE_BROKER_EXPORTERS_SECOND_CLASSNAME", "x.Y"),
        ("ZEEBE_BROKER_EXPERIMENTAL_FEATURES_ENABLEPARTITIONSCALING", "true"),
    ];
    lab.start(0, &settings).await;
    lab.held(&["exporters-two", "cluster-exporters", "exporter-disable-unknown"]).await;
    lab.held(&["exporter-delete", "exporter-disable"]).await;
    // Until the first of its operations is done, the summary says ENABLED.
    lab.wait(60).await;
    lab.held(&["exporters-disabling"]).await;
    lab.wait(2_000).await;
    lab.change("POST", "/actuator/exporters/second/disable", None).await;
    lab.wait(2_000).await;
    lab.held(&["exporters-disabled", "cluster-exporter-disabled", "exporter-enable"]).await;
    lab.wait(2_000).await;
    lab.held(&["exporter-enable-from"]).await;
    for verb in ["disable", "enable", "disable"] {
        lab.change("POST", &format!("/actuator/exporters/audit/{verb}"), None).await;
        lab.wait(2_000).await;
    }
    lab.held(&["partitions-fewer-dryrun", "partitions-grow-dryrun"]).await;
    lab.change("PATCH", "/actuator/cluster", Some(r#"{"partitions": {"count": 3}}"#)).await;
    lab.wait(5_000).await;
    lab.held(&["cluster-partitions-grown"]).await;
    assert_eq!(lab.mismatches.join("\n"), "");
    assert!(lab.held.len() > 11, "only {} captures were found", lab.held.len());
}

/// Three brokers, of which the second came, went and came again with the third, and broker 0 is gone for good.
async fn coordinator_lost(version: &'static str) -> Lab {
    let mut lab = Lab::new(version);
    for broker in 0..3 {
        lab.start(broker, &[]).await;
    }
    let changes = [
        ("", "[0, 1]", r#"{"brokers": {"add": [1]}}"#),
        ("", "[0]", r#"{"brokers": {"remove": [1]}}"#),
        (
            "?replicationFactor=3",
            "[0, 1, 2]",
            r#"{"brokers": {"add": [1, 2]}, "partitions": {"replicationFactor": 3}}"#,
        ),
    ];
    for (query, members, patch) in changes {
        if version == "8.5.8" {
            let path = format!("/actuator/cluster/brokers{query}");
            lab.change("POST", &path, Some(members)).await;
        } else {
            lab.change("PATCH", "/actuator/cluster", Some(patch)).await;
        }
        lab.wait(10_000).await;
    }
    lab.stop(0).await;
    lab.held_on(1, &["lost-cluster-1-0"]).await;
    lab.wait(15_000).await;
    lab.held_on(1, &["lost-cluster-1-2"]).await;
    lab
}

#[rstest::rstest]
#[case("8.5.8")]
#[case("8.6.0")]
#[tokio::test]
async fn a_lost_coordinator_is_forced_out_and_taken_in_again_as_with_real_brokers(
    #[case] version: &'static str,
) {
    let mut lab = coordinator_lost(version).await;
    lab.held_on(1, &["lost-force-dryrun", "lost-force"]).await;
    lab.wait(2_000).await;
    lab.held_on(1, &["lost-forced-0"]).await;
    lab.meddle(|model| model.lose_data(BrokerId(0)));
    lab.start(0, &[]).await;
    lab.held_on(0, &["lost-back-on-0", "lost-back-ready"]).await;
    lab.held_on(1, &["lost-rejoin"]).await;
    lab.wait(20_000).await;
    lab.held_on(1, &["lost-rejoined"]).await;
    assert_eq!(lab.mismatches.join("\n"), "");
    assert_eq!(lab.held.len(), 9, "{:?}", lab.held);
}

#[tokio::test]
async fn the_same_questions_find_no_mismatch_between_equals_and_every_one_between_minors() {
    let of = |version| async move {
        let lab = Lab::new(version);
        lab.start(0, &[]).await;
        lab
    };
    let (ours, same, other) = (of("8.6.0").await, of("8.6.0").await, of("8.5.8").await);
    let all = questions(Minor::V8_6);
    let bases = (ours.bases(0).await, same.bases(0).await, other.bases(0).await);
    let alike = compare(&bases.0, &bases.1, &all).await.expect("answers");
    let unlike = compare(&bases.0, &bases.2, &all).await.expect("answers");
    assert_eq!(alike, []);
    let patches = unlike.iter().filter(|it| it.question.method == "PATCH");
    let statuses: BTreeSet<u16> = patches.map(|mismatch| mismatch.real.status).collect();
    assert_eq!(statuses, BTreeSet::from([405]));
}

#[tokio::test]
async fn the_questions_about_exporters_tell_a_cluster_that_exports_from_one_that_does_not() {
    let of = |class: Option<&'static str>| async move {
        let lab = Lab::new("8.6.0");
        let named = class.map(|class| ("ZEEBE_BROKER_EXPORTERS_AUDIT_CLASSNAME", class));
        let other = ("ZEEBE_BROKER_DATA_LOGSEGMENTSIZE", "16MB");
        lab.start(0, &[named.unwrap_or(other)]).await;
        lab.meddle(|model| model.work(10));
        lab.wait(10_000).await;
        lab
    };
    let (ours, same, none) = (of(Some("x.Y")).await, of(Some("x.Y")).await, of(None).await);
    let all = exporter_questions(Minor::V8_6);
    let bases = (ours.bases(0).await, same.bases(0).await, none.bases(0).await);
    assert_eq!(compare(&bases.0, &bases.1, &all).await.expect("answers"), []);
    let unlike = compare(&bases.0, &bases.2, &all).await.expect("answers");
    let paths: BTreeSet<&str> = unlike.iter().map(|it| it.question.path.as_str()).collect();
    for path in ["/actuator/exporters", "/actuator/cluster", "/actuator/prometheus"] {
        assert!(paths.contains(path), "{paths:?}");
    }
}

#[tokio::test]
async fn a_standalone_gateway_tells_the_topology() {
    let lab = Lab::new("8.6.0");
    lab.start(0, &[]).await;
    let process = lab.process(&[]);
    let gateway = ComponentId::Gateway(GatewayIndex(0));
    let wanted = Wanted::Running(Box::new(process));
    lab.cluster.ensure(&gateway, &wanted, &Call::quiet()).await.unwrap();
    lab.wait(5_000).await;
    let reach = lab.cluster.reach(&BTreeSet::new(), &Call::quiet()).await.unwrap();
    let Some(rest) = reach.rest.values().next() else { panic!("{reach:?}") };
    let bases = Bases { management: String::new(), rest: rest.clone() };
    let (question, real) = capture("8.6.0", "gateway-topology").expect("a capture");
    let ours = tell(&bases, &question).await.expect("an answer");
    let (left, right) = (plain("gateway-topology", &real), plain("gateway-topology", &ours));
    assert_eq!(left, right);
}
