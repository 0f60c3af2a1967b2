//! Holding what a user reads against its snapshot.

use acceptance_tests::{Cluster, snapshot};
use camino::Utf8Path;

/// Fails unless the words are those of the snapshot; folders, ports and numbers are replaced by their names.
pub(crate) fn hold(name: &str, words: &str, folder: &Utf8Path, clusters: &[&Cluster]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    for (pattern, replacement) in snapshot::filters(folder, clusters) {
        settings.add_filter(&pattern, replacement);
    }
    settings.bind(|| insta::assert_snapshot!(name, words));
}
