//! Data sources: what is volatile.

pub mod cluster;
pub mod exporter;
pub mod topology;
