//! How long exported records are kept: which indices of a store are too old, and which of those must stay all the same.
//!
//! ```text
//! what the store has ─┐
//! oldest running ─────┼─ judge(rule, …, now) ─▶ Verdict: too old, kept back and why, overdue, not ours
//! how far exported ───┘
//! ```
//!
//! Architecture invariant: values to values. No clock, no I/O, no runtime; it knows neither stores nor the engine.

mod judge;
mod name;

pub use crate::judge::{
    Facts, GRACE, Index, Kept, OldIndex, Reason, Rule, Running, Verdict, judge,
};
pub use crate::name::{Dated, dated};
