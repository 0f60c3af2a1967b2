//! Deeds without a plan: what an operator asks of a cluster that is there. Under the lease, so that none gets in the way of an apply.

use std::collections::BTreeSet;
use std::time::Duration;

use zeebe_execute::Moved;
use zeebe_spec::{BrokerId, PartitionId};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::problems::problems;

/// What a look with a canary found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The partitions that take work.
    pub partitions: BTreeSet<PartitionId>,
    /// What keeps the cluster from being whole nevertheless; empty where nothing does.
    pub problems: Vec<String>,
}

impl Cluster {
    /// Gives the lead of every partition to the copy that is preferred, and waits until it is so. Says what moved; nothing where all was so.
    pub async fn rebalance(
        &self,
        deadline: Duration,
        call: &Call,
    ) -> Result<Vec<Moved>, EngineError> {
        let _lease = self.lease("rebalance", call).await?;
        zeebe_execute::rebalance(&self.execution(), deadline, call)
            .await
            .map_err(|source| EngineError::Deed { doing: "rebalance the cluster", source })
    }

    /// Sees that work starts on every partition, by a process that has nothing to do, and that the cluster is whole.
    pub async fn verify(&self, deadline: Duration, call: &Call) -> Result<Verified, EngineError> {
        let _lease = self.lease("verify", call).await?;
        let partitions = zeebe_execute::canary(&self.execution(), deadline, call)
            .await
            .map_err(|source| EngineError::Deed { doing: "verify the cluster", source })?;
        let seen = self.look(call).await?;
        let vitals = self.vitals(call).await?;
        let problems = match &seen.record {
            Some(record) => problems(record, &seen, &vitals),
            None => vec!["its book is gone".to_owned()],
        };
        Ok(Verified { partitions, problems })
    }

    /// Takes a snapshot of every partition on every broker, and sees that they are there. Says which brokers.
    pub async fn snapshot(
        &self,
        deadline: Duration,
        call: &Call,
    ) -> Result<BTreeSet<BrokerId>, EngineError> {
        let _lease = self.lease("snapshot", call).await?;
        zeebe_execute::snapshot(&self.execution(), deadline, call)
            .await
            .map_err(|source| EngineError::Deed { doing: "take snapshots", source })
    }
}
