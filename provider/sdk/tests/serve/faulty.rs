//! The provider of `examples/faulty.rs`: where its program is, and how its values are written.

use camino::Utf8PathBuf;
use tf_sdk::types::ObjectType;
use tf_sdk::{Type, Value, codec};
use tonic::Streaming;
use zeebe_proto::plugin::StdioData;
use zeebe_proto::tfplugin6::{self as wire6, DynamicValue};

use tf_conformance::client::{Connection, Launch, Plugin};

/// The example's program, which `cargo test` builds beside the tests.
pub(crate) fn program() -> Utf8PathBuf {
    let tests = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/faulty");
    assert!(program.exists(), "{program} is missing: `cargo build -p tf-sdk --example faulty`");
    program
}

/// A launch of the example.
pub(crate) fn faulty() -> Launch {
    Launch::of(&program()).unwrap()
}

/// What the provider prints, from now on; there is one listener in a process's life.
pub(crate) struct Output {
    stream: Streaming<StdioData>,
    heard: String,
}

impl Output {
    pub(crate) async fn of(connection: &Connection) -> Self {
        let stream = connection.stdio.clone().stream_stdio(()).await.unwrap().into_inner();
        Self { stream, heard: String::new() }
    }

    /// Waits until the provider has printed `text`, and forgets everything up to there.
    pub(crate) async fn says(&mut self, text: &str) {
        loop {
            if let Some(start) = self.heard.find(text) {
                self.heard.drain(..start + text.len());
                return;
            }
            let data = self.stream.message().await.unwrap().unwrap();
            self.heard.push_str(&String::from_utf8(data.data).unwrap());
        }
    }
}

pub(crate) async fn started() -> (Plugin, Connection) {
    let plugin = faulty().start().await.unwrap();
    let connection = plugin.connect().await.unwrap();
    (plugin, connection)
}

pub(crate) const THING: &str = "faulty_thing";

/// A thing without its id.
pub(crate) fn wish(text: &str, fault: Option<&str>) -> Value {
    thing(Value::text(text), fault, Value::Null)
}

pub(crate) fn thing(text: Value, fault: Option<&str>, id: Value) -> Value {
    Value::object([("text", text), ("fault", fault.map_or(Value::Null, Value::text)), ("id", id)])
}

pub(crate) fn encode(value: &Value) -> DynamicValue {
    codec::encode(value, &ty()).unwrap()
}

pub(crate) fn decode(wire: Option<DynamicValue>) -> Value {
    codec::decode(&wire.unwrap(), &ty()).unwrap()
}

fn ty() -> Type {
    let attributes = ["text", "fault", "id"].map(|name| (name.to_owned(), Type::Text));
    Type::Object(ObjectType { attributes: attributes.into(), ..ObjectType::default() })
}

pub(crate) fn null() -> DynamicValue {
    encode(&Value::Null)
}

/// A request to plan from `prior` to `proposed`, which is the configuration as well.
pub(crate) fn to_plan(prior: &Value, proposed: &Value) -> wire6::plan_resource_change::Request {
    wire6::plan_resource_change::Request {
        type_name: THING.to_owned(),
        prior_state: Some(encode(prior)),
        proposed_new_state: Some(encode(proposed)),
        config: Some(encode(proposed)),
        prior_private: b"kept".to_vec(),
        ..wire6::plan_resource_change::Request::default()
    }
}

/// A request to apply a plan.
pub(crate) fn to_apply(prior: &Value, planned: &Value) -> wire6::apply_resource_change::Request {
    wire6::apply_resource_change::Request {
        type_name: THING.to_owned(),
        prior_state: Some(encode(prior)),
        planned_state: Some(encode(planned)),
        config: Some(encode(planned)),
        planned_private: b"planned".to_vec(),
        ..wire6::apply_resource_change::Request::default()
    }
}

/// A creation with a fault, as planned.
pub(crate) fn creation(fault: &str) -> wire6::apply_resource_change::Request {
    to_apply(&Value::Null, &thing(Value::text("hello"), Some(fault), Value::Unknown))
}

/// Diagnostics as a person reads them: severity, attribute, summary.
pub(crate) fn told(diagnostics: &[wire6::Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(tell).collect()
}

fn tell(diagnostic: &wire6::Diagnostic) -> String {
    let severity = diagnostic.severity().as_str_name().to_lowercase();
    let path: String = diagnostic
        .attribute
        .iter()
        .flat_map(|path| &path.steps)
        .map(|step| match &step.selector {
            Some(wire6::attribute_path::step::Selector::AttributeName(name)) => {
                format!(" at {name}")
            }
            other => format!(" at {other:?}"),
        })
        .collect();
    format!("{severity}{path}: {}", diagnostic.summary)
}
