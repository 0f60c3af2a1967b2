//! How long each operation of a resource may take: `timeouts = { create = "30m" }`.

use std::time::Duration;

use zeebe_scalar::Span;

use crate::Optional;

/// How long each operation may take. Each bounds its own operation only.
#[derive(Clone, Debug, Default, PartialEq, Eq, tf_sdk_derive::Attributes)]
pub struct Timeouts {
    /// How long the creation may take.
    pub create: Optional<Span>,
    /// How long a look at the object may take.
    pub read: Optional<Span>,
    /// How long a change may take.
    pub update: Optional<Span>,
    /// How long the deletion may take.
    pub delete: Optional<Span>,
}

/// An operation that a timeout bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Making the object.
    Create,
    /// Looking at it.
    Read,
    /// Changing it.
    Update,
    /// Deleting it.
    Delete,
}

impl Timeouts {
    /// How long the operation may take: as the user says, or else as given here.
    pub fn of(&self, operation: Operation, otherwise: Duration) -> Duration {
        let Self { create, read, update, delete } = self;
        let wanted = match operation {
            Operation::Create => create,
            Operation::Read => read,
            Operation::Update => update,
            Operation::Delete => delete,
        };
        wanted.as_known().map_or(otherwise, Span::duration)
    }
}

impl Optional<Timeouts> {
    /// How long the operation may take: as the user says, or else as given here.
    pub fn of_operation(&self, operation: Operation, otherwise: Duration) -> Duration {
        self.as_known().map_or(otherwise, |timeouts| timeouts.of(operation, otherwise))
    }
}

#[cfg(test)]
mod tests;
