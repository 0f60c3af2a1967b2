//! One real broker, from its Maven coordinates to its end, with settings by hand: what the small script in
//! the other tests cannot show.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use zeebe_plan::component::{
    ComponentId, ComponentState, Condition, JavaOptions, Observed, Process, Wanted,
};
use zeebe_scalar::ByteSize;
use zeebe_spec::{BrokerId, ClusterName, DataOnDestroy, LocalTarget};
use zeebe_target::{Call, Target};
use zeebe_target_local::{LocalCluster, LocalEnvironment};

const BROKER: ComponentId = ComponentId::Broker(BrokerId(0));

/// How long a broker may take to be ready beside everything else that a machine does.
const PATIENCE: Duration = Duration::from_mins(5);

/// Ends what a test that failed left running.
struct Ending(Utf8PathBuf);

impl Drop for Ending {
    fn drop(&mut self) {
        let Ok(text) = std::fs::read_to_string(self.0.join("brokers/0/process.json")) else {
            return;
        };
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pid = record["identity"]["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            // It has a process group of its own, which is gone where all went well.
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All held at once, so that no two are the same.
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn process(root: &Utf8PathBuf) -> Process {
    let [gateway, command, internal, rest, management] = free_ports::<5>();
    let data = root.join("brokers/0/data");
    let logging = root.join("brokers/0/log4j2.xml");
    let settings = [
        ("ZEEBE_BROKER_CLUSTER_NODEID", "0".to_owned()),
        ("ZEEBE_BROKER_NETWORK_HOST", "127.0.0.1".to_owned()),
        ("ZEEBE_BROKER_NETWORK_ADVERTISEDHOST", "127.0.0.1".to_owned()),
        ("ZEEBE_BROKER_NETWORK_COMMANDAPI_PORT", command.to_string()),
        ("ZEEBE_BROKER_NETWORK_INTERNALAPI_PORT", internal.to_string()),
        ("ZEEBE_BROKER_CLUSTER_INITIALCONTACTPOINTS", format!("127.0.0.1:{internal}")),
        ("ZEEBE_BROKER_GATEWAY_ENABLE", "true".to_owned()),
        ("ZEEBE_BROKER_GATEWAY_NETWORK_HOST", "127.0.0.1".to_owned()),
        ("ZEEBE_BROKER_GATEWAY_NETWORK_PORT", gateway.to_string()),
        ("SERVER_ADDRESS", "127.0.0.1".to_owned()),
        ("SERVER_PORT", rest.to_string()),
        ("MANAGEMENT_SERVER_ADDRESS", "127.0.0.1".to_owned()),
        ("MANAGEMENT_SERVER_PORT", management.to_string()),
        ("ZEEBE_BROKER_DATA_DIRECTORY", data.into_string()),
        ("ZEEBE_BROKER_DATA_LOGSEGMENTSIZE", "16MB".to_owned()),
        ("ZEEBE_BROKER_DATA_DISK_FREESPACE_PROCESSING", "500MB".to_owned()),
        ("ZEEBE_BROKER_DATA_DISK_FREESPACE_REPLICATION", "200MB".to_owned()),
        ("LOG4J_CONFIGURATION_FILE", logging.to_string()),
    ];
    let log = format!(
        "<Configuration><Appenders><File name=\"F\" fileName=\"{root}/brokers/0/logs/zeebe.log\"/></Appenders>\
         <Loggers><Root level=\"info\"><AppenderRef ref=\"F\"/></Root></Loggers></Configuration>"
    );
    Process {
        version: "8.6.0".to_owned().try_into().unwrap(),
        launcher: "bin/broker".to_owned(),
        program: zeebe_plan::component::Program::Product,
        arguments: Vec::new(),
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        bootstrap: ["PARTITIONSCOUNT", "CLUSTERSIZE", "REPLICATIONFACTOR"]
            .map(|count| (format!("ZEEBE_BROKER_CLUSTER_{count}"), "1".to_owned()))
            .into(),
        java_options: JavaOptions {
            variable: "JAVA_OPTS".to_owned(),
            options: ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
                .map(str::to_owned)
                .into(),
        },
        secrets: BTreeMap::new(),
        jars: BTreeMap::new(),
        files: BTreeMap::from([(logging.into_string(), log)]),
        memory: ByteSize::from_mebibytes(256),
        disk: ByteSize::from_mebibytes(1024),
        ports: BTreeMap::from([
            ("gateway".to_owned(), gateway),
            ("command".to_owned(), command),
            ("internal".to_owned(), internal),
            ("rest".to_owned(), rest),
            ("management".to_owned(), management),
        ]),
        license: None,
    }
}

/// The status of an answer, if there is one.
fn status(address: &str, path: &str) -> Option<u16> {
    let host = address.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(host).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

async fn ready(address: &str) {
    let deadline = Instant::now() + PATIENCE;
    while status(address, "/actuator/health/readiness") != Some(200) {
        assert!(Instant::now() < deadline, "not ready within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The pid and how it runs.
async fn run(cluster: &LocalCluster) -> String {
    let seen = cluster.observe(&Call::quiet()).await.unwrap();
    match &seen[&BROKER] {
        Observed::Present(ComponentState { condition: Condition::Running(run), .. }) => run.clone(),
        other @ (Observed::Absent | Observed::Present(_) | Observed::Unclear(_)) => {
            panic!("{other:?}")
        }
    }
}

#[tokio::test]
async fn real_broker_is_fetched_started_found_again_restarted_and_taken_away() {
    let folder = camino_tempfile::tempdir().unwrap();
    let directory = folder.path().canonicalize_utf8().unwrap();
    let target = LocalTarget {
        directory: Some(directory.to_string().try_into().unwrap()),
        ..LocalTarget::default()
    };
    let name = ClusterName::try_from("real".to_owned()).unwrap();
    let open = || LocalCluster::new(&name, &target, &LocalEnvironment::of_process()).unwrap();
    let root = directory.join("real");
    let _ending = Ending(root.clone());
    let process = process(&root);
    let wanted = Wanted::Running(Box::new(process.clone()));
    let call = Call::quiet();

    let wish = BTreeMap::from([(BROKER, wanted.clone())]);
    assert_eq!(open().preflight(&wish, &call).await.unwrap(), []);
    open().prepare(&process.version, &call).await.unwrap();
    open().ensure(&BROKER, &wanted, &call).await.unwrap();
    let first = run(&open()).await;
    let reach = open().reach(&BTreeSet::from([BrokerId(0)]), &call).await.unwrap();
    let management = &reach.management[&BrokerId(0)];
    ready(management).await;
    // The launcher has become the runtime that was chosen, and kept the pid.
    let pid = first.split(' ').nth(1).unwrap();
    let program = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
    assert!(program.ends_with("bin/java"), "{program:?}");
    open().ensure(&BROKER, &wanted, &call).await.unwrap();
    assert_eq!(run(&open()).await, first);
    // Nothing of what it logs goes where nobody would roll it.
    let console = std::fs::metadata(root.join("brokers/0/console.log")).unwrap().len();
    assert!(console < 16 << 10, "{console} bytes on the console");

    let mut other = process.clone();
    other.settings.insert("ZEEBE_LOG_LEVEL".to_owned(), "warn".to_owned());
    let other = Wanted::Running(Box::new(other));
    open().ensure(&BROKER, &other, &call).await.unwrap();
    assert_ne!(run(&open()).await, first);
    ready(management).await;

    open().ensure(&BROKER, &Wanted::Absent(DataOnDestroy::Keep), &call).await.unwrap();
    assert_eq!(status(management, "/"), None);
    let left: Vec<_> = std::fs::read_dir(root.join("brokers/0"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["data"]);
    open().ensure(&BROKER, &Wanted::Absent(DataOnDestroy::Delete), &call).await.unwrap();
    assert!(!root.exists());
}
