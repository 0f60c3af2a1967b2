use async_trait::async_trait;
use rstest::rstest;

use super::{
    Change, Creation, Deletion, Lookup, Managed, Outcome, Planned, PlannedChange, PureFunction,
    Reading, data_source, function, resource,
};
use crate::call::{Ability, Call};
use crate::function::Accepts;
use crate::provider::{
    ApplyQuestion, DataSource as _, Function as _, FunctionFault, ManagedResource as _,
    PlanQuestion, ReadQuestion, StoredState,
};
use crate::{
    Arguments, Computed, DataSource, Defaulted, Diagnostic, Knowable, Optional, Path, Required,
    Resource, Secret, Value,
};

zeebe_scalar::integer! {
    /// A count.
    pub Count, u32, 1..=10, 3
}

/// A thing that does what its `fault` says.
#[derive(Clone, Debug, PartialEq, Resource)]
#[resource(name = "sample_thing", version = 2)]
struct Thing {
    /// A name.
    #[attribute(replace)]
    name: Required<String>,
    /// How many.
    #[attribute(default = 3)]
    count: Defaulted<Count>,
    /// What goes wrong.
    fault: Optional<String>,
    /// How much.
    ratio: Optional<f64>,
    /// Words.
    words: Optional<Vec<String>>,
    /// Used, never stored.
    #[attribute(write_only)]
    password: Optional<Secret>,
    /// What became of it.
    note: Computed<String>,
    /// Address.
    #[attribute(stable)]
    id: Computed<String>,
}

struct Things;

impl Thing {
    fn fails(&self, fault: &str) -> bool {
        self.fault.as_known().is_some_and(|told| told == fault)
    }

    fn made(mut self, note: &str) -> Self {
        self.note.set(note.to_owned());
        if self.id.is_unknown() {
            self.id.set("things/1".to_owned());
        }
        self
    }
}

fn wrong() -> Diagnostic {
    Diagnostic::error("thing is out of order", "As it was told.")
}

#[async_trait]
impl Managed for Things {
    type Model = Thing;

    async fn validate(&self, _call: &Call, config: &Thing) -> Vec<Diagnostic> {
        match (config.count.known(), config.name.known()) {
            (Ok(count), Ok(name)) if usize::try_from(count.get()) != Ok(name.len()) => {
                vec![
                    Diagnostic::error("count is not the name's length", "Make them equal.")
                        .at(Path::attribute("count")),
                ]
            }
            _ => Vec::new(),
        }
    }

    async fn plan(&self, _call: &Call, change: Change<Thing>) -> Planned<Thing> {
        let mut answer = change.as_planned();
        if answer.planned.fails("plan") {
            answer.planned.name.set("another".to_owned());
        }
        answer.requires_replace = vec![Path::attribute("count"), Path::attribute("fault")];
        answer.private.push(b'p');
        answer
    }

    async fn plan_destroy(&self, _call: &Call, deletion: Deletion<Thing>) -> Vec<Diagnostic> {
        if deletion.prior.fails("destroy") { vec![wrong()] } else { Vec::new() }
    }

    async fn create(&self, _call: &Call, creation: Creation<Thing>) -> Outcome<Thing> {
        let Creation { planned, config, private } = creation;
        let note = config.password.as_known().map_or("open", |_| "locked");
        match planned.fault.as_known().map(String::as_str) {
            Some("create") => Outcome::failed(wrong()),
            Some("half") => {
                let mut half = planned;
                half.id.set("things/half".to_owned());
                Outcome::there(half).with(wrong()).with_private(b"half".to_vec())
            }
            _ => Outcome::there(planned.made(note)).with_private(private),
        }
    }

    async fn read(&self, _call: &Call, reading: Reading<Thing>) -> Outcome<Thing> {
        let Reading { mut prior, private } = reading;
        match prior.fault.as_known().map(String::as_str) {
            Some("gone") => Outcome::gone(),
            Some("read") => Outcome::gone().with(wrong()),
            Some("drift") => {
                prior.note.set("drifted".to_owned());
                Outcome::there(prior).with_private(b"new".to_vec())
            }
            _ => Outcome::there(prior).with_private(private),
        }
    }

    async fn update(&self, _call: &Call, change: PlannedChange<Thing>) -> Outcome<Thing> {
        let PlannedChange { prior, planned, config: _, private } = change;
        if planned.fails("update") {
            return Outcome::there(prior).with(wrong());
        }
        Outcome::there(planned.made("changed")).with_private(private)
    }

