//! Case files: what a provider is tried with. JSON, because values come from nowhere else here.
//!
//! A text `${directory}` in it becomes a fresh directory for each case; `${self.id}` becomes an attribute of
//! the object that the case has made so far.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::path::{Path, Step};
use crate::value::Value;

/// What a provider is tried with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The provider's own configuration.
    #[serde(default)]
    pub provider: BTreeMap<String, Json>,
    /// Managed resources.
    #[serde(default)]
    pub resources: Vec<ResourceCase>,
    /// Data sources that need nothing to be there.
    #[serde(default)]
    pub data_sources: Vec<DataCase>,
    /// Ephemeral resources.
    #[serde(default)]
    pub ephemerals: Vec<DataCase>,
    /// Calls of functions. Functions that are not named here are called with simple values.
    #[serde(default)]
    pub functions: Vec<FunctionCase>,
    /// What random configurations are drawn from.
    #[serde(default)]
    pub random: Vec<RandomCase>,
}

/// The life of one object.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceCase {
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What stands while it lives.
    #[serde(default)]
    pub needs: Vec<NeedCase>,
    /// The configurations that it goes through.
    pub steps: Vec<StepCase>,
    /// The id that it is imported by, as `${self.id}`.
    #[serde(default)]
    pub import: Option<String>,
    /// An id by which nothing can be imported.
    #[serde(default)]
    pub import_absent: Option<String>,
    /// Whether it is anywhere but in the state, so that it can be gone.
    #[serde(default)]
    pub remote: bool,
    /// Data sources that look at it.
    #[serde(default)]
    pub data_sources: Vec<DataCase>,
    /// Lists that it is in.
    #[serde(default)]
    pub lists: Vec<DataCase>,
    /// Actions on it.
    #[serde(default)]
    pub actions: Vec<DataCase>,
}

/// An object that others belong to: made before them in the same directory, looked at again beside them, and destroyed
/// after them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedCase {
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its configuration.
    pub config: Json,
}

/// One configuration, and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepCase {
    /// The configuration.
    pub config: Json,
    /// Attributes that the first plan does not know yet, as `topology.brokers`.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// What becomes of it.
    #[serde(default)]
    pub outcome: Outcome,
}

/// What becomes of a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is carried out.
    #[default]
    Succeeds,
    /// It is refused before or at plan.
    Refused,
    /// Its apply fails, and something was made or changed before.
    FailsInPart,
}

/// One look, or another call that has no state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCase {
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its configuration.
    #[serde(default)]
    pub config: Json,
    /// Whether it finds nothing, and says so.
    #[serde(default)]
    pub fails: bool,
}

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionCase {
    /// The function's name.
    pub name: String,
    /// What it is given.
    pub arguments: Vec<Json>,
    /// Whether it says that it cannot.
    #[serde(default)]
    pub fails: bool,
}

/// What random configurations of a resource are drawn from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomCase {
    /// The resource's type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What stands while a sequence is lived through.
    #[serde(default)]
    pub needs: Vec<NeedCase>,
    /// Values by attribute, as `topology.brokers`. An attribute with an empty list is never set; one that is
    /// not named is drawn from what its type allows.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<Json>>,
    /// How many sequences are tried.
    pub sequences: u32,
}

/// Why a text with `${}` could not be filled in.
#[derive(Debug, thiserror::Error)]
#[error("the case names \"${{{0}}}\", which is not there")]
pub struct PlaceholderError(String);

/// Fills in the placeholders of a JSON document.
pub fn filled(json: &Json, directory: &str, own: &Value) -> Result<Json, PlaceholderError> {
    Ok(match json {
        Json::String(text) => Json::String(filled_text(text, directory, own)?),
        Json::Array(elements) => Json::Array(
            elements.iter().map(|it| filled(it, directory, own)).collect::<Result<_, _>>()?,
        ),
        Json::Object(members) => Json::Object(
            members
                .iter()
                .map(|(name, it)| Ok((name.clone(), filled(it, directory, own)?)))
                .collect::<Result<_, _>>()?,
        ),
        Json::Null | Json::Bool(_) | Json::Number(_) => json.clone(),
    })
}

/// Fills in the placeholders of a text.
pub fn filled_text(text: &str, directory: &str, own: &Value) -> Result<String, PlaceholderError> {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) =
            after.split_once('}').ok_or_else(|| PlaceholderError(after.to_owned()))?;
        done.push_str(before);
        match name.strip_prefix("self.") {
            None if name == "directory" => done.push_str(directory),
            Some(path) => {
                let found = path.split('.').fold(own, |value, name| value.member(name));
                let text = found.as_text().ok_or_else(|| PlaceholderError(name.to_owned()))?;
                done.push_str(text);
            }
            None => return Err(PlaceholderError(name.to_owned())),
        }
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

/// The same with what stands at a path, like `topology.brokers`, not known yet.
pub fn unknown_at(value: &Value, path: &str) -> Value {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let Some(members) = value.members() else { return value.clone() };
    let mut members = members.clone();
    let inner = members.get(name).cloned().unwrap_or(Value::Null);
    let inner = rest.map_or(Value::UNKNOWN, |rest| unknown_at(&inner, rest));
    members.insert(name.to_owned(), inner);
    Value::Members(members)
}

/// Attribute names of a path, without keys and places: what hints are named by.
pub fn hint_name(path: &Path) -> String {
    let names = path.0.iter().filter_map(|step| match step {
        Step::Attribute(name) => Some(name.as_str()),
        Step::Key(_) | Step::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}
