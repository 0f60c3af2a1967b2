//! Plans in words: the sentences that a user reads in `last_change`, in the journal and on the terminal.

use std::collections::BTreeSet;
use std::fmt;

use crate::component::{ComponentId, Wanted};
use crate::observed::{ExporterPhase, Shape};
use crate::product::ChangeRequest;
use crate::step::{Aside, Gate, Plan, Step, Switch, Why};

impl Plan {
    /// What the plan does, a sentence a step; bookkeeping is left out, unless it is all there is. Empty
    /// where nothing is to do.
    pub fn sentences(&self) -> Vec<String> {
        let work = self.work();
        if work.is_empty() {
            return self.steps.first().map(ToString::to_string).into_iter().collect();
        }
        work
    }

    fn work(&self) -> Vec<String> {
        self.steps
            .iter()
            .filter(|step| match step {
                Step::Record(_)
                | Step::RecordExporter(_)
                | Step::ForgetExporter(_)
                | Step::Forget => false,
                Step::Prepare(_)
                | Step::Ensure { .. }
                | Step::Await { .. }
                | Step::Change { .. }
                | Step::Canary { .. }
                | Step::Snapshot { .. }
                | Step::Receive { .. }
                | Step::SetAside(_)
                | Step::Restore { .. }
                | Step::Restored { .. }
                | Step::Switch { .. }
                | Step::Export { .. }
                | Step::Resume { .. }
                | Step::Gate(_) => true,
            })
            .map(ToString::to_string)
            .collect()
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(_) => f.write_str("write the wish into the book"),
            Self::Prepare(version) => write!(f, "have Zeebe {version} at hand"),
            Self::SetAside(Aside { restoration, brokers, version: _, gateways: _ }) => {
                f.write_str("stop ")?;
                brokers_listed(f, brokers)?;
                let whose = if brokers.len() == 1 { "its" } else { "their" };
                write!(f, " and set {whose} data aside as {restoration}")
            }
            Self::Restore { backup, brokers } => {
                write!(f, "restore backup {backup} as the data of ")?;
                let brokers: BTreeSet<_> = brokers.keys().copied().collect();
                brokers_listed(f, &brokers)
            }
            Self::Restored { backup, partitions, version: _, deadline: _ } => match partitions {
                1 => write!(f, "see the one partition process from where backup {backup} goes"),
                _ => write!(
                    f,
                    "see each of {partitions} partitions process from where backup {backup} goes"
                ),
            },
            Self::Ensure { id, to, why } => ensure(f, *id, to, why),
            Self::Await { change, deadline: _ } => {
                write!(f, "wait for the product's change {change}, which is under way")
            }
            Self::Change { request, operations, deadline: _ } => {
                write!(f, "{}", Asked(request))?;
                match operations {
                    None => Ok(()),
                    Some(operations) if operations.is_empty() => {
                        f.write_str(": the product has nothing to do")
                    }
                    Some(operations) => {
                        f.write_str(": ")?;
                        listed(f, operations.iter())
                    }
                }
            }
            Self::Canary { partitions, deadline: _ } => write!(
                f,
                "deploy a canary process and see it start on {}",
                if *partitions == 1 {
                    "the one partition".to_owned()
                } else {
                    format!("each of {partitions} partitions")
                }
            ),
            Self::Snapshot { brokers, deadline: _ } => {
                f.write_str("take a snapshot of every partition on ")?;
                brokers_listed(f, brokers)
            }
            Self::RecordExporter(record) => match record.phase {
                ExporterPhase::Arriving | ExporterPhase::Due | ExporterPhase::Ready => {
                    write!(f, "write exporter \"{}\" into the book", record.spec.name)
                }
                ExporterPhase::Leaving => {
                    write!(f, "write into the book that exporter \"{}\" leaves", record.spec.name)
                }
            },
            Self::Receive { receiver, exporter, deadline: _ } => {
                write!(f, "see receiver {receiver} reach where exporter \"{exporter}\" sends")
            }
            Self::Switch { exporter, to, deadline: _ } => match to {
                Switch::On => write!(f, "enable exporter \"{exporter}\" on every partition"),
                Switch::Off => write!(f, "disable exporter \"{exporter}\" on every partition"),
                Switch::Gone => write!(f, "have the product forget exporter \"{exporter}\""),
            },
            Self::Export { exporters, partitions, deadline: _ } => {
                f.write_str(if exporters.len() == 1 { "see exporter " } else { "see exporters " })?;
                listed(f, exporters.iter().map(|name| format!("\"{name}\"")))?;
                match partitions {
                    1 => f.write_str(" come as far as the log of the one partition is now"),
                    _ => write!(
                        f,
                        " come as far as the log of each of {partitions} partitions is now"
                    ),
                }
            }
            Self::Resume { deadline: _ } => {
                f.write_str("resume exporting, which somebody has paused")
            }
            Self::ForgetExporter(name) => {
                write!(f, "take exporter \"{name}\" out of the book")
            }
            Self::Gate(gate) => self::gate(f, gate),
            Self::Forget => f.write_str("take the book away"),
        }
    }
}

