//! Engine errors as diagnostics: here and nowhere else.

mod restore;
mod retention;
mod schedule;

use std::error::Error;
use std::fmt::Write;

use tf_sdk::{Diagnostic, Path, Step};
use zeebe_engine::{
    EngineError, EstateError, ExporterError, Neighbour, Phase, PlanError, Preflight, RestoreError,
    SettingMistake,
};
use zeebe_spec::{
    BackupId, ExporterMistake, ExporterName, SpecAttribute, SpecMistake, TargetSpec, UpgradeError,
};

pub(crate) use self::retention::{no_retention, retention, retention_foreseen, retention_unclear};
pub(crate) use self::schedule::{no_schedule, schedule, schedule_unclear, unstored};

/// A mistake between the parts of a wish.
pub(crate) fn mistake(mistake: &SpecMistake, target: &TargetSpec) -> Diagnostic {
    let SpecMistake { at, summary, detail } = mistake;
    Diagnostic::error(summary.clone(), detail.clone()).at(attribute(*at, target))
}

/// Backups of another cluster are kept where this one's shall be.
pub(crate) fn shared_store(neighbour: &Neighbour) -> Diagnostic {
    let Neighbour { cluster, place } = neighbour;
    Diagnostic::error(
        "backups of another cluster are kept there",
        format!(
            "Cluster {cluster} keeps its backups in {place}, and the product tells clusters apart by nothing but the \
             place: it would take the one's backups for the other's. Choose another bucket, or a `base_path` of its own."
        ),
    )
    .at(Path::attribute("backup_store"))
}

/// The same as a warning.
pub(crate) fn warning(mistake: &SpecMistake, target: &TargetSpec) -> Diagnostic {
    let SpecMistake { at, summary, detail } = mistake;
    Diagnostic::warning(summary.clone(), detail.clone()).at(attribute(*at, target))
}

fn attribute(at: SpecAttribute, target: &TargetSpec) -> Path {
    let topology = || Path::attribute("topology");
    let broker = || Path::attribute("broker");
    match at {
        SpecAttribute::Version => Path::attribute("version"),
        SpecAttribute::Brokers => topology().then("brokers"),
        SpecAttribute::Partitions => topology().then("partitions"),
        SpecAttribute::ReplicationFactor => topology().then("replication_factor"),
        SpecAttribute::Disk => broker().then("disk"),
        SpecAttribute::Memory => broker().then("memory"),
        SpecAttribute::LogSegmentSize => broker().then("log_segment_size"),
        SpecAttribute::ProcessingWatermark => broker().then("disk_watermarks").then("processing"),
        SpecAttribute::ReplicationWatermark => broker().then("disk_watermarks").then("replication"),
        SpecAttribute::FirstPort => {
            Path::attribute("target").then(target.kind()).then("first_port")
        }
        SpecAttribute::License => Path::attribute("license"),
        SpecAttribute::RestoreFrom => Path::attribute("restore_from"),
        SpecAttribute::BackupStore(within) => {
            within.split('.').fold(Path::attribute("backup_store"), |path, part| path.then(part))
        }
    }
}

/// A mistake in the product's own settings.
pub(crate) fn setting(mistake: &SettingMistake) -> Diagnostic {
    let SettingMistake { key, summary, detail } = mistake;
    Diagnostic::error(summary.clone(), detail.clone())
        .at(Path::attribute("configuration").with(Step::Key(key.to_string())))
}

fn preflight(found: &Preflight) -> Diagnostic {
    let Preflight { component: _, attribute, summary, detail } = found;
    Diagnostic::error(summary.clone(), detail.clone()).at(dotted(attribute))
}

/// A path with dots.
fn dotted(path: &str) -> Path {
    path.split('.').filter(|part| !part.is_empty()).fold(Path::root(), |path, part| path.then(part))
}

/// No cluster stands at an address that a data source was given.
pub(crate) fn absent(id: &str, attribute: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no cluster stands at {id}"),
        "There is no book of a cluster there. Expected the attribute `id` of a `zeebe_cluster`.",
    )
    .at(Path::attribute(attribute))
}

/// Where to look is not known when a list is asked for.
pub(crate) fn unknown_when_listed() -> Diagnostic {
    Diagnostic::error(
        "target is not known",
        "Where to look for clusters must be known when they are listed.",
    )
    .at(Path::attribute("target"))
}

/// The clusters of an estate could not be listed.
pub(crate) fn estate(error: &EstateError) -> Diagnostic {
    let detail = match error {
        EstateError::NoDirectory => {
            "Set `directory`, or ZEEBE_PLATFORM_DATA or HOME in the environment.".to_owned()
        }
        EstateError::Directory { directory: _, source } => {
            format!("Because {source}. Make it readable, or name another directory.")
        }
    };
    Diagnostic::error(error.to_string(), detail).at(Path::attribute("target"))
}

