//! What a person and a program are told.

use std::fmt::Write;

use serde::Serialize;

use crate::judge::{Finding, Judge};
use crate::rules::Rule;

/// What a run says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The provider's program.
    pub provider: String,
    /// The client that was played.
    pub profile: String,
    /// What random sequences started from.
    pub seed: u64,
    /// How long it took.
    pub milliseconds: u128,
    /// Every rule, and how often it was looked at.
    pub rules: Vec<RuleRow>,
    /// Breaches that core puts up with, as the provider says that it is of the legacy kind.
    pub tolerated: usize,
    /// Every breach.
    pub findings: Vec<Finding>,
}

/// One rule of a report.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// Its id.
    pub rule: &'static str,
    /// Who demands it.
    pub source: &'static str,
    /// How often it was looked at; 0 says that nothing in this run could show it.
    pub looks: usize,
    /// How often it was broken.
    pub findings: usize,
}

impl Report {
    /// The report of what was seen.
    pub fn of(
        judge: &Judge,
        provider: &str,
        profile: &str,
        seed: u64,
        took: std::time::Duration,
    ) -> Self {
        let row = |rule: Rule| RuleRow {
            rule: rule.id(),
            source: rule.source(),
            looks: judge.looks(rule),
            findings: judge.findings().iter().filter(|it| it.rule == rule.id()).count(),
        };
        Self {
            provider: provider.to_owned(),
            profile: profile.to_owned(),
            seed,
            milliseconds: took.as_millis(),
            rules: Rule::ALL.iter().copied().map(row).collect(),
            tolerated: judge.tolerated(),
            findings: judge.findings().to_vec(),
        }
    }

    /// How many rules were looked at.
    pub fn rules_seen(&self) -> usize {
        self.rules.iter().filter(|row| row.looks > 0).count()
    }

    /// The report as a table. With `bytes`, each finding shows the messages of its call.
    pub fn table(&self, bytes: Bytes) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = self.write(&mut text, bytes);
        text
    }

    fn write(&self, text: &mut String, bytes: Bytes) -> std::fmt::Result {
        writeln!(text, "{} as {}", self.provider, self.profile)?;
        writeln!(text)?;
        let width = self.rules.iter().map(|row| row.rule.len()).max().unwrap_or_default();
        for row in &self.rules {
            let verdict = match (row.looks, row.findings) {
                (0, _) => "not met".to_owned(),
                (_, 0) => "ok".to_owned(),
                (_, 1) => "1 finding".to_owned(),
                (_, count) => format!("{count} findings"),
            };
            writeln!(text, "{:width$}  {:>6}  {verdict}", row.rule, row.looks)?;
        }
        for finding in &self.findings {
            let Finding { rule, subject, turn, path, expected, got, bytes: messages } = finding;
            writeln!(text)?;
            writeln!(text, "{rule}: {subject}, {turn}")?;
            if let Some(known) = Rule::of(rule) {
                writeln!(text, "  rule      {} ({})", known.text(), known.source())?;
            }
            if !path.is_empty() {
                writeln!(text, "  at        {path}")?;
            }
            writeln!(text, "  expected  {expected}")?;
            writeln!(text, "  got       {got}")?;
            if bytes == Bytes::Shown {
                for message in messages {
                    writeln!(text, "  bytes     {message}")?;
                }
            }
        }
        writeln!(text)?;
        write!(
            text,
            "{} findings; {} of {} rules met; seed {}; {} ms",
            self.findings.len(),
            self.rules_seen(),
            self.rules.len(),
            self.seed,
            self.milliseconds,
        )?;
        if self.tolerated > 0 {
            write!(text, "; {} breaches put up with (legacy type system)", self.tolerated)?;
        }
        writeln!(text)
    }
}

/// Whether findings show the messages of their calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// They do.
    Shown,
    /// They do not.
    Hidden,
}
