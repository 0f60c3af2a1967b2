//! Random sequences of configurations: drawn from the schema and the case's hints, lived through as the cases
//! are, and shrunk when they break a rule.
//!
//! A sequence is made from a list of numbers, as in Hypothesis: smaller and fewer numbers make simpler
//! configurations, so that shrinking the numbers shrinks the sequence, and it stays one that the schema allows.

use std::collections::BTreeMap;

use camino::Utf8Path;
use proptest::collection;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;

use crate::actor::{Action, Actor, Stop};
use crate::case::{RandomCase, filled, hint_name, unknown_at};
use crate::judge::{Finding, Judge};
use crate::path::Path;
use crate::profile::Feature;
use crate::schema::{Attribute, Block, Nesting, Presence};
use crate::session::Session;
use crate::suite::needs::Standing;
use crate::suite::{RunError, directory};
use crate::ty::Type;
use crate::value::Value;
use crate::wire;

/// No sequence needs more to be shrunk to.
const SHRINKS: usize = 80;

/// The numbers that a sequence is made from.
#[derive(Debug)]
struct Choices<'n> {
    numbers: &'n [u32],
}

impl Choices<'_> {
    /// One of so many; the first where no numbers are left.
    fn of(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.numbers.split_first() else { return 0 };
        self.numbers = rest;
        usize::try_from(*first).unwrap_or_default() % count.max(1)
    }
}

/// What configurations are drawn from.
struct Source<'s> {
    values: &'s BTreeMap<String, Vec<Json>>,
    directory: &'s Utf8Path,
    write_only: bool,
}

impl Source<'_> {
    fn block(&self, block: &Block, path: &Path, choices: &mut Choices<'_>) -> Value {
        let mut members = self.attributes(&block.attributes, path, choices);
        for (name, nested) in &block.blocks {
            let path = path.attribute(name);
            let fewest = usize::try_from(nested.fewest).unwrap_or_default();
            let mut one = |choices: &mut Choices<'_>| self.block(&nested.block, &path, choices);
            let value = if nested.nesting == Nesting::Single && fewest == 0 && choices.of(2) == 0 {
                Value::Null
            } else {
                many(nested.nesting, fewest, choices, &mut one)
            };
            members.insert(name.clone(), value);
        }
        Value::Members(members)
    }

    fn attributes(
        &self,
        attributes: &BTreeMap<String, Attribute>,
        path: &Path,
        choices: &mut Choices<'_>,
    ) -> BTreeMap<String, Value> {
        attributes
            .iter()
            .map(|(name, schema)| {
                (name.clone(), self.attribute(schema, &path.attribute(name), choices))
            })
            .collect()
    }

    fn attribute(&self, schema: &Attribute, path: &Path, choices: &mut Choices<'_>) -> Value {
        if !schema.presence.is_configurable() || (schema.write_only && !self.write_only) {
            return Value::Null;
        }
        let required = schema.presence == Presence::Required;
        if let Some(hints) = self.values.get(&hint_name(path)) {
            let place = choices.of(hints.len() + usize::from(!required));
            let place = if required { Some(place) } else { place.checked_sub(1) };
            return place.and_then(|it| self.hinted(hints, it, &schema.ty)).unwrap_or(Value::Null);
        }
        if !required && choices.of(3) == 0 {
            return Value::Null;
        }
        match &schema.nested {
            Some(object) => many(object.nesting, 0, choices, &mut |choices| {
                Value::Members(self.attributes(&object.attributes, path, choices))
            }),
            None => plain(&schema.ty, choices),
        }
    }

    /// A value that the case names; none where it is of another type, which is then as if it were not named.
    fn hinted(&self, hints: &[Json], place: usize, ty: &Type) -> Option<Value> {
        let json = filled(hints.get(place)?, self.directory.as_str(), &Value::Null).ok()?;
        wire::from_json(&json, ty).ok()
    }
}

