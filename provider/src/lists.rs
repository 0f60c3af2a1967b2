//! What can be listed with `terraform query`.

pub mod cluster;
