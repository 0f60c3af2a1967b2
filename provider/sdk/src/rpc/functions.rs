//! `CallFunction`.

use zeebe_proto::tfplugin6::call_function::{Request, Response};
use zeebe_proto::tfplugin6::{DynamicValue, FunctionError};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, encode};
use crate::diagnostic::Diagnostic;
use crate::function::{Parameter, Signature};
use crate::provider::{Function, FunctionFault};
use crate::value::Value;

pub(super) async fn call_function(service: &Service, request: Request) -> Response {
    let Request { name, arguments } = request;
    let Some(function) = service.provider().functions.get(&name).cloned() else {
        return failed(fault(format!("this release of the provider has no function \"{name}\"")));
    };
    let subject = Subject { rpc: "CallFunction", name: &name };
    let called = service.guard(subject, None, |_call| async move { call(&*function, &arguments) });
    match called.await.unwrap_or_else(|panicked| Err(told(panicked))) {
        Ok(result) => Response { result: Some(result), error: None },
        Err(fault) => failed(fault),
    }
}

fn call(
    function: &dyn Function,
    arguments: &[DynamicValue],
) -> Result<DynamicValue, FunctionFault> {
    let signature = function.signature();
    let arguments = decoded(signature, arguments)?;
    let result = function.call(arguments)?;
    encode("result", &result, &signature.returns).map_err(told)
}

fn decoded(signature: &Signature, arguments: &[DynamicValue]) -> Result<Vec<Value>, FunctionFault> {
    let Signature { parameters, variadic, .. } = signature;
    let (least, got) = (parameters.len(), arguments.len());
    if variadic.is_none() && got != least {
        return Err(fault(format!("expected {least} arguments, got {got}")));
    }
    if got < least {
        return Err(fault(format!("expected {least} or more arguments, got {got}")));
    }
    let rest = variadic.iter().cycle();
    parameters
        .iter()
        .chain(rest)
        .zip(arguments)
        .enumerate()
        .map(|(place, (parameter, wire))| argument(place, parameter, wire))
        .collect()
}

fn argument(
    place: usize,
    parameter: &Parameter,
    wire: &DynamicValue,
) -> Result<Value, FunctionFault> {
    decode(&parameter.name, Some(wire), &parameter.ty)
        .map_err(|diagnostic| FunctionFault { argument: Some(place), ..told(diagnostic) })
}

fn fault(text: String) -> FunctionFault {
    FunctionFault { text, argument: None }
}

fn told(diagnostic: Diagnostic) -> FunctionFault {
    let Diagnostic { severity: _, summary, detail, path: _ } = diagnostic;
    fault(format!("{summary}: {detail}"))
}

fn failed(fault: FunctionFault) -> Response {
    let FunctionFault { text, argument } = fault;
    let function_argument = argument.and_then(|place| i64::try_from(place).ok());
    Response { result: None, error: Some(FunctionError { text, function_argument }) }
}
