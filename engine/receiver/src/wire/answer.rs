//! What goes back to an exporter.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::json;

/// An answer: a status and a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status. An exporter takes every other than 200 and 201 for "send it again".
    pub status: StatusCode,
    /// Its body, JSON.
    pub body: String,
}

/// What became of one record of a bulk, as Elasticsearch says it.
#[derive(Serialize)]
struct Item<'a> {
    index: Done<'a>,
}

#[derive(Serialize)]
struct Done<'a> {
    #[serde(rename = "_index")]
    index: &'a str,
    #[serde(rename = "_id")]
    id: &'a str,
    result: &'static str,
    status: u16,
}

#[derive(Serialize)]
struct Bulk<'a> {
    took: u64,
    errors: bool,
    items: Vec<Item<'a>>,
}

impl Answer {
    /// Every record of the bulk is durable. Each is an index and an id.
    pub fn durable<'a>(
        milliseconds: u64,
        records: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let items = records
            .into_iter()
            .map(|(index, id)| Item { index: Done { index, id, result: "created", status: 201 } })
            .collect();
        let bulk = Bulk { took: milliseconds, errors: false, items };
        Self { status: StatusCode::OK, body: json(&bulk) }
    }

    /// The set-up is agreed to.
    pub fn acknowledged() -> Self {
        Self { status: StatusCode::OK, body: json(&json!({"acknowledged": true})) }
    }

    /// No index is there that a policy could be put on.
    pub fn no_indices() -> Self {
        let body = json!({"updated_indices": 0, "failures": false, "failed_indices": []});
        Self { status: StatusCode::OK, body: json(&body) }
    }

    /// Who is there, in the form in which newer clients look for it.
    pub fn product() -> Self {
        let body = json!({
            "name": "zeebe-receiver",
            "cluster_name": "zeebe-receiver",
            "version": {
                "number": "8.13.4",
                "build_flavor": "default",
                "minimum_wire_compatibility_version": "7.17.0",
                "minimum_index_compatibility_version": "7.0.0"
            },
            "tagline": "You Know, for Search"
        });
        Self { status: StatusCode::OK, body: json(&body) }
    }

    /// Anything but yes, with its reason. The exporter logs it and sends the same again.
    pub fn no(status: StatusCode, kind: &str, reason: &str) -> Self {
        let body = json!({
            "error": {"type": kind, "reason": reason},
            "status": status.as_u16()
        });
        Self { status, body: json(&body) }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the value has string keys and no writer that fails")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_durable_bulk_is_answered_item_by_item_without_errors() {
        let answer = Answer::durable(7, [("z_job", "1-5")]);
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (
                200,
                r#"{"took":7,"errors":false,"items":[{"index":{"_index":"z_job","_id":"1-5","result":"created","status":201}}]}"#
            )
        );
    }

    #[test]
    fn a_refusal_says_why() {
        let answer = Answer::no(StatusCode::SERVICE_UNAVAILABLE, "sink", "no Kafka");
        assert_eq!(answer.body, r#"{"error":{"reason":"no Kafka","type":"sink"},"status":503}"#);
    }
}
