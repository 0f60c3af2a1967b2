//! Records as rows of a Parquet file, and back. Pure.
//!
//! `value` and `envelope` together are the record byte for byte: the envelope is the record with `null` in place of its
//! value. See decision 0019.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::record::{Record, RecordError};

/// The columns. `value_type` and `day` are those of the folders.
const SCHEMA: &str = "message record {
  required int32 partition;
  required int64 position;
  optional int64 source_position;
  required int64 key;
  required int64 timestamp (TIMESTAMP(MILLIS,true));
  required binary record_type (STRING);
  required binary intent (STRING);
  optional binary rejection_type (STRING);
  optional binary rejection_reason (STRING);
  required binary broker_version (STRING);
  optional binary value (STRING);
  required binary envelope (STRING);
}";
const PARTITION: usize = 0;
const POSITION: usize = 1;
const VALUE: usize = 10;
const ENVELOPE: usize = 11;
/// What there is in an envelope in place of the value.
const NULL: &str = "null";
/// The rejection of what was not rejected.
const NOT_REJECTED: &str = "NULL_VAL";
/// Rows that a reader may skip at a time by their least and greatest values; as other writers have it.
const ROWS: usize = 122_880;

/// A file that cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub(super) enum TableError {
    /// The format says no.
    #[error("the Parquet file cannot be made or read")]
    Parquet(#[from] ParquetError),
    /// What is to be a row is no record.
    #[error("a row is no record")]
    Row(#[source] serde_json::Error),
    /// What is a row is no record.
    #[error("a row is no record")]
    Record(#[source] RecordError),
    /// The columns do not belong together.
    #[error("row {row} says that it is record {said}, and holds {found}")]
    Disagree {
        /// Its number in the file, from 0 on.
        row: usize,
        /// By its columns.
        said: String,
        /// By the record.
        found: String,
    },
    /// A column is shorter than another, or no text.
    #[error("a column is not whole")]
    Broken,
}

/// What is read of a record beside what every sink reads.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct More<'a> {
    #[serde(default)]
    source_record_position: Option<i64>,
    #[serde(borrow, default)]
    rejection_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    rejection_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// Where in an envelope the value was.
#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
}

/// One record in parts.
struct Row<'a> {
    record: &'a Record,
    source_position: Option<i64>,
    rejection_type: Option<ByteArray>,
    rejection_reason: Option<ByteArray>,
    value: Option<ByteArray>,
    envelope: ByteArray,
}

impl<'a> Row<'a> {
    fn of(record: &'a Record) -> Result<Self, TableError> {
        let bytes = &record.bytes;
        let more: More<'_> = serde_json::from_slice(bytes).map_err(TableError::Row)?;
        let rejected = more.rejection_type.filter(|kind| *kind != NOT_REJECTED);
        let rejection_reason = more.rejection_reason.filter(|_| rejected.is_some()).map(text);
        let (value, envelope) = match more.value {
            None => (None, bytes.clone()),
            Some(value) => {
                let value = value.get().as_bytes();
                let begin = value.as_ptr().addr() - bytes.as_ptr().addr();
                (Some(bytes.slice_ref(value)), replaced(bytes, begin, value.len(), NULL.as_bytes()))
            }
        };
        Ok(Self {
            record,
            source_position: more.source_record_position.filter(|position| *position >= 0),
            rejection_type: rejected.map(text),
            rejection_reason,
            value: value.map(ByteArray::from),
            envelope: envelope.into(),
        })
    }
}

/// Makes the file of these records.
pub(super) fn encode(records: &[Record], cluster: &str) -> Result<Bytes, TableError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("zeebe-receiver ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "zeebe.cluster".to_owned(),
            cluster.to_owned(),
        )]))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        // Every one is another: a dictionary of them would be built and thrown away.
        .set_column_dictionary_enabled(ColumnPath::from("position"), false)
        .set_column_dictionary_enabled(ColumnPath::from("envelope"), false)
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for records in records.chunks(ROWS) {
        let rows = records.iter().map(Row::of).collect::<Result<Vec<_>, _>>()?;
        let mut group = writer.next_row_group()?;
        write_rows(&mut group, &rows)?;
        group.close()?;
    }
    Ok(writer.into_inner()?.into())
}

