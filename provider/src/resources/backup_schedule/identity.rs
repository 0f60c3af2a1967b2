//! What tells one schedule from every other: its address, which names its cluster.

use tf_sdk::typed::Identified;
use tf_sdk::{Attributes, Diagnostic, Required};

use super::manage::ScheduleResource;
use super::model::BackupSchedule;

/// What tells one schedule from every other.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ScheduleIdentity {
    /// Its address, as its attribute `id` says it: `local:///srv/zeebe/payments/backup-schedule`.
    pub id: Required<String>,
}

impl Identified for ScheduleResource {
    type Identity = ScheduleIdentity;

    fn identity(state: &BackupSchedule) -> ScheduleIdentity {
        ScheduleIdentity { id: state.id.clone().into_knowable().into() }
    }

    fn import_id(identity: &ScheduleIdentity) -> Result<String, Vec<Diagnostic>> {
        // What is required is there: the decoder has seen to it.
        Ok(identity.id.as_known().cloned().unwrap_or_default())
    }
}

/// The address of a cluster's schedule.
pub(super) fn address(cluster: &str) -> String {
    format!("{cluster}/backup-schedule")
}

/// The cluster that such an address says.
pub(super) fn parse(id: &str) -> Option<&str> {
    id.strip_suffix("/backup-schedule")
}
