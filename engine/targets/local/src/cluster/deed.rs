//! What is done to one component.

use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use zeebe_plan::component::{ComponentId, Process, Program};
use zeebe_spec::{Checksum, DataOnDestroy, Version};
use zeebe_target::{Call, Doing, LeftBehind, TargetError};

use crate::cluster::LocalCluster;
use crate::distribution::DistributionError;
use crate::folder::ClusterFolder;
use crate::java::{self, Runtime};
use crate::layout::Home;
use crate::process::ours::{self, Ours};
use crate::process::restore::{end_earlier, is_only_restored};
use crate::process::start::{Means, start};
use crate::process::stop::{Stopped, stop};
use crate::process::{Run, look, strays};

/// How long a child may take from its fork to its exec.
const EXEC: Duration = Duration::from_millis(200);

impl LocalCluster {
    /// What a deed starts from. An engine that was killed between fork and exec leaves a child that shows
    /// our token a moment later: where one may be on its way, it is waited for.
    async fn look(&self, id: ComponentId) -> io::Result<Run> {
        let again = |run: &Run| matches!(run, Run::Ended(record) if record.identity.is_none());
        let home = self.home(id);
        let run = self.look_once(home.clone()).await?;
        if !again(&run) {
            return Ok(run);
        }
        tokio::time::sleep(EXEC).await;
        self.look_once(home).await
    }

    async fn look_once(&self, home: Home) -> io::Result<Run> {
        self.blocking(move |folder| look(&home, &strays(&folder.root)?)).await
    }

    pub(super) async fn run(
        &self,
        id: ComponentId,
        process: &Process,
        call: &Call,
    ) -> Result<(), TargetError> {
        let home = self.home(id);
        let run = self.look(id).await.map_err(|error| unseen(Doing::Start, object(id), error))?;
        match run {
            Run::Runs(mut record, identity) if record.fingerprint == process.fingerprint() => {
                if record.identity.as_ref() != Some(&identity) {
                    // An engine was killed before it could write that down.
                    call.progress.say(&format!("{id} is taken over, pid {}", identity.pid));
                    record.identity = Some(identity);
                    record
                        .write(&home.record())
                        .map_err(|error| unwritten(Doing::Start, object(id), &home, error))?;
                }
                return Ok(());
            }
            Run::Runs(..) | Run::Stray(..) => self.stop(id, call).await?,
            Run::Never | Run::Ended(_) | Run::Lost(_) => {}
        }
        if call.cancel.is_cancelled() {
            return Err(cancelled(Doing::Start, object(id)));
        }
        let failed = |left_behind, advice, source| TargetError {
            doing: Doing::Start,
            object: object(id),
            left_behind,
            advice,
            source,
        };
        let (checksum, program, java) = match process.program {
            Program::Product => {
                let (checksum, program, java) =
                    self.of_product(process, &process.launcher, id, call).await?;
                (checksum, program, Some(java))
            }
            program @ (Program::Receiver | Program::Agent) => {
                let ours = if program == Program::Agent { Ours::Agent } else { Ours::Receiver };
                let (checksum, program) = self
                    .blocking(move |folder| Ok(ours::find(ours, &folder.environment)))
                    .await
                    .map_err(|error| unseen(Doing::Start, object(id), error))?
                    .map_err(|error| failed(LeftBehind::Nothing, error.advice(), error.into()))?;
                (checksum, program, None)
            }
        };
        let means = Means {
            home: &home,
            program: &program,
            checksum: &checksum,
            java: java.as_ref(),
            environment: &self.folder.environment,
            kept: &self.secrets,
        };
        let identity = start(process, &means)
            .await
            .map_err(|error| failed(error.left_behind(), error.advice(), error.into()))?;
        call.progress.say(&format!("{id} is started, pid {}", identity.pid));
        Ok(())
    }

    /// The distribution's checksum, one of its programs, and the runtime for it.
    pub(super) async fn of_product(
        &self,
        process: &Process,
        launcher: &str,
        id: ComponentId,
        call: &Call,
    ) -> Result<(Checksum, Utf8PathBuf, Runtime), TargetError> {
        let failed = |advice, source| TargetError {
            doing: Doing::Start,
            object: object(id),
            left_behind: LeftBehind::Nothing,
            advice,
            source,
        };
        let (checksum, distribution) = self
            .distribution(&process.version, call)
            .await
            .map_err(|error| failed(error.advice(), error.into()))?;
        let java = self
            .blocking(|folder| Ok(java::find(folder.java_home.as_deref(), &folder.environment)))
            .await
            .map_err(|error| unseen(Doing::Start, object(id), error))?
            .map_err(|error| failed(error.advice(), error.into()))?;
        Ok((checksum, distribution.join(launcher), java))
    }

