//! `zeebe_exporter`: one exporter of a cluster.

mod identity;
mod lake;
mod manage;
mod model;
mod record;
mod sentences;
mod spec;

pub use self::identity::ExporterIdentity;
pub(crate) use self::identity::{address, parse};
pub use self::manage::ExporterResource;
pub use self::model::Exporter;
