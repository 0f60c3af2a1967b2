//! A provider whose one resource does what a test tells it to: the serving side is tried with it, by tests and by hand.
//!
//! Written against the object-safe traits, without the typed layer; a real provider derives its models.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::function::{Accepts, Parameter, Signature};
use tf_sdk::provider::{
    ApplyAnswer, ApplyQuestion, Configuration, DataSource, Function, FunctionFault, ImportAnswer,
    ManagedResource, PlanAnswer, PlanQuestion, Provider, ReadAnswer, ReadQuestion, StoredState,
};
use tf_sdk::schema::{Attribute, Object, OnChange, Presence, Secrecy, Shape, Stability};
use tf_sdk::{Diagnostic, Path, Schema, Type, Value};

fn main() -> ExitCode {
    let provider = Provider::new(Settings(Schema::empty("Nothing to set.")))
        .with_resource(Thing(schema()))
        .with_data_source(Look(schema()))
        .with_function(Shout(Signature {
            summary: "Says it louder.".to_owned(),
            description: "Says it louder.".to_owned(),
            parameters: vec![parameter("text")],
            variadic: Some(parameter("more")),
            returns: Type::Text,
        }));
    tf_sdk::serve::main(provider, "tests/faulty")
}

fn parameter(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        description: "What to say.".to_owned(),
        ty: Type::Text,
        accepts: Accepts::Known,
    }
}

fn schema() -> Schema {
    let attribute = |ty, presence| Attribute {
        shape: Shape::Plain { ty, rule: None },
        presence,
        description: "As its name says.".to_owned(),
        secrecy: Secrecy::Shown,
        deprecated: None,
        default: None,
        on_change: OnChange::InPlace,
        stability: Stability::Changing,
    };
    let attributes = BTreeMap::from([
        ("text".to_owned(), attribute(Type::Text, Presence::Required)),
        ("fault".to_owned(), attribute(Type::Text, Presence::Optional)),
        ("id".to_owned(), attribute(Type::Text, Presence::Computed)),
    ]);
    Schema::new(1, "A thing that goes wrong on demand.", Arc::new(Object::new(attributes)))
}

fn with(value: &Value, name: &str, member: Value) -> Value {
    let mut members = value.as_members().cloned().unwrap_or_default();
    members.insert(name.to_owned(), member);
    Value::Object(members)
}

fn fault(value: &Value) -> &str {
    value.member("fault").as_text().unwrap_or_default()
}

struct Settings(Schema);

#[async_trait]
impl Configuration for Settings {
    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn validate(&self, _call: Call, _config: Value) -> Vec<Diagnostic> {
        Vec::new()
    }

    #[expect(
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "tests look where stray output goes"
    )]
    async fn configure(&self, call: Call, _config: Value) -> Vec<Diagnostic> {
        println!("stray output");
        eprintln!("stray complaint");
        tracing::info!(version = call.client.version, "configured");
        Vec::new()
    }
}

#[expect(clippy::print_stdout, reason = "the client hears it at once")]
fn say(text: &str) {
    println!("{text}");
}

struct Thing(Schema);

#[async_trait]
impl ManagedResource for Thing {
    fn type_name(&self) -> &'static str {
        "faulty_thing"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn validate(&self, _call: Call, config: Value) -> Vec<Diagnostic> {
        match fault(&config) {
            "refused" => {
                vec![
                    Diagnostic::error("text refused", "It was asked for.")
                        .at(Path::attribute("text")),
                ]
            }
            _ => Vec::new(),
        }
    }

    async fn upgrade(&self, _call: Call, stored: StoredState) -> Result<Value, Vec<Diagnostic>> {
        let text = String::from_utf8_lossy(&stored.json).into_owned();
        Ok(Value::object([
            ("text", Value::text(text)),
            ("id", Value::text(stored.version.to_string())),
        ]))
    }

    async fn read(&self, _call: Call, question: ReadQuestion) -> ReadAnswer {
        let ReadQuestion { state, private } = question;
        let state = match fault(&state) {
            "gone" => Value::Null,
            "unknown in read" => with(&state, "id", Value::Unknown),
            _ => state,
        };
        ReadAnswer { state, private, diagnostics: Vec::new() }
    }

