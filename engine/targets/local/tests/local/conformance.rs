use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use async_trait::async_trait;
use zeebe_plan::component::{ComponentId, Process, Wanted};
use zeebe_target::conformance::{Fixture, suite};
use zeebe_target::{Call, Target};

use crate::support::{BROKER, Lab, cluster_of, end, eventually, runs};

/// The variable that tells this test program to be an engine of its own.
const ORDER: &str = "ZEEBE_TARGET_LOCAL_ORDER";

#[tokio::test]
async fn local_target_keeps_every_rule_of_targets() {
    let violations = suite(|| async {
        let lab = Lab::new();
        let process = lab.process();
        Place { lab, process }
    })
    .await;
    assert_eq!(violations, []);
}

/// An engine that is another process, when [`Engine`] starts it; nothing else.
#[tokio::test]
async fn engine_of_another_process() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let (lab, wanted): (String, Wanted) = serde_json::from_str(&order).unwrap();
    cluster_of(&lab).ensure(&BROKER, &wanted, &Call::quiet()).await.unwrap();
}

/// An engine with a process and a process group of its own, which can be killed.
pub(crate) struct Engine(Mutex<Child>);

impl Engine {
    pub(crate) fn start(lab: &Lab, wanted: &Wanted) -> Self {
        use std::os::unix::process::CommandExt;
        let order = serde_json::to_string(&(lab.as_json(), wanted)).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conformance::engine_of_another_process"])
            .env(ORDER, order)
            .process_group(0)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(Mutex::new(child))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.0.lock().unwrap().try_wait().unwrap().is_some()
    }

    /// Ends its whole process group.
    pub(crate) fn end(&self) {
        let mut child = self.0.lock().unwrap();
        end(i32::try_from(child.id()).unwrap());
        child.wait().unwrap();
    }
}

struct Place {
    lab: Lab,
    process: Process,
}

#[async_trait]
impl Fixture for Place {
    async fn open(&self) -> Box<dyn Target> {
        Box::new(self.lab.cluster())
    }

    fn component(&self) -> ComponentId {
        BROKER
    }

    fn process(&self) -> Process {
        self.process.clone()
    }

    async fn mark(&self) {
        let data = self.lab.home().join("data");
        fs::create_dir_all(&data).unwrap();
        fs::write(data.join("mark"), "x").unwrap();
    }

    async fn is_marked(&self) -> bool {
        self.lab.home().join("data/mark").exists()
    }

    async fn kill(&self) {
        let pids = self.lab.processes();
        for pid in &pids {
            end(*pid);
        }
        eventually("they end", || !pids.iter().any(|pid| runs(*pid))).await;
    }

    async fn processes(&self) -> usize {
        self.lab.processes().len()
    }

    /// Permissions hide nothing from root: a file stands where a folder was.
    async fn hide(&self) {
        fs::rename(self.lab.root(), self.lab.path.join("hidden")).unwrap();
        fs::write(self.lab.root(), "").unwrap();
    }

    async fn killed_while_ensuring(&self, wanted: &Wanted, moment: u32) -> bool {
        let engine = Engine::start(&self.lab, wanted);
        let record = self.lab.home().join("process.json");
        let before = fs::read(&record).unwrap_or_default();
        let processes = self.lab.processes();
        eventually("the moment, or the end", || {
            let has_come = match moment {
                0 => true,
                1 => self.lab.home().exists(),
                2 => fs::read(&record).unwrap_or_default() != before,
                3 => self.lab.processes() != processes,
                _ => false,
            };
            has_come || engine.has_ended()
        })
        .await;
        engine.end();
        true
    }
}
