//! The index template: what is searchable, with one type each. Everything else is kept and given back, and no field ever
//! comes into being by itself, so that process variables cannot make the mapping grow.

use serde_json::{Map, Value, json};

use super::settings::StoreSettings;

/// Before templates that somebody has for all indices.
const PRIORITY: u16 = 200;
/// Longer text is kept but not searchable: Lucene takes no term above 32,766 bytes, and a character has up to four.
const LONGEST_WORD: u16 = 8_191;

/// Fields of `value` that are keys or numbers.
const NUMBERS: [&str; 20] = [
    "processInstanceKey",
    "parentProcessInstanceKey",
    "rootProcessInstanceKey",
    "processDefinitionKey",
    "elementInstanceKey",
    "parentElementInstanceKey",
    "flowScopeKey",
    "scopeKey",
    "variableScopeKey",
    "jobKey",
    "userTaskKey",
    "messageKey",
    "incidentKey",
    "deploymentKey",
    "decisionKey",
    "formKey",
    "version",
    "retries",
    "deadline",
    "dueDate",
];
/// Fields of `value` that are words.
const WORDS: [&str; 24] = [
    "bpmnProcessId",
    "bpmnElementType",
    "bpmnEventType",
    "elementId",
    "flowNodeId",
    "targetElementId",
    "tenantId",
    "type",
    "worker",
    "jobKind",
    "errorCode",
    "errorType",
    "name",
    "messageName",
    "messageId",
    "correlationKey",
    "signalName",
    "decisionId",
    "formId",
    "assignee",
    "action",
    "resourceName",
    "versionTag",
    "businessId",
];

/// The template for all indices of the prefix. Its `_meta` says whose they are.
pub(super) fn template(settings: &StoreSettings, cluster: &str, topic: &str) -> Value {
    let mut value = Map::new();
    for field in NUMBERS {
        // What a later version makes of the field is kept all the same.
        value.insert(field.to_owned(), json!({"type": "long", "ignore_malformed": true}));
    }
    for field in WORDS {
        value.insert(field.to_owned(), word());
    }
    value.insert("errorMessage".to_owned(), json!({"type": "text"}));
    json!({
        "index_patterns": [pattern(settings)],
        "priority": PRIORITY,
        "_meta": meta(cluster, topic),
        "template": {
            "settings": {
                "number_of_shards": settings.shards,
                "number_of_replicas": settings.replicas,
            },
            "mappings": {
                "dynamic": false,
                "properties": {
                    "partitionId": {"type": "integer"},
                    "position": {"type": "long"},
                    "sourceRecordPosition": {"type": "long"},
                    "key": {"type": "long"},
                    "operationReference": {"type": "long"},
                    "timestamp": {"type": "date"},
                    "valueType": word(),
                    "intent": word(),
                    "recordType": word(),
                    "brokerVersion": word(),
                    "rejectionType": word(),
                    "rejectionReason": {"type": "text"},
                    "reason": {"type": "text"},
                    "value": {"type": "object", "dynamic": false, "properties": value},
                },
            },
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

fn word() -> Value {
    json!({"type": "keyword", "ignore_above": LONGEST_WORD})
}
