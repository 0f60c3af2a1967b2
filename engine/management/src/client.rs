//! The calls, one function each.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::json;
use zeebe_plan::backup::Backup;
use zeebe_plan::product::{
    ChangeRequest, ClusterTopology, ExporterState, GatewayView, PartitionView, PlannedChange,
};
use zeebe_spec::{BackupId, BrokerId, Minor, PartitionId};

use crate::answer::{
    Answered, ExporterPosition, ExportingPause, ForcedRemoval, Readiness, ReplicaExporters,
};
use crate::decode;
use crate::dialect::{self, Mode};
use crate::error::ManagementError;
use crate::metrics;
use crate::reach::{BaseUrl, ManagementReach};
use crate::transport::{Answer, Decoded, Request, Timeouts, Transport, TransportError};
use crate::wire::{self, path};

/// A broker asks its exporters how far they are, and waits up to 5 s for one that is sending (seen on 8.6.0).
const EXPORTERS_ANSWER: Duration = Duration::from_secs(8);

/// Every partition asks the store, which may be far away, before a broker answers.
const STORE_ANSWER: Duration = Duration::from_secs(20);

/// A client for one cluster. Each function sends its call once and returns what came of it; dropping its
/// future drops the connection. None of them waits for a change to end.
///
/// Any broker takes any question about the cluster and passes it on to the *coordinator*, the member with
/// the lowest id; so brokers are asked from the lowest id up.
#[derive(Clone, Debug)]
pub struct Client {
    minor: Minor,
    reach: ManagementReach,
    transport: Transport,
}

impl Client {
    /// A client with connections of its own and the default timeouts.
    pub fn new(minor: Minor, reach: ManagementReach) -> Result<Self, TransportError> {
        Ok(Self::with_transport(minor, reach, Transport::new(Timeouts::default())?))
    }

    /// A client that shares connections and timeouts with others.
    pub fn with_transport(minor: Minor, reach: ManagementReach, transport: Transport) -> Self {
        Self { minor, reach, transport }
    }

    /// The minor that it speaks to.
    pub fn minor(&self) -> Minor {
        self.minor
    }

    /// Where it reaches the cluster.
    pub fn reach(&self) -> &ManagementReach {
        &self.reach
    }

    /// The configuration of the cluster, as this broker hears it from the coordinator. While the
    /// coordinator is away, the others answer 502, which is [`ManagementError::Unclear`].
    pub async fn cluster(&self, broker: BrokerId) -> Result<ClusterTopology, ManagementError> {
        decode::cluster(self.ask(broker, &Request::get(path::CLUSTER)).await?.decode()?)
    }

    /// The configuration of the cluster, from the first broker that gives it.
    pub async fn cluster_from_any(&self) -> Result<Answered<ClusterTopology>, ManagementError> {
        let (by, decoded) = self.ask_each(&Request::get(path::CLUSTER)).await?;
        Ok(Answered { by, value: decode::cluster(decoded)? })
    }

    /// What the product would do for a change. The brokers that come need not run. Where there is nothing
    /// to do, the operations are empty and the id is that of the last change.
    pub async fn dry_run(&self, change: &ChangeRequest) -> Result<PlannedChange, ManagementError> {
        let request = dialect::change(self.minor, change, Mode::Dry)?;
        let (_, decoded) = self.ask_each(&request).await?;
        decode::planned(decoded)
    }

    /// Asks for a change, which then goes on by itself. Where there is nothing to do, the operations are
    /// empty and the id is that of the last change.
    pub async fn change(&self, change: &ChangeRequest) -> Result<PlannedChange, ManagementError> {
        let request = dialect::change(self.minor, change, Mode::Real)?;
        decode::planned(self.ask_reachable(self.broker_ids(), &request).await?.decode()?)
    }

    /// What the product would do to take out lost brokers.
    pub async fn dry_run_forced(
        &self,
        removal: &ForcedRemoval,
    ) -> Result<PlannedChange, ManagementError> {
        self.forced(removal, Mode::Dry).await
    }

