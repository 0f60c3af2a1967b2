//! One exported record: its bytes as the exporter sent them, and what of it is read here.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU16;

use bytes::Bytes;
use serde::Deserialize;

/// The number of a partition, from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(NonZeroU16);

impl PartitionId {
    /// The partition of that number; there is no partition 0.
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }

    /// Its number.
    pub fn number(self) -> u16 {
        self.0.get()
    }

    /// Its place in a list of all partitions, from 0 on.
    pub fn index(self) -> u16 {
        self.number() - 1
    }
}

impl Display for PartitionId {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, formatter)
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record as it came: this is what a sink keeps.
    pub bytes: Bytes,
    /// The partition whose log it is from.
    pub partition: PartitionId,
    /// Its place in that log. Positions have gaps: the exporter's filter leaves records out.
    pub position: u64,
    /// When the leader wrote it, in milliseconds since 1970.
    pub timestamp: i64,
    /// What it is about, such as `PROCESS_INSTANCE`.
    pub value_type: Box<str>,
    /// What happened, such as `ELEMENT_ACTIVATED`.
    pub intent: Box<str>,
    /// `EVENT`, `COMMAND` or `COMMAND_REJECTION`.
    pub record_type: Box<str>,
    /// The version of the broker that wrote it.
    pub broker_version: Box<str>,
    /// The key of the entity; -1 where there is none.
    pub key: i64,
}

/// A line that is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is no JSON, or a field is missing or of another kind.
    #[error("the line is no record")]
    Json(#[source] serde_json::Error),
    /// There is no partition of that number.
    #[error("partition {0} is no partition")]
    Partition(i64),
    /// Positions start at 1.
    #[error("position {0} is no position")]
    Position(i64),
}

/// The fields that are read; all others are passed on unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    partition_id: i64,
    position: i64,
    timestamp: i64,
    #[serde(borrow)]
    value_type: Cow<'a, str>,
    #[serde(borrow)]
    intent: Cow<'a, str>,
    #[serde(borrow)]
    record_type: Cow<'a, str>,
    #[serde(borrow)]
    broker_version: Cow<'a, str>,
    key: i64,
}

impl Record {
    /// Reads a record from its line, without its end of line. The bytes are shared, not copied.
    pub fn parse(bytes: Bytes) -> Result<Self, RecordError> {
        let fields: Fields<'_> = serde_json::from_slice(&bytes).map_err(RecordError::Json)?;
        let partition = u16::try_from(fields.partition_id)
            .ok()
            .and_then(PartitionId::new)
            .ok_or(RecordError::Partition(fields.partition_id))?;
        let position = u64::try_from(fields.position)
            .ok()
            .filter(|position| *position > 0)
            .ok_or(RecordError::Position(fields.position))?;
        Ok(Self {
            partition,
            position,
            timestamp: fields.timestamp,
            value_type: fields.value_type.into(),
            intent: fields.intent.into(),
            record_type: fields.record_type.into(),
            broker_version: fields.broker_version.into(),
            key: fields.key,
            bytes,
        })
    }

    /// What no other record of the cluster is called: `<partition>-<position>`.
    pub fn id(&self) -> String {
        format!("{}-{}", self.partition, self.position)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A record such as an exporter sends.
    pub(crate) fn record(partition: u16, position: u64, timestamp: i64) -> Record {
        let text = format!(
            r#"{{"partitionId":{partition},"value":{{"name":"i\n"}},"key":2251799813685252,"position":{position},"timestamp":{timestamp},"valueType":"VARIABLE","brokerVersion":"8.6.0","intent":"CREATED","recordType":"EVENT","sequence":1}}"#
        );
        Record::parse(text.into()).unwrap()
    }

    #[test]
    fn a_record_is_read_and_its_bytes_are_those_that_came() {
        let read = record(3, 5, 1_795_400_487_169);
        assert_eq!((read.partition.number(), read.partition.index()), (3, 2));
        assert_eq!((read.position, read.key), (5, 2_251_799_813_685_252));
        assert_eq!((&*read.value_type, &*read.intent), ("VARIABLE", "CREATED"));
        assert_eq!((&*read.record_type, &*read.broker_version), ("EVENT", "8.6.0"));
        assert_eq!(read.id(), "3-5");
        assert!(read.bytes.starts_with(b"{\"partitionId\":3,") && read.bytes.ends_with(b"1}"));
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_reason() {
        let parse = |text: &'static str| {
            crate::Reason(&Record::parse(Bytes::from_static(text.as_bytes())).unwrap_err())
                .to_string()
        };
        assert_eq!(
            parse("{}"),
            "the line is no record: missing field `partitionId` at line 1 column 2"
        );
        let of = |partition: &str, position: &str| {
            let text = format!(
                r#"{{"partitionId":{partition},"key":-1,"position":{position},"timestamp":1,"valueType":"A","brokerVersion":"8","intent":"B","recordType":"EVENT"}}"#
            );
            Record::parse(text.into()).unwrap_err().to_string()
        };
        assert_eq!(of("0", "1"), "partition 0 is no partition");
        assert_eq!(of("70000", "1"), "partition 70000 is no partition");
        assert_eq!(of("1", "-1"), "position -1 is no position");
    }
}
