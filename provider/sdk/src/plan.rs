//! The plan engine: from prior state and configuration to a plan that Terraform's core accepts.
//!
//! ```text
//! config ─ defaults ─▶ effective ─ merge with prior ─▶ merged ─ if it differs: computed values unknown ─▶ prepared
//!        ─ the resource's own say ─▶ settled ─ check ─▶ planned, requires_replace
//! ```
//!
//! Everything here is a function from values to values: the same question has the same answer, as core demands when it asks for the plan
//! a second time during the apply. The proposal that core sends along is not needed: `merge` makes the same from what it was made of.

mod check;
mod defaults;
mod generate;
mod merge;
mod replace;
mod settle;
mod unknown;
mod write_only;

pub use self::check::check;
pub use self::defaults::effective;
pub use self::generate::configuration;
pub use self::replace::replacements;
pub use self::settle::settle;
pub use self::write_only::{forget_write_only, write_only_given};

use crate::schema::Object;
use crate::value::Value;

/// The plan before the resource has its say: `effective` is the configuration with its defaults filled in.
pub fn prepare(object: &Object, prior: &Value, effective: &Value) -> Value {
    let merged = merge::merge(object, prior, effective);
    if merged == *prior { merged } else { unknown::mark(object, prior, effective, merged) }
}

#[cfg(test)]
mod tests;
