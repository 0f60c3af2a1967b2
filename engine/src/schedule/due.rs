//! Which backup is due, from what the store has: no clock but the one that is given.

use std::time::Duration;

use jiff::Timestamp;
use zeebe_plan::backup::{Backup, BackupState};
use zeebe_spec::{BackupId, BackupTimes};

use super::{DEADLINE, ScheduleRecord};

const DAY: u64 = 86_400;
/// One that is late by less may be on its way: an agent that was away looks every few minutes.
const GRACE: Duration = Duration::from_hours(1);

/// How the store stands to the times that backups are taken at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it was looked.
    pub now: Timestamp,
    /// The newest whole backup and when it began, whoever took it.
    pub last: Option<(BackupId, Timestamp)>,
    /// When the next is due.
    pub next: Timestamp,
    /// One that the product is at, begun no longer ago than a backup may take.
    pub under_way: Option<BackupId>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// Nothing yet.
    Waits,
    /// A backup is to be taken now.
    IsDue,
    /// It should have been taken long ago: whoever should have done it could not.
    IsLate,
}

impl Due {
    /// What is to be done now.
    pub fn scheduled(&self) -> Scheduled {
        if self.under_way.is_some() || self.now < self.next {
            return Scheduled::Waits;
        }
        if plus(self.next, GRACE) <= self.now { Scheduled::IsLate } else { Scheduled::IsDue }
    }

    /// How long nobody need look again: what is under way is soon known, what is not due is known till then.
    pub fn rests(&self) -> Duration {
        const SOON: Duration = Duration::from_mins(1);
        match self.under_way {
            Some(_) => SOON,
            None => self.next.duration_since(self.now).try_into().unwrap_or(Duration::ZERO),
        }
    }
}

/// Whoever took it, a whole backup counts. One whose age nobody knows is older than all others, and one that is still being
/// taken after so long is given up.
pub(super) fn due(record: &ScheduleRecord, backups: &[Backup], now: Timestamp) -> Due {
    let began = |backup: &Backup| backup.began().and_then(|text| text.parse::<Timestamp>().ok());
    let last = backups
        .iter()
        .filter(|backup| backup.state == BackupState::Completed)
        .filter_map(|backup| Some((backup.id, began(backup)?)))
        .max_by_key(|(id, began)| (*began, *id));
    let under_way = backups
        .iter()
        .filter(|backup| backup.state == BackupState::InProgress)
        .find(|backup| began(backup).is_some_and(|began| now < plus(began, DEADLINE)))
        .map(|backup| backup.id);
    let next = next(record, last.map(|(_, began)| began));
    Due { now, last, next, under_way }
}

fn next(record: &ScheduleRecord, last: Option<Timestamp>) -> Timestamp {
    let since = record.since;
    match &record.spec.times {
        BackupTimes::Every(every) => {
            last.map_or(since, |last| plus(last, every.duration()).max(since))
        }
        BackupTimes::DailyAt(time) => {
            let after = last.map_or(since, |last| last.max(since));
            let midnight = after.as_second().div_euclid(i64::try_from(DAY).unwrap_or(i64::MAX));
            let today = midnight
                .checked_mul(86_400)
                .and_then(|second| Timestamp::from_second(second).ok())
                .map_or(Timestamp::MAX, |midnight| plus(midnight, time.since_midnight()));
            if today > after { today } else { plus(today, Duration::from_secs(DAY)) }
        }
    }
}

/// A time after the last that a clock has is that.
fn plus(time: Timestamp, span: Duration) -> Timestamp {
    time.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
