//! The trait of all targets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use tokio_util::sync::CancellationToken;
use zeebe_plan::component::{ComponentId, ComponentState, Observed, Process, Wanted};
pub use zeebe_plan::desired::Place;
use zeebe_plan::step::Aside;
use zeebe_spec::{BackupId, BrokerId, ReceiverIndex, TargetSpec, Version};

use crate::book::Book;
use crate::clock::Clock;
use crate::error::{Preflight, TargetError};
use crate::secrets::Secrets;

/// How to talk to the product: base addresses, without a slash at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The management port of each broker.
    pub management: BTreeMap<BrokerId, String>,
    /// The REST address of every component that is a gateway: standalone ones, and brokers where gateways
    /// are embedded.
    pub rest: BTreeMap<ComponentId, String>,
    /// The gRPC address of the same components: where clients and workers connect.
    pub grpc: BTreeMap<ComponentId, String>,
    /// The management port of each receiver.
    pub receivers: BTreeMap<ReceiverIndex, String>,
}

/// Says how long work goes on: one line for people, at each thing worth saying.
pub trait Progress: Send + Sync {
    /// Something happened or is waited for.
    fn say(&self, line: &str);
}

impl Progress for () {
    fn say(&self, _: &str) {}
}

/// What goes along with every deed: how it is stopped, and who is told.
#[derive(Clone)]
pub struct Call {
    /// Cancelled when the user wants to stop; every wait ends within a second then.
    pub cancel: CancellationToken,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
}

impl Call {
    /// A call that nobody stops and nobody listens to.
    pub fn quiet() -> Self {
        Self { cancel: CancellationToken::new(), progress: Arc::new(()) }
    }
}

/// The directory of a cluster's scratch cluster, where clusters have folders, and the name of both: beside the cluster's
/// own folder, with a name that no cluster has.
pub fn scratch_folder(root: &Utf8Path) -> (Utf8PathBuf, String) {
    let name = root.file_name().unwrap_or_default().to_owned();
    let directory = root.parent().unwrap_or(Utf8Path::new("/"));
    (directory.join(format!(".{name}-scratch")), name)
}

/// A place beside a cluster's, for one that is thrown away.
pub struct Scratch {
    /// Where it is, as a wish says it.
    pub wish: TargetSpec,
    /// It.
    pub target: Box<dyn Target>,
}

/// One cluster's place on a platform. Made for one cluster, by the crate that knows the platform.
#[async_trait]
pub trait Target: Send + Sync {
    /// The target's word in addresses and messages: `local`.
    fn kind(&self) -> &'static str;

    /// Where things are; follows from the wish alone, and is the same at plan and at apply.
    fn place(&self) -> &Place;

    /// Looks whether what is wanted can be: free ports, a Java runtime, memory, disk, the distribution's
    /// source. Reports everything that stands in the way at once; touches nothing.
    async fn preflight(
        &self,
        wanted: &BTreeMap<ComponentId, Wanted>,
        call: &Call,
    ) -> Result<Vec<Preflight>, TargetError>;

    /// Looks at every component that was ever made here. What could not be seen is `Unclear`, never
    /// `Absent`.
    async fn observe(
        &self,
        call: &Call,
    ) -> Result<BTreeMap<ComponentId, Observed<ComponentState>>, TargetError>;

    /// Has the distribution of a version at hand, checked against its checksum. Repeatable.
    async fn prepare(&self, version: &Version, call: &Call) -> Result<(), TargetError>;

    /// Has a backup be the data of brokers that were never started, each restored by its own settings. Repeatable: what
    /// is restored already is left alone, and so is a broker that was started since; what an earlier try left half
    /// done is emptied first. Data that nobody restored here is an error, and is not touched.
    ///
    /// When one broker cannot be restored, what was restored beside it is taken away again, so that nothing is left;
    /// when it is cancelled, what is there stays for the next try.
    async fn restore(
        &self,
        backup: BackupId,
        brokers: &BTreeMap<BrokerId, Process>,
        call: &Call,
    ) -> Result<(), TargetError>;

    /// Has the data of brokers make room for a backup: ends these gateways and brokers, all of them before the first is
    /// touched, and sets aside what a broker has written, under the restore's name and beside where it was. Deletes nothing but
    /// what an earlier restore brought and no broker was ever started on. Repeatable: a broker whose data this very restore
    /// has set aside is left alone, with whatever it has since, running or not.
    async fn set_aside(&self, aside: &Aside, call: &Call) -> Result<(), TargetError>;

    /// Makes a component so. Repeatable: what is so already is left alone. Returns when the process is
    /// started (not when it is ready: that is the gate's matter), or has ended.
    async fn ensure(
        &self,
        id: &ComponentId,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<(), TargetError>;

    /// How to talk to these brokers and to the gateways.
    async fn reach(&self, brokers: &BTreeSet<BrokerId>, call: &Call) -> Result<Reach, TargetError>;

    /// The place of a cluster that is made beside this one, looked at and destroyed again: a folder of its own that no
    /// estate lists. Touches nothing.
    fn scratch(&self, wish: &TargetSpec) -> Result<Scratch, TargetError>;

    /// Has that place ready for a cluster: the ports from which these, moved up together, are free now; and the stores of
    /// backups that this cluster reads, read there too.
    async fn lend(
        &self,
        scratch: &Scratch,
        ports: &BTreeSet<u16>,
        call: &Call,
    ) -> Result<Scratch, TargetError>;

    /// Takes away what the destroyed cluster left of that place.
    async fn clear(&self, scratch: &Scratch) -> Result<(), TargetError>;

    /// The cluster's book.
    fn book(&self) -> &dyn Book;

    /// The secrets that are kept here for the cluster's processes.
    fn secrets(&self) -> &dyn Secrets;

    /// The time that passes here.
    fn clock(&self) -> &dyn Clock;
}
