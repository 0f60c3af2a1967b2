use super::{Extras, Kind, function, page};
use crate::function::{Accepts, Parameter, Signature};
use crate::model::tests::Orchard;
use crate::types::Type;

#[test]
fn a_page_follows_from_the_schema() {
    let extras = Extras {
        example: Some(
            "resource \"sample_orchard\" \"garden\" {\n  name = \"garden\"\n}\n".to_owned(),
        ),
        import: Some("terraform import sample_orchard.garden orchards/garden".to_owned()),
        ..Extras::default()
    };
    insta::assert_snapshot!(page::<Orchard>(Kind::Resource, &extras));
}

#[test]
fn a_function_has_a_page_too() {
    let parameter = |name: &str, ty: Type| Parameter {
        name: name.to_owned(),
        description: format!("What {name} is."),
        ty,
        accepts: Accepts::Known,
    };
    let signature = Signature {
        summary: "Joins words.".to_owned(),
        description: "Joins words with what stands between them.".to_owned(),
        parameters: vec![parameter("between", Type::Text)],
        variadic: Some(parameter("words", Type::List(Box::new(Type::Text)))),
        returns: Type::Text,
    };
    let extras = Extras {
        example: Some(
            "output \"words\" {\n  value = provider::sample::join(\"-\", \"a\", \"b\")\n}\n"
                .to_owned(),
        ),
        import: None,
        ..Extras::default()
    };
    insta::assert_snapshot!(function("join", &signature, &extras));
}
