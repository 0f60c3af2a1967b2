//! One field of a model, read.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "syn's enums are the whole language, of which we take a little"
)]

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{
    Error, Expr, ExprLit, ExprUnary, Field, GenericArgument, Ident, Lit, LitStr, PathArguments,
    PathSegment, Type, UnOp,
};

use crate::docs;
use crate::input::Mistakes;

/// The slots of `tf-sdk`, by the name that the struct gives them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Required,
    Optional,
    Computed,
    OptionalComputed,
    Defaulted,
}

impl Slot {
    fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed | Self::Defaulted)
    }
}

/// Who may see the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    Shown,
    Sensitive,
    WriteOnly,
}

/// A field that is an attribute.
pub(crate) struct Attribute<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    ty: &'a Type,
    doc: String,
    options: Options,
}

#[derive(Default)]
struct Options {
    default: Option<Expr>,
    deprecated: Option<LitStr>,
    replace: Option<Ident>,
    stable: Option<Ident>,
    sensitive: Option<Ident>,
    write_only: Option<Ident>,
}

impl<'a> Attribute<'a> {
    pub(crate) fn read(field: &'a Field, mistakes: &mut Mistakes) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let name = ident.to_string().trim_start_matches("r#").to_owned();
        let doc = docs::text(&field.attrs);
        if doc.is_none() {
            mistakes.push(Error::new_spanned(
                ident,
                "an attribute needs a doc comment: it is the user's documentation",
            ));
        }
        let options = Options::read(field, mistakes);
        match slot(&field.ty) {
            Some(slot) => options.check(slot, ident, mistakes),
            None => mistakes.push(Error::new_spanned(
                &field.ty,
                "an attribute's type says who gives it: `Required<T>`, `Optional<T>`, `Computed<T>`, `OptionalComputed<T>` or `Defaulted<T>`",
            )),
        }
        Some(Self { ident, name, ty: &field.ty, doc: doc?, options })
    }

    fn secrecy(&self) -> Secrecy {
        match (&self.options.write_only, &self.options.sensitive) {
            (Some(_), _) => Secrecy::WriteOnly,
            (None, Some(_)) => Secrecy::Sensitive,
            (None, None) => Secrecy::Shown,
        }
    }

