use std::collections::BTreeMap;

use crate::{
    Attributes, Computed, Defaulted, Diagnostic, Model, Optional, OptionalComputed, Required,
    Resource, Secret, Set, Timeouts, Value,
};

zeebe_scalar::text! {
    /// A name.
    pub Name, "1 to 8 lower-case letters", "garden",
    |text| (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}
zeebe_scalar::integer! {
    /// A count.
    pub Count, u32, 1..=1000, 3
}
zeebe_scalar::choice! {
    /// Soil.
    pub Soil { Loam = "loam" /** Good. */, Sand = "sand" /** Dry. */ }
}

/// Trees of one kind.
#[derive(Clone, Debug, PartialEq, Attributes)]
pub(crate) struct Row {
    /// How many trees.
    trees: Required<Count>,
    /// What they stand in.
    #[attribute(default = "loam")]
    soil: Defaulted<Soil>,
    /// Who cares for them.
    #[attribute(stable)]
    keeper: Computed<Name>,
}

/// How much water.
#[derive(Clone, Debug, PartialEq, Attributes)]
pub(crate) struct Water {
    /// Litres for each tree.
    #[attribute(default = 2.5)]
    litres: Defaulted<f64>,
}

/// An orchard: rows of trees.
#[derive(Clone, Debug, PartialEq, Resource)]
#[resource(name = "sample_orchard", version = 2)]
pub(crate) struct Orchard {
    /// Name of the orchard.
    #[attribute(replace)]
    name: Required<Name>,
    /// The rows by name.
    rows: Required<BTreeMap<String, Row>>,
    /// Rows in order.
    extra: Optional<Vec<Row>>,
    /// Water.
    #[attribute(default = {})]
    water: Defaulted<Water>,
    /// Tags.
    #[attribute(default = ["b", "a"])]
    tags: Defaulted<Set<String>>,
    /// Key of the gate.
    key: Optional<Secret>,
    /// Code of the gate.
    #[attribute(sensitive)]
    code: Optional<Count>,
    /// Owner.
    owner: OptionalComputed<Name>,
    /// Address.
    #[attribute(stable)]
    id: Computed<String>,
    /// Old name.
    #[attribute(deprecated = "use `name`")]
    title: Optional<String>,
    /// Time limits.
    timeouts: Optional<Timeouts>,
}

#[test]
fn the_schema_follows_from_the_struct() {
    assert_eq!(Orchard::schema().lint(), []);
    assert_eq!(Orchard::NAME, "sample_orchard");
    insta::assert_debug_snapshot!(Orchard::schema());
}

#[test]
fn every_mistake_is_told_at_once_at_its_path() {
    let row = |trees: i64, soil: &str| {
        Value::object([("trees", Value::integer(trees)), ("soil", Value::text(soil))])
    };
    let config = Value::object([
        ("name", Value::text("Not A Name")),
        ("rows", Value::object([("north", row(0, "clay")), ("south", Value::object::<&str>([]))])),
        ("extra", Value::List(vec![row(1, "sand"), row(2000, "loam"), Value::Null])),
        ("water", Value::object([("litres", Value::text("much"))])),
        ("tags", Value::List(vec![Value::Truth(true)])),
        ("code", Value::integer(123_456)),
        ("timeouts", Value::object([("create", Value::text("soon"))])),
    ]);
    let told: Vec<_> = Orchard::decode(&config).unwrap_err().iter().map(line).collect();
    insta::assert_snapshot!(told.join("\n"));
}

fn line(diagnostic: &Diagnostic) -> String {
    let Diagnostic { severity, summary, detail, path } = diagnostic;
    format!("{severity:?}: {summary}\n  {detail}  ({path})")
}

#[test]
fn what_was_read_is_written_back() {
    let row = Value::object([
        ("trees", Value::integer(3)),
        ("soil", Value::text("sand")),
        ("keeper", Value::Unknown),
    ]);
    let water = Value::object([("litres", Value::Number("0.1".parse().unwrap()))]);
    let state = Value::object([
        ("name", Value::text("garden")),
        ("rows", Value::object([("north", row.clone())])),
        ("extra", Value::List(vec![row])),
        ("water", water),
        ("tags", Value::set(vec![Value::text("y"), Value::text("x")])),
        ("key", Value::text("hidden")),
        ("code", Value::Null),
        ("owner", Value::Unknown),
        ("id", Value::text("orchards/garden")),
        ("title", Value::Null),
        ("timeouts", Value::Null),
    ]);
    assert_eq!(Orchard::decode(&state).unwrap().encode(), state);
}

#[test]
fn what_is_required_may_be_missing_in_a_state_but_not_in_a_configuration() {
    let empty = Value::object::<&str>([]);
    let told: Vec<_> = Orchard::decode(&empty).unwrap_err().iter().map(line).collect();
    assert_eq!(
        told,
        [
            "Error: name is missing\n  No value was given for `name`, and it has no default. Give one.  (name)",
            "Error: rows is missing\n  No value was given for `rows`, and it has no default. Give one.  (rows)",
        ]
    );
    assert!(Orchard::decode_state(&empty).unwrap().name.known().is_err());
}

#[test]
fn a_secret_is_never_shown() {
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    let config = Value::object([("key", Value::integer(4711)), ("code", Value::integer(471_100))]);
    let told = format!("{:?}", Orchard::decode_state(&config).unwrap_err());
    assert!(!told.contains("4711"), "{told}");
}
