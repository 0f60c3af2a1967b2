use super::*;

fn record(text: &str) -> Record {
    Record::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
}

fn with(position: u64, value: &str, more: &str) -> Record {
    record(&format!(
        r#"{{"partitionId":3,{value}"key":-1,"position":{position},"timestamp":1795400487169,"valueType":"JOB","brokerVersion":"8.6.0","intent":"CREATE","recordType":"COMMAND"{more}}}"#
    ))
}

#[test]
fn a_record_comes_back_byte_for_byte_wherever_its_value_stands() {
    let records = [
        with(
            1,
            r#""value":{"name":"i\n","value":null},"#,
            r#","rejectionReason":"\"value\":null""#,
        ),
        with(2, r#""value" : null ,"#, r#","authorizations":{"value":null}"#),
        with(3, "", r#","value":[1, 2]"#),
        with(4, "", ""),
        with(5, r#""authorizations":{"value":null},"value":"","#, ""),
    ];
    let file = encode(&records, "payments").unwrap();
    assert_eq!(decode(file).unwrap(), records);
}

#[test]
fn what_is_filtered_by_has_columns_and_what_is_not_there_is_null() {
    let rejected =
        r#","rejectionType":"NOT_FOUND","rejectionReason":"no job","sourceRecordPosition":7"#;
    let not = r#","rejectionType":"NULL_VAL","rejectionReason":"","sourceRecordPosition":-1"#;
    let records =
        [with(8, r#""value":{"type":"work"},"#, rejected), with(9, r#""value":{},"#, not)];
    let reader = SerializedFileReader::new(encode(&records, "payments").unwrap()).unwrap();
    let cluster = reader.metadata().file_metadata().key_value_metadata().unwrap();
    assert_eq!(
        (cluster[0].key.as_str(), cluster[0].value.as_deref()),
        ("zeebe.cluster", Some("payments"))
    );
    let rows: Vec<String> =
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    assert_eq!(
        rows,
        [
            r#"{partition: 3, position: 8, source_position: 7, key: -1, timestamp: 2026-11-23 02:21:27.169 +00:00, record_type: "COMMAND", intent: "CREATE", rejection_type: "NOT_FOUND", rejection_reason: "no job", broker_version: "8.6.0", value: "{"type":"work"}", envelope: "{"partitionId":3,"value":null,"key":-1,"position":8,"timestamp":1795400487169,"valueType":"JOB","brokerVersion":"8.6.0","intent":"CREATE","recordType":"COMMAND","rejectionType":"NOT_FOUND","rejectionReason":"no job","sourceRecordPosition":7}"}"#,
            r#"{partition: 3, position: 9, source_position: null, key: -1, timestamp: 2026-11-23 02:21:27.169 +00:00, record_type: "COMMAND", intent: "CREATE", rejection_type: null, rejection_reason: null, broker_version: "8.6.0", value: "{}", envelope: "{"partitionId":3,"value":null,"key":-1,"position":9,"timestamp":1795400487169,"valueType":"JOB","brokerVersion":"8.6.0","intent":"CREATE","recordType":"COMMAND","rejectionType":"NULL_VAL","rejectionReason":"","sourceRecordPosition":-1}"}"#,
        ]
    );
}

#[test]
fn many_rows_are_several_groups_in_their_order() {
    let records: Vec<Record> =
        (1..).take(ROWS + 1).map(|position| with(position, "", "")).collect();
    let file = encode(&records, "payments").unwrap();
    assert_eq!(SerializedFileReader::new(file.clone()).unwrap().num_row_groups(), 2);
    assert!(decode(file).unwrap() == records);
}

#[test]
fn a_file_that_is_cut_off_is_told() {
    let file = encode(&[with(1, "", "")], "payments").unwrap();
    assert!(matches!(decode(file.slice(..file.len() - 1)), Err(TableError::Parquet(_))));
}
