//! The impl of a function's arguments.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Error, Field};

use crate::docs;
use crate::input::{Mistakes, fields};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let fields: Vec<_> = fields(input, &mut mistakes).into_iter().flatten().collect();
    let count = fields.len();
    let mut parameters = Vec::new();
    let mut variadic = quote! { ::core::option::Option::None };
    let mut decodes = Vec::new();
    let mut members = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let Some(ident) = &field.ident else { continue };
        let name = ident.to_string().trim_start_matches("r#").to_owned();
        let ty = &field.ty;
        let local = format_ident!("read_{name}");
        members.push(quote! { #ident: #local });
        let doc = docs::text(&field.attrs).unwrap_or_else(|| {
            mistakes.push(Error::new_spanned(
                ident,
                "an argument needs a doc comment: it is the user's documentation",
            ));
            String::new()
        });
        if is_variadic(field, &mut mistakes) {
            if place + 1 != count {
                mistakes.push(Error::new_spanned(ident, "only the last argument can be variadic"));
            }
            variadic = quote! {
                ::core::option::Option::Some(::tf_sdk::support::variadic::<#ty, _>(#name, #doc))
            };
            decodes.push(quote! {
                let #local = ::tf_sdk::support::arguments::<#ty, _>(#place, &mut arguments)?;
            });
        } else {
            parameters.push(quote! { ::tf_sdk::support::parameter::<#ty, _>(#name, #doc) });
            decodes.push(quote! {
                let #local = ::tf_sdk::support::argument::<#ty, _>(#place, &mut arguments)?;
            });
        }
    }
    let ident = &input.ident;
    let error = mistakes.into_error().map(Error::into_compile_error);
    let (parameters, read) = if error.is_some() {
        (quote! { ::core::unreachable!() }, quote! { ::core::unreachable!() })
    } else {
        (
            quote! { (::std::vec::Vec::from([#(#parameters),*]), #variadic) },
            quote! {
                let mut arguments = arguments.into_iter();
                #(#decodes)*
                ::core::result::Result::Ok(Self { #(#members),* })
            },
        )
    };
    quote! {
        #error
        #[automatically_derived]
        impl ::tf_sdk::Arguments for #ident {
            fn parameters() -> (
                ::std::vec::Vec<::tf_sdk::function::Parameter>,
                ::core::option::Option<::tf_sdk::function::Parameter>,
            ) {
                #parameters
            }

            fn decode(
                arguments: ::std::vec::Vec<::tf_sdk::Value>,
            ) -> ::core::result::Result<Self, ::tf_sdk::provider::FunctionFault> {
                #read
            }
        }
    }
}

fn is_variadic(field: &Field, mistakes: &mut Mistakes) -> bool {
    let mut variadic = false;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("argument")) {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("variadic") {
                variadic = true;
                Ok(())
            } else {
                Err(meta.error("expected `variadic`"))
            }
        });
        mistakes.keep(read);
    }
    variadic
}
