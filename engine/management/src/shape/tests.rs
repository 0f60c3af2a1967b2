use serde_json::json;

use super::*;

fn difference(left: &Value, right: &Value) -> Vec<String> {
    Shape::of(left).differences(&Shape::of(right)).iter().map(ToString::to_string).collect()
}

#[test]
fn numbers_times_order_and_count_do_not_matter() {
    let left = json!({"brokers": [
        {"id": 0, "state": "ACTIVE", "lastUpdatedAt": "0000-01-01T00:00:00Z", "partitions": []},
        {"id": 1, "state": "LEAVING", "lastUpdatedAt": "0000-01-01T00:00:00Z", "partitions": []},
    ]});
    let right = json!({"brokers": [
        {"id": 7, "state": "LEAVING", "lastUpdatedAt": "2026-11-23T04:08:26.265365619Z", "partitions": []},
        {"id": 8, "state": "ACTIVE", "lastUpdatedAt": "2026-11-23T04:08:26Z", "partitions": []},
        {"id": 9, "state": "ACTIVE", "lastUpdatedAt": "2026-11-23T04:08:26Z", "partitions": []},
    ]});
    assert_eq!(difference(&left, &right), Vec::<String>::new());
}

#[test]
fn a_missing_key_another_type_and_another_word_are_told_at_their_places() {
    let left = json!({"version": 1, "brokers": [{"id": 0, "state": "ACTIVE"}]});
    let right = json!({"version": "1", "brokers": [{"id": 0, "state": "active", "zone": null}]});
    assert_eq!(
        difference(&left, &right),
        [
            "brokers[].state: \"ACTIVE\" against \"active\"",
            "brokers[].zone: nothing against null",
            "version: number against text",
        ]
    );
}

#[test]
fn an_optional_key_belongs_to_the_kind_of_element_that_has_it() {
    let left = json!([{"operation": "BROKER_ADD", "brokerId": 1}, {"operation": "PARTITION_JOIN", "partitionId": 1}]);
    let right = json!([{"operation": "BROKER_ADD", "brokerId": 1}, {"operation": "PARTITION_JOIN"}, {"operation": "BROKER_REMOVE"}]);
    assert_eq!(
        difference(&left, &right),
        [
            "[]: {operation: \"PARTITION_JOIN\", partitionId: number} against nothing",
            "[]: nothing against {operation: \"BROKER_REMOVE\"}",
            "[]: nothing against {operation: \"PARTITION_JOIN\"}",
        ]
    );
}

#[test]
fn keys_that_are_ids_are_elements() {
    let left = json!({"1": {"role": "LEADER", "snapshotId": null}});
    let right = json!({"1": {"role": "LEADER", "snapshotId": null}, "2": {"role": "LEADER", "snapshotId": null}});
    assert_eq!(difference(&left, &right), Vec::<String>::new());
    assert_eq!(
        difference(&left, &json!({"3": {"role": "LEADER", "snapshotId": "1-1-0-0"}})),
        ["{}.snapshotId: null against text"]
    );
}
