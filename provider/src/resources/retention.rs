//! `zeebe_retention`: how long the records of one exporter are kept.

mod identity;
mod manage;
mod model;

pub use self::identity::RetentionIdentity;
pub(crate) use self::identity::parse;
pub use self::manage::RetentionResource;
pub use self::model::Retention;
