use proptest::prelude::*;
use rstest::rstest;

use super::Number;

#[rstest]
#[case("0", "0")]
#[case("-0", "0")]
#[case("007", "7")]
#[case("+7", "7")]
#[case("1.50", "1.5")]
#[case("-0.0", "0")]
#[case("-.5", "-0.5")]
#[case("5.", "5")]
#[case("1e3", "1000")]
#[case("1.25e1", "12.5")]
#[case("125E-2", "1.25")]
#[case("1e-3", "0.001")]
#[case("9223372036854775807", "9223372036854775807")]
#[case("9223372036854775808", "9223372036854775808")]
#[case("-123456789012345678901234567890.1230", "-123456789012345678901234567890.123")]
fn a_number_has_one_spelling(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(text.parse::<Number>().unwrap().to_string(), canonical);
}

#[rstest]
#[case("")]
#[case("-")]
#[case(".")]
#[case("1e")]
#[case("1e99999999")]
#[case("0x10")]
#[case("1 ")]
#[case("--1")]
#[case("NaN")]
fn other_text_is_refused(#[case] text: &str) {
    assert_eq!(
        text.parse::<Number>().unwrap_err().to_string(),
        format!("expected a decimal number, got {text:?}")
    );
}

#[test]
fn a_float_is_exact_and_not_what_a_person_writes() {
    let binary = Number::from_float(0.1).unwrap();
    assert_eq!(binary.to_string(), "0.1000000000000000055511151231257827021181583404541015625");
    assert_eq!(Number::from_written_float(0.1).unwrap().to_string(), "0.1");
    assert_eq!(Number::from_float(3.0), Some(Number::from(3_i64)));
    assert_eq!(Number::from_float(f64::NAN), None);
    assert!(same(&Number::from_float(f64::INFINITY).unwrap(), f64::INFINITY));
}

/// The same value; a zero has no sign here.
fn same(number: &Number, float: f64) -> bool {
    (number.to_float() + 0.0).to_bits() == (float + 0.0).to_bits()
}

proptest! {
    #[test]
    fn floats_go_there_and_back(float in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
        prop_assert!(same(&Number::from_float(float).unwrap(), float));
        prop_assert!(same(&Number::from_written_float(float).unwrap(), float));
    }

    #[test]
    fn integers_go_there_and_back(integer: i64) {
        prop_assert_eq!(integer.to_string().parse::<Number>().unwrap(), Number::from(integer));
        prop_assert_eq!(Number::from(integer).as_integer(), Some(integer));
    }
}
