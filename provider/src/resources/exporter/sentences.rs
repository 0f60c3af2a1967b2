//! What a change of an exporter will do, in sentences.
//!
//! They follow from the wish before and after alone. What else the roll does, and which other exporters it serves, is
//! known only when it begins: exporters of one apply share it, and their cluster may be made by the same apply.

use zeebe_spec::{ExporterSpec, Received, Working};

/// The steps from one wish to another; empty where nothing is to do.
pub(super) fn sentences(
    before: Option<(&ExporterSpec, Seen)>,
    after: &ExporterSpec,
) -> Vec<String> {
    let name = &after.name;
    let restart = |what: &str| {
        format!("restart every broker, one at a time, with the {what} of exporter \"{name}\"")
    };
    let see = format!("see exporter \"{name}\" come as far as the log of every partition");
    let off = format!("disable exporter \"{name}\" on every partition");
    let on = format!("enable exporter \"{name}\" on every partition");
    let through = after.received();
    let place = match through {
        Some(Received::Lake(_)) => "its lake",
        Some(Received::Kafka(_)) | None => "Kafka",
    };
    let receiver =
        |verb: &str| format!("{verb} the receiver of exporter \"{name}\" and see it reach {place}");
    let (mut sentences, was, seen) = match before {
        None => {
            let receiver = through.map(|_| receiver("start"));
            let all = receiver.into_iter().chain([restart("settings")]);
            (all.collect::<Vec<_>>(), Working::On, Seen::Unfinished)
        }
        Some((before, seen)) => {
            let differs = match (before.received(), through) {
                (Some(before), Some(after)) => Differs::of(before, after),
                (None, _) | (_, None) => {
                    Differs { receiver: false, brokers: before.sink != after.sink }
                }
            };
            let receiver = differs.receiver.then(|| receiver("restart"));
            let brokers = differs.brokers.then(|| restart("changed settings"));
            (receiver.into_iter().chain(brokers).collect(), before.working, seen)
        }
    };
    let changed = !sentences.is_empty() || was != after.working || seen != Seen::Finished;
    match (was, after.working) {
        (Working::On, Working::Off) => sentences.push(off),
        (Working::Off, Working::On) => sentences.push(on),
        (Working::On, Working::On) | (Working::Off, Working::Off) => {}
    }
    if seen == Seen::Paused && after.working == Working::On {
        sentences.push("resume exporting, which somebody has paused".to_owned());
    }
    if changed && after.working == Working::On {
        sentences.push(see);
    } else if changed && sentences.is_empty() {
        sentences.push(off_already(after));
    }
    sentences
}

/// Who must be told of a change between two wishes of the same receiver.
struct Differs {
    receiver: bool,
    brokers: bool,
}

impl Differs {
    /// Brokers are told which records are exported, and the receiver all else.
    fn of(before: Received<'_>, after: Received<'_>) -> Self {
        let records = before.records();
        Self {
            receiver: after.with_records(records) != before.with_records(records),
            brokers: records != after.records(),
        }
    }
}

fn off_already(after: &ExporterSpec) -> String {
    format!("see exporter \"{}\" disabled on every partition", after.name)
}

/// Whether the last apply came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It was seen to be as it was wished.
    Finished,
    /// It was not.
    Unfinished,
    /// It was, and somebody has paused exporting since.
    Paused,
}

#[cfg(test)]
mod tests;
