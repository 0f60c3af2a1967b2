//! What may go wrong, for whoever asked.

use std::error::Error;

use zeebe_execute::{AskError, BackupError, ExecuteError, ObserveError, StepError, VitalsError};
use zeebe_management::TransportError;
use zeebe_plan::PlanError;
use zeebe_plan::check::Broken;
use zeebe_spec::BackupId;
use zeebe_target::{BookError, LeaseError, LeftBehind, Preflight, SecretsError, TargetError};

use crate::backups::InStepError;
use crate::restore::RestoreError;

/// Why the place of a cluster could not be opened. Nothing was looked at.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none.
    #[error("\"{id}\" is not a cluster's address")]
    Id {
        /// The address.
        id: String,
    },
    /// The target does not know where the cluster would be.
    #[error("could not find the place of the cluster on target \"{target}\"")]
    Place {
        /// The target.
        target: &'static str,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// No connections could be had.
    #[error(transparent)]
    Transport(TransportError),
}

impl OpenError {
    pub(crate) fn local(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Place { target: "local", source: Box::new(source) }
    }
}

/// Why a cluster was not planned, made, changed, looked at or destroyed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its place could not be opened.
    #[error(transparent)]
    Open(OpenError),
    /// The target has found what stands in the way, all of it; nothing was touched.
    #[error("{} things stand in the way", .0.len())]
    Preflight(Vec<Preflight>),
    /// There is no plan.
    #[error(transparent)]
    Plan(PlanError),
    /// The plan breaks a rule: a bug of the engine, found before anything was touched.
    #[error("the plan breaks a rule of the engine")]
    Broken(#[source] Broken),
    /// The cluster changed between the plan that the user has seen and now. Nothing was touched.
    #[error("the cluster changed between plan and apply")]
    Changed {
        /// What was planned.
        planned: Vec<String>,
        /// What would be planned now.
        now: Vec<String>,
    },
    /// The cluster is not any more as the look says that the plan is made from.
    #[error("the cluster changed after it was looked at")]
    Moved {
        /// How, in a sentence.
        what: String,
    },
    /// The book could not be read.
    #[error(transparent)]
    Book(BookError),
    /// Another engine has the lease.
    #[error(transparent)]
    Lease(LeaseError),
    /// A secret could not be kept at the target, or not be taken away from it.
    #[error(transparent)]
    Secrets(SecretsError),
    /// The look failed.
    #[error(transparent)]
    Observe(ObserveError),
    /// The target failed.
    #[error(transparent)]
    Target(TargetError),
    /// The product did not answer.
    #[error(transparent)]
    Management(ProductError),
    /// A step was not done.
    #[error(transparent)]
    Execute(Box<ExecuteError>),
    /// What was asked outside of a plan was not done.
    #[error("could not {doing}")]
    Deed {
        /// What was asked.
        doing: &'static str,
        /// Why it was not done.
        #[source]
        source: StepError,
    },
    /// A backup was not taken, or backups could not be told of.
    #[error(transparent)]
    Backup(Box<BackupError>),
    /// A restore was not tried, or did not go well.
    #[error(transparent)]
    Drill(Box<DrillError>),
    /// A cluster was not brought back to a backup.
    #[error(transparent)]
    Restore(Box<RestoreError>),
    /// A backup is not there together with its snapshots of search stores.
    #[error(transparent)]
    InStep(Box<InStepError>),
}

/// A backup that was not seen to restore.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// No cluster is there whose backup it could be.
    #[error("no cluster is there")]
    NoCluster,
    /// None is whole.
    #[error("the cluster's store holds no backup that is whole")]
    NoBackup,
    /// The scratch cluster cannot be: what is wrong with it.
    #[error("a scratch cluster beside this one cannot be: {0}")]
    Wish(String),
    /// It did not become what the backup says.
    #[error("backup {backup} was not restored{}", left.as_ref().map(|left| format!(", and the scratch cluster is still there ({left})")).unwrap_or_default())]
    Failed {
        /// The backup.
        backup: BackupId,
        /// Why the scratch cluster was not taken away, if it was not.
        left: Option<String>,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// It went well, and something is left of it.
    #[error(
        "backup {backup} was restored and seen to work, and the scratch cluster is still there"
    )]
    Left {
        /// The backup.
        backup: BackupId,
        /// Why.
        #[source]
        source: EngineError,
    },
}

impl DrillError {
    /// What to do, in sentences.
    fn advice(&self) -> Option<String> {
        match self {
            Self::NoCluster => None,
            Self::NoBackup => Some(
                "Take one with the action `zeebe_backup`; the data source `zeebe_backups` says what there is.".to_owned(),
            ),
            Self::Wish(_) => Some("The cluster itself was not touched.".to_owned()),
            Self::Failed { source, .. } => {
                let advice = source.advice().unwrap_or_default();
                Some(format!(
                    "The cluster itself was not touched. {advice} Take another backup, and try that one."
                ))
            }
            Self::Left { .. } => Some(
                "The next drill takes it away, and so does the destruction of the cluster.".to_owned(),
            ),
        }
    }
}

/// Why the product did not say what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// What it would do for a change.
    #[error(transparent)]
    Ask(AskError),
    /// How it is.
    #[error(transparent)]
    Vitals(VitalsError),
}

/// How a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepFailure {
    /// What was waited for did not come in time. It may still come.
    TimedOut,
    /// The user wanted to stop.
    Cancelled,
    /// Otherwise.
    Other,
}

