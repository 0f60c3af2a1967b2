//! What is too old, and what must stay all the same.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::name::dated;

/// What may be late without being a fault: indices end at midnight, and nobody is there to the minute.
pub const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// How long records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// What the names of the exporter's indices begin with, before a `_`.
    pub prefix: &'a str,
    /// A record younger than this is kept.
    pub minimum_age: SignedDuration,
}

/// One index of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Bytes of it.
    pub bytes: u64,
    /// Documents in it.
    pub documents: u64,
}

/// When the oldest process instance began that still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Running {
    /// None that is older than what is kept.
    None,
    /// At this time.
    Since(Timestamp),
    /// Nobody could tell, and why.
    Unclear(String),
}

/// What is known when an index is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The time.
    pub now: Timestamp,
    /// Every record up to this time is in the store.
    pub reached: Timestamp,
    /// The oldest instance that still runs.
    pub running: Running,
}

/// An index that is older than what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldIndex {
    /// Its name.
    pub name: String,
    /// The day of its records.
    pub day: Date,
    /// Bytes of it.
    pub bytes: u64,
    /// Documents in it.
    pub documents: u64,
}

/// Why an index stays that is older than what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An instance that began at this time, within the index or before it, still runs.
    Running(Timestamp),
    /// The exporter has come no further than this: more may come into the index.
    NotExported(Timestamp),
    /// Nobody could tell whether an instance of its time still runs.
    Unclear(String),
}

/// An index that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The index.
    pub index: OldIndex,
    /// Why.
    pub reason: Reason,
}

/// What follows for the indices of one exporter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Those to remove, the oldest first.
    pub too_old: Vec<OldIndex>,
    /// Of those, how many are older than allowed by more than the grace.
    pub overdue: usize,
    /// Those that are older than what is kept and stay, the oldest first.
    pub kept_back: Vec<Kept>,
    /// Those that begin with the prefix and whose names say no day, so that they never grow old.
    pub undated: Vec<String>,
    /// How many the exporter has made.
    pub total: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The day of the oldest.
    pub oldest: Option<Date>,
}

/// Judges every index of a store that begins with the prefix of a rule; the others are none of its business.
pub fn judge(rule: Rule<'_>, indices: &[Index], facts: &Facts) -> Verdict {
    let mut verdict = Verdict::default();
    let mut ours: Vec<OldIndex> = Vec::new();
    for Index { name, bytes, documents } in indices {
        let begins = name.strip_prefix(rule.prefix).is_some_and(|rest| rest.starts_with('_'));
        match dated(rule.prefix, name) {
            Some(told) => ours.push(OldIndex {
                name: name.clone(),
                day: told.day,
                bytes: *bytes,
                documents: *documents,
            }),
            None if begins => verdict.undated.push(name.clone()),
            None => {}
        }
    }
    ours.sort_by(|one, other| (one.day, &one.name).cmp(&(other.day, &other.name)));
    verdict.undated.sort();
    verdict.total = ours.len();
    verdict.bytes = ours.iter().map(|index| index.bytes).sum();
    verdict.oldest = ours.first().map(|index| index.day);
    for index in ours {
        // A day that ends beyond all time is never over.
        let Some(end) = end_of(index.day) else { continue };
        let Ok(due) = end.checked_add(rule.minimum_age) else { continue };
        if due > facts.now {
            continue;
        }
        match held(end, facts) {
            None => {
                verdict.overdue += usize::from(facts.now.duration_since(due) > GRACE);
                verdict.too_old.push(index);
            }
            Some(reason) => verdict.kept_back.push(Kept { index, reason }),
        }
    }
    verdict
}

/// Why an index whose day ends then must stay.
fn held(end: Timestamp, facts: &Facts) -> Option<Reason> {
    match &facts.running {
        Running::Unclear(why) => return Some(Reason::Unclear(why.clone())),
        Running::Since(began) if end > *began => return Some(Reason::Running(*began)),
        Running::Since(_) | Running::None => {}
    }
    (facts.reached < end).then_some(Reason::NotExported(facts.reached))
}

/// When a UTC day is over.
fn end_of(day: Date) -> Option<Timestamp> {
    let next = day.checked_add(1.day()).ok()?;
    Some(next.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests;
