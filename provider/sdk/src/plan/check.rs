//! What core will not accept in a plan, told as what it is: a mistake of the provider, at the attribute where it is.

use crate::decode::shown;
use crate::diagnostic::Diagnostic;
use crate::path::{Path, Step};
use crate::schema::{Attribute, Nesting, Object, Secrecy, Shape};
use crate::value::Value;

/// Every attribute whose planned value breaks Terraform's rules: what is configured is planned as it is, or stays as it was; what is not configured is
/// planned only where it is computed.
pub fn check(object: &Object, prior: &Value, config: &Value, planned: &Value) -> Vec<Diagnostic> {
    let mut check = Check { found: Vec::new() };
    check.object(&Path::root(), object, prior, config, planned);
    check.found
}

struct Check {
    found: Vec<Diagnostic>,
}

impl Check {
    fn object(
        &mut self,
        path: &Path,
        object: &Object,
        prior: &Value,
        config: &Value,
        planned: &Value,
    ) {
        for (name, attribute) in object.attributes() {
            let (config, planned) = (config.member(name), planned.member(name));
            if config != planned {
                self.attribute(&path.then(name), attribute, prior.member(name), config, planned);
            }
        }
    }

    fn attribute(
        &mut self,
        path: &Path,
        attribute: &Attribute,
        prior: &Value,
        config: &Value,
        planned: &Value,
    ) {
        let computed = attribute.presence.is_computed();
        if attribute.secrecy == Secrecy::WriteOnly {
            if !planned.is_null() {
                self.broken(path, "It is used and never stored, but a value was planned.");
            }
            return;
        }
        match (config, &attribute.shape) {
            (Value::Null, _) if computed => {}
            (Value::Null, _) => {
                let text = "It is not configured and not computed, but a value was planned.";
                self.broken(path, text);
            }
            _ if planned == prior && !prior.is_null() => {}
            (_, Shape::Nested { nesting, object }) => {
                self.nested(path, attribute, (*nesting, object), prior, config, planned);
            }
            (_, Shape::Plain { .. }) => self.unlike(path, attribute, config, planned),
        }
    }

    fn nested(
        &mut self,
        path: &Path,
        attribute: &Attribute,
        (nesting, object): (Nesting, &Object),
        prior: &Value,
        config: &Value,
        planned: &Value,
    ) {
        match (nesting, config, planned) {
            (Nesting::Single, Value::Object(_), Value::Object(_)) => {
                self.object(path, object, prior, config, planned);
            }
            (Nesting::List, Value::List(configs), Value::List(planneds))
                if configs.len() == planneds.len() =>
            {
                for (index, (config, planned)) in configs.iter().zip(planneds).enumerate() {
                    let (path, prior) = (path.with(Step::Index(index)), prior.element(index));
                    self.element(&path, attribute, object, prior, config, planned);
                }
            }
            (Nesting::Set, Value::List(configs), Value::List(planneds))
                if configs.len() == planneds.len() => {}
            (Nesting::Map, Value::Object(configs), Value::Object(planneds))
                if configs.keys().eq(planneds.keys()) =>
            {
                for ((key, config), planned) in configs.iter().zip(planneds.values()) {
                    let (path, prior) = (path.with(Step::Key(key.clone())), prior.member(key));
                    self.element(&path, attribute, object, prior, config, planned);
                }
            }
            _ => self.unlike(path, attribute, config, planned),
        }
    }

    fn element(
        &mut self,
        path: &Path,
        attribute: &Attribute,
        object: &Object,
        prior: &Value,
        config: &Value,
        planned: &Value,
    ) {
        match (config, planned) {
            (Value::Object(_), Value::Object(_)) => {
                self.object(path, object, prior, config, planned);
            }
            _ if config == planned => {}
            _ => self.unlike(path, attribute, config, planned),
        }
    }

    fn unlike(&mut self, path: &Path, attribute: &Attribute, config: &Value, planned: &Value) {
        let text = match attribute.secrecy {
            Secrecy::Shown => format!(
                "The configuration says {}, but {} was planned, which is not its prior value either.",
                shown(config),
                shown(planned)
            ),
            Secrecy::Sensitive | Secrecy::WriteOnly => {
                "Something else was planned than the configuration says.".to_owned()
            }
        };
        self.broken(path, &text);
    }

    fn broken(&mut self, path: &Path, text: &str) {
        let detail = format!("{text} This is a mistake of the provider, not of the configuration.");
        self.found.push(
            Diagnostic::error(format!("plan of {path} breaks Terraform's rules"), detail)
                .at(path.clone()),
        );
    }
}