    async fn delete(&self, _call: &Call, deletion: Deletion<Thing>) -> Outcome<Thing> {
        let Deletion { prior, private } = deletion;
        if prior.fails("delete") {
            return Outcome::there(prior).with(wrong()).with_private(private);
        }
        Outcome::gone()
    }
}

fn members(pairs: &[(&str, Value)]) -> Value {
    let mut all: Vec<(&str, Value)> =
        ["name", "count", "fault", "ratio", "words", "password", "note", "id"]
            .map(|name| (name, Value::Null))
            .into();
    all.extend(pairs.iter().cloned());
    Value::object(all)
}

fn config(fault: &str) -> Value {
    members(&[("name", Value::text("abc")), ("fault", Value::text(fault))])
}

fn state(fault: &str) -> Value {
    let made = [
        ("count", Value::integer(3)),
        ("note", Value::text("open")),
        ("id", Value::text("things/1")),
    ];
    let mut pairs = vec![("name", Value::text("abc")), ("fault", Value::text(fault))];
    pairs.extend(made);
    members(&pairs)
}

fn question(prior: Value, config: Value) -> PlanQuestion {
    PlanQuestion {
        prior,
        proposed: config.clone(),
        config,
        prior_private: b"x".to_vec(),
        planned_private: Vec::new(),
    }
}

async fn plan(prior: Value, config: Value) -> crate::provider::PlanAnswer {
    resource(Things).plan(Call::detached(), question(prior, config)).await
}

async fn apply(prior: Value, planned: Value, config: Value) -> crate::provider::ApplyAnswer {
    let question = ApplyQuestion { prior, planned, config, planned_private: b"xp".to_vec() };
    resource(Things).apply(Call::detached(), question).await
}

fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|told| format!("{} ({})", told.summary, told.path)).collect()
}

#[tokio::test]
async fn what_was_planned_is_made_and_the_second_plan_is_empty() {
    let third = Value::Number("0.333333333333333333333333333333".parse().unwrap());
    let given = members(&[
        ("name", Value::text("abc")),
        ("ratio", third.clone()),
        ("password", Value::text("hunter2")),
    ]);
    let planned = plan(Value::Null, given.clone()).await;
    let expected = [
        ("name", Value::text("abc")),
        ("count", Value::integer(3)),
        ("ratio", third.clone()),
        ("note", Value::Unknown),
        ("id", Value::Unknown),
    ];
    assert_eq!((told(&planned.diagnostics), planned.planned.clone()), (vec![], members(&expected)));
    assert_eq!((planned.private.as_slice(), planned.requires_replace), (b"xp".as_slice(), vec![]));

    let applied = apply(Value::Null, planned.planned, given.clone()).await;
    let expected = [
        ("name", Value::text("abc")),
        ("count", Value::integer(3)),
        ("ratio", third),
        ("note", Value::text("locked")),
        ("id", Value::text("things/1")),
    ];
    assert_eq!((told(&applied.diagnostics), applied.state.clone()), (vec![], members(&expected)));
    assert_eq!(applied.private, b"xp");

    let read = ReadQuestion { state: applied.state.clone(), private: applied.private };
    let read = resource(Things).read(Call::detached(), read).await;
    assert_eq!((read.state.clone(), read.private), (applied.state.clone(), b"xp".to_vec()));
    let again = plan(read.state, given).await;
    assert_eq!((told(&again.diagnostics), again.planned), (vec![], applied.state));
}

#[tokio::test]
async fn a_list_with_an_unknown_element_is_planned_as_it_is() {
    let words = Value::List(vec![Value::text("x"), Value::Unknown]);
    let given = members(&[("name", Value::text("abc")), ("words", words.clone())]);
    let planned = plan(Value::Null, given).await;
    assert_eq!((told(&planned.diagnostics), planned.planned.member("words")), (vec![], &words));
}

#[tokio::test]
async fn a_replacement_is_asked_for_by_the_schema_and_by_the_resource_where_something_changes() {
    let given = members(&[
        ("name", Value::text("abcd")),
        ("count", Value::integer(4)),
        ("fault", Value::text("")),
    ]);
    let planned = plan(state(""), given).await;
    assert_eq!(planned.requires_replace, [Path::attribute("count"), Path::attribute("name")]);
}

#[tokio::test]
async fn a_plan_that_core_would_refuse_is_the_providers_mistake() {
    let planned = plan(Value::Null, config("plan")).await;
    assert_eq!(told(&planned.diagnostics), ["plan of name breaks Terraform's rules (name)"]);
}

