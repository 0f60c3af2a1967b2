//! What the objects of a lake are called. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::record::PartitionId;

/// Whose lake it is.
pub(super) const IDENTITY: &str = "_lake.json";
/// Which partitions were ever written.
pub(super) const PARTITIONS: &str = "_partitions/";
/// What a folder of Hive's layout begins with.
pub(super) const TABLE: &str = "value_type=";
/// The day of what has none, as Hive writes "null".
const NO_DAY: &str = "__HIVE_DEFAULT_PARTITION__";

/// `partition-0001`.
pub(super) fn partition(partition: PartitionId) -> String {
    format!("partition-{:04}", partition.number())
}

/// The partition of a name such as [`partition`] makes.
pub(super) fn partition_of(name: &str) -> Option<PartitionId> {
    PartitionId::new(name.rsplit('/').next()?.strip_prefix("partition-")?.parse().ok()?)
}

/// What the journal of a partition lies in.
pub(super) fn journal_folder(id: PartitionId) -> String {
    format!("_journal/{}/", partition(id))
}

/// One batch.
pub(super) fn journal(id: PartitionId, number: u64) -> String {
    format!("{}{number:020}.ndjson", journal_folder(id))
}

/// What the plans of a partition lie in.
pub(super) fn segments_folder(id: PartitionId) -> String {
    format!("_segments/{}/", partition(id))
}

/// What is to become files together.
pub(super) fn plan(id: PartitionId, number: u64) -> String {
    format!("{}{number:020}.json", segments_folder(id))
}

/// That it did.
pub(super) fn done(id: PartitionId, number: u64) -> String {
    format!("{}{number:020}.done", segments_folder(id))
}

/// Whether a name is such as [`done`] makes.
pub(super) fn is_done(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending == "done")
}

/// The folder that a name is in, with its slash.
pub(super) fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| &name[..=folder.len()])
}

/// The day of a folder such as [`folder`] makes; None when it has none.
pub(super) fn day_of(folder: &str) -> Option<&str> {
    folder
        .trim_end_matches('/')
        .rsplit_once("/day=")
        .map(|(_, day)| day)
        .filter(|day| *day != NO_DAY)
}

/// The number in the last part of a name.
pub(super) fn number(name: &str) -> Option<u64> {
    name.rsplit('/').next()?.split('.').next()?.parse().ok()
}

/// The folder of a value type and a day, in Hive's layout.
pub(super) fn folder(value_type: &str, day: &str) -> String {
    // It came over the wire, and shall not choose where it is written.
    let value_type: String = value_type
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{TABLE}{value_type}/day={day}/")
}

/// The file of a segment in a folder.
pub(super) fn file(folder: &str, id: PartitionId, first: u64, last: u64) -> String {
    format!("{folder}{}-{first:020}-{last:020}.parquet", partition(id))
}

/// The partition and the positions of the segment that a file is of; None for what is no such file, such as one that
/// was put together of several.
pub(super) fn range(name: &str) -> Option<(PartitionId, u64, u64)> {
    let stem = name.rsplit('/').next()?.strip_prefix("partition-")?.strip_suffix(".parquet")?;
    let mut parts = stem.split('-');
    let partition = PartitionId::new(parts.next()?.parse().ok()?)?;
    let range = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some((partition, range.0, range.1))
}

/// The day of a time in milliseconds since 1970, in UTC.
pub(super) fn day(timestamp: i64) -> String {
    Timestamp::from_millisecond(timestamp)
        .map_or_else(|_| NO_DAY.to_owned(), |time| time.to_zoned(TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> PartitionId {
        PartitionId::new(12).unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert_eq!(partition_of(&partition(id())), Some(id()));
        assert_eq!(number(&journal(id(), 7)), Some(7));
        assert_eq!(number(&plan(id(), 8)), Some(8));
        let file = file(&folder("JOB", "2026-11-23"), id(), 3, 90);
        assert_eq!(
            file,
            "value_type=JOB/day=2026-11-23/partition-0012-00000000000000000003-00000000000000000090.parquet"
        );
        assert_eq!(range(&file), Some((id(), 3, 90)));
        assert_eq!(range("value_type=JOB/day=2026-11-23/merged-1.parquet"), None);
    }

    #[test]
    fn a_folder_tells_its_day() {
        let folder = folder("JOB", "2026-11-23");
        assert_eq!(parent(&file(&folder, id(), 1, 2)), folder);
        assert_eq!(day_of(&folder), Some("2026-11-23"));
        assert_eq!(day_of(&super::folder("JOB", NO_DAY)), None);
    }

    #[test]
    fn a_value_type_cannot_choose_another_folder() {
        assert_eq!(folder("../é", "d"), "value_type=%2E%2E%2F%C3%A9/day=d/");
    }

    #[test]
    fn a_day_is_that_of_utc_and_a_time_without_one_has_hives_word() {
        assert_eq!(day(1_795_391_999_999), "2026-11-22");
        assert_eq!(day(1_795_392_000_000), "2026-11-23");
        assert_eq!(day(i64::MAX), NO_DAY);
    }
}
