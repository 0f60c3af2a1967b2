//! What a backup takes along of search stores, as HCL says it: in a schedule and in an action alike.

use tf_sdk::{Attributes, Diagnostic, NotYetKnown, Optional, Path, Required};
use zeebe_scalar::Span;
use zeebe_spec::search_backup::mistake_of_budget;
use zeebe_spec::{RepositoryName, SearchBackup};

/// A snapshot of what the cluster's exporters have written into Elasticsearch or `OpenSearch`, taken in step with the backup:
/// exporting is paused softly meanwhile, so that what the snapshot misses is in the backup and is exported again after a
/// restore. It is called `camunda_zeebe_records_backup_<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct SearchStoreBackup {
    /// The snapshot repository, registered in each of these stores already.
    pub repository: Required<RepositoryName>,
    /// How long exporting may be paused for it, from 10s to 6h: 10m unless said. Brokers keep all that is written meanwhile, so
    /// their disks must have room for it. When it is over, exporting goes on and the backup is given up.
    pub pause_budget: Optional<Span>,
}

/// What is wrong with it, as far as it is known.
pub(crate) fn mistakes(said: &Optional<SearchStoreBackup>) -> Option<Diagnostic> {
    let budget = said.as_known()?.pause_budget.as_known()?;
    let summary = "time for which exporting may be paused is out of range";
    let at = Path::attribute("search_store").then("pause_budget");
    Some(Diagnostic::error(summary, mistake_of_budget(budget)?).at(at))
}

/// The wish that it says.
pub(crate) fn wish(
    said: &Optional<SearchStoreBackup>,
) -> Result<Option<SearchBackup>, NotYetKnown> {
    let Some(SearchStoreBackup { repository, pause_budget }) = said.known()? else {
        return Ok(None);
    };
    let (repository, pause_budget) = (repository.known()?.clone(), pause_budget.known()?.cloned());
    Ok(Some(SearchBackup { repository, pause_budget }))
}

/// The wish as HCL says it.
pub(crate) fn said(wish: &SearchBackup) -> SearchStoreBackup {
    let SearchBackup { repository, pause_budget } = wish;
    SearchStoreBackup {
        repository: Required::of(repository.clone()),
        pause_budget: pause_budget.clone().map_or_else(Optional::null, Optional::of),
    }
}
