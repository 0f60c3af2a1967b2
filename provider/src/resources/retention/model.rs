//! The shape of `zeebe_retention` in HCL: schema, decoder, encoder and reference page in one.

use tf_sdk::{Attributes, Computed, Defaulted, Optional, Required, Resource, Timeouts};
use zeebe_scalar::Span;
use zeebe_spec::Enforcer;

zeebe_scalar::choice! {
    /// Whether records are kept as they are wished.
    pub RetentionPhase {
        Provisioning = "provisioning" /** The store did not do what it was asked when the last apply ended; the next apply goes on with it. */,
        Overdue = "overdue" /** The store has an index that is older than allowed by more than a day, and that nothing holds back: its agent could not. The next apply removes it. */,
        Ready = "ready" /** Nothing is older than allowed that need not stay. */,
    }
}

/// How long the records of one exporter to Elasticsearch or `OpenSearch` are kept there. The product's exporters write one
/// index for each kind of record and day. An apply removes the indices of days that are over for longer than
/// `minimum_age`, those that were there before as well, and starts `agent 0` of the cluster, which goes on with it while no
/// terraform runs (see the [guide](../guides/retention.md)). An index stays in which a process instance began that still runs, and so
/// does every later one; a plan whose `minimum_age` is below the age of such an instance is refused. No index of
/// another prefix is touched.
#[derive(Clone, Debug, PartialEq, Eq, Resource)]
#[resource(name = "zeebe_retention", version = 1)]
pub struct Retention {
    /// The exporter: `zeebe_exporter.audit.id`.
    #[attribute(replace)]
    pub exporter: Required<String>,
    /// How long a record is kept, in whole days: `30d`. It goes when the day of its index (UTC) is over for that long.
    pub minimum_age: Required<Span>,
    /// Who removes what is too old.
    #[attribute(default = "agent")]
    pub enforced_by: Defaulted<Enforcer>,
    /// How long each operation may take: create and update 10m, read and delete 1m unless said.
    pub timeouts: Optional<Timeouts>,
    /// Its address, enough to import it: `local:///srv/zeebe/payments/retention/audit`.
    #[attribute(stable)]
    pub id: Computed<String>,
    /// What is stable enough to be kept in the state.
    pub status: Computed<RetentionStatus>,
    /// What the last change does or did, a sentence a step; known at plan.
    pub last_change: Computed<Vec<String>>,
}

/// What is stable enough to be kept in the state.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct RetentionStatus {
    /// Whether records are kept as they are wished.
    pub phase: Computed<RetentionPhase>,
}
