//! The slots of a model: who gives an attribute stands in its type.

use std::ops::{Deref, DerefMut};

use crate::decode::{Findings, Place, Source};
use crate::field::Field;
use crate::knowable::{Knowable, NotYetKnown};
use crate::schema::{Presence, Secrecy, Shape};
use crate::value::Value;

/// One attribute of a model: who gives it, and what may stand in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no attribute",
    note = "an attribute's type is `Required<T>`, `Optional<T>`, `Computed<T>`, `OptionalComputed<T>` or `Defaulted<T>` of a field"
)]
pub trait Slot<M>: Sized {
    /// Who gives it.
    const PRESENCE: Presence;

    /// What stands in it.
    fn shape() -> Shape;

    /// Who may see it.
    fn secrecy() -> Secrecy;

    /// Reads it. None where it breaks a rule; then the findings say which.
    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Self>;

    /// Writes it.
    fn encode(&self) -> Value;
}

macro_rules! slot {
    ($(#[$doc:meta])* $name:ident, $presence:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<T>(Knowable<T>);

        impl<T> $name<T> {
            /// A known value.
            pub fn of(value: T) -> Self {
                Self(Knowable::Known(value))
            }

            /// No value.
            pub fn null() -> Self {
                Self(Knowable::Null)
            }

            /// A value that only the apply can tell.
            pub fn unknown() -> Self {
                Self(Knowable::Unknown)
            }

            /// The value by itself.
            pub fn into_knowable(self) -> Knowable<T> {
                self.0
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self::null()
            }
        }

        impl<T> Deref for $name<T> {
            type Target = Knowable<T>;

            fn deref(&self) -> &Knowable<T> {
                &self.0
            }
        }

        impl<T> DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut Knowable<T> {
                &mut self.0
            }
        }

        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                Self::of(value)
            }
        }

        impl<T> From<Knowable<T>> for $name<T> {
            fn from(value: Knowable<T>) -> Self {
                Self(value)
            }
        }

        impl<T> From<Option<T>> for $name<T> {
            fn from(value: Option<T>) -> Self {
                Self(value.into())
            }
        }

        impl<T: Field<M>, M> Slot<M> for $name<T> {
            const PRESENCE: Presence = Presence::$presence;

            fn shape() -> Shape {
                T::shape()
            }

            fn secrecy() -> Secrecy {
                T::secrecy()
            }

            fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Self> {
                let value = T::decode(value, place, findings)?;
                if value.is_null()
                    && Self::PRESENCE == Presence::Required
                    && findings.source() == Source::Config
                {
                    findings.missing(place);
                    return None;
                }
                Some(Self(value))
            }

            fn encode(&self) -> Value {
                match &self.0 {
                    Knowable::Null => Value::Null,
                    Knowable::Unknown => Value::Unknown,
                    Knowable::Known(value) => value.encode(),
                }
            }
        }
    };
}

macro_rules! always_there {
    ($name:ident) => {
        impl<T> $name<T> {
            /// The value. In a state that an older release stored it may be missing: that counts as not known yet.
            pub fn known(&self) -> Result<&T, NotYetKnown> {
                self.as_known().ok_or(NotYetKnown)
            }
        }
    };
}

macro_rules! perhaps_there {
    ($name:ident) => {
        impl<T> $name<T> {
            /// The value, or none where it is null.
            pub fn known(&self) -> Result<Option<&T>, NotYetKnown> {
                self.if_known()
            }
        }
    };
}

slot! {
    /// The user gives it, always.
    Required, Required
}
slot! {
    /// The user gives it, or nobody does.
    Optional, Optional
}
slot! {
    /// The provider gives it.
    Computed, Computed
}
slot! {
    /// The user gives it, or else the provider does.
    OptionalComputed, OptionalComputed
}
slot! {
    /// The user gives it, or else it has the default that its attribute names.
    Defaulted, OptionalComputed
}
always_there!(Required);
always_there!(Defaulted);
perhaps_there!(Optional);
perhaps_there!(Computed);
perhaps_there!(OptionalComputed);
