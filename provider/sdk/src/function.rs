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

/// One parameter of a function. Null and unknown arguments never reach the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name in messages and on the reference page.
    pub name: String,
    /// The reference text, in Markdown.
    pub description: String,
    /// The argument's type.
    pub ty: Type,
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
        let Parameter { name, description, ty } = parameter;
        Self {
            name: name.clone(),
            r#type: ty.to_bytes(),
            allow_null_value: false,
            allow_unknown_values: false,
            description: description.clone(),
            description_kind: StringKind::Markdown.into(),
        }
    }
}
