//! Models: one struct that is schema, decoder, encoder and reference page. Written by the derives.

use std::sync::Arc;

use crate::decode::{Findings, Place, Refusal, Source, shown};
use crate::diagnostic::Diagnostic;
use crate::schema::{Object, Schema};
use crate::value::{Members, Value};

/// A struct whose fields are attributes: `#[derive(Attributes)]`.
pub trait Attributes: Sized + Clone + Send + Sync + 'static {
    /// The attributes, made once and shared.
    fn object() -> &'static Arc<Object>;

    /// Reads every attribute, and finds everything that is wrong with any.
    fn decode_members(
        members: &Members,
        place: &Place<'_>,
        findings: &mut Findings,
    ) -> Option<Self>;

    /// Writes every attribute.
    fn encode_members(&self) -> Members;

    /// Reads what a user wrote. Fails with every mistake at once, each at its path.
    fn decode(value: &Value) -> Result<Self, Vec<Diagnostic>> {
        read(value, Source::Config)
    }

    /// Reads what an apply left, perhaps one of an older release: nothing is missing there.
    fn decode_state(value: &Value) -> Result<Self, Vec<Diagnostic>> {
        read(value, Source::State)
    }

    /// Writes the whole.
    fn encode(&self) -> Value {
        Value::Object(self.encode_members())
    }
}

/// The model of a resource or a data source.
pub trait Model: Attributes {
    /// Name of the type in HCL.
    const NAME: &'static str;

    /// The schema, made once and shared.
    fn schema() -> &'static Schema;
}

/// The model of a managed resource: `#[derive(Resource)]`.
pub trait ResourceModel: Model {}

/// The model of a data source: `#[derive(DataSource)]`.
pub trait DataSourceModel: Model {}

fn read<T: Attributes>(value: &Value, source: Source) -> Result<T, Vec<Diagnostic>> {
    let mut findings = Findings::new(source);
    let Some(members) = value.as_members() else {
        let refusal = Refusal { expected: "an object", got: &shown(value), example: None };
        findings.refuse(&Place::ROOT, &refusal);
        return Err(findings.into_diagnostics());
    };
    T::decode_members(members, &Place::ROOT, &mut findings)
        .ok_or_else(|| findings.into_diagnostics())
}

#[cfg(test)]
pub(crate) mod tests;
