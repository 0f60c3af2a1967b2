//! The committed stubs are what the committed definitions say.

#[path = "../generate.rs"]
#[expect(dead_code, reason = "the gateway's definition is not committed")]
mod generate;

use std::env;
use std::fs;

#[test]
fn committed_stubs_equal_a_fresh_generation() {
    let scratch = env::temp_dir().join(format!("zeebe-proto-test-{}", std::process::id()));
    for stubs in generate::committed(&scratch).unwrap() {
        let committed = fs::read_to_string(generate::generated().join(&stubs.file)).unwrap();
        assert!(
            committed == stubs.text,
            "src/generated/{} differs from its definition: run `cargo run -p zeebe-proto --example regenerate`",
            stubs.file
        );
    }
    fs::remove_dir_all(scratch).unwrap();
}