/// Work starts on every partition, and something is wrong with the cluster all the same.
pub(crate) fn not_whole(id: &str, problems: &[String]) -> Diagnostic {
    Diagnostic::error(
        format!("cluster {id} takes work and is not whole"),
        format!(
            "What is wrong with it:\n{}\nRun `terraform apply`: it mends what it can.",
            bullets(problems)
        ),
    )
}

/// The person wanted to stop.
pub(crate) fn interrupted(what: &str) -> Diagnostic {
    Diagnostic::error(format!("{what} was interrupted"), "Run it again for the whole.")
}

/// A target without any sign-on.
pub(crate) fn no_credentials(id: &str, target: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no client credentials for {id}"),
        format!(
            "Clusters of the target `{target}` listen on loopback and ask nobody who they are, so there is \
             nothing to sign on with. Connect a client to `gateway_address` as it is."
        ),
    )
}

/// A mistake in the wish for an exporter.
pub(crate) fn exporter_mistake(mistake: &ExporterMistake) -> Diagnostic {
    let ExporterMistake { at, summary, detail } = mistake;
    Diagnostic::error(summary.clone(), detail.clone()).at(dotted(at))
}

/// What went wrong with an exporter of that name on the cluster at that address.
pub(crate) fn exporter(error: &ExporterError, name: &str, cluster: &str) -> Vec<Diagnostic> {
    match error {
        ExporterError::NoCluster { id } => vec![absent_handle(id)],
        ExporterError::Wrong(mistakes) => mistakes.iter().map(exporter_mistake).collect(),
        ExporterError::Occupied { name: _ } => vec![
            Diagnostic::error(
                error.to_string(),
                format!(
                    "Cluster {cluster} has one of this name that belongs to another configuration or to a lost state. Import \
                     it to adopt it (`terraform import <address> {cluster}/exporters/{name}`), or choose another name."
                ),
            )
            .at(Path::attribute("name")),
        ],
        ExporterError::Engine(error) => engine(error, cluster),
        ExporterError::Cancelled => vec![Diagnostic::error(
            format!("exporter \"{name}\": {error}"),
            "Nothing was begun for it. Apply again.",
        )],
    }
}

/// No cluster stands at the address that a handle says.
pub(crate) fn absent_handle(id: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no cluster stands at {id}"),
        "There is no book of a cluster there. Expected the attribute `handle` of a `zeebe_cluster`.",
    )
    .at(Path::attribute("cluster"))
}

/// A cluster that has no exporter of that name.
pub(crate) fn absent_exporter<'a>(
    name: &ExporterName,
    cluster: &str,
    others: impl Iterator<Item = &'a ExporterName>,
) -> Diagnostic {
    let others: Vec<String> = others.map(|name| format!("\"{name}\"")).collect();
    let there = if others.is_empty() {
        "It has none that this provider made.".to_owned()
    } else {
        format!("Those that it has: {}.", others.join(", "))
    };
    Diagnostic::error(
        format!("cluster {cluster} has no exporter \"{name}\""),
        format!(
            "{there} Expected the attribute `name` of a `zeebe_exporter`. Where the same configuration makes it, say \
             `name = zeebe_exporter.{name}.name`, so that it is there before it is looked at."
        ),
    )
    .at(Path::attribute("name"))
}

/// The address of an exporter that is none.
pub(crate) fn no_exporter(id: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no exporter stands at {id}"),
        "Expected the address of one that this provider made, as its attribute `id` says it: \
         `local:///srv/zeebe/payments/exporters/audit`.",
    )
}

/// All that led to an error, as a sentence.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    format!("It said: {text}.")
}

/// What went wrong in the engine, for a cluster of that name: everything it says, at the attributes that
/// a user can change.
pub(crate) fn engine(error: &EngineError, name: &str) -> Vec<Diagnostic> {
    match error {
        EngineError::Preflight(found) => found.iter().map(preflight).collect(),
        EngineError::Plan(error) => vec![plan(error)],
        EngineError::Changed { planned, now } => vec![Diagnostic::error(
            format!("cluster \"{name}\" changed between plan and apply"),
            format!(
                "Nothing was touched. Run plan again. What was planned:\n{}\nWhat would be done now:\n{}",
                bullets(planned),
                bullets(now)
            ),
        )],
        EngineError::Moved { what } => vec![Diagnostic::error(
            format!("cluster \"{name}\" changed after it was refreshed"),
            format!(
                "{what} Its plan would not be the one that is carried out. Run plan again, without \
                 `-refresh=false`."
            ),
        )],
        EngineError::Restore(error) if let RestoreError::Refused(mistakes) = &**error => {
            mistakes.iter().map(restore::mistake).collect()
        }
        EngineError::Open(_)
        | EngineError::Restore(_)
        | EngineError::Book(_)
        | EngineError::Lease(_)
        | EngineError::Secrets(_)
        | EngineError::Observe(_)
        | EngineError::Target(_)
        | EngineError::Management(_)
        | EngineError::Execute(_)
        | EngineError::Deed { .. }
        | EngineError::Backup(_)
        | EngineError::Drill(_)
        | EngineError::InStep(_)
        | EngineError::Broken(_) => {
            vec![Diagnostic::error(format!("cluster \"{name}\": {error}"), sentences(error))]
        }
    }
}

