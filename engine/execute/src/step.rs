//! Each kind of step, in a file of its own where it is more than one call.

pub(crate) mod canary;
mod change;
mod exporter;
mod gate;
mod receiver;
pub(crate) mod restored;
pub(crate) mod resume;
mod snapshot;

use zeebe_plan::step::Step;
use zeebe_target::{DocumentName, TargetError};

use crate::error::StepError;
use crate::run::Run;

/// Does one step.
pub(crate) async fn run(run: &mut Run<'_>, step: &Step) -> Result<(), StepError> {
    let target = run.cluster.target();
    match step {
        Step::Record(record) => {
            let document = serde_json::to_value(record).map_err(StepError::Encode)?;
            run.book().write(&DocumentName::cluster(), &document).await.map_err(StepError::Book)
        }
        Step::Prepare(version) => {
            target.prepare(version, run.call).await.map_err(|error| of_target(run, error))
        }
        Step::SetAside(aside) => {
            target.set_aside(aside, run.call).await.map_err(|error| of_target(run, error))
        }
        Step::Restore { backup, brokers } => {
            target.restore(*backup, brokers, run.call).await.map_err(|error| of_target(run, error))
        }
        Step::Restored { backup, partitions, version, deadline } => {
            restored::restored(run, *backup, *partitions, version, *deadline).await
        }
        Step::Ensure { id, to, why: _ } => {
            target.ensure(id, to, run.call).await.map_err(|error| of_target(run, error))
        }
        Step::Await { change, deadline } => change::end_of(run, *change, *deadline).await,
        Step::Change { request, operations, deadline } => {
            change::change(run, request, operations.as_deref(), *deadline).await
        }
        Step::Canary { partitions, deadline } => canary::step(run, *partitions, *deadline).await,
        Step::Snapshot { brokers, deadline } => snapshot::snapshot(run, brokers, *deadline).await,
        Step::RecordExporter(record) => {
            let document = serde_json::to_value(record).map_err(StepError::Encode)?;
            let name = DocumentName::exporter(record.spec.name.as_str());
            run.book().write(&name, &document).await.map_err(StepError::Book)
        }
        Step::Receive { receiver, exporter, deadline } => {
            receiver::receive(run, *receiver, exporter, *deadline).await
        }
        Step::Switch { exporter, to, deadline } => {
            exporter::switch(run, exporter, *to, *deadline).await
        }
        Step::Export { exporters, partitions, deadline } => {
            exporter::export(run, exporters, *partitions, *deadline).await
        }
        Step::Resume { deadline } => resume::resume(run, *deadline).await,
        Step::ForgetExporter(name) => {
            let name = DocumentName::exporter(name.as_str());
            run.book().remove(&name).await.map_err(StepError::Book)
        }
        Step::Gate(gate) => gate::gate(run, gate).await,
        Step::Forget => run.book().destroy().await.map_err(StepError::Book),
    }
}

/// A target that gives up because the user wants to stop says so in its own words.
fn of_target(run: &Run<'_>, error: TargetError) -> StepError {
    tracing::debug!(error = crate::chain(&error), "the target did not do it");
    if run.call.cancel.is_cancelled() { StepError::Cancelled } else { StepError::Target(error) }
}
