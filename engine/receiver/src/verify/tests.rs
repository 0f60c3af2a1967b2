use bytes::Bytes;

use super::*;
use crate::record::tests::record;

fn reading(records: &[(u16, u64)]) -> Reading {
    let mut reading = Reading::default();
    for (partition, position) in records {
        let record = record(*partition, *position, 1);
        reading.add(record.partition, *position, Fingerprint::of(&record).unwrap());
    }
    reading
}

fn partition(number: u16) -> PartitionId {
    PartitionId::new(number).unwrap()
}

#[test]
fn a_whole_reading_is_exact_and_says_what_it_holds() {
    let report = reading(&[(1, 3), (2, 1), (1, 4), (2, 2)]).verify();
    assert!(report.is_exact(Gaps::AreLoss));
    assert_eq!(
        report.to_string(),
        "partition 1: 2 records, positions 3 to 4, 0 gaps of 0 positions\n\
         partition 2: 2 records, positions 1 to 2, 0 gaps of 0 positions\n"
    );
}

#[test]
fn gaps_are_a_loss_only_where_nothing_is_filtered() {
    let report = reading(&[(1, 3), (1, 5), (1, 9)]).verify();
    assert_eq!(report.partitions[&partition(1)].gaps, [4..=4, 6..=8]);
    assert!(report.is_exact(Gaps::ByDesign));
    assert!(!report.is_exact(Gaps::AreLoss));
}

#[test]
fn doubles_and_what_is_out_of_order_are_found() {
    let report = reading(&[(1, 3), (1, 5), (1, 5), (1, 4), (1, 3)]).verify();
    let found = &report.partitions[&partition(1)];
    assert_eq!((&found.doubled[..], &found.disordered[..]), (&[5, 3][..], &[4][..]));
    assert!(!report.is_exact(Gaps::ByDesign));
    assert!(report.to_string().ends_with("2 doubled (first 5), 1 out of order (first 4)\n"));
}

#[test]
fn a_second_record_of_one_position_is_a_contradiction_unless_only_its_sequence_differs() {
    let text = |name: &str, sequence: u8| {
        let text = format!(
            r#"{{"position":5,"partitionId":1,"value":{{"name":"{name}"}},"key":1,"timestamp":1,"valueType":"VARIABLE","brokerVersion":"8.6.0","intent":"CREATED","recordType":"EVENT","sequence":{sequence}}}"#
        );
        Record::parse(Bytes::from(text)).unwrap()
    };
    let mut reading = Reading::default();
    for record in [text("a", 1), text("a", 2), text("b", 1)] {
        reading.add(record.partition, record.position, Fingerprint::of(&record).unwrap());
    }
    let report = reading.verify();
    let found = &report.partitions[&partition(1)];
    assert_eq!((&found.doubled[..], &found.contradictory[..]), (&[5][..], &[5][..]));
}

#[test]
fn beside_a_complete_reading_every_difference_has_its_name() {
    let complete = reading(&[(1, 3), (1, 5), (1, 8), (2, 1)]);
    assert!(complete.verify_against(&complete).is_exact(Gaps::ByDesign));
    let report = reading(&[(1, 3), (1, 8), (1, 9)]).verify_against(&complete);
    let found = &report.partitions[&partition(1)];
    assert_eq!((&found.missing[..], &found.extra[..]), (&[5][..], &[9][..]));
    assert_eq!(report.partitions[&partition(2)].missing, [1], "a whole partition is missing");
    assert!(!report.is_exact(Gaps::ByDesign));
}

#[test]
fn machines_are_told_how_many_and_the_first_of_each() {
    let report = reading(&[(1, 2), (1, 5), (1, 4), (1, 5)]).verify();
    let document = report.document(report.is_exact(Gaps::ByDesign));
    let none = serde_json::json!({ "count": 0, "first": null });
    assert_eq!(
        document,
        serde_json::json!({ "exact": false, "partitions": { "1": {
            "records": 3, "first": 2, "last": 5,
            "gaps": { "count": 1, "first": 3 },
            "doubled": { "count": 1, "first": 5 },
            "disordered": { "count": 1, "first": 4 },
            "contradictory": none, "missing": none, "extra": none, "different": none,
        } } })
    );
}