/// The causes of an error, and its advice, in sentences.
fn sentences(error: &EngineError) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "{}{error}", if text.is_empty() { "Because " } else { ", because " });
        cause = error.source();
    }
    if !text.is_empty() {
        text.push('.');
    }
    if let Some(advice) = error.advice() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&advice);
    }
    text
}

fn bullets(lines: &[String]) -> String {
    if lines.is_empty() {
        return "  nothing".to_owned();
    }
    lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}

fn plan(error: &PlanError) -> Diagnostic {
    let summary = error.to_string();
    let topology = |name: &str| Path::attribute("topology").then(name);
    match error {
        PlanError::Unclear { id: _, why } => Diagnostic::error(
            summary,
            format!("{why}. It is not taken for absent, and nothing was touched."),
        ),
        PlanError::Silent { why } => Diagnostic::error(
            summary,
            format!(
                "Its processes run, and what they are is unclear: {why}. Nothing was touched. Look at the \
                 brokers' logs; a broker that hangs can be killed, and the next apply starts it again. To destroy \
                 the cluster as it is, run `terraform destroy -refresh=false`."
            ),
        ),
        PlanError::Upgrade(upgrade) => Diagnostic::error(summary, self::upgrade(upgrade))
            .at(Path::attribute("version")),
        PlanError::FewerPartitions { from, to: _ } => Diagnostic::error(
            summary,
            format!(
                "The product cannot merge partitions. Keep {from}, or make another cluster and move the \
                 work there."
            ),
        )
        .at(topology("partitions")),
        PlanError::PartitionGrowth { version: _, from, to: _ } => Diagnostic::error(
            summary,
            format!(
                "More partitions on a running cluster are documented from 8.8 on; before that the product \
                 accepts the request and gives the new partitions no work. Keep {from}, or upgrade to 8.8 \
                 first."
            ),
        )
        .at(topology("partitions")),
        PlanError::Fixed { what, from, to } => Diagnostic::error(
            summary,
            format!(
                "It is {from}, and {to} is wished. What would have to be replaced is never replaced \
                 silently. Keep {from}, or make another cluster and destroy this one."
            ),
        )
        .at(match what {
            zeebe_engine::Fixed::Name => Path::attribute("name"),
            zeebe_engine::Fixed::Target | zeebe_engine::Fixed::FirstPort => {
                Path::attribute("target")
            }
        }),
        PlanError::RestoreFrom { from, to, phase } => {
            let word = |id: &Option<BackupId>| match id {
                Some(id) => format!("backup {id}"),
                None => "no backup".to_owned(),
            };
            let what_to_do = match phase {
                Phase::Creating => {
                    "Its creation from a backup is not finished. Finish it as it was begun, or destroy the cluster."
                }
                Phase::Ready | Phase::Restoring(_) | Phase::Destroying | Phase::Destroyed => {
                    "It has data of its own by now, which nothing here overwrites. Leave `restore_from` as it was, or take \
                     it out; for the data of that backup make another cluster."
                }
            };
            Diagnostic::error(
                summary,
                format!(
                    "It was made from {}, and {} is wished. {what_to_do}",
                    word(from),
                    word(to)
                ),
            )
            .at(Path::attribute("restore_from"))
        }
        PlanError::Restoring { backup } => restore::unfinished(summary, *backup),
        PlanError::Occupied { place: _, difference } => Diagnostic::error(
            summary,
            format!(
                "{difference} Where Terraform wants to replace this very cluster, because it is tainted or \
                 `-replace` names it, run `terraform untaint` or leave `-replace` out: changes need no \
                 replacement."
            ),
        ),
        PlanError::Protected { name: _ } => Diagnostic::error(
            summary,
            "Set `deletion_protection = false`, apply, and destroy then.",
        ),
        PlanError::QuorumLost { lost } => Diagnostic::error(
            summary,
            format!(
                "The data of the brokers {} is not there any more, and without it no majority of a \
                 partition's copies is left. Starting empty brokers would overwrite what the others have. \
                 Put the data back, or restore a backup into a new cluster. To destroy this one as \
                 it is, run `terraform destroy -refresh=false`.",
                lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ),
        ),
    }
}

fn upgrade(error: &UpgradeError) -> String {
    match error {
        UpgradeError::Downgrade { from, to: _ } => format!(
            "The product does not read data of a newer version. Keep {from} or go to a later one."
        ),
        UpgradeError::SkippedMinor { from, to, path } => format!(
            "The product migrates its data one minor at a time. The path from {from} to {to} is {}: apply \
             one version of each.",
            path.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ),
    }
}
