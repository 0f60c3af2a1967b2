//! What the derives refuse, in the words that a person reads, and what they take.

#[test]
fn mistakes_are_told_all_at_once_and_nothing_misleading_follows() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/derive/pass/*.rs");
    cases.compile_fail("tests/derive/fail/*.rs");
}
