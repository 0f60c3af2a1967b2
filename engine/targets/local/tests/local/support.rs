//! A cluster's place with everything that it needs, of which only the product is not real.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use camino_tempfile::Utf8TempDir;
use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};
use zeebe_plan::component::{
    ComponentId, ComponentState, Condition, JavaOptions, Observed, Process, Wanted,
};
use zeebe_scalar::ByteSize;
use zeebe_spec::{BrokerId, ClusterName, Distribution, LocalTarget, Source, Version};
use zeebe_target::{Call, Target, TargetError};
use zeebe_target_local::{LocalCluster, LocalEnvironment};

pub(crate) const BROKER: ComponentId = ComponentId::Broker(BrokerId(0));

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

/// What stands in the product's place. Like its launcher, it ends in an `exec`; all before that is done by
/// the shell itself, so that there is one process at any time.
const LAUNCHER: &str = r#"#!/bin/sh
echo "begins"
if [ -n "$FAKE_ENDS" ]; then echo "no way to go on" >&2; exit 7; fi
if [ -n "$FAKE_DEAF" ]; then trap '' TERM; fi
exec sleep 600
"#;

/// A place of its own for one cluster; its processes end with it.
pub(crate) struct Lab {
    _folder: Utf8TempDir,
    pub(crate) path: Utf8PathBuf,
    pub(crate) target: LocalTarget,
    variables: BTreeMap<String, String>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let folder = camino_tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize_utf8().unwrap();
        let java = path.join("jdk");
        program(&java.join("bin/java"), "#!/bin/sh\nexit 1\n");
        fs::write(java.join("release"), "JAVA_VERSION=\"21.0.4\"\n").unwrap();
        let archive = path.join("distribution.tar.gz");
        write_archive(&archive, &[("zeebe-1/bin/broker", LAUNCHER)]);
        let target = LocalTarget {
            directory: Some(path.join("clusters").into_string().try_into().unwrap()),
            distribution: Some(Distribution {
                source: Source::Path(archive.to_string().try_into().unwrap()),
                sha256: Some(sha256(&archive).try_into().unwrap()),
            }),
            ..LocalTarget::default()
        };
        let variables = [
            ("HOME", path.join("home").into_string()),
            ("PATH", std::env::var("PATH").unwrap()),
            ("JAVA_HOME", java.into_string()),
            ("ZEEBE_PLATFORM_CACHE", path.join("cache").into_string()),
            ("ZEEBE_PLATFORM_JAVA_FOLDERS", String::new()),
        ];
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { _folder: folder, path, target, variables }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    /// All of it but the folder, for an engine that is another process.
    pub(crate) fn as_json(&self) -> String {
        serde_json::to_string(&(&self.target, &self.variables)).unwrap()
    }

    pub(crate) fn root(&self) -> Utf8PathBuf {
        self.path.join("clusters/payments")
    }

    pub(crate) fn home(&self) -> Utf8PathBuf {
        self.root().join("brokers/0")
    }

    pub(crate) fn cluster(&self) -> LocalCluster {
        cluster_of(&self.as_json())
    }

    /// A broker that listens nowhere.
    pub(crate) fn process(&self) -> Process {
        Process {
            version: "8.6.0".to_owned().try_into().unwrap(),
            launcher: "bin/broker".to_owned(),
            program: zeebe_plan::component::Program::Product,
            arguments: Vec::new(),
            settings: BTreeMap::from([("SETTING".to_owned(), "one".to_owned())]),
            bootstrap: BTreeMap::new(),
            java_options: JavaOptions {
                variable: "JAVA_OPTS".to_owned(),
                options: vec!["-Xmx256m".to_owned()],
            },
            secrets: BTreeMap::new(),
            jars: BTreeMap::new(),
            files: BTreeMap::from([(self.home().join("log.xml").into_string(), "<x/>".to_owned())]),
            memory: ByteSize::from_mebibytes(256),
            disk: ByteSize::from_mebibytes(1),
            ports: BTreeMap::from([
                ("gateway".to_owned(), free_port()),
                ("rest".to_owned(), free_port()),
                ("management".to_owned(), free_port()),
            ]),
            license: None,
        }
    }

