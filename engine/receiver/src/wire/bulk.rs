//! The body of a bulk request: pairs of lines, where a record goes and the record.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;

use crate::record::{Record, RecordError};

/// One record, and the index that it would go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The index that the exporter named.
    pub index: Box<str>,
    /// The record.
    pub record: Record,
}

/// A body that is no bulk of an exporter.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// There is nothing in it.
    #[error("the bulk has no record")]
    Empty,
    /// A line that does not say where the next record goes, in the only way that exporters do.
    #[error("line {line} is no index action")]
    Action {
        /// Its number, from 1 on.
        line: usize,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// The last action has no record.
    #[error("line {line} is an action without its record")]
    Alone {
        /// The number of the action's line.
        line: usize,
    },
    /// A line that is no record.
    #[error("line {line} is no record of an exporter")]
    Record {
        /// Its number, from 1 on.
        line: usize,
        /// What is wrong.
        #[source]
        source: RecordError,
    },
    /// The action names another record than the one that follows it.
    #[error("line {line} has the record \"{found}\" under the id \"{named}\"")]
    Id {
        /// The record's line.
        line: usize,
        /// The record by its own fields.
        found: String,
        /// The record by its action.
        named: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action<'a> {
    #[serde(borrow)]
    index: Place<'a>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow, rename = "_index")]
    index: Cow<'a, str>,
    #[serde(borrow, rename = "_id")]
    id: Cow<'a, str>,
}

/// Reads a whole body. Nothing is passed on of a bulk of which one line is wrong: an exporter sends all or nothing.
pub fn parse(body: &Bytes) -> Result<Vec<Item>, BulkError> {
    let mut items = Vec::new();
    let mut lines =
        body.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    while let Some((number, line)) = lines.next() {
        let line_of_action = number + 1;
        let Action { index: place } = serde_json::from_slice(line)
            .map_err(|source| BulkError::Action { line: line_of_action, source })?;
        let (number, line) = lines.next().ok_or(BulkError::Alone { line: line_of_action })?;
        let line_of_record = number + 1;
        let record = Record::parse(body.slice_ref(line))
            .map_err(|source| BulkError::Record { line: line_of_record, source })?;
        let found = record.id();
        if found != place.id {
            let named = place.id.into_owned();
            return Err(BulkError::Id { line: line_of_record, found, named });
        }
        items.push(Item { index: place.index.into(), record });
    }
    if items.is_empty() { Err(BulkError::Empty) } else { Ok(items) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use crate::record::tests::record;

    fn bulk(records: &[Record]) -> String {
        let lines = records.iter().flat_map(|record| {
            let place = format!(r#"{{"_index":"z_job","_id":"{}","routing":"1"}}"#, record.id());
            let record = str::from_utf8(&record.bytes).unwrap();
            [format!("{{\"index\":{place}}}\n"), format!("{record}\n")]
        });
        lines.collect()
    }

    #[test]
    fn records_come_out_as_they_went_in_without_a_copy() {
        let records = [record(1, 5, 1), record(1, 9, 2)];
        let body = Bytes::from(bulk(&records));
        let items = parse(&body).unwrap();
        let found: Vec<_> = items.iter().map(|item| item.record.clone()).collect();
        assert_eq!(found, records);
        assert_eq!(&*items[0].index, "z_job");
        let inside = body.as_ptr_range();
        assert!(found.iter().all(|record| inside.contains(&record.bytes.as_ptr())));
    }

    #[test]
    fn a_last_line_needs_no_end() {
        let whole = bulk(&[record(1, 5, 1)]);
        let body = Bytes::from(whole.trim_end().to_owned());
        assert_eq!(parse(&body).unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_bulk_is_refused_whole_with_its_line() {
        let good = bulk(&[record(1, 5, 1)]);
        let refused = |text: String| Reason(&parse(&Bytes::from(text)).unwrap_err()).to_string();
        assert_eq!(refused(String::new()), "the bulk has no record");
        assert_eq!(refused("\n\n".to_owned()), "the bulk has no record");
        let (action, rest) = good.split_once('\n').unwrap();
        assert_eq!(refused(action.to_owned()), "line 1 is an action without its record");
        assert_eq!(
            refused(format!(
                "{good}{}{rest}",
                good.replace("1-5", "1-6").split_once('\n').unwrap().0.to_owned() + "\n"
            )),
            "line 4 has the record \"1-5\" under the id \"1-6\""
        );
        assert!(
            refused(format!("{good}{{\"delete\":{{}}}}\n"))
                .starts_with("line 3 is no index action: unknown field `delete`")
        );
        let cut = &good[..good.len() - 9];
        assert!(
            refused(cut.to_owned())
                .starts_with("line 2 is no record of an exporter: the line is no record: EOF")
        );
    }
}
