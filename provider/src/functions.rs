//! Functions: pure.

pub mod parse_topology;
pub mod partition_distribution;
pub mod upgrade_path;
