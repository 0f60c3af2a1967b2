//! Where in a value something is.

use std::fmt;

use zeebe_proto::tfplugin6::AttributePath;
use zeebe_proto::tfplugin6::attribute_path::step::Selector;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute, or a block.
    Attribute(String),
    /// Into an element by its key.
    Key(String),
    /// Into an element by its place.
    Index(i64),
}

/// The steps from a value's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The path to an attribute of what this one leads to.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        self.with(Step::Attribute(name.to_owned()))
    }

    /// The path to an element by its key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The path to an element by its place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    fn with(&self, step: Step) -> Self {
        let Self(steps) = self;
        Self(steps.iter().cloned().chain([step]).collect())
    }
}

impl From<&AttributePath> for Path {
    fn from(wire: &AttributePath) -> Self {
        let step = |step: &zeebe_proto::tfplugin6::attribute_path::Step| match &step.selector {
            Some(Selector::AttributeName(name)) => Step::Attribute(name.clone()),
            Some(Selector::ElementKeyString(key)) => Step::Key(key.clone()),
            Some(Selector::ElementKeyInt(index)) => Step::Index(*index),
            None => Step::Attribute(String::new()),
        };
        Self(wire.steps.iter().map(step).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if place == 0 => formatter.write_str(name)?,
                Step::Attribute(name) => write!(formatter, ".{name}")?,
                Step::Key(key) => write!(formatter, "[{key:?}]")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}