    /// The expression of its schema, as a pair with its name.
    pub(crate) fn schema(&self, mistakes: &mut Mistakes) -> TokenStream {
        let Self { ident: _, name, ty, doc, options } = self;
        let default = options.default.as_ref().and_then(|default| {
            let value = mistakes.keep(value(default, holds_set(ty)))?;
            Some(quote! {
                attribute.default = ::core::option::Option::Some(
                    ::tf_sdk::support::default::<#ty, _>(&attribute, #value),
                );
            })
        });
        let deprecated = options.deprecated.as_ref().map(|message| {
            quote! {
                attribute.deprecated =
                    ::core::option::Option::Some(::std::string::String::from(#message));
            }
        });
        let replace = options.replace.as_ref().map(|_| {
            quote! { attribute.on_change = ::tf_sdk::schema::OnChange::Replace; }
        });
        let stable = options.stable.as_ref().map(|_| {
            quote! { attribute.stability = ::tf_sdk::schema::Stability::Stable; }
        });
        let secrecy = (self.secrecy() != Secrecy::Shown).then(|| {
            let secrecy = self.secrecy_tokens();
            quote! { attribute.secrecy = #secrecy; }
        });
        let changes = [deprecated, replace, stable, secrecy, default];
        if changes.iter().all(Option::is_none) {
            return quote! { (#name, ::tf_sdk::support::attribute::<#ty, _>(#doc)) };
        }
        quote! {
            (#name, {
                let mut attribute = ::tf_sdk::support::attribute::<#ty, _>(#doc);
                #(#changes)*
                attribute
            })
        }
    }

    /// The variable that holds it while the others are read. The parameters of the generated functions are named otherwise.
    pub(crate) fn local(&self) -> Ident {
        format_ident!("read_{}", self.name)
    }

    /// The statement that reads it.
    pub(crate) fn decode(&self) -> TokenStream {
        let Self { ident: _, name, ty, doc: _, options: _ } = self;
        let secrecy = self.secrecy_tokens();
        let local = self.local();
        quote! {
            let #local = ::tf_sdk::support::decode::<#ty, _>(members, #name, #secrecy, place, findings);
        }
    }

    /// The expression that writes it.
    pub(crate) fn encode(&self) -> TokenStream {
        let Self { ident, name, ty, doc: _, options: _ } = self;
        quote! { ::tf_sdk::support::encode::<#ty, _>(#name, #ident) }
    }

    fn secrecy_tokens(&self) -> TokenStream {
        match self.secrecy() {
            Secrecy::Shown => quote! { ::tf_sdk::schema::Secrecy::Shown },
            Secrecy::Sensitive => quote! { ::tf_sdk::schema::Secrecy::Sensitive },
            Secrecy::WriteOnly => quote! { ::tf_sdk::schema::Secrecy::WriteOnly },
        }
    }
}

impl Options {
    fn read(field: &Field, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for attribute in
            field.attrs.iter().filter(|attribute| attribute.path().is_ident("attribute"))
        {
            let read = attribute.parse_nested_meta(|meta| {
                let ident = meta.path.require_ident()?.clone();
                match ident.to_string().as_str() {
                    "default" => options.default = Some(meta.value()?.parse()?),
                    "deprecated" => options.deprecated = Some(meta.value()?.parse()?),
                    "replace" => options.replace = Some(ident),
                    "stable" => options.stable = Some(ident),
                    "sensitive" => options.sensitive = Some(ident),
                    "write_only" => options.write_only = Some(ident),
                    _ => {
                        return Err(meta.error(
                            "expected `default = ..`, `replace`, `stable`, `sensitive`, `write_only` or `deprecated = \"..\"`",
                        ));
                    }
                }
                Ok(())
            });
            mistakes.keep(read);
        }
        options
    }

    fn check(&self, slot: Slot, field: &Ident, mistakes: &mut Mistakes) {
        match (&self.default, slot) {
            (None, Slot::Defaulted) => mistakes.push(Error::new_spanned(
                field,
                "a `Defaulted` attribute needs `#[attribute(default = ..)]`",
            )),
            (
                Some(default),
                Slot::Required | Slot::Optional | Slot::Computed | Slot::OptionalComputed,
            ) => {
                mistakes.push(Error::new_spanned(
                    default,
                    "only a `Defaulted` attribute has a default",
                ));
            }
            (None, _) | (Some(_), Slot::Defaulted) => {}
        }
        if let Some(stable) = &self.stable
            && (!slot.is_computed() || slot == Slot::Defaulted)
        {
            mistakes.push(Error::new_spanned(
                stable,
                "only a value that the provider computes can be stable",
            ));
        }
        if let Some(replace) = &self.replace
            && slot == Slot::Computed
        {
            mistakes.push(Error::new_spanned(
                replace,
                "a value that only the provider gives cannot ask for a replacement",
            ));
        }
        if let Some(write_only) = &self.write_only
            && slot.is_computed()
        {
            mistakes
                .push(Error::new_spanned(write_only, "what is never stored cannot be computed"));
        }
    }
}

fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn slot(ty: &Type) -> Option<Slot> {
    match last(ty)?.ident.to_string().as_str() {
        "Required" => Some(Slot::Required),
        "Optional" => Some(Slot::Optional),
        "Computed" => Some(Slot::Computed),
        "OptionalComputed" => Some(Slot::OptionalComputed),
        "Defaulted" => Some(Slot::Defaulted),
        _ => None,
    }
}

/// What kind of collection an array that stands for a default is.
#[derive(Clone, Copy)]
enum Collection {
    List,
    Set,
}

fn holds_set(ty: &Type) -> Collection {
    let inner = last(ty).and_then(|slot| match &slot.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    });
    match inner {
        Some(GenericArgument::Type(inner))
            if last(inner).is_some_and(|last| last.ident == "Set") =>
        {
            Collection::Set
        }
        _ => Collection::List,
    }
}

/// The expression of a default: a literal, an array of them, or `{}` for an object that is all defaults and for an empty map.
fn value(expression: &Expr, collection: Collection) -> syn::Result<TokenStream> {
    let number = |digits: &str| quote! { ::tf_sdk::support::number(#digits) };
    match expression {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) => Ok(quote! { ::tf_sdk::Value::text(#text) }),
            Lit::Bool(truth) => Ok(quote! { ::tf_sdk::Value::Truth(#truth) }),
            Lit::Int(integer) => Ok(number(integer.base10_digits())),
            Lit::Float(float) => Ok(number(float.base10_digits())),
            _ => Err(no_default(expression)),
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(ExprLit { lit: Lit::Int(integer), .. }) => {
                Ok(number(&format!("-{}", integer.base10_digits())))
            }
            Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) => {
                Ok(number(&format!("-{}", float.base10_digits())))
            }
            _ => Err(no_default(expression)),
        },
        Expr::Array(array) => {
            let elements = array
                .elems
                .iter()
                .map(|element| value(element, Collection::List))
                .collect::<syn::Result<Vec<_>>>()?;
            Ok(match collection {
                Collection::List => {
                    quote! { ::tf_sdk::Value::List(::std::vec::Vec::from([#(#elements),*])) }
                }
                Collection::Set => {
                    quote! { ::tf_sdk::Value::set(::std::vec::Vec::from([#(#elements),*])) }
                }
            })
        }
        Expr::Block(block) if block.block.stmts.is_empty() => {
            Ok(quote! { ::tf_sdk::Value::object::<&str>([]) })
        }
        _ => Err(no_default(expression)),
    }
}

fn no_default(expression: &Expr) -> Error {
    Error::new(
        expression.span(),
        "a default is a string, a number, `true`, `false`, an array of them, or `{}` for an object of defaults",
    )
}