    pub(super) async fn distribution(
        &self,
        version: &Version,
        call: &Call,
    ) -> Result<(Checksum, Utf8PathBuf), DistributionError> {
        let recorded = self.blocking(ClusterFolder::recorded).await.map_err(|source| {
            DistributionError::Cache { folder: self.folder.root.clone(), source }
        })?;
        let checksum = self.folder.distributions.checksum(version, &recorded)?;
        let home = self.folder.distributions.prepare(version, &checksum, call).await?;
        Ok((checksum, home))
    }

    pub(super) async fn stop(&self, id: ComponentId, call: &Call) -> Result<(), TargetError> {
        let run = self.look(id).await.map_err(|error| unseen(Doing::Stop, object(id), error))?;
        let identity = match run {
            Run::Runs(mut record, identity) => {
                // Before it is told, so that whoever looks next knows that it is about to be gone.
                record.identity = Some(identity.clone());
                record.stopping_since = Some(Timestamp::now());
                let home = self.home(id);
                record
                    .write(&home.record())
                    .map_err(|error| unwritten(Doing::Stop, object(id), &home, error))?;
                identity
            }
            Run::Stray(identity, _) => identity,
            Run::Never | Run::Ended(_) | Run::Lost(_) => return Ok(()),
        };
        let pid = identity.pid;
        call.progress.say(&format!("{id} is told to end, pid {pid}"));
        match stop(&identity, self.stop_deadline, &call.cancel).await {
            Ok(Stopped::WasGone | Stopped::Ended) => call.progress.say(&format!("{id} has ended")),
            Ok(Stopped::Killed) => call.progress.say(&format!(
                "{id} did not end within {} s and was killed",
                self.stop_deadline.as_secs()
            )),
            Err(error) => {
                return Err(TargetError {
                    doing: Doing::Stop,
                    object: object(id),
                    left_behind: LeftBehind::Traceable,
                    advice: format!("Its process has pid {pid}. The next run goes on from there."),
                    source: error.into(),
                });
            }
        }
        Ok(())
    }

    pub(super) async fn take_away(
        &self,
        id: ComponentId,
        data: DataOnDestroy,
        call: &Call,
    ) -> Result<(), TargetError> {
        self.stop(id, call).await?;
        let home = self.home(id);
        end_earlier(&home).await.map_err(|error| TargetError {
            doing: Doing::Stop,
            object: object(id),
            left_behind: LeftBehind::Traceable,
            advice: error.advice(),
            source: error.into(),
        })?;
        let gone = self.blocking({
            let home = home.clone();
            move |folder| match data {
                // What was never worked with is the store's, and may be half of it.
                DataOnDestroy::Keep if !is_only_restored(&home)? => folder.keep_data(id, &home),
                DataOnDestroy::Keep => {
                    folder.delete_restored(id, &home)?;
                    folder.keep_data(id, &home)
                }
                DataOnDestroy::Delete => folder.delete(id, &home),
            }
        });
        gone.await.map_err(|error| unwritten(Doing::Delete, object(id), &home, error))
    }
}

/// `broker "1"`.
pub(super) fn object(id: ComponentId) -> String {
    match id {
        ComponentId::Broker(broker) => format!("broker \"{broker}\""),
        ComponentId::Gateway(gateway) => format!("gateway \"{gateway}\""),
        ComponentId::Receiver(receiver) => format!("receiver \"{receiver}\""),
        ComponentId::Agent => "agent \"0\"".to_owned(),
    }
}

pub(super) fn unseen(doing: Doing, object: String, source: io::Error) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Nothing,
        advice: "See that this user may read the cluster's folder and /proc.".to_owned(),
        source: source.into(),
    }
}

pub(super) fn unwritten(
    doing: Doing,
    object: String,
    home: &Home,
    source: io::Error,
) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Traceable,
        advice: format!(
            "See that this user may write {} and that its disk has space.",
            home.path()
        ),
        source: source.into(),
    }
}

fn cancelled(doing: Doing, object: String) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Traceable,
        advice: "The next run goes on from there.".to_owned(),
        source: "cancelled".into(),
    }
}
