//! The ways in which the product says no.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the management endpoints write beside 400, 404, 409, 500, 502 and 504.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// In the product's words.
    pub message: String,
}

/// What the web server in front of them writes in 8.5: unknown path, wrong verb, body that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status's name.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What would have been right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path that was asked.
    pub instance: String,
}

/// What it writes from 8.6 on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpringError {
    /// When.
    pub timestamp: String,
    /// The HTTP status again.
    pub status: u16,
    /// Its name.
    pub error: String,
    /// The path that was asked.
    pub path: String,
}

/// An answer inside an answer: HTTP 200, whatever `status` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// `null`, or the exception.
    pub body: Value,
    /// What the status should have been: 204 or 500.
    pub status: u16,
    /// Always `null` as far as seen.
    #[serde(default)]
    pub content_type: Value,
}

/// The exception in an [`Envelope`]; the product also writes the whole stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Throwable {
    /// In the product's words, if there are any.
    pub message: Option<String>,
    /// The same.
    pub localized_message: Option<String>,
    /// What led to it.
    #[serde(default)]
    pub cause: Value,
    /// Where.
    #[serde(default)]
    pub stack_trace: Vec<Value>,
    /// What else went wrong.
    #[serde(default)]
    pub suppressed: Vec<Value>,
}