fn ensure(f: &mut fmt::Formatter<'_>, id: ComponentId, to: &Wanted, why: &Why) -> fmt::Result {
    match (to, why) {
        (Wanted::Running(_), Why::New) => write!(f, "start {id}"),
        (Wanted::Running(_), Why::Lost) => write!(f, "start {id}, which does not run"),
        (Wanted::Running(_), Why::Settings) => write!(f, "restart {id} with changed settings"),
        (Wanted::Running(_), Why::Upgrade { from, to }) => {
            write!(f, "restart {id} with {to} in place of {from}")
        }
        (Wanted::Running(_), Why::Unwanted) => write!(f, "keep {id}"),
        (Wanted::Stopped, _) => write!(f, "stop {id}"),
        (Wanted::Absent(_), _) if !id.is_of_product() => {
            write!(f, "take {id} away")
        }
        (Wanted::Absent(data), _) => match data {
            zeebe_spec::DataOnDestroy::Keep => write!(f, "stop {id} and keep its data"),
            zeebe_spec::DataOnDestroy::Delete => write!(f, "stop {id} and delete its data"),
        },
    }
}

fn gate(f: &mut fmt::Formatter<'_>, gate: &Gate) -> fmt::Result {
    write!(f, "wait until {}", Whole(&gate.shape))?;
    if !gate.stable_for.is_zero() {
        write!(f, " for {} s", gate.stable_for.as_secs_f32())?;
    }
    if !gate.purpose.is_empty() {
        write!(f, ", {}", gate.purpose)?;
    }
    Ok(())
}

/// A shape in words.
struct Whole<'a>(&'a Shape);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shape { members, partitions, replication_factor } = self.0;
        brokers_listed(f, members)?;
        let verb = if members.len() == 1 { "leads" } else { "lead" };
        let copies = counted(usize::from(*replication_factor), "healthy copy", "healthy copies");
        let partitions = counted(usize::from(*partitions), "partition", "partitions");
        write!(f, " {verb} {partitions} with {copies} each")
    }
}

/// A request in words.
struct Asked<'a>(&'a ChangeRequest);

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChangeRequest { members: _, add, remove, replication_factor, partitions } = self.0;
        let mut parts: Vec<String> = Vec::new();
        if !add.is_empty() {
            parts.push(format!("add {}", Brokers(add)));
        }
        if !remove.is_empty() {
            parts.push(format!("remove {}", Brokers(remove)));
        }
        if let Some(factor) = replication_factor {
            parts.push(format!(
                "have {} of each partition",
                counted((*factor).into(), "copy", "copies")
            ));
        }
        if let Some(count) = partitions {
            parts.push(format!("have {}", counted((*count).into(), "partition", "partitions")));
        }
        f.write_str("ask the product to ")?;
        listed(f, parts.iter())
    }
}

struct Brokers<'a>(&'a BTreeSet<zeebe_spec::BrokerId>);

impl fmt::Display for Brokers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        brokers_listed(f, self.0)
    }
}

fn brokers_listed(
    f: &mut fmt::Formatter<'_>,
    brokers: &BTreeSet<zeebe_spec::BrokerId>,
) -> fmt::Result {
    f.write_str(if brokers.len() == 1 { "broker " } else { "brokers " })?;
    listed(f, brokers.iter())
}

/// A number of things: `1 broker`, `3 brokers`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn listed<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
