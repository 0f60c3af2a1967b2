//! Managed resources.

pub mod backup_schedule;
mod choice;
pub mod cluster;
pub mod exporter;
pub mod key;
pub mod retention;
