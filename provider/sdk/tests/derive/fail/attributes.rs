use tf_sdk::{Attributes, Computed, Defaulted, Optional, Required};

/// Every mistake that a field can have.
#[derive(Clone, Attributes)]
struct Mistaken {
    undocumented: Required<String>,
    /// Nobody gives it.
    bare: String,
    /// No default.
    no_default: Defaulted<i64>,
    /// A default for nobody.
    #[attribute(default = 3)]
    own_default: Optional<i64>,
    /// No literal.
    #[attribute(default = 1 + 2)]
    sum: Defaulted<i64>,
    /// Not computed.
    #[attribute(stable)]
    stable: Required<String>,
    /// Not the user's.
    #[attribute(replace)]
    replaced: Computed<String>,
    /// Never stored, and yet.
    #[attribute(write_only)]
    secret: Computed<String>,
    /// Unheard.
    #[attribute(volatile)]
    unheard: Required<String>,
}

fn main() {
    let _ = Mistaken::object();
}
