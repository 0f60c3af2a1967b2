use tf_sdk::{Attributes, Required};

/// A field that has no schema.
#[derive(Clone, Attributes)]
struct Odd {
    /// A stream.
    stream: Required<std::time::Instant>,
}

fn main() {}
