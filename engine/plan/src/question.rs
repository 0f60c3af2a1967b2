//! What to ask the product about a plan, and its answer in the plan.

use crate::product::{ChangeRequest, Operation};
use crate::step::{Plan, Step, Why};

impl Plan {
    /// The request that a dry run can be made of now; `None` where the plan has none, or where the product
    /// will be another by then: after a change under way, after lost brokers came back, after an upgrade.
    pub fn question(&self) -> Option<&ChangeRequest> {
        for step in &self.steps {
            match step {
                Step::Change { request, operations: None, deadline: _ } => return Some(request),
                Step::Change { .. }
                | Step::Await { .. }
                | Step::Snapshot { .. }
                | Step::Switch { .. }
                | Step::Forget
                | Step::Ensure { why: Why::Lost | Why::Upgrade { .. } | Why::Unwanted, .. } => {
                    return None;
                }
                Step::Ensure { why: Why::New | Why::Settings, .. }
                | Step::Record(_)
                | Step::Prepare(_)
                | Step::Canary { .. }
                | Step::RecordExporter(_)
                | Step::Receive { .. }
                | Step::SetAside(_)
                | Step::Restore { .. }
                | Step::Restored { .. }
                | Step::Export { .. }
                | Step::Resume { .. }
                | Step::ForgetExporter(_)
                | Step::Gate(_) => {}
            }
        }
        None
    }

    /// The plan with the product's answer to the question in it.
    ///
    /// The operations are put in an order of ours: the product's differs from one run of the coordinator to
    /// the next (seen on 8.6.0), and what was shown at plan must be what is compared at apply.
    #[must_use]
    pub fn answered(mut self, mut answer: Vec<Operation>) -> Self {
        answer.sort();
        let asked = self.steps.iter_mut().find_map(|step| match step {
            Step::Change { operations: operations @ None, .. } => Some(operations),
            Step::Change { .. }
            | Step::Record(_)
            | Step::Prepare(_)
            | Step::Ensure { .. }
            | Step::Await { .. }
            | Step::Canary { .. }
            | Step::Snapshot { .. }
            | Step::RecordExporter(_)
            | Step::Receive { .. }
            | Step::SetAside(_)
            | Step::Restore { .. }
            | Step::Restored { .. }
            | Step::Switch { .. }
            | Step::Export { .. }
            | Step::Resume { .. }
            | Step::ForgetExporter(_)
            | Step::Gate(_)
            | Step::Forget => None,
        });
        if let Some(operations) = asked {
            *operations = Some(answer);
        }
        self
    }
}
