//! When backups are taken, and why they are not.

use tf_sdk::{Diagnostic, Path};
use zeebe_engine::{EngineError, ScheduleError};

use super::{engine, sentences};

/// Backups are to be taken and nobody says where they are kept. No error: the schedule may go by the same apply.
pub(crate) fn unstored() -> Diagnostic {
    Diagnostic::warning(
        "backups of the cluster are scheduled and have no store",
        "A `zeebe_backup_schedule` has its agent take backups, and without `backup_store` the brokers refuse each of \
         them. Say where they are kept, or take the schedule away as well.",
    )
    .at(Path::attribute("backup_store"))
}

/// The address of a schedule that is none.
pub(crate) fn no_schedule(id: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no backup schedule stands at {id}"),
        "Expected the address of one that this provider made, as its attribute `id` says it: \
         `local:///srv/zeebe/payments/backup-schedule`.",
    )
}

/// What went wrong with when backups are taken.
pub(crate) fn schedule(error: &ScheduleError, cluster: &str) -> Vec<Diagnostic> {
    let at_cluster = |detail: String| {
        vec![Diagnostic::error(error.to_string(), detail).at(Path::attribute("cluster"))]
    };
    match error {
        ScheduleError::NoCluster { .. } => {
            at_cluster("Expected the attribute `id` of a `zeebe_cluster`.".to_owned())
        }
        ScheduleError::NoStore { .. } => at_cluster(
            "Its brokers would refuse every backup. Say in the cluster's `backup_store` where backups are kept.".to_owned(),
        ),
        ScheduleError::Occupied { .. } => at_cluster(format!(
            "Another configuration or a lost state has said it. Import it to adopt it (`terraform import <address> \
             {cluster}/backup-schedule`), or take it away there."
        )),
        ScheduleError::Engine(error @ EngineError::Open(_)) => engine(error, cluster)
            .into_iter()
            .map(|told| told.at(Path::attribute("cluster")))
            .collect(),
        ScheduleError::Engine(error) => engine(error, cluster),
    }
}

/// Nobody could tell which backups there are.
pub(crate) fn schedule_unclear(error: &EngineError, cluster: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("it is unclear whether backups of {cluster} are taken when it is their time"),
        format!("{error}. {}", sentences(error)),
    )
}
