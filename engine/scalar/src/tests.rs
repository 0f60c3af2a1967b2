use proptest::prelude::*;
use rstest::rstest;

use crate::{ByteSize, Raw, Scalar, Span, parse_text};

crate::text! {
    /// A colour.
    pub Colour, "1 to 5 lower-case letters", "red",
    |text| (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}

crate::integer! {
    /// A number of wheels.
    pub Wheels, u8, 1..=18, 4
}

crate::choice! {
    /// A gear.
    pub Gear {
        Park = "park" /** Stands. */,
        Drive = "drive" /** Moves. */,
    }
}

#[rstest]
#[case("1GiB", 1 << 30)]
#[case("512MiB", 512 << 20)]
#[case("1B", 1)]
#[case("3TiB", 3 << 40)]
fn size_is_read_in_binary_units(#[case] text: &str, #[case] bytes: u64) {
    let size: ByteSize = parse_text(text).unwrap();
    assert_eq!((size.bytes(), size.as_str()), (bytes, text));
}

#[rstest]
#[case("1GB")]
#[case("GiB")]
#[case("-1GiB")]
#[case("1.5GiB")]
#[case("0MiB")]
#[case("99999999999999TiB")]
#[case("")]
fn size_without_a_binary_unit_is_refused_with_the_rule(#[case] text: &str) {
    let error = parse_text::<ByteSize>(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "expected a size as a whole number with one of the units B, KiB, MiB, GiB, TiB, got {text:?}"
        )
    );
}

#[rstest]
#[case("90s", 90_000)]
#[case("1h30m", 5_400_000)]
#[case("250ms", 250)]
#[case("30d", 2_592_000_000)]
fn span_is_read_unit_by_unit(#[case] text: &str, #[case] milliseconds: u128) {
    let span: Span = parse_text(text).unwrap();
    assert_eq!((span.duration().as_millis(), span.as_str()), (milliseconds, text));
}

#[rstest]
#[case("")]
#[case("5")]
#[case("s")]
#[case("5 s")]
#[case("5y")]
fn span_without_unit_is_refused(#[case] text: &str) {
    assert!(parse_text::<Span>(text).is_err());
}

#[test]
fn integer_names_its_bounds() {
    let error = Wheels::parse(Raw::Integer(0)).unwrap_err();
    assert_eq!(error.to_string(), "expected a whole number from 1 to 18, got 0");
}

#[test]
fn choice_names_its_words() {
    let error = parse_text::<Gear>("fly").unwrap_err();
    assert_eq!(error.to_string(), "expected one of \"park\", \"drive\", got \"fly\"");
}

#[test]
fn written_size_uses_the_largest_whole_unit() {
    assert_eq!(ByteSize::from_bytes(1 << 30).as_str(), "1GiB");
    assert_eq!(ByteSize::from_bytes((1 << 30) + (1 << 20)).as_str(), "1025MiB");
    assert_eq!(ByteSize::from_bytes(1025).as_str(), "1025B");
}

fn examples_parse<S: Scalar>() {
    let raw = match S::KIND {
        crate::Kind::Text => Raw::Text(S::EXAMPLE.to_owned()),
        crate::Kind::Integer => Raw::Integer(S::EXAMPLE.parse().unwrap()),
        crate::Kind::Truth => Raw::Truth(S::EXAMPLE.parse().unwrap()),
    };
    assert_eq!(S::parse(raw.clone()).unwrap().raw(), raw);
}

#[test]
fn every_example_parses() {
    examples_parse::<Colour>();
    examples_parse::<Wheels>();
    examples_parse::<Gear>();
    examples_parse::<ByteSize>();
    examples_parse::<Span>();
    examples_parse::<String>();
    examples_parse::<i64>();
    examples_parse::<bool>();
}

proptest! {
    #[test]
    fn what_parses_is_given_back_unchanged(text in "[0-9]{1,6}(B|KiB|MiB|GiB|s|m|h|ms|d)") {
        if let Ok(size) = parse_text::<ByteSize>(text.clone()) {
            prop_assert_eq!(size.raw(), Raw::Text(text.clone()));
        }
        if let Ok(span) = parse_text::<Span>(text.clone()) {
            prop_assert_eq!(span.raw(), Raw::Text(text));
        }
    }
}
