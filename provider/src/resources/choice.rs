//! What every resource needs to turn its configuration into a wish: one of several attributes, and what is not known yet.

use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path};
use zeebe_spec::{Directory, SecretSource};

/// Why there is no wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpecError {
    /// Something that it depends on is known only at apply: plan on without it.
    NotYetKnown,
    /// It is wrong: every mistake, each at its attribute.
    Wrong(Vec<Diagnostic>),
}

impl From<NotYetKnown> for SpecError {
    fn from(_: NotYetKnown) -> Self {
        Self::NotYetKnown
    }
}

impl SpecError {
    /// What an apply says to it, which is asked when all is known.
    pub(crate) fn at_apply(self) -> Vec<Diagnostic> {
        match self {
            Self::Wrong(wrong) => wrong,
            Self::NotYetKnown => vec![Diagnostic::error(
                "configuration is not known at apply",
                "This is a bug of the provider or of Terraform: please report it.",
            )],
        }
    }
}

/// What it means that none of several attributes is given.
#[derive(Clone, Copy)]
pub(crate) enum Missing {
    IsWrong,
    MeansDefault,
}

/// The one of several attributes that is given; says what is wrong where it is not exactly one.
pub(crate) fn only<T>(
    at: &Path,
    names: &[&str],
    given: Vec<T>,
    missing: Missing,
    wrong: &mut Vec<Diagnostic>,
) -> Option<T> {
    let expected = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let count = given.len();
    let mut given = given.into_iter();
    match (count, missing) {
        (1, _) | (0, Missing::MeansDefault) => given.next(),
        (0, Missing::IsWrong) | (2.., _) => {
            let of = match at.to_string() {
                root if root.is_empty() => "the resource".to_owned(),
                at => at,
            };
            wrong.push(
                Diagnostic::error(
                    format!(
                        "{of} names {} of its choices",
                        if count == 0 { "none" } else { "several" }
                    ),
                    format!("Expected exactly one of {expected}, got {count}."),
                )
                .at(at.clone()),
            );
            None
        }
    }
}

/// A secret that is given once, without the number by which another one is known.
pub(crate) fn unnumbered(word: &str, at: &Path) -> Diagnostic {
    Diagnostic::error(
        format!("a {word} without a number"),
        format!(
            "Expected `{word}_wo_version` beside `{word}_wo`, got none. The {word} is not remembered, so it is by its \
             number that another one is known."
        ),
    )
    .at(at.then(format!("{word}_wo_version")))
}

/// The number of a secret that is given once, without the secret.
pub(crate) fn missing(word: &str, at: &Path) -> Diagnostic {
    Diagnostic::error(
        format!("a number without a {word}"),
        format!(
            "Expected `{word}_wo` beside `{word}_wo_version`, got none. Leave it there after the first apply too: it is \
             used only when the number changes."
        ),
    )
    .at(at.then(format!("{word}_wo")))
}

/// Where a secret is read: exactly one of the sources.
pub(crate) fn secret(
    at: &Path,
    file: &Optional<Directory>,
    environment_variable: &Optional<String>,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<SecretSource>, NotYetKnown> {
    let given: Vec<SecretSource> = [
        file.known()?.cloned().map(SecretSource::File),
        environment_variable.known()?.cloned().map(SecretSource::EnvironmentVariable),
    ]
    .into_iter()
    .flatten()
    .collect();
    Ok(only(at, &["file", "environment_variable"], given, Missing::IsWrong, wrong))
}
