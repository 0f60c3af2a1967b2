use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value as Json, json};
use zeebe_scalar::Span;

use super::{check, effective, forget_write_only, prepare, replacements, settle, write_only_given};
use crate::schema::Object;
use crate::{
    Attributes, Computed, Defaulted, Knowable, Optional, OptionalComputed, Path, Required, Secret,
    Set, Step, Value, codec,
};

/// A part.
#[derive(Clone, Debug, PartialEq, Attributes)]
struct Part {
    /// Given.
    size: Required<i64>,
    /// Given or not.
    #[attribute(replace)]
    place: Optional<String>,
    /// Has a default.
    #[attribute(default = true)]
    on: Defaulted<bool>,
    /// Computed.
    seen: Computed<String>,
    /// Computed, and stays.
    #[attribute(stable)]
    id: Computed<String>,
}

/// An element of a set.
#[derive(Clone, Debug, PartialEq, Attributes)]
struct Tag {
    /// Key.
    #[attribute(replace)]
    key: Required<String>,
    /// Has a default.
    #[attribute(default = "none")]
    value: Defaulted<String>,
}

/// The whole.
#[derive(Clone, Debug, PartialEq, Attributes)]
struct Whole {
    /// Given, and a change needs another object.
    #[attribute(replace)]
    name: Required<String>,
    /// Given or chosen, and a change needs another object.
    #[attribute(replace)]
    zone: OptionalComputed<String>,
    /// Given or chosen.
    owner: OptionalComputed<String>,
    /// A number with digits.
    ratio: Optional<f64>,
    /// Words.
    words: Optional<Vec<String>>,
    /// One part.
    one: Optional<Part>,
    /// One part by default.
    #[attribute(default = { })]
    spare: Defaulted<Spare>,
    /// Parts in order.
    row: Optional<Vec<Part>>,
    /// Parts by name.
    named: Optional<BTreeMap<String, Part>>,
    /// Tags.
    tags: Optional<Set<Tag>>,
    /// Used, never stored.
    #[attribute(write_only)]
    password: Optional<Secret>,
    /// Computed.
    status: Computed<String>,
    /// Computed, and stays.
    #[attribute(stable)]
    id: Computed<String>,
    /// A time.
    #[attribute(default = "1m")]
    wait: Defaulted<Span>,
}

/// A part that is all defaults.
#[derive(Clone, Debug, PartialEq, Attributes)]
struct Spare {
    /// Has a default.
    #[attribute(default = 1)]
    size: Defaulted<i64>,
    /// Computed.
    seen: Computed<String>,
}

fn object() -> &'static Object {
    Whole::object()
}

/// A value from JSON in which `"?"` stands for unknown.
fn value(json: &Json) -> Value {
    let value = codec::json::decode(json.to_string().as_bytes(), object().ty()).unwrap();
    with_unknowns(value)
}

fn with_unknowns(value: Value) -> Value {
    match value {
        Value::Text(text) if text == "?" => Value::Unknown,
        Value::List(elements) => Value::List(elements.into_iter().map(with_unknowns).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, value)| (name, with_unknowns(value))).collect(),
        ),
        other @ (Value::Null
        | Value::Unknown
        | Value::Truth(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Dynamic(_)) => other,
    }
}

fn plan(prior: &Value, config: &Value) -> Value {
    prepare(object(), prior, &effective(object(), config))
}

/// What stands in a state after a creation with nothing but the name, changed as given.
fn state(changes: &Json) -> Json {
    let mut state = json!({
        "name": "a", "zone": "z1", "owner": "me", "status": "ready", "id": "i1", "wait": "1m",
        "spare": {"size": 1, "seen": "s"},
    });
    for (name, value) in changes.as_object().unwrap() {
        state[name] = value.clone();
    }
    state
}

