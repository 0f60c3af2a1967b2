//! Derives of `tf-sdk`: one struct is schema, decoder, encoder and reference page.
//!
//! ```text
//! struct + doc comments + #[attribute(..)] ── input ──▶ Attribute per field, every mistake ── expand ──▶ impls of tf-sdk's traits
//! ```
//!
//! All mistakes of a struct are reported at once, and an impl that only satisfies the compiler stands in for the real one, so that nothing misleading follows.
//!
//! Architecture invariant: knows names of `tf-sdk`, nothing else.

mod arguments;
mod attribute;
mod docs;
mod expand;
mod input;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::expand::Role;

/// A struct whose fields are attributes of a nested object.
///
/// On a field: a doc comment (mandatory), and `#[attribute(..)]` with any of `default = <value>`, `replace`, `stable`, `sensitive`, `write_only`, `deprecated = "<what to use instead>"`.
#[proc_macro_derive(Attributes, attributes(attribute))]
pub fn attributes(input: TokenStream) -> TokenStream {
    expand::model(&parse_macro_input!(input as DeriveInput), Role::Attributes).into()
}

/// The model of a managed resource: `#[resource(name = "<type>", version = <schema version>)]`.
#[proc_macro_derive(Resource, attributes(attribute, resource))]
pub fn resource(input: TokenStream) -> TokenStream {
    expand::model(&parse_macro_input!(input as DeriveInput), Role::Resource).into()
}

/// The model of a data source: `#[data_source(name = "<type>")]`.
#[proc_macro_derive(DataSource, attributes(attribute, data_source))]
pub fn data_source(input: TokenStream) -> TokenStream {
    expand::model(&parse_macro_input!(input as DeriveInput), Role::DataSource).into()
}

/// The arguments of a function, in order: plain fields, each with a doc comment. The last may be a `Vec` with `#[argument(variadic)]`.
#[proc_macro_derive(Arguments, attributes(argument))]
pub fn arguments(input: TokenStream) -> TokenStream {
    arguments::expand(&parse_macro_input!(input as DeriveInput)).into()
}
