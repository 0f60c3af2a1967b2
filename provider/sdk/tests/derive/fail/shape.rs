use tf_sdk::{Arguments, Attributes, DataSource, Model, Required, Resource};

#[derive(Clone, Resource)]
struct Nameless {
    /// A name.
    name: Required<String>,
}

/// A name that HCL cannot have.
#[derive(Clone, DataSource)]
#[data_source(name = "Sample-Thing", version = 1)]
struct Misnamed {
    /// A name.
    name: Required<String>,
}

/// One of many.
#[derive(Clone, Attributes)]
struct Generic<T: Clone + Send + Sync + 'static> {
    /// Anything.
    any: Required<T>,
}

/// No fields.
#[derive(Clone, Attributes)]
enum Choice {
    This,
}

/// Arguments.
#[derive(Arguments)]
struct Words {
    /// Further ones, in the middle.
    #[argument(variadic)]
    words: Vec<String>,
    undocumented: String,
}

fn main() {
    let _ = (Nameless::schema(), Misnamed::NAME);
}