#[test]
fn a_creation_has_defaults_and_unknowns() {
    let planned =
        plan(&Value::Null, &value(&json!({"name": "a", "one": {"size": 1}, "password": "p"})));
    assert_eq!(
        planned,
        value(&json!({
            "name": "a", "zone": "?", "owner": "?", "status": "?", "id": "?", "wait": "1m",
            "one": {"size": 1, "on": true, "seen": "?", "id": "?"},
            "spare": {"size": 1, "seen": "?"},
        }))
    );
}

#[rstest]
#[case::nothing(json!({}), json!({"name": "a"}))]
#[case::a_password(json!({}), json!({"name": "a", "password": "other"}))]
#[case::a_default_spelt_out(json!({}), json!({"name": "a", "wait": "1m"}))]
#[case::a_nested_default_spelt_out(json!({}), json!({"name": "a", "spare": {"size": 1}}))]
#[case::tags_in_any_order(
    json!({"tags": [{"key": "x", "value": "none"}, {"key": "y", "value": "1"}]}),
    json!({"name": "a", "tags": [{"key": "y", "value": "1"}, {"key": "x"}]})
)]
#[case::nested_things(
    json!({"row": [{"size": 1, "on": true, "seen": "s", "id": "i"}]}),
    json!({"name": "a", "row": [{"size": 1}]})
)]
fn nothing_changes_where_the_configuration_says_the_same(
    #[case] prior: Json,
    #[case] config: Json,
) {
    let prior = value(&state(&prior));
    assert_eq!(plan(&prior, &value(&config)), prior);
}

#[rstest]
#[case::a_default_was_overridden(json!({"wait": "2m"}), json!({"name": "a"}), json!({"wait": "1m"}))]
#[case::an_unknown(json!({}), json!({"name": "a", "owner": "?"}), json!({"owner": "?"}))]
#[case::a_removal(json!({"ratio": 0.5}), json!({"name": "a"}), json!({"owner": "?"}))]
#[case::a_named_part_keeps_its_id(
    json!({"named": {"n": {"size": 1, "on": true, "seen": "s", "id": "i"}}}),
    json!({"name": "a", "named": {"n": {"size": 2}, "m": {"size": 3}}}),
    json!({"named": {
        "n": {"size": 2, "on": true, "seen": "?", "id": "i"},
        "m": {"size": 3, "on": true, "seen": "?", "id": "?"},
    }})
)]
#[case::a_part_that_moved_up_does_not_take_the_id_of_the_one_before(
    json!({"row": [
        {"size": 1, "on": true, "seen": "s1", "id": "i1"},
        {"size": 2, "on": true, "seen": "s2", "id": "i2"},
        {"size": 3, "on": true, "seen": "s3", "id": "i3"},
    ]}),
    json!({"name": "a", "row": [{"size": 1}, {"size": 3}]}),
    json!({"row": [
        {"size": 1, "on": true, "seen": "?", "id": "i1"},
        {"size": 3, "on": true, "seen": "?", "id": "?"},
    ]})
)]
#[case::a_whole_that_is_unknown(
    json!({"one": {"size": 1, "on": true, "seen": "s", "id": "i"}}),
    json!({"name": "a", "one": "?"}),
    json!({"one": "?"})
)]
fn a_change_makes_computed_values_unknown_but_stable_ones_stay(
    #[case] prior: Json,
    #[case] mut config: Json,
    #[case] mut changed: Json,
) {
    let prior = value(&state(&prior));
    // An unknown that is no string cannot be written as "?" into JSON of its type.
    let unknown: Vec<String> =
        ["one"].into_iter().filter(|name| config[name] == json!("?")).map(str::to_owned).collect();
    for name in &unknown {
        config[name] = Json::Null;
        changed[name] = Json::Null;
    }
    let mut config = value(&config);
    let mut expected = json!({
        "name": "a", "zone": "z1", "owner": "?", "status": "?", "id": "i1", "wait": "1m",
        "spare": {"size": 1, "seen": "?"},
    });
    for (name, value) in changed.as_object().unwrap() {
        expected[name] = value.clone();
    }
    let mut expected = value(&expected);
    for name in unknown {
        for value in [&mut config, &mut expected] {
            let Value::Object(members) = value else { unreachable!() };
            members.insert(name.clone(), Value::Unknown);
        }
    }
    let planned = plan(&prior, &config);
    assert_eq!(planned, expected);
    assert_eq!(plan(&prior, &config), planned, "the second answer differs from the first");
    assert_eq!(check(object(), &prior, &config, &planned), []);
}

