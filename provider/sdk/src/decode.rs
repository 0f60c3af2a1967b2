//! Where decoding stands, and all that it found wrong.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::path::{Path, Step};
use crate::value::Value;

/// Where in a value decoding stands; costs nothing until a path must be told.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: Option<PlaceStep<'a>>,
    sight: Sight,
}

#[derive(Clone, Copy, Debug)]
enum PlaceStep<'a> {
    Attribute(&'a str),
    Key(&'a str),
    Index(usize),
}

/// Whether a message may show the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    Shown,
    Hidden,
}

impl<'a> Place<'a> {
    /// The whole value.
    pub const ROOT: Place<'static> = Place { outer: None, step: None, sight: Sight::Shown };

    /// An attribute of what is here.
    #[must_use]
    pub fn attribute(&'a self, name: &'a str) -> Self {
        self.inner(PlaceStep::Attribute(name))
    }

    /// An element of the map that is here.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        self.inner(PlaceStep::Key(key))
    }

    /// An element of the list that is here.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        self.inner(PlaceStep::Index(index))
    }

    /// The same place, whose value no message shows.
    #[must_use]
    pub fn hidden(self) -> Self {
        Self { sight: Sight::Hidden, ..self }
    }

    fn inner(&'a self, step: PlaceStep<'a>) -> Self {
        Self { outer: Some(self), step: Some(step), sight: self.sight }
    }

    /// The place as a path.
    pub fn path(&self) -> Path {
        let mut path = self.outer.map(Place::path).unwrap_or_default();
        match self.step {
            Some(PlaceStep::Attribute(name)) => path.push(Step::Attribute(name.to_owned())),
            Some(PlaceStep::Key(key)) => path.push(Step::Key(key.to_owned())),
            Some(PlaceStep::Index(index)) => path.push(Step::Index(index)),
            None => {}
        }
        path
    }
}

/// Where a value comes from, which decides what may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A user wrote it: what is required must be there.
    Config,
    /// An apply left it, perhaps of an older release: what is required may be missing.
    State,
}

/// Everything that decoding found wrong.
#[derive(Debug)]
pub struct Findings {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

impl Findings {
    /// Nothing found so far.
    pub fn new(source: Source) -> Self {
        Self { source, diagnostics: Vec::new() }
    }

    /// Where the value comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// A value breaks its rule.
    pub fn refuse(&mut self, place: &Place<'_>, refusal: &Refusal<'_>) {
        let Refusal { expected, got, example } = refusal;
        let got = match place.sight {
            Sight::Shown => got,
            Sight::Hidden => "a value that is kept secret",
        };
        let mut detail = format!("Expected {expected}, got {got}.");
        if let Some(example) = example {
            write!(detail, " An example is {example}.").expect("writing to memory cannot fail");
        }
        let path = place.path();
        let summary = if path.is_root() {
            "value breaks its rule".to_owned()
        } else {
            format!("{path} breaks its rule")
        };
        self.diagnostics.push(Diagnostic::error(summary, detail).at(path));
    }

    /// A value that must be there is not.
    pub fn missing(&mut self, place: &Place<'_>) {
        let path = place.path();
        let detail = format!("No value was given for `{path}`, and it has no default. Give one.");
        self.diagnostics.push(Diagnostic::error(format!("{path} is missing"), detail).at(path));
    }

    /// All that was found.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// Why a value is refused.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    /// The rule.
    pub expected: &'a str,
    /// The value, or its kind.
    pub got: &'a str,
    /// A value that passes.
    pub example: Option<&'a str>,
}

/// A value as a message shows it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "a value that is not known yet".to_owned(),
        Value::Truth(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Dynamic(typed) => shown(&typed.value),
    }
}
