use rstest::rstest;
use zeebe_scalar::parse_text;
use zeebe_spec::{Minor, Version, may_follow, upgrade_path};

use crate::parts::text;

fn path(from: &str, to: &str) -> Result<Vec<String>, String> {
    upgrade_path(&text(from), &text(to))
        .map(|path| path.iter().map(ToString::to_string).collect())
        .map_err(|error| error.to_string())
}

#[rstest]
#[case::same("8.6.0", "8.6.0", &[])]
#[case::patch("8.6.0", "8.6.11", &[])]
#[case::minor("8.5.8", "8.6.0", &["8.6"])]
#[case::to_a_lower_patch_of_the_next_minor("8.5.19", "8.6.0", &["8.6"])]
#[case::all("8.5.0", "8.10.3", &["8.6", "8.7", "8.8", "8.9", "8.10"])]
fn path_goes_through_every_minor(#[case] from: &str, #[case] to: &str, #[case] expected: &[&str]) {
    assert_eq!(path(from, to), Ok(expected.iter().map(ToString::to_string).collect()));
}

#[rstest]
#[case::patch("8.6.1", "8.6.0")]
#[case::minor("8.6.0", "8.5.8")]
#[case::numbers_and_not_letters("8.10.0", "8.9.9")]
fn downgrade_has_no_path(#[case] from: &str, #[case] to: &str) {
    assert_eq!(path(from, to), Err(format!("a downgrade from {from} to {to} is not possible")));
}

#[rstest]
#[case("8.5.8", "8.6.0", Ok(()))]
#[case("8.6.0", "8.6.1", Ok(()))]
#[case("8.6.0", "8.6.0", Ok(()))]
#[case("8.5.8", "8.7.0", Err("an upgrade from 8.5.8 to 8.7.0 skips a minor"))]
#[case("8.6.0", "8.5.8", Err("a downgrade from 8.6.0 to 8.5.8 is not possible"))]
fn cluster_is_rolled_one_minor_at_a_time(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: Result<(), &str>,
) {
    assert_eq!(
        may_follow(&text(from), &text(to)).map_err(|error| error.to_string()),
        expected.map_err(str::to_owned)
    );
}

#[rstest]
#[case("8.6")]
#[case("8.6.0.1")]
#[case("8.06.0")]
#[case("v8.6.0")]
#[case("8.8.0-alpha4")]
#[case("8.6.-1")]
#[case("8.6.+1")]
#[case("8.6.70000")]
#[case("")]
fn text_that_is_no_released_version_is_refused(#[case] version: &str) {
    assert_eq!(
        parse_text::<Version>(version).unwrap_err().to_string(),
        format!("expected a released version as <major>.<minor>.<patch>, got {version:?}")
    );
}

#[test]
fn minors_are_supported_in_a_row() {
    for pair in Minor::SUPPORTED.windows(2) {
        assert_eq!(pair[0].next(), pair[1]);
    }
    assert!(!Minor::V8_10.next().is_supported());
}
