//! Reference pages: what a schema says, in the registry's layout.

mod words;

use std::fmt::Write;
use std::sync::Arc;

use self::words::{
    anchor, first_sentence, literal, one_line, shape_name, spelling, told, type_name,
};
use crate::function::{Parameter, Signature};
use crate::model::Model;
use crate::schema::{Attribute, DefaultValue, Object, OnChange, Presence, Schema, Secrecy, Shape};

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// A list resource.
    List,
    /// An action.
    Action,
    /// An ephemeral resource.
    Ephemeral,
    /// The provider's own block.
    Provider,
}

impl Kind {
    fn heading(self) -> &'static str {
        match self {
            Self::Resource => "Resource",
            Self::DataSource => "Data Source",
            Self::List => "List Resource",
            Self::Action => "Action",
            Self::Ephemeral => "Ephemeral Resource",
            Self::Provider => "Provider",
        }
    }
}

/// What stands on a page beside the schema.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// HCL that shows its use.
    pub example: Option<String>,
    /// The command that imports one.
    pub import: Option<String>,
    /// HCL that imports one by its identity.
    pub import_by_identity: Option<String>,
    /// What identifies one, where something does.
    pub identity: Option<Arc<Object>>,
}

/// The page of a model.
pub fn page<M: Model>(kind: Kind, extras: &Extras) -> String {
    render(M::NAME, kind, M::schema(), extras)
}

/// The page of a schema.
pub fn render(name: &str, kind: Kind, schema: &Schema, extras: &Extras) -> String {
    let mut page = Page { text: String::new(), pending: Vec::new() };
    let summary = first_sentence(schema.description());
    page.line("---");
    page.line(&format!("page_title: \"{name} {}\"", kind.heading()));
    page.line("description: |-");
    page.line(&format!("  {summary}"));
    page.line("---");
    page.line("");
    page.line(&format!("# {name} ({})", kind.heading()));
    page.line("");
    page.line(schema.description());
    page.fenced("Example Usage", "terraform", extras.example.as_deref());
    if !schema.object().attributes().is_empty() {
        page.line("");
        page.line("## Schema");
        page.object("", schema.object());
        page.pending();
    }
    page.fenced("Import", "shell", extras.import.as_deref());
    if let Some(identity) = &extras.identity {
        page.identity(identity);
        page.fenced("Import by identity", "terraform", extras.import_by_identity.as_deref());
    }
    page.text
}

/// The page of a function.
pub fn function(name: &str, signature: &Signature, extras: &Extras) -> String {
    let Signature { summary, description, parameters, variadic, returns } = signature;
    let mut page = Page { text: String::new(), pending: Vec::new() };
    page.line("---");
    page.line(&format!("page_title: \"{name} Function\""));
    page.line("description: |-");
    page.line(&format!("  {summary}"));
    page.line("---");
    page.line("");
    page.line(&format!("# {name} (Function)"));
    page.line("");
    page.line(description);
    page.fenced("Example Usage", "terraform", extras.example.as_deref());
    page.line("");
    page.line("## Signature");
    page.line("");
    page.line("```text");
    let named = |parameter: &Parameter| format!("{} {}", parameter.name, spelling(&parameter.ty));
    let mut list: Vec<_> = parameters.iter().map(named).collect();
    list.extend(variadic.iter().map(|parameter| format!("{}...", named(parameter))));
    page.line(&format!("{name}({}) {}", list.join(", "), spelling(returns)));
    page.line("```");
    page.line("");
    page.line("## Arguments");
    page.line("");
    for (place, parameter) in parameters.iter().chain(variadic).enumerate() {
        let Parameter { name, description, ty, accepts: _ } = parameter;
        let description = one_line(description);
        page.line(&format!("{}. `{name}` ({}) {description}", place + 1, type_name(ty)));
    }
    page.text
}

struct Page<'a> {
    text: String,
    /// Nested objects whose section follows: where they are, and what they are.
    pending: Vec<(String, &'a Object)>,
}

