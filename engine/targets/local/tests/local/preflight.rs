use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;

use zeebe_plan::component::{ComponentId, Process};
use zeebe_scalar::ByteSize;
use zeebe_spec::{BrokerId, Directory, Source};
use zeebe_target::{Call, Preflight, Target};

use crate::support::{BROKER, Lab, running, version};

async fn preflight(lab: &Lab, process: &Process) -> Vec<Preflight> {
    let wanted = BTreeMap::from([(BROKER, running(process))]);
    lab.cluster().preflight(&wanted, &Call::quiet()).await.unwrap()
}

/// Attribute and fragment of each.
fn said(found: &[Preflight]) -> Vec<(&str, &str)> {
    found.iter().map(|one| (one.attribute.as_str(), one.summary.as_str())).collect()
}

#[tokio::test]
async fn machine_that_has_all_has_nothing_in_the_way_and_is_not_touched() {
    let lab = Lab::new();
    assert_eq!(preflight(&lab, &lab.process()).await, []);
    assert!(!lab.root().exists() && !lab.path.join("cache").exists());
}

#[tokio::test]
async fn taken_port_is_reported_with_its_holder_and_a_way_out() {
    let lab = Lab::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut process = lab.process();
    process.ports = BTreeMap::from([("management".to_owned(), port)]);
    let found = preflight(&lab, &process).await;
    let summary = format!("port {port} is taken");
    assert_eq!(said(&found), [("target.local.first_port", summary.as_str())]);
    let detail = &found[0].detail;
    let start = format!(
        "The port is for broker 0 (management). It is held by pid {}, `",
        std::process::id()
    );
    assert!(detail.starts_with(&start), "{detail}");
    assert!(detail.contains("`. Stop it, or set `first_port` to "), "{detail}");
    let error = lab.ensure(&process).await.unwrap_err();
    assert_eq!(
        crate::support::chain(&error),
        format!("could not start broker \"0\": port {port} is taken")
    );
}

#[tokio::test]
async fn broker_that_runs_as_wished_needs_nothing_any_more() {
    let mut lab = Lab::new();
    let process = lab.process();
    lab.ensure(&process).await.unwrap();
    lab.set("JAVA_HOME", "/nowhere");
    lab.set("PATH", "/nowhere");
    assert_eq!(preflight(&lab, &process).await, []);
}

#[tokio::test]
async fn everything_that_is_in_the_way_is_said_at_once() {
    let mut lab = Lab::new();
    lab.set("JAVA_HOME", "");
    lab.set("PATH", "/nowhere");
    let distribution = lab.target.distribution.as_mut().unwrap();
    distribution.sha256 = Some("0".repeat(64).try_into().unwrap());
    let mut process = lab.process();
    process.memory = ByteSize::from_bytes(1 << 50);
    process.disk = ByteSize::from_bytes(1 << 50);
    fs::create_dir_all(lab.root().parent().unwrap()).unwrap();
    assert_eq!(
        said(&preflight(&lab, &process).await),
        [
            ("broker.disk", "disk of the brokers exceeds what is free"),
            ("target.local.java_home", "no Java runtime was found"),
            (
                "target.local.distribution.sha256",
                "checksum of the distribution of 8.6.0 does not match"
            ),
            ("broker.memory", "memory of the brokers exceeds the machine's"),
        ]
    );
}

#[tokio::test]
async fn memory_of_all_brokers_together_is_held_against_the_machine() {
    let lab = Lab::new();
    let table = fs::read_to_string("/proc/meminfo").unwrap();
    let kibibytes: u64 = table
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap();
    let mut process = lab.process();
    process.ports.clear();
    process.memory = ByteSize::from_bytes(kibibytes * 600);
    let two = [0, 1].map(|id| (ComponentId::Broker(BrokerId(id)), running(&process)));
    let found = lab.cluster().preflight(&BTreeMap::from(two), &Call::quiet()).await.unwrap();
    assert_eq!(said(&found), [("broker.memory", "memory of the brokers exceeds the machine's")]);
    assert_eq!(preflight(&lab, &process).await, []);
}

#[tokio::test]
async fn place_where_something_else_stands_is_refused() {
    let lab = Lab::new();
    fs::create_dir_all(lab.root().parent().unwrap()).unwrap();
    fs::write(lab.root(), "").unwrap();
    let found = preflight(&lab, &lab.process()).await;
    let summary = format!("folder \"{}\" cannot be used", lab.root());
    assert_eq!(said(&found), [("target.local.directory", summary.as_str())]);
}

#[tokio::test]
async fn distribution_that_cannot_be_had_is_said_at_the_attribute_that_names_it() {
    let mut lab = Lab::new();
    lab.set("PATH", "/nowhere");
    let mut process = lab.process();
    let mut with = |source: Source, version_text: &str| {
        lab.target.distribution.as_mut().unwrap().source = source;
        process.version = version(version_text);
        (lab.cluster(), BTreeMap::from([(BROKER, running(&process))]))
    };
    let nowhere = Directory::try_from("/nowhere/x.tar.gz".to_owned()).unwrap();
    let cases = [
        (
            with(Source::Maven(None), "8.6.0"),
            "target.local.distribution",
            "could not fetch the distribution with Maven: the program `mvn` was not found",
        ),
        (
            with(Source::Url("https://a.example/b".to_owned()), "8.6.0"),
            "target.local.distribution",
            "could not fetch the distribution: the program `curl` was not found",
        ),
        (
            with(Source::Url("ftp://me:pw@a.example/b".to_owned()), "8.6.0"),
            "target.local.distribution.url",
            "could not fetch the distribution: \"ftp://a.example/b\" is not an address that a distribution can be fetched \
             from",
        ),
        (
            with(Source::Path(nowhere), "8.6.0"),
            "target.local.distribution.path",
            "could not read the archive \"/nowhere/x.tar.gz\": No such file or directory (os error 2)",
        ),
    ];
    for ((cluster, wanted), attribute, summary) in cases {
        let found = cluster.preflight(&wanted, &Call::quiet()).await.unwrap();
        assert_eq!(said(&found), [(attribute, summary)]);
    }
    lab.target.distribution.as_mut().unwrap().sha256 = None;
    process.version = version("8.7.3");
    assert_eq!(
        said(&preflight(&lab, &process).await),
        [("target.local.distribution.sha256", "checksum of version 8.7.3 is not known")]
    );
}
