//! What can be done once, without a state: actions, for clients from Terraform 1.14 on.

mod deed;

pub mod backup;
pub mod rebalance;
pub mod snapshot;
pub mod verify;
