use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;
use zeebe_spec::{SimulatedTarget, TargetSpec};
use zeebe_target::{Lease, LeaseError, Progress};

use super::*;
use crate::Engine;

/// Lets go of a lease when somebody says that it is waited for.
struct LetsGo {
    held: Mutex<Option<Box<dyn Lease>>>,
    said: Mutex<Vec<String>>,
}

impl Progress for LetsGo {
    fn say(&self, line: &str) {
        self.said.lock().unwrap().push(line.to_owned());
        drop(self.held.lock().unwrap().take());
    }
}

fn cluster(folder: &camino::Utf8Path) -> Cluster {
    let target = TargetSpec::Simulated(SimulatedTarget {
        directory: folder.to_string().try_into().unwrap(),
        first_port: None,
        seed: None,
    });
    Engine::new().unwrap().open(&"payments".parse().unwrap(), &target).unwrap()
}

#[tokio::test]
async fn an_apply_waits_for_what_an_agent_does_and_for_nobody_else() {
    let folder = camino_tempfile::tempdir().unwrap();
    let (agent, apply) = (cluster(folder.path()), cluster(folder.path()));
    let held = agent.target.book().lease(REMOVAL).await.unwrap();
    let progress = Arc::new(LetsGo { held: Mutex::new(Some(held)), said: Mutex::new(Vec::new()) });
    let call = Call { cancel: CancellationToken::new(), progress: Arc::<LetsGo>::clone(&progress) };
    drop(apply.lease("update", &call).await.unwrap());
    let said = progress.said.lock().unwrap().clone();
    assert!(said.len() == 1 && said[0].contains(REMOVAL), "{said:?}");

    let _held = agent.target.book().lease("update").await.unwrap();
    let refused = apply.lease("destroy", &call).await.unwrap_err();
    assert!(matches!(refused, EngineError::Lease(LeaseError::Held { .. })), "{refused:?}");
}

#[tokio::test]
async fn who_wants_to_stop_waits_for_no_agent() {
    let folder = camino_tempfile::tempdir().unwrap();
    let (agent, apply) = (cluster(folder.path()), cluster(folder.path()));
    let _held = agent.target.book().lease(REMOVAL).await.unwrap();
    let call = Call::quiet();
    call.cancel.cancel();
    let refused = apply.lease("update", &call).await.unwrap_err();
    assert!(matches!(refused, EngineError::Lease(LeaseError::Held { .. })), "{refused:?}");
}
