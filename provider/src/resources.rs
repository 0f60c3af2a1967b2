//! Managed resources.

pub mod backup_schedule;
pub(crate) mod choice;
pub mod cluster;
pub mod exporter;
pub mod key;
pub mod retention;
pub mod search_backup;
