use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rstest::rstest;
use unicode_normalization::UnicodeNormalization;
use zeebe_proto::tfplugin6::DynamicValue;

use super::{decode, encode, json, msgpack};
use crate::number::Number;
use crate::types::{ObjectType, Type};
use crate::value::{Typed, Value};

fn list(element: Type) -> Type {
    Type::List(Box::new(element))
}

fn object<const N: usize>(attributes: [(&str, Type); N]) -> Type {
    let attributes = attributes.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect();
    Type::Object(ObjectType { attributes, ..ObjectType::default() })
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

#[rstest]
#[case::null(b"\xc0", Type::Text, Value::Null)]
#[case::truth(b"\xc3", Type::Truth, Value::Truth(true))]
#[case::falsehood(b"\xc2", Type::Truth, Value::Truth(false))]
#[case::small(b"\x05", Type::Number, Value::integer(5))]
#[case::negative(b"\xe0", Type::Number, Value::integer(-32))]
#[case::i8(b"\xd0\x80", Type::Number, Value::integer(-128))]
#[case::u8(b"\xcc\xff", Type::Number, Value::integer(255))]
#[case::i16(b"\xd1\x80\x00", Type::Number, Value::integer(-32768))]
#[case::u16(b"\xcd\xff\xff", Type::Number, Value::integer(65535))]
#[case::i32(b"\xd2\x80\x00\x00\x00", Type::Number, Value::integer(-2_147_483_648))]
#[case::u32(b"\xce\xff\xff\xff\xff", Type::Number, Value::integer(4_294_967_295))]
#[case::i64(b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", Type::Number, Value::integer(i64::MIN))]
#[case::u64(b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", Type::Number, number("18446744073709551615"))]
#[case::f32(b"\xca\x3f\xc0\x00\x00", Type::Number, number("1.5"))]
#[case::f64(b"\xcb\xc0\x04\x00\x00\x00\x00\x00\x00", Type::Number, number("-2.5"))]
#[case::infinity(b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00", Type::Number, Value::Number(Number::from_float(f64::INFINITY).unwrap()))]
#[case::decimal_text(b"\xa40.10", Type::Number, number("0.1"))]
#[case::huge_text(
    b"\xd9\x2212345678901234567890123456789012.5",
    Type::Number,
    number("12345678901234567890123456789012.5")
)]
#[case::text(b"\xa5hello", Type::Text, Value::text("hello"))]
#[case::text8(b"\xd9\x05hello", Type::Text, Value::text("hello"))]
#[case::text16(b"\xda\x00\x05hello", Type::Text, Value::text("hello"))]
#[case::text32(b"\xdb\x00\x00\x00\x05hello", Type::Text, Value::text("hello"))]
#[case::a_list(b"\x92\x01\xc0", list(Type::Number), Value::List(vec![Value::integer(1), Value::Null]))]
#[case::a_list16(b"\xdc\x00\x01\x01", list(Type::Number), Value::List(vec![Value::integer(1)]))]
#[case::a_list32(b"\xdd\x00\x00\x00\x01\x01", list(Type::Number), Value::List(vec![Value::integer(1)]))]
#[case::a_set_in_any_order(b"\x93\x02\x01\x02", Type::Set(Box::new(Type::Number)), Value::List(vec![Value::integer(1), Value::integer(2)]))]
#[case::a_map(b"\x81\xa1k\x01", Type::Map(Box::new(Type::Number)), Value::object([("k", Value::integer(1))]))]
#[case::a_map16(b"\xde\x00\x01\xa1k\x01", Type::Map(Box::new(Type::Number)), Value::object([("k", Value::integer(1))]))]
#[case::a_tuple(b"\x92\x01\xa1x", Type::Tuple(vec![Type::Number, Type::Text]), Value::List(vec![Value::integer(1), Value::text("x")]))]
#[case::an_object(b"\x82\xa1a\x01\xa1b\xd4\x00\x00", object([("a", Type::Number), ("b", Type::Text)]), Value::object([("a", Value::integer(1)), ("b", Value::Unknown)]))]
#[case::an_object_that_leaves_out(b"\x80", object([("a", Type::Number)]), Value::object([("a", Value::Null)]))]
#[case::an_open_type(b"\x92\xc4\x08\"string\"\xa1x", Type::Dynamic, Value::Dynamic(Box::new(Typed { ty: Type::Text, value: Value::text("x") })))]
#[case::an_open_type_as_text(b"\x92\xa6\"bool\"\xc3", Type::Dynamic, Value::Dynamic(Box::new(Typed { ty: Type::Truth, value: Value::Truth(true) })))]
#[case::an_open_type_of_null(b"\xc0", Type::Dynamic, Value::Null)]
#[case::an_open_type_of_unknown(b"\xd4\x00\x00", Type::Dynamic, Value::Unknown)]
fn golden_bytes_are_understood(#[case] bytes: &[u8], #[case] ty: Type, #[case] value: Value) {
    assert_eq!(msgpack::decode(bytes, &ty).unwrap(), value);
}

