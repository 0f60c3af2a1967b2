//! The struct that a derive stands on, with every mistake in it.

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Error, Field, Fields, Token};

/// Mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, where there was no mistake in making it.
    pub(crate) fn keep<T>(&mut self, outcome: syn::Result<T>) -> Option<T> {
        outcome.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn into_error(self) -> Option<Error> {
        self.0
    }
}

/// The named fields of a struct without parameters.
pub(crate) fn fields<'a>(
    input: &'a DeriveInput,
    mistakes: &mut Mistakes,
) -> Option<&'a Punctuated<Field, Token![,]>> {
    if !input.generics.params.is_empty() {
        mistakes.push(Error::new_spanned(
            &input.generics,
            "the struct cannot have parameters: its schema is made once",
        ));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(_) | Fields::Unit => {}
        },
        Data::Enum(_) | Data::Union(_) => {}
    }
    mistakes.push(Error::new_spanned(&input.ident, "expected a struct with named fields"));
    None
}
