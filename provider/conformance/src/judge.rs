//! What was looked at, and what was found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::path::Path;
use crate::rules::Rule;

/// One breach of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// What was looked at: a resource, a function, the process.
    pub subject: String,
    /// In which turn: "plan 2", "import".
    pub turn: String,
    /// Where in the value; empty for the whole.
    pub path: String,
    /// What the rule wants there.
    pub expected: String,
    /// What was there.
    pub got: String,
    /// Messages of the call, as `name: hexadecimal bytes`.
    pub bytes: Vec<String>,
}

/// A breach that does not know yet where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Where in the value.
    pub path: Path,
    /// What the rule wants there.
    pub expected: String,
    /// What was there.
    pub got: String,
}

impl Breach {
    /// A breach at a place.
    pub fn at(path: &Path, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { path: path.clone(), expected: expected.into(), got: got.into() }
    }

    /// A breach of the whole.
    pub fn of(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::at(&Path::default(), expected, got)
    }
}

/// Where something is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// A resource, a function, the process.
    pub subject: String,
    /// In which turn.
    pub turn: String,
    /// Messages of the call.
    pub bytes: Vec<String>,
}

impl Scene {
    /// A scene without messages.
    pub fn of(subject: &str, turn: &str) -> Self {
        Self { subject: subject.to_owned(), turn: turn.to_owned(), bytes: Vec::new() }
    }

    /// The same at another turn.
    #[must_use]
    pub fn turn(&self, turn: &str) -> Self {
        Self::of(&self.subject, turn)
    }
}

/// Collects looks and findings.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    looks: BTreeMap<Rule, usize>,
    findings: Vec<Finding>,
    tolerated: usize,
}

impl Judge {
    /// Counts one look for a rule, and its breaches if there are any. Tells whether there was none.
    pub fn look(
        &mut self,
        rule: Rule,
        scene: &Scene,
        breaches: impl IntoIterator<Item = Breach>,
    ) -> bool {
        *self.looks.entry(rule).or_default() += 1;
        let before = self.findings.len();
        for Breach { path, expected, got } in breaches {
            let finding = Finding {
                rule: rule.id(),
                subject: scene.subject.clone(),
                turn: scene.turn.clone(),
                path: path.to_string(),
                expected,
                got,
                bytes: scene.bytes.clone(),
            };
            // One mistake, met in every turn, is told once for each.
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        before == self.findings.len()
    }

    /// Counts breaches that core puts up with, because the provider says that it is of the legacy kind.
    pub fn tolerate(&mut self, breaches: usize) {
        self.tolerated += breaches;
    }

    /// All findings, in the order in which they were made.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How often each rule was looked at.
    pub fn looks(&self, rule: Rule) -> usize {
        self.looks.get(&rule).copied().unwrap_or_default()
    }

    /// How many breaches core puts up with.
    pub fn tolerated(&self) -> usize {
        self.tolerated
    }

    /// The same with each finding told otherwise.
    #[must_use]
    pub fn told_as(self, tell: impl FnMut(Finding) -> Finding) -> Self {
        let Self { looks, findings, tolerated } = self;
        Self { looks, findings: findings.into_iter().map(tell).collect(), tolerated }
    }

    /// Takes in what another has seen.
    pub fn absorb(&mut self, other: Self) {
        for (rule, looks) in other.looks {
            *self.looks.entry(rule).or_default() += looks;
        }
        for finding in other.findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.tolerated += other.tolerated;
    }
}