#[tokio::test]
async fn rules_of_attributes_come_before_rules_between_them() {
    let things = resource(Things);
    let given = members(&[
        ("name", Value::text("abc")),
        ("count", Value::integer(0)),
        ("ratio", Value::text("x")),
    ]);
    let found = things.validate(Call::detached(), given).await;
    assert_eq!(told(&found), ["count breaks its rule (count)", "ratio breaks its rule (ratio)"]);
    let given = members(&[("name", Value::text("four"))]);
    let found = things.validate(Call::detached(), given).await;
    assert_eq!(told(&found), ["count is not the name's length (count)"]);
    let given = members(&[("name", Value::Unknown)]);
    assert_eq!(things.validate(Call::detached(), given).await, []);
}

#[tokio::test]
async fn what_is_never_stored_needs_a_client_that_knows_how() {
    let given = members(&[("name", Value::text("abc")), ("password", Value::text("p"))]);
    let old = resource(Things).validate(Call::detached(), given.clone()).await;
    assert_eq!(told(&old), ["password cannot be kept out of the state (password)"]);
    let mut call = Call::detached();
    call.client.abilities.push(Ability::WriteOnly);
    assert_eq!(resource(Things).validate(call, given).await, []);
}

#[rstest]
#[case::nothing_was_made("create", Value::Null, b"")]
#[case::something_was_made(
    "half",
    members(&[
        ("name", Value::text("abc")), ("fault", Value::text("half")), ("count", Value::integer(3)),
        ("note", Value::Unknown), ("id", Value::text("things/half")),
    ]),
    b"half"
)]
#[tokio::test]
async fn a_creation_that_fails_leaves_what_it_made(
    #[case] fault: &str,
    #[case] left: Value,
    #[case] private: &[u8],
) {
    let planned = plan(Value::Null, config(fault)).await.planned;
    let applied = apply(Value::Null, planned, config(fault)).await;
    assert_eq!(
        (told(&applied.diagnostics), applied.state, applied.private.as_slice()),
        (vec!["thing is out of order ()".to_owned()], left, private)
    );
}

#[tokio::test]
async fn an_update_or_a_deletion_that_fails_keeps_the_state() {
    let applied =
        apply(state(""), plan(state(""), config("update")).await.planned, config("update")).await;
    assert_eq!(
        (told(&applied.diagnostics), applied.state),
        (vec!["thing is out of order ()".to_owned()], state(""))
    );
    let deleted = apply(state("delete"), Value::Null, Value::Null).await;
    assert_eq!(
        (told(&deleted.diagnostics), deleted.state),
        (vec!["thing is out of order ()".to_owned()], state("delete"))
    );
    let deleted = apply(state(""), Value::Null, Value::Null).await;
    assert_eq!((deleted.diagnostics, deleted.state), (vec![], Value::Null));
}

#[rstest]
#[case::there("", state(""), b"x", &[])]
#[case::gone("gone", Value::Null, b"", &[])]
#[case::unclear("read", state("read"), b"x", &["thing is out of order ()"])]
#[case::drifted(
    "drift",
    members(&[
        ("name", Value::text("abc")), ("fault", Value::text("drift")), ("count", Value::integer(3)),
        ("note", Value::text("drifted")), ("id", Value::text("things/1")),
    ]),
    b"new",
    &[]
)]
#[tokio::test]
async fn a_look_tells_what_is_there_and_an_error_keeps_what_was_known(
    #[case] fault: &str,
    #[case] found: Value,
    #[case] private: &[u8],
    #[case] diagnostics: &[&str],
) {
    let question = ReadQuestion { state: state(fault), private: b"x".to_vec() };
    let answer = resource(Things).read(Call::detached(), question).await;
    assert_eq!((answer.state, answer.private.as_slice()), (found, private));
    assert_eq!(told(&answer.diagnostics), diagnostics);
}

#[tokio::test]
async fn a_deletion_is_planned_as_null_and_may_be_refused() {
    let allowed = plan(state(""), Value::Null).await;
    assert_eq!(
        (allowed.planned, allowed.private, allowed.diagnostics),
        (Value::Null, b"x".to_vec(), vec![])
    );
    let refused = plan(state("destroy"), Value::Null).await;
    assert_eq!((refused.planned, told(&refused.diagnostics).len()), (Value::Null, 1));
}