    /// Takes out lost brokers. Only for brokers that will not come back: one at a time.
    pub async fn force_remove(
        &self,
        removal: &ForcedRemoval,
    ) -> Result<PlannedChange, ManagementError> {
        self.forced(removal, Mode::Real).await
    }

    async fn forced(
        &self,
        removal: &ForcedRemoval,
        mode: Mode,
    ) -> Result<PlannedChange, ManagementError> {
        let request = dialect::forced_removal(self.minor, removal, mode);
        let staying = self.broker_ids().filter(|id| removal.remaining.contains(id));
        decode::planned(self.ask_reachable(staying, &request).await?.decode()?)
    }

    /// The cluster as the first gateway that answers sees it.
    pub async fn gateway_view(&self) -> Result<GatewayView, ManagementError> {
        let request = Request::get(path::gateway_topology(self.minor));
        let mut tried = Vec::new();
        for base in &self.reach.gateways {
            match decoded(self.transport.send(base, &request).await).and_then(decode::gateway) {
                Err(error) if error.another_may_know() => tried.push(error),
                outcome => return outcome,
            }
        }
        Err(nobody(tried, "gateway"))
    }

    /// The replicas of this broker as it sees them itself; none where it is no member. Waited for 8 s at least.
    pub async fn partitions(
        &self,
        broker: BrokerId,
    ) -> Result<BTreeMap<PartitionId, PartitionView>, ManagementError> {
        let request = Request::get(path::PARTITIONS).waiting_at_least(EXPORTERS_ANSWER);
        let answer = self.ask(broker, &request).await?;
        Ok(decode::partitions(answer.decode()?))
    }

    /// Asks this broker's replicas for a snapshot. They take it a moment later, and only where something was
    /// processed and exported since the last. What comes back is how they stand at the end of the call: a fast
    /// replica may have its snapshot by then (seen on 8.6.0), so it is no measure of what was there before.
    pub async fn take_snapshot(
        &self,
        broker: BrokerId,
    ) -> Result<BTreeMap<PartitionId, PartitionView>, ManagementError> {
        let request = Request::post(path::TAKE_SNAPSHOT).waiting_at_least(EXPORTERS_ANSWER);
        let answer = self.ask(broker, &request).await?;
        Ok(decode::partitions(answer.decode()?))
    }

    /// Stops all exporting of the cluster. An [`ManagementError::Envelope`] may leave it stopped in part.
    pub async fn pause_exporting(&self, pause: ExportingPause) -> Result<(), ManagementError> {
        let path = match pause {
            ExportingPause::Hard => path::EXPORTING_PAUSE.to_owned(),
            ExportingPause::Soft => format!("{}?soft=true", path::EXPORTING_PAUSE),
        };
        self.ask_reachable(self.broker_ids(), &Request::post(path)).await?.done()
    }

    /// Lets all exporting of the cluster go on.
    pub async fn resume_exporting(&self) -> Result<(), ManagementError> {
        let request = Request::post(path::EXPORTING_RESUME);
        self.ask_reachable(self.broker_ids(), &request).await?.done()
    }

    /// The exporters and where each stands (8.6 and later).
    ///
    /// It is the product's summary: an exporter that one broker alone knows is in it like any other, as what it is
    /// there (seen on 8.6.0 in the middle of a roll). What holds for all is said by [`Self::replica_exporters`].
    pub async fn exporters(&self) -> Result<BTreeMap<String, ExporterState>, ManagementError> {
        dialect::require(dialect::exporters(self.minor), self.minor, "list of exporters")?;
        let request = Request::get(path::EXPORTERS);
        let (_, decoded): (_, Decoded<Vec<wire::ExporterStatus>>) = self.ask_each(&request).await?;
        let states = decoded.value.into_iter();
        Ok(states.map(|seen| (seen.exporter_id, decode::exporter_state(&seen.status))).collect())
    }

