//! The wish for how long the records of one exporter are kept where it writes them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeebe_scalar::Span;

use crate::exporter::{ExporterMistake, ExporterName, ExporterSpec};

const DAY: u64 = 86_400;
/// A hundred years: what is longer is a mistake in the unit.
const LONGEST_DAYS: u64 = 36_500;

zeebe_scalar::choice! {
    /// Who removes what is too old.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub Enforcer {
        Agent = "agent" /** An apply, once, and `zeebe-agent` from then on: on any store, with no feature of its own. */,
    }
}

/// How long the records of one exporter are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionSpec {
    /// The exporter.
    pub exporter: ExporterName,
    /// A record younger than this is kept.
    pub minimum_age: Span,
    /// Who removes the others.
    pub enforced_by: Enforcer,
}

impl RetentionSpec {
    /// Every mistake that can be told without a look at the cluster.
    pub fn mistakes(&self) -> Vec<ExporterMistake> {
        mistake_of_age("minimum_age", self.minimum_age.duration()).into_iter().collect()
    }

    /// What is wrong with it for that exporter.
    pub fn mistakes_on(&self, exporter: &ExporterSpec) -> Vec<ExporterMistake> {
        let mut mistakes = self.mistakes();
        if exporter.store().is_none() {
            mistakes.push(without_store(exporter));
        }
        mistakes
    }
}

/// Says that an exporter writes into no search store.
pub fn without_store(exporter: &ExporterSpec) -> ExporterMistake {
    ExporterMistake {
        at: "exporter".to_owned(),
        summary: format!("exporter \"{}\" writes into no search store", exporter.name),
        detail: format!(
            "Expected an exporter to elasticsearch or opensearch, got one to {}. What is in Kafka is kept as long as its \
             topic's `retention.ms` says.",
            exporter.kind()
        ),
    }
}

/// What is wrong with an age that indices, a day each, are measured by.
pub fn mistake_of_age(at: &str, age: Duration) -> Option<ExporterMistake> {
    let seconds = age.as_secs();
    let fits = seconds.is_multiple_of(DAY)
        && age.subsec_nanos() == 0
        && (1..=LONGEST_DAYS).contains(&(seconds / DAY));
    (!fits).then(|| ExporterMistake {
        at: at.to_owned(),
        summary: "an age is not so many whole days".to_owned(),
        detail: format!(
            "The exporter writes one index a day, which goes as a whole. Expected 1d to {LONGEST_DAYS}d, as `30d`, got \
             {seconds}s."
        ),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::mistake_of_age;
    use std::time::Duration;

    #[rstest]
    #[case(86_400, true)]
    #[case(30 * 86_400, true)]
    #[case(36_500 * 86_400, true)]
    #[case(0, false)]
    #[case(3_600, false)]
    #[case(36 * 3_600, false)]
    #[case(36_501 * 86_400, false)]
    fn an_age_is_a_number_of_whole_days(#[case] seconds: u64, #[case] fits: bool) {
        let mistake = mistake_of_age("minimum_age", Duration::from_secs(seconds));
        assert_eq!(mistake.is_none(), fits, "{mistake:?}");
    }
}