fn many(
    nesting: Nesting,
    fewest: usize,
    choices: &mut Choices<'_>,
    one: &mut dyn FnMut(&mut Choices<'_>) -> Value,
) -> Value {
    if matches!(nesting, Nesting::Single | Nesting::Group) {
        return one(choices);
    }
    let count = fewest + choices.of(3);
    let elements: Vec<_> = (0..count).map(|_| one(choices)).collect();
    match nesting {
        Nesting::Single | Nesting::Group | Nesting::List => Value::Sequence(elements),
        Nesting::Set => Value::set(elements),
        Nesting::Map => {
            let key = |place: usize| ["a", "b", "c", "d"].get(place).copied().unwrap_or("e");
            let members = elements.into_iter().enumerate();
            Value::Members(members.map(|(place, it)| (key(place).to_owned(), it)).collect())
        }
    }
}

fn plain(ty: &Type, choices: &mut Choices<'_>) -> Value {
    match ty {
        Type::Bool => Value::Bool(choices.of(2) == 1),
        Type::Number => Value::from(i64::try_from(choices.of(10)).unwrap_or_default()),
        Type::Text => Value::text(["a", "b", "two words", "ü"][choices.of(4)]),
        Type::List(of) => many(Nesting::List, 0, choices, &mut |choices| plain(of, choices)),
        Type::Set(of) => many(Nesting::Set, 0, choices, &mut |choices| plain(of, choices)),
        Type::Map(of) => many(Nesting::Map, 0, choices, &mut |choices| plain(of, choices)),
        Type::Tuple(types) => Value::Sequence(types.iter().map(|ty| plain(ty, choices)).collect()),
        Type::Object(types) => Value::Members(
            types.iter().map(|(name, ty)| (name.clone(), plain(ty, choices))).collect(),
        ),
        Type::Dynamic => {
            Value::Dynamic(Box::new(Type::Text), Box::new(plain(&Type::Text, choices)))
        }
    }
}

/// Tries the sequences of a case; what breaks a rule is told with the shortest sequence that was found for it.
pub async fn sequences(
    session: &mut Session,
    case: &RandomCase,
    seed: u64,
) -> Result<(), RunError> {
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let numbers = collection::vec(0_u32..1000, 0..80);
    for sequence in 0..case.sequences {
        let Ok(tree) = numbers.new_tree(&mut runner) else { return Ok(()) };
        let drawn = tree.current();
        let mut shortest = sequence_of(session, case, &drawn).await?;
        if !shortest.findings().is_empty() {
            shortest = shrunk(session, case, drawn, shortest).await?;
        }
        session.judge.absorb(shortest.told_as(|finding| Finding {
            turn: format!("random sequence {}, {}", sequence + 1, finding.turn),
            ..finding
        }));
        if session.dead {
            break;
        }
    }
    Ok(())
}

/// What the simplest sequence that still breaks a rule shows: smaller and smaller blocks of numbers become zero,
/// wherever the rest suffices. Zeros at the end are as good as none.
async fn shrunk(
    session: &mut Session,
    case: &RandomCase,
    mut numbers: Vec<u32>,
    mut shortest: Judge,
) -> Result<Judge, RunError> {
    let mut tries = SHRINKS;
    let mut size = numbers.len();
    while size > 0 {
        // From the end, as what stands there decides least.
        let mut end = numbers.len();
        while end > 0 {
            let start = end.saturating_sub(size);
            let block = start..end;
            end = start;
            if numbers[block.clone()].iter().all(|number| *number == 0) {
                continue;
            }
            if tries == 0 || session.dead {
                return Ok(shortest);
            }
            tries -= 1;
            let mut simpler = numbers.clone();
            simpler[block].fill(0);
            let judge = sequence_of(session, case, &simpler).await?;
            if !judge.findings().is_empty() {
                (numbers, shortest) = (simpler, judge);
            }
        }
        size /= 2;
    }
    Ok(shortest)
}

/// Lives through the sequence of some numbers, with a judge of its own.
async fn sequence_of(
    session: &mut Session,
    case: &RandomCase,
    numbers: &[u32],
) -> Result<Judge, RunError> {
    let kept = std::mem::take(&mut session.judge);
    let lived = live(session, case, numbers).await;
    let judge = std::mem::replace(&mut session.judge, kept);
    lived.map(|configs| {
        judge.told_as(|mut finding| {
            let told =
                configs.iter().map(|config| format!("a configuration of the sequence: {config}"));
            finding.bytes.extend(told);
            finding
        })
    })
}

async fn live(
    session: &mut Session,
    case: &RandomCase,
    numbers: &[u32],
) -> Result<Vec<Value>, RunError> {
    let directory = directory()?;
    let needs = Standing::of(session, &case.needs, directory.path()).await?;
    let Some(mut standing) = needs else { return Ok(Vec::new()) };
    let configs = live_beside(session, case, numbers, directory.path()).await?;
    standing.rest(session).await?;
    standing.destroy(session).await?;
    Ok(configs)
}

async fn live_beside(
    session: &mut Session,
    case: &RandomCase,
    numbers: &[u32],
    directory: &Utf8Path,
) -> Result<Vec<Value>, RunError> {
    let write_only = session.has(Feature::WriteOnly);
    let mut actor = Actor::new(session, &case.type_name)
        .ok_or_else(|| RunError::Absent(case.type_name.clone()))?;
    let source = Source { values: &case.values, directory, write_only };
    let mut choices = Choices { numbers };
    let block = actor.schema.block.clone();
    let names: Vec<_> = block
        .attributes
        .iter()
        .filter(|(_, it)| it.presence.is_configurable() && !it.write_only)
        .map(|(name, _)| name.clone())
        .collect();
    let mut configs = Vec::new();
    for turn in 0..=choices.of(4) {
        let config = source.block(&block, &Path::default(), &mut choices);
        configs.push(config.clone());
        let shown = match names.get(choices.of(names.len() * 2)) {
            Some(name) if turn > 0 && !config.member(name).is_null() => unknown_at(&config, name),
            _ => config.clone(),
        };
        let turn = format!("configuration {}", turn + 1);
        match actor.turn_of(&shown, &config, &turn).await {
            // What is not allowed is not tried.
            Err(Stop::Refused(_)) => {}
            Err(Stop::Broken) => break,
            Ok(planned) => match actor.apply(&planned, &config, &turn).await {
                Ok(()) => {
                    if actor.rest(&config, &turn).await == Err(Stop::Broken) {
                        break;
                    }
                }
                Err(Stop::Refused(_)) if planned.action == Action::Update => {}
                Err(Stop::Refused(_)) if actor.object.value.is_null() => {}
                Err(Stop::Refused(_)) => {
                    let turn = format!("{turn}, destroy what was left");
                    if actor.destroy(&turn).await.is_err() {
                        break;
                    }
                }
                Err(Stop::Broken) => break,
            },
        }
    }
    if !actor.object.value.is_null() {
        // May be refused; what matters is what it says.
        let _ = actor.destroy("destroy").await;
    }
    Ok(configs)
}
