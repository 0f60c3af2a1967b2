//! The impls of a model.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, LitInt, LitStr};

use crate::attribute::Attribute;
use crate::docs;
use crate::input::{Mistakes, fields};

/// What the struct is the model of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Attributes,
    Resource,
    DataSource,
}

/// Name and schema version, for what has them.
struct Header {
    name: String,
    version: i64,
    description: String,
}

pub(crate) fn model(input: &DeriveInput, role: Role) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let header = Header::read(input, role, &mut mistakes);
    let fields = fields(input, &mut mistakes);
    let attributes: Vec<_> = fields
        .into_iter()
        .flatten()
        .filter_map(|field| Attribute::read(field, &mut mistakes))
        .collect();
    let schemas: Vec<_> =
        attributes.iter().map(|attribute| attribute.schema(&mut mistakes)).collect();
    if let Some(error) = mistakes.into_error() {
        let error = error.into_compile_error();
        let stub = stub(input, role);
        return quote! { #error #stub };
    }
    let members = members(input, &attributes, &schemas);
    let head = header.map(|header| header.expand(input, role));
    quote! { #members #head }
}

impl Header {
    fn read(input: &DeriveInput, role: Role, mistakes: &mut Mistakes) -> Option<Self> {
        let (key, kind) = match role {
            Role::Attributes => return None,
            Role::Resource => ("resource", "a resource"),
            Role::DataSource => ("data_source", "a data source"),
        };
        let description = docs::text(&input.attrs);
        if description.is_none() {
            mistakes.push(Error::new_spanned(
                &input.ident,
                format!("{kind} needs a doc comment: it is the user's documentation"),
            ));
        }
        let mut name: Option<LitStr> = None;
        let mut version = 0;
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident(key)) {
            let read = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("version") && role == Role::Resource {
                    version = meta.value()?.parse::<LitInt>()?.base10_parse()?;
                } else {
                    return Err(meta.error(match role {
                        Role::Resource => "expected `name = \"..\"` or `version = ..`",
                        Role::Attributes | Role::DataSource => "expected `name = \"..\"`",
                    }));
                }
                Ok(())
            });
            mistakes.keep(read);
        }
        let Some(name) = name else {
            mistakes.push(Error::new_spanned(
                &input.ident,
                format!("{kind} needs its type's name: `#[{key}(name = \"..\")]`"),
            ));
            return None;
        };
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.value().is_empty() || !name.value().bytes().all(allowed) {
            mistakes.push(Error::new_spanned(
                &name,
                "a type's name has only lower-case letters, digits and underscores",
            ));
        }
        Some(Self { name: name.value(), version, description: description? })
    }

    fn expand(&self, input: &DeriveInput, role: Role) -> TokenStream {
        let Self { name, version, description } = self;
        let ident = &input.ident;
        let marker = marker(role);
        quote! {
            #[automatically_derived]
            impl ::tf_sdk::Model for #ident {
                const NAME: &'static str = #name;

                fn schema() -> &'static ::tf_sdk::Schema {
                    static SCHEMA: ::tf_sdk::support::LazyLock<::tf_sdk::Schema> =
                        ::tf_sdk::support::LazyLock::new(|| {
                            ::tf_sdk::Schema::new(
                                #version,
                                #description,
                                ::core::clone::Clone::clone(<#ident as ::tf_sdk::Attributes>::object()),
                            )
                        });
                    &SCHEMA
                }
            }

            #[automatically_derived]
            impl #marker for #ident {}
        }
    }
}

fn marker(role: Role) -> TokenStream {
    match role {
        Role::Attributes => quote! { ::tf_sdk::Attributes },
        Role::Resource => quote! { ::tf_sdk::ResourceModel },
        Role::DataSource => quote! { ::tf_sdk::DataSourceModel },
    }
}

fn members(
    input: &DeriveInput,
    attributes: &[Attribute<'_>],
    schemas: &[TokenStream],
) -> TokenStream {
    let ident = &input.ident;
    let decodes = attributes.iter().map(Attribute::decode);
    let encodes = attributes.iter().map(Attribute::encode);
    let locals = attributes.iter().map(Attribute::local);
    let idents: Vec<_> = attributes.iter().map(|attribute| attribute.ident).collect();
    quote! {
        #[automatically_derived]
        impl ::tf_sdk::Attributes for #ident {
            fn object() -> &'static ::tf_sdk::support::Arc<::tf_sdk::schema::Object> {
                static OBJECT: ::tf_sdk::support::LazyLock<
                    ::tf_sdk::support::Arc<::tf_sdk::schema::Object>,
                > = ::tf_sdk::support::LazyLock::new(|| {
                    ::tf_sdk::support::Arc::new(::tf_sdk::schema::Object::new(
                        ::tf_sdk::support::object([#(#schemas),*]),
                    ))
                });
                &OBJECT
            }

            fn decode_members(
                members: &::tf_sdk::value::Members,
                place: &::tf_sdk::decode::Place<'_>,
                findings: &mut ::tf_sdk::decode::Findings,
            ) -> ::core::option::Option<Self> {
                #(#decodes)*
                ::core::option::Option::Some(Self { #(#idents: #locals?),* })
            }

            fn encode_members(&self) -> ::tf_sdk::value::Members {
                let Self { #(#idents),* } = self;
                ::tf_sdk::value::Members::from([#(#encodes),*])
            }
        }
    }
}

/// Satisfies the compiler beside an error, so that it reports that error alone.
fn stub(input: &DeriveInput, role: Role) -> TokenStream {
    let ident = &input.ident;
    let (parameters, arguments, condition) = input.generics.split_for_impl();
    let header = (role != Role::Attributes).then(|| {
        let marker = marker(role);
        quote! {
            #[automatically_derived]
            impl #parameters ::tf_sdk::Model for #ident #arguments #condition {
                const NAME: &'static str = "";

                fn schema() -> &'static ::tf_sdk::Schema {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #parameters #marker for #ident #arguments #condition {}
        }
    });
    quote! {
        #[automatically_derived]
        impl #parameters ::tf_sdk::Attributes for #ident #arguments #condition {
            fn object() -> &'static ::tf_sdk::support::Arc<::tf_sdk::schema::Object> {
                ::core::unreachable!()
            }

            fn decode_members(
                _: &::tf_sdk::value::Members,
                _: &::tf_sdk::decode::Place<'_>,
                _: &mut ::tf_sdk::decode::Findings,
            ) -> ::core::option::Option<Self> {
                ::core::unreachable!()
            }

            fn encode_members(&self) -> ::tf_sdk::value::Members {
                ::core::unreachable!()
            }
        }
        #header
    }
}
