//! Whether what became of a plan is what was planned (`AssertObjectCompatible`).

use crate::judge::Breach;
use crate::path::Path;
use crate::rules::Rule;
use crate::schema::{Block, Nesting};
use crate::value::Value;

/// Every way in which `actual` is not what was planned. A broken promise about a value that was unknown is told
/// as the breach of `promised`, everything else as one of `planned_rule`.
pub fn compatible(
    schema: &Block,
    planned: &Value,
    actual: &Value,
    planned_rule: Rule,
    promised: Rule,
) -> Vec<(Rule, Breach)> {
    let mut look = Look { planned_rule, promised, found: Vec::new() };
    look.block(schema, planned, actual, &Path::default());
    look.found
}

#[derive(Clone)]
struct Look {
    planned_rule: Rule,
    promised: Rule,
    found: Vec<(Rule, Breach)>,
}

impl Look {
    fn differs(&mut self, path: &Path, planned: &Value, actual: &Value) {
        let breach = Breach::at(path, format!("{planned}, as planned"), actual.to_string());
        self.found.push((self.planned_rule, breach));
    }

    /// Whether a comparison would find nothing.
    fn agrees(&self, compare: impl FnOnce(&mut Self)) -> bool {
        let mut alone = Self { found: Vec::new(), ..self.clone() };
        compare(&mut alone);
        alone.found.is_empty()
    }

    fn block(&mut self, schema: &Block, planned: &Value, actual: &Value, path: &Path) {
        if planned.is_null() != actual.is_null() {
            self.differs(path, planned, actual);
            return;
        }
        if planned.is_null() || !planned.is_known() {
            return;
        }
        for name in schema.attributes.keys() {
            self.value(planned.member(name), actual.member(name), &path.attribute(name));
        }
        for (name, schema) in &schema.blocks {
            let (planned, actual) = (planned.member(name), actual.member(name));
            let path = path.attribute(name);
            if schema.computed && actual.is_null() && schema.nesting != Nesting::Single {
                self.differs(&path, planned, actual);
                return;
            }
            if !planned.is_known() || planned.is_null() && schema.nesting != Nesting::Single {
                continue;
            }
            match schema.nesting {
                Nesting::Single | Nesting::Group => {
                    self.block(&schema.block, planned, actual, &path);
                }
                Nesting::List => {
                    if planned.elements().len() != actual.elements().len() {
                        self.differs(&path, planned, actual);
                        continue;
                    }
                    let pairs = planned.elements().iter().zip(actual.elements());
                    for (place, (planned, actual)) in pairs.enumerate() {
                        self.block(&schema.block, planned, actual, &path.index(place));
                    }
                }
                Nesting::Map => {
                    let planned_keys = planned.members().into_iter().flatten().map(|it| it.0);
                    let actual_keys = actual.members().into_iter().flatten().map(|it| it.0);
                    if !planned_keys.eq(actual_keys) {
                        self.differs(&path, planned, actual);
                        continue;
                    }
                    for (key, planned) in planned.members().into_iter().flatten() {
                        self.block(&schema.block, planned, actual.member(key), &path.key(key));
                    }
                }
                Nesting::Set => self.set(planned, actual, &path, |look, planned, actual| {
                    look.block(&schema.block, planned, actual, &Path::default());
                }),
            }
        }
    }

    fn value(&mut self, planned: &Value, actual: &Value, path: &Path) {
        match (planned, actual) {
            (Value::Unknown(promise), actual) => {
                if !promise.admits(actual) {
                    let breach = Breach::at(path, planned.to_string(), actual.to_string());
                    self.found.push((self.promised, breach));
                }
            }
            (Value::Null, Value::Null) => {}
            (Value::Sequence(wanted), Value::Sequence(got)) if wanted.len() == got.len() => {
                for (place, (planned, actual)) in wanted.iter().zip(got).enumerate() {
                    self.value(planned, actual, &path.index(place));
                }
            }
            (Value::Members(wanted), Value::Members(got)) if wanted.keys().eq(got.keys()) => {
                for (name, planned) in wanted {
                    self.value(planned, &got[name], &path.attribute(name));
                }
            }
            (Value::Set(_), Value::Set(_)) => {
                self.set(planned, actual, path, |look, planned, actual| {
                    look.value(planned, actual, &Path::default());
                });
            }
            // A value of any type may be planned as one that is not known.
            (Value::Dynamic(_, planned), Value::Dynamic(_, actual)) => {
                self.value(planned, actual, path);
            }
            (planned, actual) => {
                if planned != actual {
                    self.differs(path, planned, actual);
                }
            }
        }
    }

    /// Elements of sets are found by what they agree with: each needs one on the other side.
    fn set(
        &mut self,
        planned: &Value,
        actual: &Value,
        path: &Path,
        compare: impl Fn(&mut Self, &Value, &Value),
    ) {
        let (wanted, got) = (planned.elements(), actual.elements());
        let agree =
            |planned: &Value, actual: &Value| self.agrees(|look| compare(look, planned, actual));
        let each_planned =
            wanted.iter().all(|planned| got.iter().any(|actual| agree(planned, actual)));
        let each_actual =
            got.iter().all(|actual| wanted.iter().any(|planned| agree(planned, actual)));
        if !each_planned || !each_actual || wanted.len() < got.len() {
            self.differs(path, planned, actual);
        }
    }
}