fn write_rows(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    rows: &[Row<'_>],
) -> Result<(), TableError> {
    required::<Int32Type>(group, rows.iter().map(|row| row.record.partition.number().into()))?;
    required::<Int64Type>(group, rows.iter().map(|row| position(row.record)))?;
    optional::<Int64Type>(group, rows.iter().map(|row| row.source_position))?;
    required::<Int64Type>(group, rows.iter().map(|row| row.record.key))?;
    required::<Int64Type>(group, rows.iter().map(|row| row.record.timestamp))?;
    required::<ByteArrayType>(group, rows.iter().map(|row| text(&row.record.record_type)))?;
    required::<ByteArrayType>(group, rows.iter().map(|row| text(&row.record.intent)))?;
    optional::<ByteArrayType>(group, rows.iter().map(|row| row.rejection_type.clone()))?;
    optional::<ByteArrayType>(group, rows.iter().map(|row| row.rejection_reason.clone()))?;
    required::<ByteArrayType>(group, rows.iter().map(|row| text(&row.record.broker_version)))?;
    optional::<ByteArrayType>(group, rows.iter().map(|row| row.value.clone()))?;
    required::<ByteArrayType>(group, rows.iter().map(|row| row.envelope.clone()))
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = T::T>,
) -> Result<(), TableError> {
    let mut column = group.next_column()?.ok_or(TableError::Broken)?;
    column.typed::<T>().write_batch(&values.collect::<Vec<_>>(), None, None)?;
    Ok(column.close()?)
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), TableError> {
    let mut there = Vec::new();
    let values: Vec<_> = values.inspect(|value| there.push(i16::from(value.is_some()))).collect();
    let values: Vec<_> = values.into_iter().flatten().collect();
    let mut column = group.next_column()?.ok_or(TableError::Broken)?;
    column.typed::<T>().write_batch(&values, Some(&there), None)?;
    Ok(column.close()?)
}

/// Reads the records of a file, put together again, in its order.
pub(super) fn decode(file: Bytes) -> Result<Vec<Record>, TableError> {
    let reader = SerializedFileReader::new(file)?;
    let mut records = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let partitions = column::<Int32Type>(&*group, PARTITION)?;
        let positions = column::<Int64Type>(&*group, POSITION)?;
        let values = column::<ByteArrayType>(&*group, VALUE)?;
        let envelopes = column::<ByteArrayType>(&*group, ENVELOPE)?;
        for (((partition, position), value), envelope) in
            partitions.into_iter().zip(positions).zip(values).zip(envelopes)
        {
            let (Some(partition), Some(position), Some(envelope)) = (partition, position, envelope)
            else {
                return Err(TableError::Broken);
            };
            let record =
                Record::parse(whole(&envelope, value.as_ref())?).map_err(TableError::Record)?;
            let (said, found) = (format!("{partition}-{position}"), record.id());
            if said != found {
                return Err(TableError::Disagree { row: records.len(), said, found });
            }
            records.push(record);
        }
    }
    Ok(records)
}

/// A column with a place for each row.
fn column<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
) -> Result<Vec<Option<T::T>>, TableError> {
    let rows = usize::try_from(group.metadata().num_rows()).map_err(|_| TableError::Broken)?;
    let optional = group.metadata().column(index).column_descr().max_def_level() > 0;
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(index)?);
    let (mut values, mut there) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let levels = optional.then_some(&mut there);
        let (more, _, _) = reader.read_records(rows - read, levels, None, &mut values)?;
        if more == 0 {
            return Err(TableError::Broken);
        }
        read += more;
    }
    if !optional {
        return Ok(values.into_iter().map(Some).collect());
    }
    let mut values = values.into_iter();
    Ok(there.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
}

/// The record of an envelope and its value.
fn whole(envelope: &ByteArray, value: Option<&ByteArray>) -> Result<Bytes, TableError> {
    let envelope = Bytes::copy_from_slice(envelope.data());
    let Some(value) = value else { return Ok(envelope) };
    let place: Place<'_> = serde_json::from_slice(&envelope).map_err(TableError::Row)?;
    let at = place.value.get().as_ptr().addr() - envelope.as_ptr().addr();
    Ok(replaced(&envelope, at, NULL.len(), value.data()))
}

fn replaced(bytes: &Bytes, begin: usize, length: usize, by: &[u8]) -> Bytes {
    [&bytes[..begin], by, &bytes[begin + length..]].concat().into()
}

fn position(record: &Record) -> i64 {
    // It was read from a number of this kind.
    i64::try_from(record.position).unwrap_or(i64::MAX)
}

fn text(text: impl AsRef<str>) -> ByteArray {
    ByteArray::from(text.as_ref())
}

#[cfg(test)]
mod tests;