    async fn plan(&self, _call: Call, question: PlanQuestion) -> PlanAnswer {
        let PlanQuestion { prior, proposed, config: _, prior_private, planned_private: _ } =
            question;
        assert!(fault(&proposed) != "panic in plan", "as asked");
        let planned = match (&prior, &proposed) {
            (_, Value::Null) => Value::Null,
            (Value::Null, _) => with(&proposed, "id", Value::Unknown),
            _ => proposed,
        };
        let requires_replace = if fault(&planned) == "replace" {
            vec![Path::attribute("text"), Path::attribute("fault"), Path::attribute("text")]
        } else {
            Vec::new()
        };
        PlanAnswer {
            planned,
            private: prior_private,
            requires_replace,
            diagnostics: Vec::new(),
            deferred: None,
        }
    }

    async fn apply(&self, call: Call, question: ApplyQuestion) -> ApplyAnswer {
        let ApplyQuestion { prior, planned, config: _, planned_private: private } = question;
        if planned.is_null() {
            let state = if fault(&prior) == "stays" { prior } else { Value::Null };
            return ApplyAnswer { state, private, diagnostics: Vec::new() };
        }
        assert!(fault(&planned) != "panic in apply", "as asked");
        let done = with(&planned, "id", Value::text("made"));
        let (state, diagnostics) = match fault(&planned) {
            "wait for the interrupt" => {
                let summary = if call.cancelled.is_cancelled() {
                    "cancelled from the start"
                } else {
                    "interrupted"
                };
                say("waiting");
                call.cancelled.cancelled().await;
                say("interrupted");
                (planned, vec![Diagnostic::error(summary, "It was made in part.")])
            }
            "unknown" => (planned, Vec::new()),
            "another text" => (with(&done, "text", Value::text("another")), Vec::new()),
            "nothing" => (Value::Null, Vec::new()),
            "misfit" => (with(&done, "text", Value::Truth(true)), Vec::new()),
            "leave a process behind" => {
                #[expect(clippy::zombie_processes, reason = "it is meant to outlive the provider")]
                let child = Command::new("sleep").arg("600").spawn().expect("sleep is everywhere");
                (with(&done, "id", Value::text(child.id().to_string())), Vec::new())
            }
            _ => (done, Vec::new()),
        };
        ApplyAnswer { state, private, diagnostics }
    }

    async fn import(&self, _call: Call, id: String) -> ImportAnswer {
        let (state, diagnostics) = match id.as_str() {
            "silence" => (Value::Null, Vec::new()),
            "nowhere" => {
                (Value::Null, vec![Diagnostic::error("no thing \"nowhere\"", "It is not there.")])
            }
            _ => (
                Value::object([("id", Value::text(id)), ("text", Value::text("found"))]),
                Vec::new(),
            ),
        };
        ImportAnswer { state, private: b"imported".to_vec(), diagnostics }
    }
}

struct Look(Schema);

#[async_trait]
impl DataSource for Look {
    fn type_name(&self) -> &'static str {
        "faulty_look"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn validate(&self, _call: Call, _config: Value) -> Vec<Diagnostic> {
        Vec::new()
    }

    async fn read(
        &self,
        _call: Call,
        config: Value,
    ) -> Result<(Value, Vec<Diagnostic>), Vec<Diagnostic>> {
        Ok((with(&config, "id", Value::text("seen")), Vec::new()))
    }
}

struct Shout(Signature);

impl Function for Shout {
    fn name(&self) -> &'static str {
        "shout"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionFault> {
        let words: Vec<&str> = arguments.iter().filter_map(Value::as_text).collect();
        assert!(words.first() != Some(&"panic"), "as asked");
        match words.iter().position(|word| word.is_empty()) {
            Some(place) => {
                Err(FunctionFault { text: "nothing to say".to_owned(), argument: Some(place) })
            }
            None => Ok(Value::text(words.join(" ").to_uppercase())),
        }
    }
}
