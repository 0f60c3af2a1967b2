use std::collections::BTreeMap;

use tf_sdk::{
    Arguments, Attributes, Computed, DataSource, Defaulted, Knowable, Model, Number, Optional,
    OptionalComputed, Required, Resource, Secret, Set, Timeouts, Value,
};

/// A part. Its fields have the names that the generated code uses itself.
#[derive(Clone, Attributes)]
struct Part {
    /// A name that is a word of Rust.
    r#type: Required<String>,
    /// Members.
    members: Optional<String>,
    /// Place.
    place: Optional<String>,
    /// Findings.
    findings: Optional<String>,
    /// Attribute.
    #[attribute(default = -1)]
    attribute: Defaulted<i64>,
}

/// Everything.
///
/// In two paragraphs.
#[derive(Clone, Resource)]
#[resource(name = "sample_everything", version = 3)]
struct Everything {
    /// One.
    one: Required<Part>,
    /// In order.
    list: Optional<Vec<Part>>,
    /// Without order.
    set: Optional<Set<Part2>>,
    /// By name.
    map: OptionalComputed<BTreeMap<String, Part>>,
    /// Words.
    #[attribute(default = ["b", "a"])]
    words: Defaulted<Set<String>>,
    /// Words in lists.
    lists: Optional<Vec<Vec<String>>>,
    /// Perhaps unknown.
    perhaps: Optional<Vec<Knowable<String>>>,
    /// A float.
    #[attribute(default = -0.5)]
    float: Defaulted<f64>,
    /// A number.
    number: Optional<Number>,
    /// A secret.
    #[attribute(write_only)]
    secret: Optional<Secret>,
    /// Limits.
    timeouts: Optional<Timeouts>,
    /// An address.
    #[attribute(stable, sensitive, deprecated = "use `one`")]
    id: Computed<String>,
}

/// A part of a set.
#[derive(Clone, PartialEq, Attributes)]
struct Part2 {
    /// A name.
    name: Required<String>,
}

/// A look.
#[derive(Clone, DataSource)]
#[data_source(name = "sample_look")]
struct Look {
    /// A name.
    name: Required<String>,
}

/// Arguments.
#[derive(Arguments)]
struct Words {
    /// The first.
    arguments: String,
    /// Perhaps null.
    index: Option<i64>,
    /// Perhaps unknown.
    any: Knowable<Vec<String>>,
    /// Further ones.
    #[argument(variadic)]
    more: Vec<Part2>,
}

fn main() {
    assert_eq!((Everything::NAME, Everything::schema().version()), ("sample_everything", 3));
    assert_eq!(Everything::schema().description(), "Everything.\n\nIn two paragraphs.");
    assert_eq!(Everything::schema().lint(), []);
    assert_eq!(Look::schema().lint(), []);
    let part = Value::object([("type", Value::text("x"))]);
    let everything = Everything::decode(&Value::object([("one", part)])).unwrap();
    assert_eq!(everything.one.as_known().unwrap().r#type.known().unwrap(), "x");
    let Words { arguments, index, any, more } =
        <Words as Arguments>::decode(vec![Value::text("a"), Value::Null, Value::Unknown]).unwrap();
    assert_eq!((arguments.as_str(), index, any.is_unknown(), more.len()), ("a", None, true, 0));
}
