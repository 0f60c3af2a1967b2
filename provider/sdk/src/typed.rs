//! The typed layer: write a resource, a data source or a function over models, and hand it to the provider with [`resource`], [`data_source`], [`function`].

mod configure;
mod functions;
mod lookup;
mod managed;
mod managed_adapter;

pub use self::configure::{Configure, Unconfigured, configuration};
pub(crate) use self::functions::argument;
pub use self::functions::{Arguments, PureFunction, function};
pub use self::lookup::{Lookup, data_source};
pub use self::managed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
pub use self::managed_adapter::resource;

use crate::diagnostic::Diagnostic;
use crate::model::Attributes;
use crate::plan::effective;
use crate::value::Value;

/// What a user wrote as a model, its defaults filled in.
fn decode_config<T: Attributes>(config: &Value) -> Result<T, Vec<Diagnostic>> {
    T::decode(&effective(T::object(), config))
}

#[cfg(test)]
mod tests;
