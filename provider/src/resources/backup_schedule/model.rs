//! The shape of `zeebe_backup_schedule` in HCL: schema, decoder, encoder and reference page in one.

use tf_sdk::{Attributes, Computed, Optional, Required, Resource, Timeouts};
use zeebe_scalar::Span;
use zeebe_spec::{BackupsKept, TimeOfDay};

use crate::resources::search_backup::SearchStoreBackup;

zeebe_scalar::choice! {
    /// Whether backups are taken when it is their time.
    pub SchedulePhase {
        Ready = "ready" /** The last whole backup is as young as it should be, or late by less than an hour, or one is under way. */,
        Overdue = "overdue" /** One is late by an hour or more: its agent could not take it. The next apply takes it, or says why it cannot. */,
    }
}

/// When backups of a cluster are taken into its `backup_store`, and how many of them are kept. `agent 0` of the cluster takes
/// them while no terraform runs (see the [guide](../guides/backups.md)); the apply starts it. A backup counts when every
/// partition says that its part is there, whoever took it. One schedule a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Resource)]
#[resource(name = "zeebe_backup_schedule", version = 1)]
pub struct BackupSchedule {
    /// The cluster's address: `zeebe_cluster.payments.id`. The cluster needs a `backup_store`.
    #[attribute(replace)]
    pub cluster: Required<String>,
    /// How old the newest whole backup may become until another is taken, from 1m to 31d: `6h`. The first is taken at once.
    /// Exactly one of this and `daily_at`.
    pub every: Optional<Span>,
    /// The time of day in UTC at which one is taken: `02:30`.
    pub daily_at: Optional<TimeOfDay>,
    /// How many whole backups are kept: when another is whole, all that are older are taken out of the store, and those between
    /// that never became whole. All are kept unless said.
    pub keep: Optional<BackupsKept>,
    /// What each backup takes along of search stores; nothing unless said.
    pub search_store: Optional<SearchStoreBackup>,
    /// How long each operation may take: create, update and delete 40m, as a backup under way is waited for; read 1m unless
    /// said.
    pub timeouts: Optional<Timeouts>,
    /// Its address, enough to import it: `local:///srv/zeebe/payments/backup-schedule`.
    #[attribute(stable)]
    pub id: Computed<String>,
    /// What is stable enough to be kept in the state; for the backups themselves use the data source `zeebe_backups`.
    pub status: Computed<ScheduleStatus>,
    /// What the last change does or did, a sentence a step; known at plan.
    pub last_change: Computed<Vec<String>>,
}

/// What is stable enough to be kept in the state.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ScheduleStatus {
    /// Whether backups are taken when it is their time.
    pub phase: Computed<SchedulePhase>,
}
