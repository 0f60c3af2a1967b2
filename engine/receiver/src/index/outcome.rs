//! What a store says about each record of a bulk. Pure.

use serde::Deserialize;

/// Errors that are about the document itself: sending it again makes no difference. Others of status 400, such as a
/// limit of shards, are about the store.
const OF_THE_DOCUMENT: [&str; 6] = [
    "document_parsing_exception",
    "mapper_parsing_exception",
    "parsing_exception",
    "parse_exception",
    "strict_dynamic_mapping_exception",
    "x_content_parse_exception",
];

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The store has it.
    Written,
    /// There is a document at its place already.
    Present,
    /// The store does not have it, and may take it another time.
    Again(String),
    /// The store will never take it as it is.
    Refused(String),
}

/// An answer that tells nothing of the records.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    /// It is not what a bulk is answered with.
    #[error("the store's answer is not that of a bulk")]
    Form(#[source] serde_json::Error),
    /// It is about other records than those that were sent.
    #[error("the store answered for {answered} records of {sent}")]
    Count {
        /// Those that it says something about.
        answered: usize,
        /// Those that it was sent.
        sent: usize,
    },
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Done,
}

#[derive(Deserialize)]
struct Done {
    status: u16,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    reason: Option<String>,
    caused_by: Option<Box<Fault>>,
}

impl Fault {
    fn text(&self) -> String {
        let mut text = format!("{}: {}", self.kind, self.reason.as_deref().unwrap_or("no reason"));
        if let Some(cause) = &self.caused_by {
            text = format!("{text}: {}", cause.text());
        }
        text
    }
}

/// Reads the answer to a bulk of so many records, one outcome for each in their order.
pub(super) fn outcomes(answer: &[u8], sent: usize) -> Result<Vec<Outcome>, AnswerError> {
    let Answer { items } = serde_json::from_slice(answer).map_err(AnswerError::Form)?;
    if items.len() != sent {
        return Err(AnswerError::Count { answered: items.len(), sent });
    }
    Ok(items.into_iter().map(|Item { create }| outcome(&create)).collect())
}

fn outcome(done: &Done) -> Outcome {
    let text = done.error.as_ref().map_or_else(|| "no reason".to_owned(), Fault::text);
    let is_of_the_document = done.error.as_ref().is_some_and(|fault| {
        OF_THE_DOCUMENT.contains(&fault.kind.as_str()) || text.contains("immense term")
    });
    match done.status {
        200..=299 if done.error.is_none() => Outcome::Written,
        409 => Outcome::Present,
        400 if is_of_the_document => Outcome::Refused(text),
        status => Outcome::Again(format!("{status}, {text}")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::created(r#"{"status":201}"#, Outcome::Written)]
    #[case::present(
        r#"{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"there"}}"#,
        Outcome::Present
    )]
    #[case::busy(
        r#"{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"full"}}"#,
        Outcome::Again("429, es_rejected_execution_exception: full".to_owned())
    )]
    #[case::down(
        r#"{"status":503,"error":{"type":"unavailable_shards_exception"}}"#,
        Outcome::Again("503, unavailable_shards_exception: no reason".to_owned())
    )]
    #[case::forbidden(
        r#"{"status":403,"error":{"type":"security_exception","reason":"no"}}"#,
        Outcome::Again("403, security_exception: no".to_owned())
    )]
    #[case::shards(
        r#"{"status":400,"error":{"type":"validation_exception","reason":"maximum shards open"}}"#,
        Outcome::Again("400, validation_exception: maximum shards open".to_owned())
    )]
    #[case::mapping(
        r#"{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed","caused_by":{"type":"number_format_exception","reason":"x"}}}"#,
        Outcome::Refused("mapper_parsing_exception: failed: number_format_exception: x".to_owned())
    )]
    #[case::long(
        r#"{"status":400,"error":{"type":"illegal_argument_exception","reason":"one immense term in field"}}"#,
        Outcome::Refused("illegal_argument_exception: one immense term in field".to_owned())
    )]
    fn each_status_has_one_meaning(#[case] done: &str, #[case] expected: Outcome) {
        let answer = format!(r#"{{"errors":true,"items":[{{"create":{done}}}]}}"#);
        assert_eq!(outcomes(answer.as_bytes(), 1).unwrap(), [expected]);
    }

    #[test]
    fn an_answer_about_other_records_is_no_answer() {
        let told = |answer: &str| outcomes(answer.as_bytes(), 2).unwrap_err().to_string();
        assert_eq!(
            told(r#"{"errors":false,"items":[{"create":{"status":201}}]}"#),
            "the store answered for 1 records of 2"
        );
        assert_eq!(told("{}"), "the store's answer is not that of a bulk");
    }
}
