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

pub mod component;
pub mod desired;
pub mod observed;
pub mod product;
pub mod step;