#[rstest]
#[case::plain(b"\xd4\x00\x00")]
#[case::another_code(b"\xd4\x2a\x00")]
#[case::two_bytes(b"\xd5\x00\x00\x00")]
#[case::four_bytes(b"\xd6\x00\x00\x00\x00\x00")]
#[case::eight_bytes(b"\xd7\x00\x00\x00\x00\x00\x00\x00\x00\x00")]
#[case::sixteen_bytes(b"\xd8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")]
#[case::not_null(b"\xc7\x03\x0c\x81\x01\xc2")]
#[case::not_null_with_a_prefix(b"\xc7\x08\x0c\x82\x01\xc2\x02\xa3vpc")]
#[case::bounds(b"\xc7\x0b\x0c\x83\x01\xc2\x03\x92\x01\xc3\x04\x92\x05\xc2")]
#[case::length(b"\xc7\x05\x0c\x82\x05\x01\x06\x03")]
#[case::unheard_keys(b"\xc7\x05\x0c\x82\x63\x01\x64\x03")]
#[case::no_keys(b"\xc7\x01\x0c\x80")]
#[case::bytes_that_are_not_even_a_map(b"\xc7\x02\x0c\xff\xff")]
#[case::a_long_one(b"\xc8\x00\x03\x0c\x81\x01\xc2")]
#[case::a_longer_one(b"\xc9\x00\x00\x00\x03\x0c\x81\x01\xc2")]
fn every_extension_is_an_unknown_value_of_every_type(#[case] bytes: &[u8]) {
    let types = [
        Type::Truth,
        Type::Number,
        Type::Text,
        Type::Dynamic,
        list(Type::Text),
        Type::Set(Box::new(Type::Text)),
        Type::Map(Box::new(Type::Text)),
        Type::Tuple(Vec::new()),
        object([]),
    ];
    for ty in types {
        assert_eq!(msgpack::decode(bytes, &ty).unwrap(), Value::Unknown, "{ty:?}");
    }
}

#[rstest]
#[case::null(Value::Null, Type::Text, b"\xc0")]
#[case::unknown(Value::Unknown, list(Type::Text), b"\xd4\x00\x00")]
#[case::small(Value::integer(5), Type::Number, b"\x05")]
#[case::greater(Value::integer(300), Type::Number, b"\xcd\x01\x2c")]
#[case::negative(Value::integer(-300), Type::Number, b"\xd1\xfe\xd4")]
#[case::decimal(number("0.1"), Type::Number, b"\xa30.1")]
#[case::infinity(Value::Number(Number::from_float(f64::NEG_INFINITY).unwrap()), Type::Number, b"\xcb\xff\xf0\x00\x00\x00\x00\x00\x00")]
#[case::composed(Value::text("e\u{301}"), Type::Text, b"\xa2\xc3\xa9")]
#[case::an_object_names_all(Value::object::<&str>([]), object([("a", Type::Text)]), b"\x81\xa1a\xc0")]
#[case::open(Value::Dynamic(Box::new(Typed { ty: Type::Text, value: Value::text("x") })), Type::Dynamic, b"\x92\xc4\x08\"string\"\xa1x")]
fn golden_bytes_are_written(#[case] value: Value, #[case] ty: Type, #[case] bytes: &[u8]) {
    assert_eq!(msgpack::encode(&value, &ty).unwrap(), bytes);
}

