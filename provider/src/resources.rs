//! Managed resources.

pub mod cluster;
