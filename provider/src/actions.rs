//! What can be done once, without a state: actions, for clients from Terraform 1.14 on.

mod deed;

pub mod backup;
pub mod purge;
pub mod rebalance;
pub mod restore;
pub mod restore_drill;
pub mod snapshot;
pub mod verify;
