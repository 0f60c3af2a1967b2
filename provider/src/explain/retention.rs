//! How long the records of an exporter are kept, and why they are not.

use tf_sdk::{Diagnostic, Path};
use zeebe_engine::{Reason, RetentionError, Verdict};
use zeebe_spec::{ExporterName, RetentionSpec};

use super::{causes, engine, exporter_mistake};

/// The address of a retention that is none.
pub(crate) fn no_retention(id: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no retention stands at {id}"),
        "Expected the address of one that this provider made, as its attribute `id` says it: \
         `local:///srv/zeebe/payments/retention/audit`.",
    )
}

/// What went wrong with how long the records of an exporter are kept.
pub(crate) fn retention(
    error: &RetentionError,
    exporter: &ExporterName,
    cluster: &str,
) -> Vec<Diagnostic> {
    let of_exporter = |detail: String| {
        vec![Diagnostic::error(error.to_string(), detail).at(Path::attribute("exporter"))]
    };
    match error {
        RetentionError::NoCluster { .. } | RetentionError::NoExporter { .. } => of_exporter(
            "Nothing is known of its records. Expected the attribute `id` of a `zeebe_exporter`."
                .to_owned(),
        ),
        RetentionError::Occupied { .. } => of_exporter(format!(
            "Another configuration or a lost state has said it. Import it to adopt it (`terraform import <address> \
             {cluster}/retention/{exporter}`), or take it away there."
        )),
        RetentionError::Wrong(mistakes) => mistakes.iter().map(exporter_mistake).collect(),
        RetentionError::SignOn { .. } | RetentionError::Store { .. } => {
            of_exporter(format!("{} Apply again.", causes(error)))
        }
        RetentionError::Cancelled => of_exporter("Nothing is half done. Apply again.".to_owned()),
        RetentionError::Engine(error) => engine(error, cluster),
    }
}

/// The same where nothing is wrong but that nobody could tell.
pub(crate) fn retention_unclear(
    error: &RetentionError,
    exporter: &ExporterName,
    cluster: &str,
) -> Vec<Diagnostic> {
    vec![Diagnostic::warning(
        format!("it is unclear how old the records of exporter \"{exporter}\" are"),
        format!(
            "Cluster {cluster} says how long they are kept, and what is too old may still be in the store. {}",
            causes(error)
        ),
    )]
}

/// What a store says to a wish before anything is removed.
pub(crate) fn retention_foreseen(verdict: &Verdict, spec: &RetentionSpec) -> Vec<Diagnostic> {
    let RetentionSpec { exporter, minimum_age, .. } = spec;
    let at = Path::attribute("minimum_age");
    let mut told = Vec::new();
    let running = verdict.kept_back.iter().find_map(|kept| match &kept.reason {
        Reason::Running(began) => Some(*began),
        Reason::NotExported(_) | Reason::Unclear(_) => None,
    });
    if let Some(began) = running {
        told.push(
            Diagnostic::error(
                "a process instance that still runs is older than what would be kept",
                format!(
                    "The oldest instance that the records of exporter \"{exporter}\" know no end of began at {began}, more than \
                     {minimum_age} ago, and its beginning would be removed. Expected a longer `minimum_age`, or that it is \
                     ended first."
                ),
            )
            .at(at.clone()),
        );
    }
    let unclear = verdict.kept_back.iter().find_map(|kept| match &kept.reason {
        Reason::Unclear(why) => Some(why),
        Reason::NotExported(_) | Reason::Running(_) => None,
    });
    if let Some(why) = unclear {
        told.push(
            Diagnostic::warning(
                "it is unclear how old the oldest running process instance is",
                format!("Nothing is removed until the store can tell: {why}."),
            )
            .at(at.clone()),
        );
    }
    if let (Some(first), Some(last)) = (verdict.too_old.first(), verdict.too_old.last()) {
        let bytes: u64 = verdict.too_old.iter().map(|index| index.bytes).sum();
        let count = verdict.too_old.len();
        told.push(
            Diagnostic::warning(
                format!("{count} indices of exporter \"{exporter}\" are older than {minimum_age} and are removed for good"),
                format!(
                    "They hold the records of {} to {} in {bytes} bytes; {} indices are there in all.",
                    first.day, last.day, verdict.total
                ),
            )
            .at(at),
        );
    }
    told
}