#[rstest]
#[case::known_for_known(json!({"name": "b"}), json!({"name": "a"}), Path::attribute("name"),
    "The configuration says \"a\", but \"b\" was planned, which is not its prior value either. This is a mistake of the provider, not of the configuration.")]
#[case::unknown_for_known(json!({"name": "?"}), json!({"name": "a"}), Path::attribute("name"),
    "The configuration says \"a\", but a value that is not known yet was planned, which is not its prior value either. This is a mistake of the provider, not of the configuration.")]
#[case::not_computed(json!({"name": "a", "ratio": 1}), json!({"name": "a"}), Path::attribute("ratio"),
    "It is not configured and not computed, but a value was planned. This is a mistake of the provider, not of the configuration.")]
#[case::never_stored(json!({"name": "a", "password": "p"}), json!({"name": "a"}), Path::attribute("password"),
    "It is used and never stored, but a value was planned. This is a mistake of the provider, not of the configuration.")]
#[case::in_a_list(json!({"name": "a", "row": [{"size": 2}]}), json!({"name": "a", "row": [{"size": 1}]}),
    Path::attribute("row").with(Step::Index(0)).then("size"),
    "The configuration says 1, but 2 was planned, which is not its prior value either. This is a mistake of the provider, not of the configuration.")]
#[case::another_length(json!({"name": "a", "row": []}), json!({"name": "a", "row": [{"size": 1}]}),
    Path::attribute("row"),
    "The configuration says a list, but a list was planned, which is not its prior value either. This is a mistake of the provider, not of the configuration.")]
#[case::other_keys(json!({"name": "a", "named": {"m": {"size": 1}}}), json!({"name": "a", "named": {"n": {"size": 1}}}),
    Path::attribute("named"),
    "The configuration says an object, but an object was planned, which is not its prior value either. This is a mistake of the provider, not of the configuration.")]
fn a_plan_that_core_would_refuse_is_refused_at_its_path(
    #[case] planned: Json,
    #[case] config: Json,
    #[case] path: Path,
    #[case] detail: &str,
) {
    let found = check(object(), &Value::Null, &value(&config), &value(&planned));
    let told: Vec<_> = found.iter().map(|found| (&found.path, found.detail.as_str())).collect();
    assert_eq!(told, [(&path, detail)]);
    assert_eq!(found[0].summary, format!("plan of {path} breaks Terraform's rules"));
}

#[test]
fn a_plan_may_keep_what_was() {
    let prior = value(&state(&json!({"words": ["A"]})));
    let config = value(&json!({"name": "a", "words": ["a"]}));
    assert_eq!(check(object(), &prior, &config, &prior), []);
}

#[test]
fn a_replacement_is_asked_for_where_a_value_really_changes() {
    let part = |place: &str| json!({"size": 1, "place": place});
    let prior = value(&state(&json!({
        "one": part("x"), "row": [part("x"), part("y")], "named": {"n": part("x"), "o": part("x")},
        "tags": [{"key": "k"}],
    })));
    let planned = value(&state(&json!({
        "name": "b", "one": part("y"), "row": [part("x"), part("z"), part("z")],
        "named": {"n": part("x"), "m": part("x")}, "tags": [{"key": "l"}],
    })));
    let named = [Path::attribute("wait"), Path::attribute("owner"), Path::attribute("name")];
    let found = replacements(object(), &prior, &planned, &named);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "name",
            "named[\"m\"].place",
            "named[\"o\"].place",
            "one.place",
            "row[1].place",
            "row[2].place",
            "tags"
        ]
    );
    assert_eq!(replacements(object(), &Value::Null, &planned, &named), []);
    assert_eq!(replacements(object(), &prior, &Value::Null, &named), []);
}