impl<'a> Page<'a> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn fenced(&mut self, heading: &str, language: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        self.line("");
        self.line(&format!("## {heading}"));
        self.line("");
        self.line(&format!("```{language}"));
        self.line(text.trim_end());
        self.line("```");
    }

    fn identity(&mut self, object: &Object) {
        self.line("");
        self.line("## Identity");
        self.line("");
        self.line("What tells one from every other, for life; clients from Terraform 1.12 and OpenTofu 1.12 on store it beside the state.");
        self.line("");
        for (name, attribute) in object.attributes() {
            let needed = match attribute.presence {
                Presence::Required => "required to import",
                Presence::Optional | Presence::Computed | Presence::OptionalComputed => {
                    "optional to import"
                }
            };
            let shape = shape_name(&attribute.shape);
            let description = one_line(&attribute.description);
            self.line(&format!("- `{name}` ({shape}, {needed}) {description}"));
        }
    }

    fn object(&mut self, path: &str, object: &'a Object) {
        let sections: [(&str, &[Presence]); 3] = [
            ("Required", &[Presence::Required]),
            ("Optional", &[Presence::Optional, Presence::OptionalComputed]),
            ("Read-Only", &[Presence::Computed]),
        ];
        for (heading, presences) in sections {
            let mut attributes = object
                .attributes()
                .iter()
                .filter(|(_, attribute)| presences.contains(&attribute.presence))
                .peekable();
            if attributes.peek().is_none() {
                continue;
            }
            self.line("");
            if path.is_empty() {
                self.line(&format!("### {heading}"));
            } else {
                self.line(&format!("{heading}:"));
            }
            self.line("");
            for (name, attribute) in attributes {
                self.attribute(path, name, attribute);
            }
        }
    }

    fn attribute(&mut self, path: &str, name: &str, attribute: &'a Attribute) {
        let Attribute {
            shape,
            presence,
            description,
            secrecy,
            deprecated,
            default,
            on_change,
            stability: _,
        } = attribute;
        let mut traits = vec![shape_name(shape)];
        match secrecy {
            Secrecy::Shown => {}
            Secrecy::Sensitive => traits.push("Sensitive".to_owned()),
            Secrecy::WriteOnly => traits.push("Sensitive, Write-only".to_owned()),
        }
        if deprecated.is_some() {
            traits.push("Deprecated".to_owned());
        }
        let mut text = format!("- `{name}` ({}) {}", traits.join(", "), one_line(description));
        let mut sentence = |sentence: String| {
            write!(text, " {sentence}").expect("writing to memory cannot fail");
        };
        if let Shape::Plain { ty, rule: Some(rule) } = shape
            && let Some(rule) = told(rule, ty, *presence)
        {
            sentence(rule);
        }
        match (default, presence) {
            (Some(DefaultValue { value, refused: _ }), _) => {
                sentence(format!("Defaults to `{}`.", literal(value)));
            }
            (None, Presence::OptionalComputed) => {
                sentence("Chosen by the provider where it is not given.".to_owned());
            }
            (None, Presence::Required | Presence::Optional | Presence::Computed) => {}
        }
        if *on_change == OnChange::Replace {
            sentence("A change needs a new object.".to_owned());
        }
        if let Some(instead) = deprecated {
            sentence(format!("**Deprecated**: {instead}."));
        }
        if let Shape::Nested { nesting: _, object } = shape {
            let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            sentence(format!("(see [below for nested schema](#nestedatt--{}))", anchor(&inner)));
            self.pending.push((inner, object));
        }
        self.line(&text);
    }

    /// The sections of nested objects, each before those that it holds.
    fn pending(&mut self) {
        let mut next = 0;
        while let Some((path, object)) = self.pending.get(next).cloned() {
            next += 1;
            self.line("");
            self.line(&format!("<a id=\"nestedatt--{}\"></a>", anchor(&path)));
            self.line(&format!("### Nested Schema for `{path}`"));
            self.object(&path, object);
        }
    }
}

#[cfg(test)]
mod tests;
