//! Managed resources.

mod choice;
pub mod cluster;
pub mod exporter;
pub mod key;
pub mod retention;
