//! Three-valued values: null, not known yet, or known.

/// A value that may be absent, or not known before apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Knowable<T> {
    /// Absent.
    #[default]
    Null,
    /// Not known before apply.
    Unknown,
    /// Known.
    Known(T),
}

/// The value will be known at apply: plan on without it, and leave what depends on it unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is not known yet")]
pub struct NotYetKnown;

impl<T> Knowable<T> {
    /// The value, where it is known and not null.
    pub fn as_known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, where it is known and not null, to change it.
    pub fn as_known_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value by itself, where it is known and not null.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, or none where it is null.
    pub fn if_known(&self) -> Result<Option<&T>, NotYetKnown> {
        match self {
            Self::Known(value) => Ok(Some(value)),
            Self::Null => Ok(None),
            Self::Unknown => Err(NotYetKnown),
        }
    }

    /// Whether the value is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Makes the value known.
    pub fn set(&mut self, value: T) {
        *self = Self::Known(value);
    }

    /// Makes the value absent.
    pub fn set_null(&mut self) {
        *self = Self::Null;
    }

    /// Says that only the apply can tell the value.
    pub fn set_unknown(&mut self) {
        *self = Self::Unknown;
    }

    /// The same of what the value becomes.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Knowable<U> {
        match self {
            Self::Null => Knowable::Null,
            Self::Unknown => Knowable::Unknown,
            Self::Known(value) => Knowable::Known(change(value)),
        }
    }
}

impl<T> From<Option<T>> for Knowable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}
