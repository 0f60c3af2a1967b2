use zeebe_plan::observed::ExporterAtPartition;
use zeebe_spec::PartitionId;

use super::*;

/// As `zeebe-receiver verify --json` writes it.
const SAID: &str = r#"{"exact":true,"partitions":{"1":{
    "contradictory":{"count":0,"first":null},"different":{"count":0,"first":null},
    "disordered":{"count":0,"first":null},"doubled":{"count":0,"first":null},"extra":{"count":0,"first":null},
    "first":1,"gaps":{"count":0,"first":null},"last":15,"missing":{"count":0,"first":null},"records":15}}}"#;

fn vitals(exported: &[(u16, i64)]) -> ExporterVitals {
    let partition = |(id, position): &(u16, i64)| {
        let at =
            ExporterAtPartition { exported: Some(*position), ..ExporterAtPartition::default() };
        (PartitionId(*id), at)
    };
    ExporterVitals { state: None, partitions: exported.iter().map(partition).collect() }
}

#[test]
fn what_leaders_have_exported_must_be_there_where_everything_is_exported() {
    let exact = |complete: bool, exported: &[(u16, i64)]| {
        report(SAID, complete, Some(&vitals(exported))).unwrap().exact
    };
    assert!(exact(true, &[(1, 15)]));
    assert!(!exact(true, &[(1, 16)]), "the last one is missing");
    assert!(!exact(true, &[(1, 15), (2, 3)]), "a whole partition is missing");
    assert!(exact(true, &[(1, 15), (2, -1)]), "nothing of it was exported yet");
    assert!(exact(false, &[(1, 16)]), "a filter may have passed over it");
}

#[test]
fn a_report_says_what_the_program_found() {
    let report = report(SAID, true, None).unwrap();
    assert!(report.exact && report.complete);
    assert_eq!(
        report.partitions[&1],
        RecordsOfPartition { records: 15, first: Some(1), last: Some(15), ..nothing() }
    );
    assert!(super::report("partition 1: 15 records\n", true, None).is_err());
}

#[test]
fn only_all_types_and_all_values_are_complete() {
    let version = |text: &str| zeebe_scalar::parse_text::<Version>(text.to_owned()).unwrap();
    let all = RecordsSpec {
        types: Some(RecordType::ALL.iter().copied().collect()),
        values: Some(ValueType::ALL.iter().copied().collect()),
    };
    assert!(is_complete(&all, &version("8.6.0")));
    assert!(!is_complete(&RecordsSpec::default(), &version("8.6.0")));
    let mut less = all.clone();
    less.types.as_mut().unwrap().pop_first();
    assert!(!is_complete(&less, &version("8.6.0")));
    // What a minor does not write yet is not missed.
    let of_8_5 =
        ValueType::ALL.iter().copied().filter(|value| value.since() <= version("8.5.8").minor());
    let old = RecordsSpec { values: Some(of_8_5.collect()), ..all };
    assert!(is_complete(&old, &version("8.5.8")));
    assert!(!is_complete(&old, &version("8.6.0")));
}
