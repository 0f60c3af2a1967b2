//! `zeebe_backup_schedule`: when backups of a cluster are taken, and how many are kept.

mod identity;
mod manage;
mod model;

pub use self::identity::ScheduleIdentity;
pub use self::manage::ScheduleResource;
pub use self::model::BackupSchedule;