/// Found by fuzzing: what was read in another form was written composed, and so read again as something else.
#[rstest]
#[case::text(b"\xa2\xcd\xb4", "\"\u{374}\"", Type::Text, Value::text("\u{2b9}"))]
#[case::key(b"\x81\xa2\xcd\xb4\xc3", "{\"\u{374}\": true}", Type::Map(Box::new(Type::Truth)), Value::object([("\u{2b9}", Value::Truth(true))]))]
#[case::attribute(b"\x81\xa2\xcd\xb4\xc3", "{\"\u{374}\": true}", object([("\u{2b9}", Type::Truth)]), Value::object([("\u{2b9}", Value::Truth(true))]))]
fn text_is_composed_when_it_is_read(
    #[case] bytes: &[u8],
    #[case] text: &str,
    #[case] ty: Type,
    #[case] value: Value,
) {
    assert_eq!(msgpack::decode(bytes, &ty).unwrap(), value);
    assert_eq!(json::decode(text.as_bytes(), &ty).unwrap(), value);
}

#[test]
fn names_of_attributes_are_composed_when_a_type_is_read() {
    let ty = Type::parse("[\"object\",{\"\u{374}\":\"bool\"}]".as_bytes()).unwrap();
    assert_eq!(ty, object([("\u{2b9}", Type::Truth)]));
}

#[rstest]
#[case::empty(b"", Type::Text, "could not decode the value", "the bytes end too early")]
#[case::cut(b"\xa5hell", Type::Text, "could not decode the value", "the bytes end too early")]
#[case::more(
    b"\xc0\xc0",
    Type::Text,
    "could not decode the value",
    "1 bytes are left after the value"
)]
#[case::another_kind(
    b"\x01",
    Type::Text,
    "could not decode the value",
    "expected a string, found the msgpack marker FixPos(1)"
)]
#[case::deep(b"\x81\xa1a\x92\x01\xa1x", object([("a", list(Type::Number))]), "could not decode the value at a[1]", "expected a number, found other text")]
#[case::unheard(b"\x81\xa1z\x01", object([]), "could not decode the value", "the type has no attribute \"z\"")]
#[case::not_utf8(b"\xa1\xff", Type::Text, "could not decode the value", "the string is not UTF-8")]
#[case::a_length_that_lies(
    b"\xdd\xff\xff\xff\xff",
    list(Type::Text),
    "could not decode the value at [0]",
    "the bytes end too early"
)]
#[case::a_tuple_too_short(b"\x90", Type::Tuple(vec![Type::Text]), "could not decode the value", "expected 1 elements, found 0")]
#[case::an_unheard_type(
    b"\x92\xc4\x03\"x\"\xc0",
    Type::Dynamic,
    "could not decode the value",
    "the type that came with the value cannot be read"
)]
#[case::not_a_number(
    b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    Type::Number,
    "could not decode the value",
    "expected a number, found a float that is no number"
)]
fn broken_bytes_are_refused_with_the_place(
    #[case] bytes: &[u8],
    #[case] ty: Type,
    #[case] message: &str,
    #[case] source: &str,
) {
    let error = msgpack::decode(bytes, &ty).unwrap_err();
    let found = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!((error.to_string().as_str(), found.as_str()), (message, source));
}

