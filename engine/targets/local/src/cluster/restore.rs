//! Backups as the data of brokers that were never started.

use std::collections::BTreeMap;
use std::io;

use zeebe_plan::component::{ComponentId, Process};
use zeebe_plan::step::Aside;
use zeebe_spec::{BackupId, BrokerId};
use zeebe_target::{Call, Doing, LeftBehind, TargetError};

use crate::cluster::LocalCluster;
use crate::cluster::deed::{object, unwritten};
use crate::layout::{Home, Kind};
use crate::process::aside::{AsideNote, is_aside, set_aside};
use crate::process::restore::{LAUNCHER, RestoreError, end_earlier, is_only_restored, restore};
use crate::process::start::Means;

impl LocalCluster {
    /// One after another: each takes a Java runtime of its own, and the machine may be a small one.
    pub(super) async fn restore_all(
        &self,
        backup: BackupId,
        brokers: &BTreeMap<BrokerId, Process>,
        call: &Call,
    ) -> Result<(), TargetError> {
        for (id, process) in brokers {
            let id = ComponentId::Broker(*id);
            self.blocking(|folder| folder.sweep(Kind::Brokers))
                .await
                .map_err(|error| unwritten(Doing::Delete, object(id), &self.home(id), error))?;
            call.progress.say(&format!("restoring backup {backup} as the data of {id}"));
            if let Err(mut error) = self.restore_one(backup, id, process, call).await {
                if !call.cancel.is_cancelled() {
                    error.left_behind = self.take_back(brokers).await;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// All of them are ended first: a broker that works on would answer for what is to be gone.
    pub(super) async fn set_all_aside(
        &self,
        aside: &Aside,
        call: &Call,
    ) -> Result<(), TargetError> {
        let Aside { restoration, version, brokers, gateways } = aside;
        let failed = |id: ComponentId, source: io::Error| TargetError {
            doing: Doing::SetAside,
            object: object(id),
            left_behind: LeftBehind::Traceable,
            advice: format!(
                "See that this user may rename what is in {}, and that it is one file system. What was set aside so far \
                 stays so, and the next run goes on from there.",
                self.home(id).path()
            ),
            source: source.into(),
        };
        let mut waiting = Vec::new();
        for id in brokers.iter().copied().map(ComponentId::Broker) {
            let (home, restoration) = (self.home(id), *restoration);
            let done = self.blocking(move |_| is_aside(&home, &restoration)).await;
            if !done.map_err(|error| failed(id, error))? {
                waiting.push(id);
            }
        }
        if waiting.is_empty() {
            return Ok(());
        }
        for id in gateways.iter().copied().map(ComponentId::Gateway).chain(waiting.iter().copied())
        {
            self.stop(id, call).await?;
        }
        for id in waiting {
            let home = self.home(id);
            end_earlier(&home).await.map_err(|error| failed(id, io::Error::other(error)))?;
            call.progress
                .say(&format!("setting the data of {id} aside as {}", home.aside(restoration)));
            let note = AsideNote { restoration: *restoration, version: version.clone() };
            let moved = self.blocking(move |_| set_aside(&home, &note)).await;
            moved.map_err(|error| failed(id, error))?;
        }
        Ok(())
    }

    async fn restore_one(
        &self,
        backup: BackupId,
        id: ComponentId,
        process: &Process,
        call: &Call,
    ) -> Result<(), TargetError> {
        let home = self.home(id);
        let failed = |advice, source| TargetError {
            doing: Doing::Restore,
            object: object(id),
            left_behind: LeftBehind::Traceable,
            advice,
            source,
        };
        let (checksum, program, java) = self.of_product(process, LAUNCHER, id, call).await?;
        let means = Means {
            home: &home,
            program: &program,
            checksum: &checksum,
            java: Some(&java),
            environment: &self.folder.environment,
            kept: &self.secrets,
        };
        restore(backup, process, &means, &call.cancel)
            .await
            .map_err(|error: RestoreError| failed(error.advice(), error.into()))
    }

    /// Takes away what was restored and never worked with. What cannot be taken away is found by the next try.
    async fn take_back(&self, brokers: &BTreeMap<BrokerId, Process>) -> LeftBehind {
        let ids: Vec<BrokerId> = brokers.keys().copied().collect();
        let gone = self.blocking(move |folder| {
            for id in ids.into_iter().map(ComponentId::Broker) {
                let home = Home::of(&folder.root, id);
                if is_only_restored(&home)? {
                    folder.delete_restored(id, &home)?;
                }
            }
            Ok(())
        });
        match gone.await {
            Ok(()) => LeftBehind::Nothing,
            Err(error) => {
                tracing::warn!(%error, "what was restored could not be taken away");
                LeftBehind::Traceable
            }
        }
    }
}
