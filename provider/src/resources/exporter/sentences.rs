//! What a change of an exporter will do, in sentences.
//!
//! They follow from the wish before and after alone. What else the roll does, and which other exporters it serves, is
//! known only when it begins: exporters of one apply share it, and their cluster may be made by the same apply.

use zeebe_spec::{ExporterSpec, Working};

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
    let (first, was, seen) = match before {
        None => (Some(restart("settings")), Working::On, Seen::Unfinished),
        Some((before, seen)) => {
            ((before.sink != after.sink).then(|| restart("changed settings")), before.working, seen)
        }
    };
    let changed = first.is_some() || was != after.working || seen == Seen::Unfinished;
    let mut sentences: Vec<String> = first.into_iter().collect();
    match (was, after.working) {
        (Working::On, Working::Off) => sentences.push(off),
        (Working::Off, Working::On) => sentences.push(on),
        (Working::On, Working::On) | (Working::Off, Working::Off) => {}
    }
    if changed && after.working == Working::On {
        sentences.push(see);
    } else if changed && sentences.is_empty() {
        sentences.push(off_already(after));
    }
    sentences
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
}

#[cfg(test)]
mod tests;
