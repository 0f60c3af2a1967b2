//! Data sources: what is volatile.

pub mod backups;
pub mod cluster;
pub mod exporter;
pub mod retention;
pub mod topology;
