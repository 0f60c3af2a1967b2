//! The wish that a backup goes along with a snapshot of what exporters have written into search stores.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeebe_scalar::Span;

/// Of a pause nobody said how long it may be: long enough for a snapshot that only adds what is new.
const BUDGET: Duration = Duration::from_mins(10);
const SHORTEST: Duration = Duration::from_secs(10);
/// Nothing is cut from the brokers' logs meanwhile.
const LONGEST: Duration = Duration::from_hours(6);

zeebe_scalar::text! {
    /// The name of a snapshot repository, which is registered in the search store already.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub RepositoryName, "1 to 128 letters, digits, dashes, underscores and dots, the first a letter or a digit", "backups",
    |text| text.len() <= 128
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// What a backup takes along of search stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchBackup {
    /// Where each store keeps its snapshots.
    pub repository: RepositoryName,
    /// How long exporting may be paused softly for it; 10 minutes where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pause_budget: Option<Span>,
}

impl SearchBackup {
    /// How long exporting may be paused softly.
    pub fn budget(&self) -> Duration {
        self.pause_budget.as_ref().map_or(BUDGET, Span::duration)
    }
}

/// What is wrong with how long exporting may be paused, in sentences.
pub fn mistake_of_budget(budget: &Span) -> Option<String> {
    let fits = (SHORTEST..=LONGEST).contains(&budget.duration());
    (!fits).then(|| format!("Expected 10s to 6h, as `10m`, got `{budget}`."))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use zeebe_scalar::Span;

    use super::mistake_of_budget;

    #[rstest]
    #[case("10s", true)]
    #[case("6h", true)]
    #[case("9s", false)]
    #[case("7h", false)]
    fn exporting_is_paused_for_seconds_to_hours(#[case] text: &str, #[case] fits: bool) {
        let budget = Span::try_from(text.to_owned()).unwrap();
        assert_eq!(mistake_of_budget(&budget).is_none(), fits);
    }
}
