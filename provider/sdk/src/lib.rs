//! `tf-sdk`: Terraform's plugin protocol 6, and a typed way to write a provider on it.
//!
//! ```text
//! terraform ── rpc ──▶ provider (object-safe traits over Value) ──▶ typed layer (one struct is schema, decoder, encoder, page) ──▶ yours
//!               │                                                      │
//!               └ codec, guards, conformity                            └ plan engine: defaults, unknowns, validity, replacements
//! ```
//!
//! Architecture invariant: nothing here knows Zeebe. What is shared with the platform's engine are validated scalars (`zeebe-scalar`) and
//! generated stubs (`zeebe-proto`).

extern crate self as tf_sdk;

pub mod call;
pub mod codec;
pub mod diagnostic;
pub mod function;
pub mod number;
pub mod path;
pub mod provider;
pub mod schema;
pub mod types;
pub mod value;

pub use crate::diagnostic::{Diagnostic, Severity};
pub use crate::number::Number;
pub use crate::path::{Path, Step};
pub use crate::schema::Schema;
pub use crate::types::Type;
pub use crate::value::Value;
