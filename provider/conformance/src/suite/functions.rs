//! Functions, called before any configuration as core calls them.

use serde_json::Value as Json;
use zeebe_proto::tfplugin6::{Function, call_function};

use super::{Run, RunError};
use crate::draw;
use crate::judge::{Breach, Scene};
use crate::profile::Feature;
use crate::rules::Rule;
use crate::session::{Session, hex};
use crate::ty::Type;
use crate::value::Value;
use crate::wire;

impl Run {
    pub(super) async fn functions(&self, session: &mut Session) -> Result<(), RunError> {
        if !session.has(Feature::Functions) {
            return Ok(());
        }
        let mut functions: Vec<_> = session.schemas.sent.functions.clone().into_iter().collect();
        functions.sort_by(|one, other| one.0.cmp(&other.0));
        for case in &self.cases.functions {
            if !functions.iter().any(|(name, _)| *name == case.name) {
                return Err(RunError::Absent(format!("function {}", case.name)));
            }
        }
        for (name, function) in functions {
            let Some(types) = types(&function) else { continue };
            let cases = self.cases.functions.iter().filter(|case| case.name == name);
            for case in cases {
                let arguments = read(&name, &types, &case.arguments)?;
                let answer = call(session, &name, &function, &types, &arguments).await;
                if let Some(failed) = answer {
                    let scene = Scene::of(&format!("function {name}"), "the case");
                    let breach = (failed != case.fails).then(|| {
                        let word = |fails| if fails { "an error" } else { "a result" };
                        Breach::of(word(case.fails), word(failed))
                    });
                    session.judge.look(Rule::FunctionUnconfigured, &scene, breach);
                }
            }
            // Whether these make sense is not to be known; that they are answered is.
            let simple: Vec<_> =
                function.parameters.iter().zip(&types).map(|it| draw::simple(it.1)).collect();
            call(session, &name, &function, &types, &simple).await;
            let odd: Vec<_> = function.parameters.iter().zip(&types).map(|it| odd(it.1)).collect();
            call(session, &name, &function, &types, &odd).await;
        }
        Ok(())
    }
}

/// The types of a function's parameters, the variadic one last.
fn types(function: &Function) -> Option<Vec<Type>> {
    let parameters = function.parameters.iter().chain(&function.variadic_parameter);
    parameters.map(|it| Type::parse(&it.r#type).ok()).collect()
}

fn read(name: &str, types: &[Type], arguments: &[Json]) -> Result<Vec<Value>, RunError> {
    let argument = |(place, json): (usize, &Json)| {
        let ty = types.get(place).or(types.last()).unwrap_or(&Type::Dynamic);
        wire::from_json(json, ty)
            .map_err(|source| RunError::Value { subject: format!("function {name}"), source })
    };
    arguments.iter().enumerate().map(argument).collect()
}

/// A value that few functions have thought of.
fn odd(ty: &Type) -> Value {
    match ty {
        Type::Text => Value::text(""),
        Type::Number => Value::from(-1),
        Type::Bool => Value::Bool(false),
        Type::List(_) => Value::Sequence(Vec::new()),
        Type::Set(_) => Value::Set(Vec::new()),
        Type::Map(_) => Value::Members(std::collections::BTreeMap::new()),
        Type::Dynamic | Type::Tuple(_) | Type::Object(_) => draw::simple(ty),
    }
}

/// Calls twice; whether the function said that it cannot.
async fn call(
    session: &mut Session,
    name: &str,
    function: &Function,
    types: &[Type],
    arguments: &[Value],
) -> Option<bool> {
    let words: Vec<_> = arguments.iter().map(ToString::to_string).collect();
    let mut scene = Scene::of(&format!("function {name}"), &format!("call ({})", words.join(", ")));
    let sent = arguments.iter().enumerate().map(|(place, value)| {
        wire::encode(value, types.get(place).or(types.last()).unwrap_or(&Type::Dynamic))
    });
    let request = call_function::Request { name: name.to_owned(), arguments: sent.collect() };
    let first = session.connection.provider.call_function(request.clone()).await;
    let first = session.answer(Rule::FunctionError, &scene, first)?;
    session.judge.look(Rule::FunctionUnconfigured, &scene, None);
    scene.bytes.push(hex("result", first.result.as_ref()));
    let second = session.connection.provider.call_function(request).await;
    let second = session.answer(Rule::FunctionError, &scene, second)?;
    let breach = (first != second).then(|| {
        Breach::of(hex("result", first.result.as_ref()), hex("result", second.result.as_ref()))
    });
    session.judge.look(Rule::FunctionSame, &scene, breach);
    if let Some(error) = &first.error {
        let strange = error
            .function_argument
            .filter(|place| !usize::try_from(*place).is_ok_and(|place| place < arguments.len()));
        let expected = format!("one of {} arguments", arguments.len());
        let breach = strange.map(|place| Breach::of(expected, format!("argument {place}")));
        session.judge.look(Rule::FunctionArgument, &scene, breach);
        return Some(true);
    }
    let returns = function.r#return.as_ref().and_then(|it| Type::parse(&it.r#type).ok())?;
    if first.result.is_none() {
        let breach = Breach::of("a result or an error", "neither");
        session.judge.look(Rule::FunctionResult, &scene, [breach]);
        return None;
    }
    let result = session.decode(Rule::FunctionResult, &scene, first.result.as_ref(), &returns)?;
    let breach = (!result.unknown_paths().is_empty())
        .then(|| Breach::of("a known result", result.to_string()));
    session.judge.look(Rule::FunctionResult, &scene, breach);
    Some(false)
}
