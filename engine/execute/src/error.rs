//! Why steps are not done.

use std::time::Duration;

use zeebe_gateway::GatewayError;
use zeebe_management::ManagementError;
use zeebe_plan::component::ComponentId;
use zeebe_plan::product::{ChangeId, ChangeStatus, Operation};
use zeebe_spec::{BackupId, ReceiverIndex};
use zeebe_target::{BookError, LeftBehind, TargetError};

use crate::chain::chain;
use crate::cluster::ConnectError;

/// A step that was not done. Those before it were; those after it were not begun.
#[derive(Debug, thiserror::Error)]
#[error("step {} of {of} was not done: {what}", step + 1)]
pub struct ExecuteError {
    /// Its number in the plan, from 0.
    pub step: usize,
    /// How many steps the plan has.
    pub of: usize,
    /// The step, as a sentence.
    pub what: String,
    /// What it left behind.
    pub left_behind: LeftBehind,
    /// Why.
    #[source]
    pub why: StepError,
}

impl ExecuteError {
    /// Whether the user wanted to stop.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.why, StepError::Cancelled)
    }

    /// The error with all its causes, in one line.
    pub fn chain(&self) -> String {
        chain(self)
    }

    /// What to do, in sentences.
    pub fn advice(&self) -> String {
        let advice = self.why.advice();
        let left = match self.left_behind {
            LeftBehind::Nothing => "This step changed nothing.",
            LeftBehind::Traceable => "What this step began is found by the next plan.",
            LeftBehind::Unknown => {
                "What this step left behind is not known; the next plan looks before it acts."
            }
        };
        format!("{advice} {left}")
    }
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The user wanted to stop.
    #[error("the apply was cancelled")]
    Cancelled,
    /// The target did not do it.
    #[error(transparent)]
    Target(TargetError),
    /// The book or its journal could not be written.
    #[error("could not write the book")]
    Book(#[source] BookError),
    /// The journal could not be read, to know what an earlier apply had begun.
    #[error("could not read the journal")]
    Journal(#[source] BookError),
    /// A document could not be put into JSON.
    #[error("could not write the cluster's document as JSON")]
    Encode(#[source] serde_json::Error),
    /// There is no way to talk to the product.
    #[error("could not connect to the product")]
    Connect(#[source] ConnectError),
    /// The product refused, or answered with what cannot be understood.
    #[error("the product did not take the request")]
    Product(#[source] ManagementError),
    /// The product would do something else than the plan says. Nothing was started.
    #[error("the product would do something else than was planned")]
    Differs {
        /// What the plan says.
        planned: Vec<Operation>,
        /// What the product says now.
        now: Vec<Operation>,
    },
    /// The product says that it has nothing to do, and what was asked for is not so.
    #[error("the product has nothing to do, and yet {}", lacks.join(", "))]
    NothingToDo {
        /// What is not as it was asked for.
        lacks: Vec<String>,
    },
    /// The change ended, and not well.
    #[error("the product's change {change} ended as {}", word(*status))]
    Ended {
        /// The change.
        change: ChangeId,
        /// How.
        status: ChangeStatus,
    },
    /// The change is said to be completed, and what was asked for is not so.
    #[error("the product's change {change} is completed, and yet {}", lacks.join(", "))]
    NotReached {
        /// The change.
        change: ChangeId,
        /// What is not as it was asked for.
        lacks: Vec<String>,
    },
    /// It was not so in time. Whether it will be is not known.
    #[error("not so after {} s: {}", after.as_secs(), lacks.join(", "))]
    TimedOut {
        /// How long was waited.
        after: Duration,
        /// What was still missing.
        lacks: Vec<String>,
    },
    /// Deployments do not reach every partition.
    #[error(
        "{} s after its deployment the canary process does not start everywhere: {}",
        after.as_secs(),
        lacks.join(", ")
    )]
    NotEverywhere {
        /// How long was waited.
        after: Duration,
        /// The partitions, and what starts there.
        lacks: Vec<String>,
    },
    /// Exporters do not keep up with the log.
    #[error("{} s later {exporters} had not exported what was there: {}", after.as_secs(), lacks.join(", "))]
    Exports {
        /// How long was waited.
        after: Duration,
        /// Their names.
        exporters: String,
        /// The partitions, and how far each is.
        lacks: Vec<String>,
    },
    /// A receiver does not reach the place that it brings records to.
    #[error(
        "{} s after its start receiver {receiver} of exporter \"{exporter}\" is not ready: {lack}",
        after.as_secs()
    )]
    Receives {
        /// How long was waited.
        after: Duration,
        /// Which.
        receiver: ReceiverIndex,
        /// Whose records it brings.
        exporter: String,
        /// In its own words.
        lack: String,
    },
    /// What the brokers stand on is not what the backup says.
    #[error("backup {backup} is not what the cluster stands on: {}", lacks.join(", "))]
    NotRestored {
        /// Which.
        backup: BackupId,
        /// What differs.
        lacks: Vec<String>,
    },
    /// The gateway refused the canary.
    #[error("the canary process could not be tried")]
    Gateway(#[source] GatewayError),
    /// A process that is waited for has ended.
    #[error("{id} has ended")]
    Died {
        /// Which.
        id: ComponentId,
        /// Where its logs are.
        logs: String,
    },
}

impl StepError {
    /// What to do, in sentences.
    pub fn advice(&self) -> String {
        match self {
            Self::Cancelled => "Apply again to go on where it stopped.".to_owned(),
            Self::Target(error) => error.advice.clone(),
            Self::Book(_) | Self::Journal(_) => {
                "Make the place of the book readable and writable, then apply again.".to_owned()
            }
            Self::Encode(_) => "This is a bug of ours: please report it.".to_owned(),
            Self::Connect(_) => {
                "See that the management ports can be reached from here, then apply again.".to_owned()
            }
            Self::Product(_) => {
                "The product's own words are above. Change the wish, or what they name, and apply again."
                    .to_owned()
            }
            Self::Differs { planned, now } => format!(
                "Planned: {}. Now: {}. The cluster has changed since the plan was made. Nothing was \
                 started: plan again, look, and apply.",
                listed(planned),
                listed(now)
            ),
            Self::NothingToDo { .. } | Self::NotReached { .. } => {
                "The product's word and its topology differ. Look at `GET /actuator/cluster` on the \
                 lowest broker, then plan again."
                    .to_owned()
            }
            Self::Ended { .. } => {
                "The product gave the change up; the brokers' logs say why. Plan again to ask anew."
                    .to_owned()
            }
            Self::TimedOut { .. } => {
                "What was begun goes on by itself. Apply again to wait on; the brokers' logs say what \
                 holds it up."
                    .to_owned()
            }
            Self::NotEverywhere { .. } => {
                "A deployment that is made while brokers restart can be lost on a partition for ever \
                 (camunda/camunda#63712), and instances then run an older version there. Deploy again what was \
                 deployed during the roll, look at the logs of the leaders of these partitions, and apply again \
                 to look once more."
                    .to_owned()
            }
            Self::Exports { .. } => {
                "Nothing is lost: the brokers keep what is not exported, as long as their disks last. See that the \
                 sink is there, takes what it is sent and knows the credentials (the brokers' logs say what it \
                 answers), then apply again to look once more; or take the exporter out again."
                    .to_owned()
            }
            Self::Receives { .. } => {
                "No broker was told of it yet, and none was restarted for it. See that what it names is there, can be \
                 reached from this machine and knows the credentials, then apply again."
                    .to_owned()
            }
            Self::NotRestored { .. } => {
                "The product said that it had restored it, and it is not so: do not work with this cluster. The brokers' \
                 logs say more. Destroy it, and restore another backup."
                    .to_owned()
            }
            Self::Gateway(GatewayError::Credentials { .. }) => {
                "Nothing is known about the partitions: the canary needs a gateway that takes calls \
                 without credentials, for which there is no attribute yet."
                    .to_owned()
            }
            Self::Gateway(_) => {
                "The product's own words are above. Mend what they name, and try again.".to_owned()
            }
            Self::Died { logs, .. } => {
                format!("Its logs are in {logs}. Mend what they name, then apply again.")
            }
        }
    }

    /// What a step that ended with this left behind.
    pub(crate) fn left_behind(&self) -> LeftBehind {
        match self {
            Self::Target(error) => error.left_behind,
            Self::Differs { .. }
            | Self::NothingToDo { .. }
            | Self::Connect(_)
            | Self::Encode(_)
            | Self::Journal(_) => LeftBehind::Nothing,
            Self::Product(error) => match error.effect() {
                zeebe_management::Effect::None => LeftBehind::Nothing,
                zeebe_management::Effect::Possible => LeftBehind::Unknown,
            },
            Self::Ended { .. }
            | Self::NotReached { .. }
            | Self::NotEverywhere { .. }
            | Self::Exports { .. }
            | Self::Receives { .. }
            | Self::NotRestored { .. }
            | Self::Gateway(_)
            | Self::TimedOut { .. }
            | Self::Died { .. } => LeftBehind::Traceable,
            Self::Cancelled | Self::Book(_) => LeftBehind::Unknown,
        }
    }
}

/// Operations in one line.
pub(crate) fn listed(operations: &[Operation]) -> String {
    if operations.is_empty() {
        return "nothing".to_owned();
    }
    operations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn word(status: ChangeStatus) -> &'static str {
    match status {
        ChangeStatus::InProgress => "in progress",
        ChangeStatus::Completed => "completed",
        ChangeStatus::Failed => "failed",
        ChangeStatus::Cancelled => "cancelled",
    }
}
