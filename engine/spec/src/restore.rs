//! What a new cluster's data comes from.

use serde::{Deserialize, Serialize};

use crate::backup::BackupId;

/// The backup that a cluster begins with. It counts once, when the cluster is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreFrom {
    /// Its id in the cluster's own store.
    pub backup_id: BackupId,
}
