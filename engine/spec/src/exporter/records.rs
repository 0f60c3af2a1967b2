//! Which records there are.

use serde::{Deserialize, Serialize};

use crate::version::Minor;

zeebe_scalar::choice! {
    /// What a record is.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub RecordType {
        Event = "event" /** Something happened. */,
        Command = "command" /** Something was asked for. */,
        Rejection = "rejection" /** What was asked for was refused. */,
    }
}

zeebe_scalar::choice! {
    /// What a record is about, in the product's words.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub ValueType {
        Authorization = "authorization" /** From 8.6 on. */,
        Checkpoint = "checkpoint" /** Of backups. */,
        CommandDistribution = "command_distribution" /** Commands between partitions. */,
        CompensationSubscription = "compensation_subscription" /** Compensation handlers. */,
        Decision = "decision" /** Decisions of DMN. */,
        DecisionEvaluation = "decision_evaluation" /** Evaluated decisions. */,
        DecisionRequirements = "decision_requirements" /** Decision requirements graphs. */,
        Deployment = "deployment" /** Deployments. */,
        DeploymentDistribution = "deployment_distribution" /** Deployments between partitions. */,
        Error = "error" /** Errors of the engine itself. */,
        Escalation = "escalation" /** Escalations. */,
        Form = "form" /** Forms. */,
        Incident = "incident" /** Incidents. */,
        Job = "job" /** Jobs of workers. */,
        JobBatch = "job_batch" /** Jobs that were handed out together. */,
        Message = "message" /** Messages. */,
        MessageBatch = "message_batch" /** Messages that expired together. */,
        MessageCorrelation = "message_correlation" /** From 8.6 on. */,
        MessageStartEventSubscription = "message_start_event_subscription" /** Start events that wait. */,
        MessageSubscription = "message_subscription" /** Catch events that wait. */,
        Process = "process" /** Process definitions. */,
        ProcessEvent = "process_event" /** Triggered events. */,
        ProcessInstance = "process_instance" /** Instances and their elements. */,
        ProcessInstanceBatch = "process_instance_batch" /** Elements that are started or ended together. */,
        ProcessInstanceCreation = "process_instance_creation" /** Instances that were asked for. */,
        ProcessInstanceMigration = "process_instance_migration" /** Migrated instances. */,
        ProcessInstanceModification = "process_instance_modification" /** Modified instances. */,
        ProcessMessageSubscription = "process_message_subscription" /** The instance's side of a message. */,
        ResourceDeletion = "resource_deletion" /** Deleted definitions. */,
        Signal = "signal" /** Signals. */,
        SignalSubscription = "signal_subscription" /** Signal events that wait. */,
        Timer = "timer" /** Timers. */,
        User = "user" /** From 8.6 on. */,
        UserTask = "user_task" /** User tasks of the engine. */,
        Variable = "variable" /** Variables. */,
        VariableDocument = "variable_document" /** Variables that were set together. */,
    }
}

impl ValueType {
    /// The first minor whose exporters know it (fields of `IndexConfiguration` in the exporters of 8.5.8 and 8.6.0).
    pub const fn since(self) -> Minor {
        match self {
            Self::Authorization | Self::MessageCorrelation | Self::User => Minor::V8_6,
            Self::Checkpoint
            | Self::CommandDistribution
            | Self::CompensationSubscription
            | Self::Decision
            | Self::DecisionEvaluation
            | Self::DecisionRequirements
            | Self::Deployment
            | Self::DeploymentDistribution
            | Self::Error
            | Self::Escalation
            | Self::Form
            | Self::Incident
            | Self::Job
            | Self::JobBatch
            | Self::Message
            | Self::MessageBatch
            | Self::MessageStartEventSubscription
            | Self::MessageSubscription
            | Self::Process
            | Self::ProcessEvent
            | Self::ProcessInstance
            | Self::ProcessInstanceBatch
            | Self::ProcessInstanceCreation
            | Self::ProcessInstanceMigration
            | Self::ProcessInstanceModification
            | Self::ProcessMessageSubscription
            | Self::ResourceDeletion
            | Self::Signal
            | Self::SignalSubscription
            | Self::Timer
            | Self::UserTask
            | Self::Variable
            | Self::VariableDocument => Minor::V8_5,
        }
    }
}
