//! The order of things: what is done first, what between, what last.

mod agent;
mod converge;
mod create;
mod destroy;
mod exporters;
mod receivers;
mod restore;

use std::time::Duration;

pub use self::agent::attend;
pub use self::converge::converge;
pub use self::create::{adopt, create};
pub use self::destroy::destroy;
pub use self::exporters::{ExporterWishes, exporters, told, wished};
pub use self::restore::bring_back;

/// How long a cluster may take to become whole after brokers were started. Three brokers on two busy
/// cores took 23 s (lab); ten times that, and a minute for the machine to wake up.
const WHOLE_DEADLINE: Duration = Duration::from_mins(5);
/// How long a change of the product may take. It moves data, which may be much; the change goes on when
/// waiting for it is given up, and the next apply waits again.
const CHANGE_DEADLINE: Duration = Duration::from_mins(30);
/// How long a deployment may take to reach every partition: at once as a rule; what got lost the product sends
/// again after 10 s, and then after longer and longer pauses.
const CANARY_DEADLINE: Duration = Duration::from_mins(2);
/// How long the product may take to switch an exporter: a change of its configuration, which moves no data.
const SWITCH_DEADLINE: Duration = Duration::from_mins(2);
/// How long a receiver may take to start and to reach where it brings records; what it needs there it makes first.
const RECEIVE_DEADLINE: Duration = Duration::from_secs(45);
/// How long the product may take to let exporting go on: it asks every broker, and answers when all have.
const RESUME_DEADLINE: Duration = Duration::from_mins(1);
/// How long an exporter may take to come as far as the log was when it began. It sends every 5 s unless told otherwise,
/// and after a failure it pauses up to 10 s (measured on 8.6.0); a backlog takes longer, and the next apply waits again.
const EXPORT_DEADLINE: Duration = Duration::from_mins(5);
/// How long a restored partition may take to have processed again what lies between its snapshot and the end of the backup.
const RESTORED_DEADLINE: Duration = Duration::from_mins(5);
/// How long snapshots may take: the product's own period is 5 min, and these are asked for.
const SNAPSHOT_DEADLINE: Duration = Duration::from_mins(2);