    pub(crate) async fn ensure(&self, process: &Process) -> Result<(), TargetError> {
        self.cluster().ensure(&BROKER, &running(process), &Call::quiet()).await
    }

    pub(crate) async fn observe(&self) -> Observed<ComponentState> {
        let mut seen = self.cluster().observe(&Call::quiet()).await.unwrap();
        seen.remove(&BROKER).unwrap_or(Observed::Absent)
    }

    /// The pid that a look says.
    pub(crate) async fn pid(&self) -> i32 {
        match self.observe().await {
            Observed::Present(ComponentState { condition: Condition::Running(run), .. }) => {
                run.split(' ').nth(1).unwrap().parse().unwrap()
            }
            other @ (Observed::Absent | Observed::Present(_) | Observed::Unclear(_)) => {
                panic!("{other:?}")
            }
        }
    }

    /// The record of the component's last start, as it is on the disk.
    pub(crate) fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.home().join("process.json")).unwrap()).unwrap()
    }

    pub(crate) fn write_record(&self, record: &Value) {
        fs::write(self.home().join("process.json"), record.to_string()).unwrap();
    }

    /// Every process of the cluster, counted without the target's help.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let mark = format!("ZEEBE_PLATFORM_COMPONENT={}", self.root());
        let mut pids = Vec::new();
        for entry in fs::read_dir("/proc").unwrap() {
            let name = entry.unwrap().file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            if String::from_utf8_lossy(&environment).split('\0').any(|one| one.starts_with(&mark)) {
                pids.push(pid);
            }
        }
        pids
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for pid in self.processes() {
            end(pid);
        }
    }
}

/// The cluster that `Lab::as_json` tells of.
pub(crate) fn cluster_of(json: &str) -> LocalCluster {
    let (target, variables): (LocalTarget, BTreeMap<String, String>) =
        serde_json::from_str(json).unwrap();
    let name = ClusterName::try_from("payments".to_owned()).unwrap();
    LocalCluster::new(&name, &target, &LocalEnvironment::from_variables(variables)).unwrap()
}

pub(crate) fn running(process: &Process) -> Wanted {
    Wanted::Running(Box::new(process.clone()))
}

pub(crate) fn version(text: &str) -> Version {
    text.to_owned().try_into().unwrap()
}

/// Ends a process of ours with all of its group.
pub(crate) fn end(pid: i32) {
    let pid = Pid::from_raw(pid).unwrap();
    let process = pidfd_open(pid, PidfdFlags::empty());
    // It may have ended.
    let _ = kill_process_group(pid, Signal::KILL);
    if let Ok(process) = process {
        // A kill is only asked for; what looks next must find it done.
        poll(&mut [PollFd::new(&process, PollFlags::IN)], None).unwrap();
    }
}

/// Whether a process runs: one that has ended and that nobody asked about does not.
pub(crate) fn runs(pid: i32) -> bool {
    fields(pid).is_some_and(|fields| fields[0] != "Z")
}

/// The fields of `/proc/<pid>/stat` from the third on.
pub(crate) fn fields(pid: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_ascii_whitespace().map(str::to_owned).collect())
}

pub(crate) fn program(path: &Utf8Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Writes a tar.gz of these files, executable, with their names as they are given.
pub(crate) fn write_archive(path: &Utf8Path, files: &[(&str, &str)]) {
    let mut archive =
        Builder::new(GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast()));
    for (name, text) in files {
        let mut header = Header::new_gnu();
        // The crate itself refuses names that lead out.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(EntryType::Regular);
        header.set_size(text.len().try_into().unwrap());
        header.set_mode(0o755);
        header.set_cksum();
        archive.append(&header, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}

pub(crate) fn sha256(path: &Utf8Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until something is so.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// An error with all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
