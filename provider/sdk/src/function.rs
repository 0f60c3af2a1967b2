//! What a function takes and gives.

use zeebe_proto::tfplugin6;
use zeebe_proto::tfplugin6::StringKind;

use crate::types::Type;

/// Parameters, result and texts of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// One sentence.
    pub summary: String,
    /// The reference text, in Markdown.
    pub description: String,
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
    /// What any further arguments are; none where the parameters are all.
    pub variadic: Option<Parameter>,
    /// The result's type.
    pub returns: Type,
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name in messages and on the reference page.
    pub name: String,
    /// The reference text, in Markdown.
    pub description: String,
    /// The argument's type.
    pub ty: Type,
    /// Which arguments reach the function.
    pub accepts: Accepts,
}

/// Which arguments reach a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Known ones only: null is refused, and with an unknown one the result is unknown without a call.
    Known,
    /// Null too.
    Nullable,
    /// Null and unknown ones too.
    Anything,
}

impl From<&Signature> for tfplugin6::Function {
    fn from(signature: &Signature) -> Self {
        let Signature { summary, description, parameters, variadic, returns } = signature;
        Self {
            parameters: parameters.iter().map(Into::into).collect(),
            variadic_parameter: variadic.as_ref().map(Into::into),
            r#return: Some(tfplugin6::function::Return { r#type: returns.to_bytes() }),
            summary: summary.clone(),
            description: description.clone(),
            description_kind: StringKind::Markdown.into(),
            deprecation_message: String::new(),
        }
    }
}

impl From<&Parameter> for tfplugin6::function::Parameter {
    fn from(parameter: &Parameter) -> Self {
        let Parameter { name, description, ty, accepts } = parameter;
        Self {
            name: name.clone(),
            r#type: ty.to_bytes(),
            allow_null_value: *accepts != Accepts::Known,
            allow_unknown_values: *accepts == Accepts::Anything,
            description: description.clone(),
            description_kind: StringKind::Markdown.into(),
        }
    }
}
