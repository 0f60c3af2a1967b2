//! Doc comments as text.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "syn's enums are the whole language, of which we take a little"
)]

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment, without the space that follows each `///`; none where there is no text.
pub(crate) fn text(attributes: &[Attribute]) -> Option<String> {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned());
    let text = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}
