//! What a broker counts, in the text format of Prometheus; of it, how far its exporters are.

use std::collections::BTreeMap;

use zeebe_spec::PartitionId;

use crate::answer::ExporterPosition;

/// The last record that an exporter was given (the same name in 8.5.8 and 8.6.0).
const GIVEN: &str = "zeebe_exporter_last_exported_position";
/// The last record that it said to be safe (the same name in 8.5.8 and 8.6.0).
const EXPORTED: &str = "zeebe_exporter_last_updated_exported_position";

/// How far each exporter is with each partition. Lines about anything else, and such as cannot be read, are passed
/// over: there are thousands of them, and other versions write others.
pub(crate) fn exporter_positions(text: &str) -> BTreeMap<(String, PartitionId), ExporterPosition> {
    let mut positions: BTreeMap<_, ExporterPosition> = BTreeMap::new();
    for sample in text.lines().filter_map(Sample::read) {
        let position = positions.entry((sample.exporter, sample.partition)).or_default();
        match sample.of {
            Of::Given => position.given = Some(sample.position),
            Of::Exported => position.exported = Some(sample.position),
        }
    }
    positions
}

enum Of {
    Given,
    Exported,
}

struct Sample {
    of: Of,
    exporter: String,
    partition: PartitionId,
    position: i64,
}

impl Sample {
    /// Reads `name{exporter="audit",partition="1",} 44.0`. Ids of exporters hold no character that would have to be
    /// escaped: they come from names of settings.
    fn read(line: &str) -> Option<Self> {
        let (name, rest) = line.split_once('{')?;
        let of = match name {
            GIVEN => Of::Given,
            EXPORTED => Of::Exported,
            _ => return None,
        };
        let (labels, value) = rest.rsplit_once('}')?;
        let label = |wanted: &str| {
            let pairs = labels.split(',').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(name, _)| name.trim() == wanted);
            Some(values.next()?.1.trim_matches('"'))
        };
        Some(Self {
            of,
            exporter: label("exporter")?.to_owned(),
            partition: PartitionId(label("partition")?.parse().ok()?),
            position: whole(value.split_whitespace().next()?)?,
        })
    }
}

/// A position, which Prometheus writes as a number with a point: `44.0`, and `1.2345678E7` from ten million on.
fn whole(text: &str) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['E', 'e']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<usize>().ok()?),
        None => (text, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let after = after.trim_end_matches('0');
    let zeros = exponent.checked_sub(after.len())?;
    format!("{before}{after}{}", "0".repeat(zeros)).parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn positions_are_read_per_exporter_and_partition() {
        // As 8.6.0 wrote it, with the second sink away since record 104 and a third exporter that was given one record.
        let text = r#"
# HELP zeebe_exporter_last_updated_exported_position The last exported position which was also updated/commited by the exporter.
# TYPE zeebe_exporter_last_updated_exported_position gauge
zeebe_exporter_last_updated_exported_position{exporter="audit",partition="1",} 113.0
zeebe_exporter_last_updated_exported_position{exporter="second",partition="1",} 104.0
zeebe_exporter_events_total{action="exported",partition="1",valueType="JOB",} 2.0
zeebe_exporter_last_exported_position{exporter="audit",partition="1",} 113.0
zeebe_exporter_last_exported_position{exporter="second",partition="1",} 112.0
zeebe_exporter_last_exported_position{exporter="third",partition="2",} 10.0
"#;
        let at = |exported, given| ExporterPosition { exported, given };
        let of = |exporter: &str, partition| (exporter.to_owned(), PartitionId(partition));
        assert_eq!(
            exporter_positions(text),
            BTreeMap::from([
                (of("audit", 1), at(Some(113), Some(113))),
                (of("second", 1), at(Some(104), Some(112))),
                (of("third", 2), at(None, Some(10))),
            ])
        );
    }

    #[test]
    fn other_labels_and_their_order_do_not_matter() {
        let line = r#"zeebe_exporter_last_exported_position{partition="7",tenant="default",exporter="a"} 5"#;
        assert_eq!(
            exporter_positions(line),
            BTreeMap::from([(
                ("a".to_owned(), PartitionId(7)),
                ExporterPosition { exported: None, given: Some(5) }
            )])
        );
    }

    #[test]
    fn lines_that_cannot_be_read_are_passed_over() {
        let text = "zeebe_exporter_last_exported_position 5\n\
            zeebe_exporter_last_exported_position{exporter=\"a\"} 5\n\
            zeebe_exporter_last_exported_position{exporter=\"a\",partition=\"1\"} NaN\n\
            zeebe_exporter_last_exported_position{exporter=\"a\",partition=\"x\"} 5\n\
            zeebe_exporter_last_exported_position{exporter=\"a\",partition=\"1\"}";
        assert_eq!(exporter_positions(text), BTreeMap::new());
    }

    #[rstest]
    #[case("44.0", Some(44))]
    #[case("-1.0", Some(-1))]
    #[case("0.0", Some(0))]
    #[case("3", Some(3))]
    #[case("1.2345678E7", Some(12_345_678))]
    #[case("1.0E10", Some(10_000_000_000))]
    #[case("4.5", None)]
    #[case("NaN", None)]
    #[case("+Inf", None)]
    fn numbers_of_prometheus_are_whole(#[case] text: &str, #[case] expected: Option<i64>) {
        assert_eq!(whole(text), expected);
    }
}
