//! The typed layer: write a resource, a data source, a function, a list, an action or an ephemeral resource over
//! models, and hand it to the provider with [`resource`] or [`identified`], [`data_source`], [`function`], [`list`], [`action`], [`ephemeral`].

mod action;
mod configure;
mod ephemeral;
mod functions;
mod identified;
mod list;
mod lookup;
mod managed;
mod managed_adapter;

pub use self::action::{Deed, action};
pub use self::configure::{Configure, Unconfigured, configuration};
pub use self::ephemeral::{Ephemeral, Had, ephemeral};
pub(crate) use self::functions::argument;
pub use self::functions::{Arguments, PureFunction, function};
pub use self::identified::Identified;
pub use self::list::{Gathered, Listing, list};
pub use self::lookup::{Lookup, data_source};
pub use self::managed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
pub use self::managed_adapter::{identified, resource};

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
