//! The index template: what is searchable, with one type each. Everything else is kept and given back, and no field ever
//! comes into being by itself, so that process variables cannot make the mapping grow.

use serde_json::{Value, json};

use super::settings::StoreSettings;

/// Before templates that somebody has for all indices.
const PRIORITY: u16 = 200;
/// What is searchable. For those who index by Kafka Connect it is in the module that they take, so that both are alike.
const MAPPING: &str = include_str!("../../../../modules/kafka-audit/mapping.json");

/// The template for all indices of the prefix. Its `_meta` says whose they are.
pub(super) fn template(settings: &StoreSettings, cluster: &str, topic: &str) -> Value {
    let mappings: Value = serde_json::from_str(MAPPING).expect("the file is JSON, as a test sees");
    json!({
        "index_patterns": [pattern(settings)],
        "priority": PRIORITY,
        "_meta": meta(cluster, topic),
        "template": {
            "settings": {
                "number_of_shards": settings.shards,
                "number_of_replicas": settings.replicas,
            },
            "mappings": mappings,
        },
    })
}

/// Whose records the indices of a prefix hold.
pub(super) fn meta(cluster: &str, topic: &str) -> Value {
    json!({"by": "zeebe-receiver", "cluster": cluster, "topic": topic})
}

/// All indices of the prefix, that of the refused records among them.
pub(super) fn pattern(settings: &StoreSettings) -> String {
    format!("{}_*", settings.prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_field_by_itself_and_no_word_is_too_long_for_lucene() {
        let mapping: Value = serde_json::from_str(MAPPING).unwrap();
        let value = &mapping["properties"]["value"];
        assert_eq!((&mapping["dynamic"], &value["dynamic"]), (&json!(false), &json!(false)));
        let own = mapping["properties"].as_object().unwrap().values();
        for field in own.chain(value["properties"].as_object().unwrap().values()) {
            match field["type"].as_str().unwrap() {
                // Lucene takes no term above 32,766 bytes, and a character has up to four.
                "keyword" => assert_eq!(field["ignore_above"], 8_191),
                "long" | "integer" | "date" | "text" | "object" => {}
                other => panic!("{other} is of no field"),
            }
        }
        // What a later version makes of a field of `value` is kept all the same.
        let numbers = value["properties"].as_object().unwrap().values();
        assert!(
            numbers
                .filter(|field| field["type"] == "long")
                .all(|field| field["ignore_malformed"] == true)
        );
    }
}