#[test]
fn a_value_of_another_type_is_not_written() {
    let ty = object([("a", list(Type::Text))]);
    let value =
        Value::object([("a", Value::List(vec![Value::text("secret"), Value::integer(4711)]))]);
    let error = msgpack::encode(&value, &ty).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(error.to_string(), "could not encode the value at a[1]");
    assert_eq!(source, "expected a string, found a number");
    let extra = msgpack::encode(&Value::object([("b", Value::Null)]), &ty).unwrap_err();
    assert_eq!(
        std::error::Error::source(&extra).unwrap().to_string(),
        "the type has no attribute \"b\""
    );
}

#[test]
fn json_is_taken_where_there_is_no_msgpack_and_nothing_is_null() {
    let wire = DynamicValue { msgpack: Vec::new(), json: b"[1, 2.50, 1e2]".to_vec() };
    let numbers = Value::List(vec![number("1"), number("2.5"), number("100")]);
    assert_eq!(decode(&wire, &list(Type::Number)).unwrap(), numbers);
    assert_eq!(decode(&DynamicValue::default(), &Type::Text).unwrap(), Value::Null);
    let written = encode(&numbers, &list(Type::Number)).unwrap();
    assert!(written.json.is_empty());
    assert_eq!(decode(&written, &list(Type::Number)).unwrap(), numbers);
}

#[test]
fn json_keeps_every_digit() {
    let ty = object([("n", Type::Number)]);
    let value = json::decode(b"{\"n\": 123456789012345678901234567890.125}", &ty).unwrap();
    assert_eq!(value, Value::object([("n", number("123456789012345678901234567890.125"))]));
}

#[rstest]
#[case::not_json(b"{", "the JSON cannot be read")]
#[case::unheard(b"{\"z\": 1}", "the type has no attribute \"z\"")]
#[case::another_kind(b"{\"a\": {}}", "expected a string, found an object")]
fn strict_json_refuses(#[case] bytes: &[u8], #[case] source: &str) {
    let error = json::decode(bytes, &object([("a", Type::Text)])).unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), source);
}

#[test]
fn lenient_json_takes_what_it_can() {
    let inner = object([("x", Type::Number), ("y", Type::Text)]);
    let ty =
        object([("a", Type::Text), ("b", list(inner.clone())), ("c", Type::Number), ("d", inner)]);
    let old =
        br#"{"a": 5, "b": [{"x": "7", "gone": 1}, {"y": true}], "c": "many", "d": [1], "old": {}}"#;
    let inner = |x, y| Value::object([("x", x), ("y", y)]);
    assert_eq!(
        json::decode_leniently(old, &ty).unwrap(),
        Value::object([
            ("a", Value::text("5")),
            (
                "b",
                Value::List(vec![
                    inner(Value::integer(7), Value::Null),
                    inner(Value::Null, Value::text("true"))
                ])
            ),
            ("c", Value::Null),
            ("d", Value::Null),
        ])
    );
    assert!(json::decode_leniently(b"not json", &ty).is_err());
}

fn closed_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::Truth), Just(Type::Number), Just(Type::Text)];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|element| Type::List(Box::new(element))),
            inner.clone().prop_map(|element| Type::Set(Box::new(element))),
            inner.clone().prop_map(|element| Type::Map(Box::new(element))),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z_]{1,6}", inner, 0..4).prop_map(|attributes| {
                Type::Object(ObjectType { attributes, ..ObjectType::default() })
            }),
        ]
    })
}

fn any_type() -> impl Strategy<Value = Type> {
    prop_oneof![
        8 => closed_type(),
        1 => Just(Type::Dynamic),
        1 => closed_type().prop_map(|ty| Type::Tuple(vec![Type::Dynamic, ty, Type::Dynamic])),
    ]
}

fn composed() -> impl Strategy<Value = String> {
    ".{0,12}".prop_map(|text| text.nfc().collect())
}

fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        proptest::num::f64::NORMAL.prop_map(|float| Number::from_float(float).unwrap()),
        "-?[0-9]{1,60}(\\.[0-9]{1,30})?".prop_map(|text| text.parse().unwrap()),
    ]
}

/// What may be missing from a value: JSON has no spelling for what is unknown.
#[derive(Clone, Copy)]
enum Wire {
    Msgpack,
    Json,
}

fn value_of(ty: &Type, wire: Wire) -> BoxedStrategy<Value> {
    let known: BoxedStrategy<Value> = match ty {
        Type::Truth => any::<bool>().prop_map(Value::Truth).boxed(),
        Type::Number => any_number().prop_map(Value::Number).boxed(),
        Type::Text => composed().prop_map(Value::Text).boxed(),
        Type::Dynamic => closed_type()
            .prop_flat_map(move |ty| {
                let value = value_of(&ty, wire).prop_filter("a null has no type", |value| {
                    !matches!(value, Value::Null | Value::Unknown)
                });
                (Just(ty), value)
            })
            .prop_map(|(ty, value)| Value::Dynamic(Box::new(Typed { ty, value })))
            .boxed(),
        Type::List(element) => vec(value_of(element, wire), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => vec(value_of(element, wire), 0..4).prop_map(Value::set).boxed(),
        Type::Map(element) => {
            btree_map(composed(), value_of(element, wire), 0..4).prop_map(Value::Object).boxed()
        }
        Type::Tuple(types) => types
            .iter()
            .map(|ty| value_of(ty, wire))
            .collect::<Vec<_>>()
            .prop_map(Value::List)
            .boxed(),
        Type::Object(object) => {
            let names: Vec<_> = object.attributes.keys().cloned().collect();
            let values: Vec<_> = object.attributes.values().map(|ty| value_of(ty, wire)).collect();
            values
                .prop_map(move |values| {
                    Value::Object(names.iter().cloned().zip(values).collect::<BTreeMap<_, _>>())
                })
                .boxed()
        }
    };
    match wire {
        Wire::Msgpack => {
            prop_oneof![8 => known, 1 => Just(Value::Null), 1 => Just(Value::Unknown)].boxed()
        }
        Wire::Json => prop_oneof![8 => known, 1 => Just(Value::Null)].boxed(),
    }
}

fn typed(wire: Wire) -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(move |ty| {
        let value = value_of(&ty, wire);
        (Just(ty), value)
    })
}

proptest! {
    #[test]
    fn every_value_goes_through_msgpack_unchanged((ty, value) in typed(Wire::Msgpack)) {
        let bytes = msgpack::encode(&value, &ty).unwrap();
        prop_assert_eq!(msgpack::decode(&bytes, &ty).unwrap(), value);
    }

    #[test]
    fn every_known_value_goes_through_json_unchanged((ty, value) in typed(Wire::Json)) {
        let bytes = json::encode(&value, &ty).unwrap();
        prop_assert_eq!(json::decode(&bytes, &ty).unwrap(), value.clone());
        prop_assert_eq!(json::decode_leniently(&bytes, &ty).unwrap(), value);
    }

    #[test]
    fn every_type_is_spelt_as_it_was_read(ty in any_type()) {
        prop_assert_eq!(Type::parse(&ty.to_bytes()).unwrap(), ty);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(ty in any_type(), bytes in vec(any::<u8>(), 0..64)) {
        let _ = msgpack::decode(&bytes, &ty);
        let _ = json::decode_leniently(&bytes, &ty);
    }

    #[test]
    fn cut_or_changed_bytes_are_refused_or_read_but_never_panic(
        (ty, value) in typed(Wire::Msgpack),
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = msgpack::encode(&value, &ty).unwrap();
        let place = place.index(bytes.len());
        prop_assert!(msgpack::decode(&bytes[..place], &ty).is_err());
        bytes[place] = byte;
        let _ = msgpack::decode(&bytes, &ty);
    }
}
