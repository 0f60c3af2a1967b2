//! Functions: pure.

pub mod upgrade_path;
