//! Data sources: what is volatile.

pub mod cluster;
pub mod topology;
