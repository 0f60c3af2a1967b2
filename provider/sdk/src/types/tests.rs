use rstest::rstest;

use super::Type;

#[rstest]
#[case(r#""string""#)]
#[case(r#""dynamic""#)]
#[case(r#"["list","bool"]"#)]
#[case(r#"["set",["map","number"]]"#)]
#[case(r#"["tuple",["string",["list","number"]]]"#)]
#[case(r#"["object",{"a":"string","b":["object",{}]}]"#)]
#[case(r#"["object",{"a":"string"},["a"]]"#)]
fn a_type_is_spelt_as_it_was_read(#[case] spelling: &str) {
    let ty = Type::parse(spelling.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(ty.to_bytes()).unwrap(), spelling);
}

#[rstest]
#[case("3", "\"3\" names no type")]
#[case(r#""text""#, "\"\"text\"\" names no type")]
#[case(r#"["list"]"#, "\"[\"list\"]\" names no type")]
#[case("[", "could not read a type: not JSON")]
fn what_names_no_type_is_refused(#[case] spelling: &str, #[case] message: &str) {
    assert_eq!(Type::parse(spelling.as_bytes()).unwrap_err().to_string(), message);
}
