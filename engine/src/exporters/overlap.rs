//! Two exporters that would write to the same place: what the one has written, the other would overwrite or take for its own.

use std::collections::BTreeSet;

use zeebe_spec::{ExporterMistake, ExporterSpec, KafkaSink, LakeSink, Received, SearchSink};

/// What is wrong with an exporter beside that of somebody else, if they could write to the same place.
pub(crate) fn overlap(
    ours: &ExporterSpec,
    whose: &str,
    theirs: &ExporterSpec,
) -> Option<ExporterMistake> {
    if let (Some(one), Some(other)) = (ours.store(), theirs.store()) {
        return indices(ours.kind(), one, whose, other);
    }
    match (ours.received()?, theirs.received()?) {
        (Received::Kafka(one), Received::Kafka(other)) => topics(one, whose, other),
        (Received::Lake(one), Received::Lake(other)) => lakes(one, whose, other),
        (Received::Kafka(_), Received::Lake(_)) | (Received::Lake(_), Received::Kafka(_)) => None,
    }
}

fn topics(ours: &KafkaSink, whose: &str, theirs: &KafkaSink) -> Option<ExporterMistake> {
    let same = ours.topic == theirs.topic && !ours.brokers.is_disjoint(&theirs.brokers);
    same.then(|| ExporterMistake {
        at: "kafka.topic".to_owned(),
        summary: format!("{whose} writes to the same topic"),
        detail: format!(
            "Both write to \"{}\", and what the one has written, the other would take for its own. Expected a topic for each.",
            ours.topic
        ),
    })
}

fn lakes(ours: &LakeSink, whose: &str, theirs: &LakeSink) -> Option<ExporterMistake> {
    ours.place.overlaps(&theirs.place).then(|| ExporterMistake {
        at: "lake".to_owned(),
        summary: format!("{whose} writes to the same lake"),
        detail: format!(
            "It writes to {}, and this one to {}: what the one has written, the other would take for its own. Expected places \
             of which neither is within the other.",
            theirs.place.describe(),
            ours.place.describe()
        ),
    })
}

fn indices(
    kind: &str,
    ours: &SearchSink,
    whose: &str,
    theirs: &SearchSink,
) -> Option<ExporterMistake> {
    let (one, other) = (ours.prefix(), theirs.prefix());
    let overlaps = one.starts_with(other) || other.starts_with(one);
    (overlaps && share_an_address(ours, theirs)).then(|| ExporterMistake {
        at: format!("{kind}.index.prefix"),
        summary: format!("{whose} writes to the same indices"),
        detail: format!(
            "It writes to {} with the prefix \"{other}\", and this one with \"{one}\": what the one exports, the other would \
             overwrite. Expected prefixes of which neither starts with the other.",
            theirs.url
        ),
    })
}

/// Whether two stores have an address in common, and so are one store.
fn share_an_address(one: &SearchSink, other: &SearchSink) -> bool {
    let addresses = |sink: &SearchSink| -> BTreeSet<String> {
        let each = sink.url.as_str().split(',');
        each.map(|address| address.trim_end_matches('/').to_ascii_lowercase()).collect()
    };
    !addresses(one).is_disjoint(&addresses(other))
}