#[tokio::test]
async fn any_stored_state_is_taken() {
    let things = resource(Things);
    let stored = |json: &str| StoredState { version: 0, json: json.as_bytes().to_vec() };
    let old = stored(r#"{"name": "abc", "count": "3", "size": 5, "words": {"a": 1}}"#);
    let upgraded = things.upgrade(Call::detached(), old).await;
    assert_eq!(
        upgraded,
        Ok(members(&[("name", Value::text("abc")), ("count", Value::integer(3))]))
    );
    let broken = things.upgrade(Call::detached(), stored("{")).await.unwrap_err();
    assert_eq!(told(&broken), ["could not read the stored state of a \"sample_thing\" ()"]);
}

#[tokio::test]
async fn what_cannot_be_imported_says_so() {
    let answer = resource(Things).import(Call::detached(), "things/1".to_owned()).await;
    assert_eq!(
        (answer.state, told(&answer.diagnostics)),
        (Value::Null, vec!["\"sample_thing\" cannot be imported ()".to_owned()])
    );
}

#[tokio::test]
async fn the_second_plan_says_what_the_first_knew() {
    let unknown = members(&[("name", Value::text("abc")), ("fault", Value::Unknown)]);
    for (prior, later) in [(Value::Null, ""), (state(""), ""), (state(""), "other")] {
        let first = plan(prior.clone(), unknown.clone()).await.planned;
        let second = plan(prior, config(later)).await.planned;
        for (name, value) in first.as_members().unwrap() {
            assert!(value.is_unknown() || value == second.member(name), "{name}: {value:?}");
        }
    }
}

/// A look.
#[derive(Clone, Debug, PartialEq, DataSource)]
#[data_source(name = "sample_look")]
struct Look {
    /// How many.
    #[attribute(default = 2)]
    count: Defaulted<Count>,
    /// Twice as many.
    double: Computed<i64>,
}

struct Looks;

#[async_trait]
impl Lookup for Looks {
    type Model = Look;

    async fn read(
        &self,
        _call: &Call,
        mut config: Look,
    ) -> Result<(Look, Vec<Diagnostic>), Vec<Diagnostic>> {
        let count = config.count.known().map_err(|_| vec![wrong()])?.get();
        config.double.set(i64::from(count) * 2);
        Ok((config, vec![Diagnostic::warning("look is short", "Look again.")]))
    }
}

#[tokio::test]
async fn a_data_source_answers_with_its_configuration_and_what_it_found() {
    let looks = data_source(Looks);
    let (found, warnings) =
        looks.read(Call::detached(), Value::object([("count", Value::Null)])).await.unwrap();
    assert_eq!(found, Value::object([("count", Value::integer(2)), ("double", Value::integer(4))]));
    assert_eq!(told(&warnings), ["look is short ()"]);
    let refused =
        looks.validate(Call::detached(), Value::object([("count", Value::integer(11))])).await;
    assert_eq!(told(&refused), ["count breaks its rule (count)"]);
}

/// Arguments.
#[derive(Arguments)]
struct Numbers {
    /// The first.
    first: Count,
    /// Perhaps none.
    second: Option<Count>,
    /// Perhaps not known.
    third: Knowable<Count>,
    /// Further ones.
    #[argument(variadic)]
    more: Vec<Count>,
}

struct Sum;

impl PureFunction for Sum {
    type Arguments = Numbers;
    type Output = Vec<i64>;

    const NAME: &'static str = "numbers";
    const SUMMARY: &'static str = "Lists numbers.";
    const DESCRIPTION: &'static str = "Lists all numbers that are known.";

    fn call(&self, arguments: Numbers) -> Result<Vec<i64>, FunctionFault> {
        let Numbers { first, second, third, more } = arguments;
        let known = [Some(first), second, third.into_known()].into_iter().flatten().chain(more);
        Ok(known.map(|count| i64::from(count.get())).collect())
    }
}

#[test]
fn a_functions_arguments_are_typed_and_a_wrong_one_is_named() {
    let sum = function(Sum);
    let accepted: Vec<_> =
        sum.signature().parameters.iter().map(|parameter| parameter.accepts).collect();
    assert_eq!(accepted, [Accepts::Known, Accepts::Nullable, Accepts::Anything]);
    let integers =
        |integers: &[i64]| integers.iter().copied().map(Value::integer).collect::<Vec<_>>();
    assert_eq!(
        sum.call(vec![
            Value::integer(1),
            Value::Null,
            Value::Unknown,
            Value::integer(4),
            Value::integer(5)
        ]),
        Ok(Value::List(integers(&[1, 4, 5])))
    );
    for (place, text) in [(0, "0"), (1, "99"), (4, "11")] {
        let mut arguments = integers(&[1, 2, 3, 4, 5]);
        arguments[place] = Value::Number(text.parse().unwrap());
        let expected = FunctionFault {
            text: format!("Expected a whole number from 1 to 10, got {text}."),
            argument: Some(place),
        };
        assert_eq!(sum.call(arguments), Err(expected));
    }
}
