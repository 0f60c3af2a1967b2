//! The wish for backups that are taken while no terraform runs.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeebe_scalar::Span;

use crate::backup::BackupsKept;
use crate::search_backup::SearchBackup;

const DAY: Duration = Duration::from_hours(24);
/// A broker takes one backup after another, each of which takes seconds at least.
const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(31 * 24);

zeebe_scalar::text! {
    /// A time of day in UTC.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub TimeOfDay, "a time of day in UTC, from `00:00` to `23:59`", "02:30",
    |text| hours_and_minutes(text).is_some()
}

impl TimeOfDay {
    /// How long after the day's beginning.
    pub fn since_midnight(&self) -> Duration {
        let (hours, minutes) = hours_and_minutes(self.as_str()).unwrap_or_default();
        Duration::from_mins(hours * 60 + minutes)
    }
}

fn hours_and_minutes(text: &str) -> Option<(u64, u64)> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, below: u64| {
        let is_written_out = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| is_written_out && *number < below)
    };
    Some((number(hours, 24)?, number(minutes, 60)?))
}

/// When backups are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupTimes {
    /// One when the last whole one is that old.
    Every(Span),
    /// One a day, when it is that time.
    DailyAt(TimeOfDay),
}

impl fmt::Display for BackupTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(span) => write!(f, "every {span}"),
            Self::DailyAt(time) => write!(f, "daily at {time} UTC"),
        }
    }
}

/// Which backups are taken of a cluster, and how many of them are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSpec {
    /// When.
    pub times: BackupTimes,
    /// How many whole ones are kept; nothing said means all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keep: Option<BackupsKept>,
    /// What each takes along of search stores; nothing unless said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub search_store: Option<SearchBackup>,
}

/// What is wrong with the time between two backups, in sentences.
pub fn mistake_of_interval(every: &Span) -> Option<String> {
    let fits = (SHORTEST..=LONGEST).contains(&every.duration());
    let days = LONGEST.as_secs() / DAY.as_secs();
    (!fits).then(|| format!("Expected 1m to {days}d, as `6h`, got `{every}`."))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use zeebe_scalar::Span;

    use super::{TimeOfDay, mistake_of_interval};

    #[rstest]
    #[case("00:00", Some(0))]
    #[case("02:30", Some(150))]
    #[case("23:59", Some(1_439))]
    #[case("24:00", None)]
    #[case("02:60", None)]
    #[case("2:30", None)]
    #[case("02:3", None)]
    #[case("+2:30", None)]
    #[case("0230", None)]
    #[case("02:30:00", None)]
    fn a_time_of_day_is_two_digits_of_hours_and_two_of_minutes(
        #[case] text: &str,
        #[case] minutes: Option<u64>,
    ) {
        let time = TimeOfDay::try_from(text.to_owned()).ok();
        assert_eq!(time.map(|time| time.since_midnight().as_secs() / 60), minutes);
    }

    #[rstest]
    #[case("1m", true)]
    #[case("31d", true)]
    #[case("59s", false)]
    #[case("32d", false)]
    fn the_time_between_two_backups_is_a_minute_to_a_month(#[case] text: &str, #[case] fits: bool) {
        let every = Span::try_from(text.to_owned()).unwrap();
        assert_eq!(mistake_of_interval(&every).is_none(), fits);
    }
}