impl EngineError {
    /// Whether the user wanted to stop.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Execute(error) => error.is_cancelled(),
            Self::Observe(error) => matches!(error, ObserveError::Cancelled),
            Self::Deed { source, .. } => matches!(source, StepError::Cancelled),
            Self::Backup(error) => matches!(**error, BackupError::Step(StepError::Cancelled)),
            Self::Restore(error) => match &**error {
                RestoreError::Failed { source, .. } => source.is_cancelled(),
                RestoreError::NotThere | RestoreError::Refused(_) => false,
            },
            Self::InStep(error) => error.is_cancelled(),
            Self::Open(_)
            | Self::Preflight(_)
            | Self::Plan(_)
            | Self::Broken(_)
            | Self::Changed { .. }
            | Self::Moved { .. }
            | Self::Book(_)
            | Self::Lease(_)
            | Self::Secrets(_)
            | Self::Target(_)
            | Self::Drill(_)
            | Self::Management(_) => false,
        }
    }

    /// Whether it certainly changed nothing that a plan looks at.
    pub fn touched_nothing(&self) -> bool {
        match self {
            Self::Execute(error) => error.step == 0 && error.left_behind == LeftBehind::Nothing,
            Self::Restore(error) => match &**error {
                RestoreError::Failed { source, .. } => source.touched_nothing(),
                RestoreError::NotThere | RestoreError::Refused(_) => true,
            },
            Self::Open(_)
            | Self::Preflight(_)
            | Self::Plan(_)
            | Self::Broken(_)
            | Self::Changed { .. }
            | Self::Moved { .. }
            | Self::Book(_)
            | Self::Lease(_)
            | Self::Secrets(_)
            | Self::Observe(_)
            | Self::Target(_)
            | Self::Deed { .. }
            | Self::Backup(_)
            | Self::Drill(_)
            | Self::InStep(_)
            | Self::Management(_) => true,
        }
    }

    /// How a step failed, if one did.
    pub fn step_failure(&self) -> Option<StepFailure> {
        match self {
            Self::Execute(error) => Some(match error.why {
                StepError::TimedOut { .. } => StepFailure::TimedOut,
                StepError::Cancelled => StepFailure::Cancelled,
                StepError::Target(_)
                | StepError::Book(_)
                | StepError::Journal(_)
                | StepError::Encode(_)
                | StepError::Connect(_)
                | StepError::Product(_)
                | StepError::Differs { .. }
                | StepError::NothingToDo { .. }
                | StepError::Ended { .. }
                | StepError::NotReached { .. }
                | StepError::NotEverywhere { .. }
                | StepError::Exports { .. }
                | StepError::Receives { .. }
                | StepError::NotRestored { .. }
                | StepError::Gateway(_)
                | StepError::Died { .. } => StepFailure::Other,
            }),
            Self::Restore(error) => match &**error {
                RestoreError::Failed { source, .. } => source.step_failure(),
                RestoreError::NotThere | RestoreError::Refused(_) => None,
            },
            Self::Open(_)
            | Self::Preflight(_)
            | Self::Plan(_)
            | Self::Broken(_)
            | Self::Changed { .. }
            | Self::Moved { .. }
            | Self::Book(_)
            | Self::Lease(_)
            | Self::Secrets(_)
            | Self::Observe(_)
            | Self::Target(_)
            | Self::Deed { .. }
            | Self::Backup(_)
            | Self::Drill(_)
            | Self::InStep(_)
            | Self::Management(_) => None,
        }
    }

    /// The error with all its causes, in one line.
    pub fn chain(&self) -> String {
        zeebe_execute::chain(self)
    }

    /// What to do, in sentences, where the error itself does not say.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Open(OpenError::Id { .. }) => Some(
                "Expected an address as `local:///srv/zeebe/payments` or \
                 `simulated:///srv/zeebe/payments`."
                    .to_owned(),
            ),
            Self::Book(error)
            | Self::Lease(LeaseError::Book(error))
            | Self::Observe(ObserveError::Book(error)) => Some(book(error)),
            Self::Lease(LeaseError::Held { holder, .. }) => Some(format!(
                "Only one engine changes a cluster at a time. Wait until {holder} has ended, then apply \
                 again; the lease goes with its holder."
            )),
            Self::Observe(ObserveError::Target(error)) | Self::Target(error) => {
                Some(error.advice.clone())
            }
            Self::Execute(error) => Some(error.advice()),
            Self::Backup(error) => Some(error.advice()),
            Self::Drill(error) => error.advice(),
            Self::Restore(error) => error.advice(),
            Self::InStep(error) => Some(error.advice()),
            Self::Deed { source: source @ StepError::Gateway(_), .. } => Some(source.advice()),
            Self::Deed { .. } => Some(
                "What was reached stays, and nothing else was changed: run it again.".to_owned(),
            ),
            Self::Secrets(_) => Some(
                "See that this user may write there and that there is space, then apply again."
                    .to_owned(),
            ),
            Self::Broken(_) => {
                Some("This is a bug of ours; nothing was touched. Please report it.".to_owned())
            }
            Self::Open(_)
            | Self::Preflight(_)
            | Self::Plan(_)
            | Self::Changed { .. }
            | Self::Moved { .. }
            | Self::Observe(_)
            | Self::Management(_) => None,
        }
    }
}

fn book(error: &BookError) -> String {
    match error {
        BookError::Corrupt { detail, .. } => format!("{detail} Nothing was touched."),
        BookError::Newer { known, .. } => format!(
            "This engine reads formats up to {known}. Use the release that wrote it, or a later one."
        ),
        BookError::Unclear { .. } => {
            "Whether the cluster is there is not known, so it is not taken for \
                                      absent. Make the place readable and try again."
                .to_owned()
        }
    }
}