#[test]
fn a_chosen_value_whose_change_needs_another_object_stays() {
    let prior = value(&state(&json!({})));
    let planned = plan(&prior, &value(&json!({"name": "a", "ratio": 1})));
    assert_eq!(planned.member("zone"), &Value::text("z1"));
    assert_eq!(replacements(object(), &prior, &planned, &[]), []);
}

#[test]
fn what_a_model_cannot_hold_is_put_back() {
    let config = value(&json!({"name": "a", "words": ["x", "?"], "row": [{"size": 1}]}));
    let Value::Object(mut members) = plan(&Value::Null, &config) else { unreachable!() };
    let third = "0.3333333333333333333333333333333333333333333333".parse().unwrap();
    members.insert("ratio".to_owned(), Value::Number(third));
    let given = Value::Object(members);
    let model = Whole::decode_state(&given).unwrap();
    assert!(model.words.is_unknown());
    assert_ne!(model.encode(), given);
    assert_eq!(settle(&given, model.encode()), given);
}

#[test]
fn a_resource_may_still_say_something_else() {
    let given = value(&json!({"name": "a", "ratio": 2, "status": "?"}));
    let mut model = Whole::decode_state(&given).unwrap();
    model.ratio.set(3.0);
    model.status.set("ready".to_owned());
    let expected = value(&json!({"name": "a", "ratio": 3, "status": "ready"}));
    assert_eq!(settle(&given, model.encode()), expected);
}

#[test]
fn what_is_never_stored_is_null_at_every_depth() {
    let mut planned = value(&json!({"name": "a", "password": "p"}));
    forget_write_only(object(), &mut planned);
    assert_eq!(planned, value(&json!({"name": "a"})));
}

#[test]
fn what_is_never_stored_is_found_where_it_is_given() {
    /// A part with a secret.
    #[derive(Clone, Attributes)]
    struct Door {
        /// Used, never stored.
        #[attribute(write_only)]
        code: Optional<Secret>,
    }
    /// Parts with secrets.
    #[derive(Clone, Attributes)]
    struct House {
        /// One.
        front: Optional<Door>,
        /// In order.
        back: Optional<Vec<Door>>,
        /// By name.
        side: Optional<BTreeMap<String, Door>>,
    }
    let door = |code: Value| Value::object([("code", code)]);
    let (open, shut) = (door(Value::Null), door(Value::text("p")));
    let mut config = Value::object([
        ("front", shut.clone()),
        ("back", Value::List(vec![open.clone(), shut.clone(), door(Value::Unknown)])),
        ("side", Value::object([("left", shut), ("right", open.clone())])),
    ]);
    let found: Vec<_> =
        write_only_given(House::object(), &config).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["back[1].code", "front.code", "side[\"left\"].code"]);
    forget_write_only(House::object(), &mut config);
    let forgotten = Value::object([
        ("front", open.clone()),
        ("back", Value::List(vec![open.clone(), open.clone(), open.clone()])),
        ("side", Value::object([("left", open.clone()), ("right", open)])),
    ]);
    assert_eq!(config, forgotten);
}

#[test]
fn elements_that_may_be_unknown_can_be_held_one_by_one() {
    /// Words of which some are not known.
    #[derive(Clone, Debug, PartialEq, Attributes)]
    struct Words {
        /// The words.
        words: Required<Vec<Knowable<String>>>,
    }
    let given = Value::object([("words", Value::List(vec![Value::text("x"), Value::Unknown]))]);
    let words = Words::decode(&given).unwrap();
    assert_eq!(
        *words.words,
        Knowable::Known(vec![Knowable::Known("x".to_owned()), Knowable::Unknown])
    );
    assert_eq!(words.encode(), given);
}
