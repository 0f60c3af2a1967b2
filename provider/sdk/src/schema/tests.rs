use std::collections::BTreeMap;
use std::sync::Arc;

use rstest::rstest;
use zeebe_proto::tfplugin6;

use super::{
    Attribute, DefaultValue, Nesting, Object, OnChange, Presence, Schema, Secrecy, Shape, Stability,
};
use crate::types::Type;
use crate::value::Value;

fn attribute(ty: Type, presence: Presence) -> Attribute {
    Attribute {
        shape: Shape::Plain { ty, rule: None },
        presence,
        description: "What it is.".to_owned(),
        secrecy: Secrecy::Shown,
        deprecated: None,
        default: None,
        on_change: OnChange::InPlace,
        stability: Stability::Changing,
    }
}

fn nested(nesting: Nesting, presence: Presence, inner: Attribute) -> Attribute {
    let object = Arc::new(Object::new(BTreeMap::from([("inner".to_owned(), inner)])));
    Attribute { shape: Shape::Nested { nesting, object }, ..attribute(Type::Text, presence) }
}

fn text(presence: Presence) -> Attribute {
    attribute(Type::Text, presence)
}

fn schema(name: &str, attribute: Attribute) -> Schema {
    let object = Object::new(BTreeMap::from([(name.to_owned(), attribute)]));
    Schema::new(0, "What it is.", Arc::new(object))
}

#[rstest]
#[case::a_name(
    "Bad-Name",
    text(Presence::Optional),
    "Bad-Name: a name has only lower-case letters, digits and underscores"
)]
#[case::a_taken_name(
    "count",
    text(Presence::Optional),
    "count: the name means something else in a block of this kind"
)]
#[case::no_text("a", Attribute { description: " ".to_owned(), ..text(Presence::Optional) }, "a: there is no description")]
#[case::a_silent_deprecation("a", Attribute { deprecated: Some(String::new()), ..text(Presence::Optional) },
    "a: the deprecation does not say what to use instead")]
#[case::a_computed_secret("a", Attribute { secrecy: Secrecy::WriteOnly, ..text(Presence::Computed) },
    "a: what is never stored cannot be computed")]
#[case::a_stable_wish("a", Attribute { stability: Stability::Stable, ..text(Presence::Optional) },
    "a: only a computed value can be stable")]
#[case::a_replacement_by_nobody("a", Attribute { on_change: OnChange::Replace, ..text(Presence::Computed) },
    "a: a value that only the provider gives cannot ask for a replacement")]
#[case::a_default_of_nothing("a",
    Attribute { default: Some(DefaultValue { value: Value::Null, refused: None }), ..text(Presence::Optional) },
    "a: a default needs an attribute that is both optional and computed")]
#[case::a_refused_default("a",
    Attribute {
        default: Some(DefaultValue { value: Value::Null, refused: Some("Expected more.".to_owned()) }),
        ..text(Presence::OptionalComputed)
    },
    "a: the attribute refuses its own default: Expected more.")]
#[case::an_open_element(
    "a",
    attribute(Type::List(Box::new(Type::Dynamic)), Presence::Optional),
    "a: a collection cannot hold values of an open type"
)]
#[case::computed_in_a_set(
    "a",
    nested(Nesting::Set, Presence::Optional, text(Presence::Computed)),
    "a.inner: a computed value in a set makes its element another one: use a map"
)]
#[case::never_stored_in_a_set("a",
    nested(Nesting::Set, Presence::Optional, Attribute { secrecy: Secrecy::WriteOnly, ..text(Presence::Optional) }),
    "a.inner: an element of a set cannot hold what is never stored")]
#[case::open_in_a_set(
    "a",
    nested(Nesting::Set, Presence::Optional, attribute(Type::Dynamic, Presence::Optional)),
    "a.inner: an element of a set cannot hold a value of an open type"
)]
#[case::a_wish_in_what_is_computed(
    "a",
    nested(Nesting::Map, Presence::Computed, text(Presence::Optional)),
    "a.inner: everything in a computed object is computed"
)]
fn a_rule_that_is_broken_is_named_with_its_place(
    #[case] name: &str,
    #[case] attribute: Attribute,
    #[case] fault: &str,
) {
    let found: Vec<_> = schema(name, attribute).lint().iter().map(ToString::to_string).collect();
    assert_eq!(found, [fault]);
}

#[test]
fn a_schema_needs_a_version_and_a_description() {
    let object = Arc::new(Object::new(BTreeMap::new()));
    let found: Vec<_> =
        Schema::new(-1, "", object).lint().iter().map(ToString::to_string).collect();
    assert_eq!(found, ["the version is less than 0", "there is no description"]);
    assert_eq!(Schema::empty("Nothing to set.").lint(), []);
}

#[test]
fn on_the_wire_everything_is_an_attribute() {
    let inner = Attribute {
        secrecy: Secrecy::Sensitive,
        deprecated: Some("use another".to_owned()),
        ..text(Presence::OptionalComputed)
    };
    let wire =
        tfplugin6::Schema::from(&schema("a", nested(Nesting::Map, Presence::Required, inner)));
    insta::assert_debug_snapshot!(wire);
}
