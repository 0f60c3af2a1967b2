//! Why a cluster is not brought back to a backup.

use tf_sdk::{Diagnostic, Path};
use zeebe_engine::RestoreMistake;
use zeebe_spec::BackupId;

/// What stands in the way of a restore, at the argument that a user can change.
pub(super) fn mistake(mistake: &RestoreMistake) -> Diagnostic {
    let (at, detail) = match mistake {
        RestoreMistake::Confirm { said: _, name } => (
            "confirm",
            format!(
                "What the cluster has done since the backup will be gone from it. Expected its name, `confirm = \"{name}\"`, \
                 so that nobody restores another cluster than they mean."
            ),
        ),
        RestoreMistake::NoStore => {
            ("cluster", "Say with `backup_store` of the cluster where its backups are.".to_owned())
        }
        RestoreMistake::Unasked { why: _ } => (
            "cluster",
            "The store is asked through the brokers, and what cannot be asked is not taken for whole. Have the cluster \
             run (`terraform apply`) and reach its store. A cluster that cannot run any more is destroyed and made again with \
             `restore_from`."
                .to_owned(),
        ),
        RestoreMistake::NoBackup => (
            "cluster",
            "The data source `zeebe_backups` says what there is. The action `zeebe_backup` takes one.".to_owned(),
        ),
        RestoreMistake::Missing(_) => {
            ("id", "The data source `zeebe_backups` says what there is.".to_owned())
        }
        RestoreMistake::Misfit { .. } => (
            "id",
            "Expected one that is whole, of as many partitions as the cluster has and of a version that this one may \
             follow. The data source `zeebe_backups` says what there is."
                .to_owned(),
        ),
        RestoreMistake::Received { name, kind } => (
            "cluster",
            format!(
                "Its kind is `{kind}`. The restored cluster uses the positions after the backup for other records, and the \
                 receiver would take them for those that it has written and drop them. Take `zeebe_exporter.{name}` out and \
                 apply; after the restore make it again with a name and a topic or lake of its own."
            ),
        ),
        RestoreMistake::Mixed { name, kind } => (
            "cluster",
            format!(
                "Its kind is `{kind}`. The restored cluster uses the positions after the backup for other records: they \
                 would stand beside those that are there already, or in their place. Take `zeebe_exporter.{name}` out and \
                 apply, and after the restore make it again with a prefix of its own; or name it in `accept_mixed_records`."
            ),
        ),
        RestoreMistake::NoExporter(_) => (
            "accept_mixed_records",
            "Expected names of exporters that this cluster has. Leave it out.".to_owned(),
        ),
        RestoreMistake::Unfinished { what } => (
            "cluster",
            format!("{what} Let it end, run `terraform apply` until its plan is empty, and restore then."),
        ),
    };
    Diagnostic::error(mistake.to_string(), format!("{detail} Nothing was touched."))
        .at(Path::attribute(at))
}

/// A wish for something that waits while a restore is under way.
pub(super) fn unfinished(summary: String, backup: BackupId) -> Diagnostic {
    Diagnostic::error(
        summary,
        format!(
            "It is brought back to backup {backup} with the brokers, partitions, copies and version that it had. Apply the \
             cluster with these first, or run `zeebe_restore` again: either finishes it. Nothing was touched."
        ),
    )
}
