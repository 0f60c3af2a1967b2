//! Deciding: from a wish and a look to the steps that make the one out of the other.
//!
//! ```text
//! ClusterSpec ── desired::cluster ──▶ ClusterDesired ─┐
//!                                                     ├─ plan ──▶ Plan { steps } ── check::plan
//! target, management ── observe ──▶ ClusterObserved ──┘
//! ```
//!
//! Architecture invariant: no I/O, no clock, no chance, no async. Two plans of the same inputs are equal,
//! and a plan leaves no choice to whoever executes it.

pub mod backup;
pub mod check;
pub mod component;
pub mod desired;
pub mod distribution;
pub mod error;
mod forecast;
pub mod observed;
pub mod order;
pub mod product;
mod question;
mod sentence;
pub mod step;

pub use crate::component::{ComponentId, Observed};
pub use crate::desired::{ClusterDesired, Place};
pub use crate::error::PlanError;
pub use crate::observed::ClusterObserved;
pub use crate::order::{adopt, attend, bring_back, converge, create, destroy};
pub use crate::step::{Plan, Step};

#[cfg(test)]
mod tests;
