//! What a function does, over its arguments.

use std::marker::PhantomData;

use crate::decode::{Findings, Place, Source};
use crate::field::Field;
use crate::function::{Parameter, Signature};
use crate::knowable::Knowable;
use crate::provider::{Function, FunctionFault};
use crate::value::Value;

/// A struct whose fields are a function's arguments, in order: `#[derive(Arguments)]`.
pub trait Arguments: Sized + Send + 'static {
    /// The parameters, and what any further arguments are.
    fn parameters() -> (Vec<Parameter>, Option<Parameter>);

    /// Reads the arguments; names the one that breaks a rule.
    fn decode(arguments: Vec<Value>) -> Result<Self, FunctionFault>;
}

/// One function: the same arguments always give the same result, without network and clock.
pub trait PureFunction: Send + Sync + 'static {
    /// The arguments in order.
    type Arguments: Arguments;
    /// The result.
    type Output;

    /// Name without `provider::<provider>::`.
    const NAME: &'static str;
    /// One sentence.
    const SUMMARY: &'static str;
    /// The reference text, in Markdown.
    const DESCRIPTION: &'static str;

    /// The result.
    fn call(&self, arguments: Self::Arguments) -> Result<Self::Output, FunctionFault>;
}

/// A typed function, for [`crate::provider::Provider::with_function`].
pub fn function<F, M>(function: F) -> impl Function
where
    F: PureFunction,
    F::Output: Field<M>,
    M: 'static,
{
    let (parameters, variadic) = F::Arguments::parameters();
    let signature = Signature {
        summary: F::SUMMARY.to_owned(),
        description: F::DESCRIPTION.to_owned(),
        parameters,
        variadic,
        returns: F::Output::shape().ty(),
    };
    Adapter { function, signature, marker: PhantomData }
}

struct Adapter<F, M> {
    function: F,
    signature: Signature,
    marker: PhantomData<fn() -> M>,
}

impl<F, M> Function for Adapter<F, M>
where
    F: PureFunction,
    F::Output: Field<M>,
    M: 'static,
{
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionFault> {
        let arguments = F::Arguments::decode(arguments)?;
        self.function.call(arguments).map(|result| result.encode())
    }
}

/// Reads one argument.
pub(crate) fn argument<T: Field<M>, M>(index: usize, value: &Value) -> Result<T, FunctionFault> {
    let mut findings = Findings::new(Source::Config);
    let fault = |text: String| FunctionFault { text, argument: Some(index) };
    match T::decode(value, &Place::ROOT, &mut findings) {
        Some(Knowable::Known(argument)) => Ok(argument),
        Some(Knowable::Null) => Err(fault("Expected a value, got null.".to_owned())),
        Some(Knowable::Unknown) => Err(fault("Expected a value that is known.".to_owned())),
        None => {
            let details = findings.into_diagnostics().into_iter().map(|found| found.detail);
            Err(fault(details.collect::<Vec<_>>().join(" ")))
        }
    }
}