    /// Where each exporter stands at each replica, as the configuration of the cluster has it (8.6 and later).
    ///
    /// A broker that starts brings the exporters of its settings into it, each as enabled, where it knew them not;
    /// one that it knew stays as it was, disabled or not (seen on 8.6.0).
    ///
    /// Brokers are to be started with other exporters only while no change is under way: a broker of 8.6.0 that was
    /// started so in the middle of one became ready, heard of the change within some 10 s, found its own exporters
    /// otherwise in it and ended itself (3 of 3 times). Started once more it stayed.
    pub async fn replica_exporters(&self) -> Result<ReplicaExporters, ManagementError> {
        dialect::require(dialect::exporters(self.minor), self.minor, "list of exporters")?;
        let (_, decoded) = self.ask_each(&Request::get(path::CLUSTER)).await?;
        decode::replica_exporters(decoded)
    }

    /// How far the exporters are with the partitions that this broker leads, or led since it started. Empty where
    /// nothing was exported since then.
    pub async fn exporter_positions(
        &self,
        broker: BrokerId,
    ) -> Result<BTreeMap<(String, PartitionId), ExporterPosition>, ManagementError> {
        let answer = self.ask(broker, &Request::get(path::METRICS)).await?;
        Ok(metrics::exporter_positions(&answer.text()?))
    }

    /// Enables an exporter (8.6 and later), with the position of another of the same type if one is named. Refused
    /// (400) where it is enabled already.
    ///
    /// **Only one that is in the settings of every broker.** 8.6.0 takes any id on, tries it again and again where the
    /// settings lack it, and so never ends the change and takes on no other; nothing but `DELETE
    /// /actuator/cluster/changes/{id}` helps then.
    pub async fn enable_exporter(
        &self,
        id: &str,
        initialize_from: Option<&str>,
    ) -> Result<PlannedChange, ManagementError> {
        let body = initialize_from
            .map(|from| json!(wire::EnableExporter { initialize_from: Some(from.to_owned()) }));
        let request = Request::post(dialect::exporter_path(id, "enable"));
        dialect::require(dialect::exporters(self.minor), self.minor, "change of exporters")?;
        self.change_exporter(&dialect::optional_body(request, body)).await
    }

    /// Disables an exporter (8.6 and later); one that is disabled already again, as a change like any other. Refused
    /// (400) where a replica does not know it. 8.6.0 ends this change with the sink away too.
    pub async fn disable_exporter(&self, id: &str) -> Result<PlannedChange, ManagementError> {
        dialect::require(dialect::exporters(self.minor), self.minor, "change of exporters")?;
        self.change_exporter(&Request::post(dialect::exporter_path(id, "disable"))).await
    }

    /// Forgets an exporter that is no more in the brokers' settings (8.8 and later).
    pub async fn delete_exporter(&self, id: &str) -> Result<PlannedChange, ManagementError> {
        let support = dialect::exporter_deletion(self.minor);
        dialect::require(support, self.minor, "deletion of exporters")?;
        self.change_exporter(&Request::post(dialect::exporter_path(id, "delete"))).await
    }

    async fn change_exporter(&self, request: &Request) -> Result<PlannedChange, ManagementError> {
        decode::planned(self.ask_reachable(self.broker_ids(), request).await?.decode()?)
    }

    /// All that is in the cluster's store, whoever took it. Without positions. What keeps the store from answering, wrong
    /// keys or a missing bucket, is [`ManagementError::Unclear`] with the store's own words; where brokers were told of no
    /// store it is [`ManagementError::Refused`]. Whoever is reached first is asked alone: what the store says to one broker it
    /// says to all.
    pub async fn backups(&self) -> Result<Vec<Backup>, ManagementError> {
        let request = Request::get(path::backups(self.minor)).waiting_at_least(STORE_ANSWER);
        decode::backups(self.ask_reachable(self.broker_ids(), &request).await?.decode()?)
    }

