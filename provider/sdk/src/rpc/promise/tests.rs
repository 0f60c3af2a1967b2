use std::collections::BTreeMap;
use std::sync::Arc;

use super::{kept, storable};
use crate::diagnostic::Diagnostic;
use crate::path::Path;
use crate::schema::{
    Attribute, Nesting, Object, OnChange, Presence, Schema, Secrecy, Shape, Stability,
};
use crate::types::Type;
use crate::value::Value;

fn attribute(shape: Shape, secrecy: Secrecy) -> Attribute {
    Attribute {
        shape,
        presence: Presence::OptionalComputed,
        description: String::new(),
        secrecy,
        deprecated: None,
        default: None,
        on_change: OnChange::InPlace,
        stability: Stability::Changing,
    }
}

fn plain(ty: Type) -> Shape {
    Shape::Plain { ty, rule: None }
}

fn schema() -> Schema {
    let member = |name: &str, attribute| (name.to_owned(), attribute);
    let broker = Object::new(BTreeMap::from([
        member("port", attribute(plain(Type::Number), Secrecy::Shown)),
        member("password", attribute(plain(Type::Text), Secrecy::Sensitive)),
        member("token_wo", attribute(plain(Type::Text), Secrecy::WriteOnly)),
    ]));
    let brokers = Shape::Nested { nesting: Nesting::Map, object: Arc::new(broker) };
    let object = Object::new(BTreeMap::from([
        member("id", attribute(plain(Type::Text), Secrecy::Shown)),
        member("tags", attribute(plain(Type::Set(Box::new(Type::Text))), Secrecy::Shown)),
        member("brokers", attribute(brokers, Secrecy::Shown)),
    ]));
    Schema::new(0, "", Arc::new(object))
}

fn thing(id: Value, tags: Value, broker: Value) -> Value {
    Value::object([("id", id), ("tags", tags), ("brokers", Value::object([("a", broker)]))])
}

fn broker(port: Value, password: &str, token: Value) -> Value {
    Value::object([("port", port), ("password", Value::text(password)), ("token_wo", token)])
}

fn tags(tags: &[&str]) -> Value {
    Value::set(tags.iter().map(|tag| Value::text(*tag)).collect())
}

fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|found| format!("{} | {} | {}", found.path, found.summary, found.detail))
        .collect()
}

#[test]
fn what_was_planned_unknown_may_become_anything() {
    let planned = thing(
        Value::Unknown,
        Value::set(vec![Value::text("x"), Value::Unknown]),
        broker(Value::Unknown, "p", Value::Null),
    );
    let applied =
        thing(Value::text("1"), tags(&["x"]), broker(Value::integer(1), "p", Value::Null));
    assert_eq!(told(&kept(&schema(), &planned, &applied)), Vec::<String>::new());
}

#[test]
fn every_broken_promise_is_named_and_secrets_are_not_shown() {
    let planned =
        thing(Value::text("1"), tags(&["x"]), broker(Value::integer(1), "old", Value::Null));
    let applied =
        thing(Value::Null, tags(&["x", "y"]), broker(Value::integer(2), "new", Value::Null));
    let bug = "This is a bug in the provider.";
    assert_eq!(
        told(&kept(&schema(), &planned, &applied)),
        [
            format!(
                "brokers[\"a\"].password | apply changed `brokers[\"a\"].password` after the plan | Its values are sensitive and not shown. {bug}"
            ),
            format!(
                "brokers[\"a\"].port | apply changed `brokers[\"a\"].port` after the plan | Planned was 1, and now it is 2. {bug}"
            ),
            format!(
                "id | apply changed `id` after the plan | Planned was \"1\", and now it is null. {bug}"
            ),
            format!(
                "tags | apply changed `tags` after the plan | Planned was 1 elements, and now it is 2 elements. {bug}"
            ),
        ]
    );
}

#[test]
fn an_object_is_there_exactly_where_one_was_planned() {
    let some = thing(Value::Null, Value::Null, Value::Null);
    let summaries = [(&Value::Null, &Value::Null), (&Value::Null, &some), (&some, &Value::Null)]
        .map(|(planned, applied)| {
            kept(&schema(), planned, applied)
                .into_iter()
                .map(|found| found.summary)
                .collect::<Vec<_>>()
        });
    assert_eq!(
        summaries,
        [
            vec![],
            vec!["deletion left an object behind".to_owned()],
            vec!["apply left no object behind".to_owned()]
        ]
    );
}

#[test]
fn a_state_holds_nothing_unknown_and_nothing_write_only() {
    let value =
        thing(Value::Unknown, Value::Null, broker(Value::Unknown, "p", Value::text("secret")));
    let (state, broken) = storable(&schema(), "read", value);
    assert_eq!(state, thing(Value::Null, Value::Null, broker(Value::Null, "p", Value::Null)));
    let paths: Vec<(Path, &str)> =
        broken.iter().map(|found| (found.path.clone(), found.summary.as_str())).collect();
    let port = Path::attribute("brokers").with(crate::path::Step::Key("a".to_owned())).then("port");
    let token =
        Path::attribute("brokers").with(crate::path::Step::Key("a".to_owned())).then("token_wo");
    assert_eq!(
        paths,
        [
            (port, "read left `brokers[\"a\"].port` unknown"),
            (Path::attribute("id"), "read left `id` unknown"),
            (token, "read would have stored `brokers[\"a\"].token_wo`"),
        ]
    );
    assert!(!broken.iter().any(|found| found.detail.contains("secret")));
}
