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
mod cancel;
pub mod codec;
mod composed;
pub mod decode;
pub mod diagnostic;
pub mod docs;
pub mod field;
pub mod function;
pub mod knowable;
mod logging;
pub mod model;
pub mod number;
mod panics;
pub mod path;
pub mod plan;
pub mod provider;
mod rpc;
pub mod schema;
pub mod serve;
pub mod slot;
#[doc(hidden)]
pub mod support;
pub mod timeouts;
pub mod typed;
pub mod types;
pub mod value;

pub use crate::diagnostic::{Diagnostic, Severity};
pub use crate::field::{Field, Secret, Set};
pub use crate::knowable::{Knowable, NotYetKnown};
pub use crate::model::{Attributes, DataSourceModel, Model, ResourceModel};
pub use crate::number::Number;
pub use crate::path::{Path, Step};
pub use crate::schema::Schema;
pub use crate::slot::{Computed, Defaulted, Optional, OptionalComputed, Required};
pub use crate::timeouts::{Operation, Timeouts};
pub use crate::typed::Arguments;
pub use crate::types::Type;
pub use crate::value::Value;
pub use tf_sdk_derive::{Arguments, Attributes, DataSource, Resource};