    /// One backup; `None` where it is not there, and for a moment after it was asked for.
    pub async fn backup(&self, id: BackupId) -> Result<Option<Backup>, ManagementError> {
        let request = Request::get(self.backup_path(id)).waiting_at_least(STORE_ANSWER);
        match self.ask_reachable(self.broker_ids(), &request).await?.decode() {
            Ok(decoded) => decode::backup(decoded).map(Some),
            Err(ManagementError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for a backup, which is then taken by itself. The product looks at no more than the ids of this cluster's own
    /// backups, and takes the request on where the store cannot be reached: what came of it is said by [`Self::backup`].
    /// An id that is not above those before it is [`ManagementError::Conflict`].
    pub async fn take_backup(&self, id: BackupId) -> Result<(), ManagementError> {
        let body = json!({ "backupId": id.get() });
        let request = Request::post(path::backups(self.minor)).body(&body);
        let request = request.waiting_at_least(STORE_ANSWER);
        self.ask_reachable(self.broker_ids(), &request).await?.done()
    }

    /// Takes a backup out of the store; one that is not there is gone already.
    pub async fn delete_backup(&self, id: BackupId) -> Result<(), ManagementError> {
        let request = Request::delete(self.backup_path(id)).waiting_at_least(STORE_ANSWER);
        self.ask_reachable(self.broker_ids(), &request).await?.done()
    }

    fn backup_path(&self, id: BackupId) -> String {
        format!("{}/{id}", path::backups(self.minor))
    }

    /// Whether this broker takes part in the cluster's work.
    pub async fn ready(&self, broker: BrokerId) -> Result<Readiness, ManagementError> {
        let (status, answer) =
            self.ask(broker, &Request::get(path::READINESS)).await?.into_health()?;
        let health: Decoded<wire::Health> = answer.decode()?;
        Ok(if status == StatusCode::OK {
            Readiness::Ready
        } else {
            Readiness::NotReady { status: health.value.status }
        })
    }

    /// Asks all replicas to give the lead to the one with the highest priority. Takes its time.
    pub async fn rebalance(&self, broker: BrokerId) -> Result<(), ManagementError> {
        self.ask(broker, &Request::post(path::REBALANCE)).await?.done()
    }

    fn broker_ids(&self) -> impl Iterator<Item = BrokerId> {
        self.reach.brokers.keys().copied()
    }

    fn base(&self, broker: BrokerId) -> Result<&BaseUrl, ManagementError> {
        self.reach.brokers.get(&broker).ok_or(ManagementError::NoAddress { broker })
    }

    async fn ask(&self, broker: BrokerId, request: &Request) -> Result<Answer, ManagementError> {
        self.transport.send(self.base(broker)?, request).await
    }

    /// For questions: asks from the lowest id up, until one gives an answer.
    async fn ask_each<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<(BrokerId, Decoded<T>), ManagementError> {
        let mut tried = Vec::new();
        for (broker, base) in &self.reach.brokers {
            match decoded(self.transport.send(base, request).await) {
                Ok(decoded) => return Ok((*broker, decoded)),
                Err(error) if error.another_may_know() => tried.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(nobody(tried, "management"))
    }

    /// For changes: asks from the lowest id up, until one was reached. Whatever came of that one is the
    /// outcome: to go on after an unclear answer would be to ask twice.
    async fn ask_reachable(
        &self,
        brokers: impl Iterator<Item = BrokerId>,
        request: &Request,
    ) -> Result<Answer, ManagementError> {
        let mut tried = Vec::new();
        for broker in brokers {
            match self.ask(broker, request).await {
                Err(error @ ManagementError::NotReachable { .. }) => tried.push(error),
                outcome => return outcome,
            }
        }
        Err(nobody(tried, "management"))
    }
}

fn decoded<T: DeserializeOwned>(
    outcome: Result<Answer, ManagementError>,
) -> Result<Decoded<T>, ManagementError> {
    outcome?.decode()
}

fn nobody(mut tried: Vec<ManagementError>, what: &'static str) -> ManagementError {
    match (tried.len(), tried.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            tried.push(last);
            ManagementError::NobodyAnswered { tried }
        }
        (_, None) => ManagementError::NoAddresses { what },
    }
}
