//! The rules: what each demands, and where Terraform's core (or what launches plugins for it) demands it.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $text:literal])+ $name:ident $id:literal $source:literal)+) => {
        /// One rule. Its documentation is what it demands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[doc = $text])+ $name,)+ }

        impl Rule {
            /// All of them, in the order of a report.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name that a report and a case file have for it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// Who demands it: a file and a function of Terraform's core unless said.
            pub fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)+ }
            }

            /// What it demands.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => concat!($($text,)+).trim_start(),)+ }
            }
        }
    };
}

rules! {
    /// A provider that is started prints one line of six or seven fields that Terraform understands.
    HandshakeLine "handshake/line" "go-plugin client.go, Start"
    /// A provider that was given a certificate encrypts, and says with which of its own.
    HandshakeCertificate "handshake/certificate" "go-plugin client.go, Start (AutoMTLS)"
    /// Only the owner of the certificate that the provider was given is answered.
    HandshakeStranger "handshake/stranger" "go-plugin server.go, Serve (RequireAndVerifyClientCert)"
    /// Without the magic cookie a provider prints no handshake, and ends with an error.
    HandshakeCookie "handshake/cookie" "go-plugin server.go, Serve"
    /// The health service says that "plugin" is serving.
    ProcessHealth "process/health" "go-plugin grpc_client.go, Ping"
    /// An interrupt, which reaches every process of the terminal, does not end the provider.
    ProcessInterrupt "process/interrupt" "go-plugin server.go, Serve (\"Eat the interrupts\")"
    /// Within two seconds of being told to, the process has ended.
    ProcessShutdown "process/shutdown" "go-plugin client.go, Kill"
    /// `StopProvider` is answered, and calls after it are too.
    ProcessStop "process/stop" "terraform-plugin-go tf6server/server.go, stop (reattached providers)"
    /// A provider may be configured again: a reattached one is, in every walk.
    ProcessConfigureAgain "process/configure-again" "internal/terraform/node_provider.go, ConfigureProvider"
    /// What is printed on stderr as JSON has texts as `@message`, `@level` and `@timestamp`.
    ProcessLogs "process/logs" "go-plugin log_entry.go, parseJSON"
    /// Calls that core makes are answered; no call ends in an error of gRPC.
    RpcAnswers "rpc/answers" "internal/plugin6/grpc_error.go, grpcErr"
    /// A message of five mebibytes is taken: core and Go providers allow 256.
    RpcLarge "rpc/large-message" "terraform-plugin-go tf6server/server.go, grpcMaxMessageSize"
    /// The schema is told without errors, before any configuration.
    SchemaAnswers "schema/answers" "internal/plugin6/grpc_provider.go, GetProviderSchema"
    /// The schema is the same whenever it is asked for: core asks once and keeps it.
    SchemaStable "schema/stable" "internal/providers/schema_cache.go"
    /// `GetMetadata` names what the schema has.
    SchemaMetadata "schema/metadata" "docs/plugin-protocol/tfplugin6.proto, GetMetadata"
    /// Blocks are named with lower-case letters, digits and underscores; attributes can be written in HCL.
    SchemaNames "schema/names" "internal/configs/configschema/internal_validate.go"
    /// An attribute has either a type or attributes of its own.
    SchemaTypes "schema/types" "internal/configs/configschema/internal_validate.go"
    /// An attribute is required, or optional, or computed, or the last two.
    SchemaPresence "schema/presence" "internal/configs/configschema/internal_validate.go"
    /// No name stands for two things of one block.
    SchemaUnique "schema/unique" "internal/configs/configschema/internal_validate.go"
    /// Nesting is one that exists, with counts that fit it.
    SchemaNesting "schema/nesting" "internal/configs/configschema/internal_validate.go"
    /// Sets hold neither values of any type nor write-only ones.
    SchemaSets "schema/sets" "internal/configs/configschema/internal_validate.go"
    /// Write-only attributes are those of managed resources that only the configuration gives.
    SchemaWriteOnly "schema/write-only" "terraform-plugin-framework internal/fwschema/write_only.go"
    /// A deprecation has a message only where something is deprecated.
    SchemaDeprecation "schema/deprecation" "internal/configs/configschema/internal_validate.go"
    /// In a computed block everything is computed, and it has no least number.
    SchemaComputedBlocks "schema/computed-blocks" "internal/configs/configschema/internal_validate.go"
    /// No root attribute is named as one of Terraform's own arguments.
    SchemaReserved "schema/reserved" "internal/configs/resource.go, ResourceBlockSchema"
    /// An identity belongs to a resource; each attribute is required or optional for import, and simple.
    SchemaIdentity "schema/identity" "internal/plugin6/convert/schema.go, ProtoToIdentitySchema"
    /// A list resource lists a managed resource that has an identity.
    SchemaLists "schema/lists" "internal/plugin6/grpc_provider.go, GetProviderSchema"
    /// Functions and their parameters have names and types, and `GetFunctions` agrees with the schema.
    SchemaFunctions "schema/functions" "internal/plugin6/convert/functions.go"
    /// A valid configuration is accepted, before the provider is configured.
    ValidateAccepts "validate/accepts" "internal/terraform/node_resource_validate.go"
    /// What is not known yet is no mistake.
    ValidateUnknown "validate/unknown" "internal/terraform/node_resource_validate.go"
    /// A configuration in which nothing is set is answered.
    ValidateEmpty "validate/empty" "internal/terraform/node_resource_validate.go"
    /// What a diagnostic points at is in the schema.
    DiagnosticPath "diagnostics/path" "internal/tfdiags/config_traversals.go"
    /// A diagnostic is an error or a warning, and says something.
    DiagnosticText "diagnostics/text" "internal/plugin6/convert/diagnostics.go"
    /// Nothing is deferred for a client that does not allow it.
    Deferred "rpc/deferred" "internal/plans/deferring, UnexpectedProviderDeferralDiagnostic"
    /// Functions answer without a configuration.
    FunctionUnconfigured "functions/unconfigured" "internal/providers/functions.go, BuildFunction"
    /// A function returns what it declares.
    FunctionResult "functions/result" "internal/plugin6/grpc_provider.go, CallFunction"
    /// The same arguments give the same result.
    FunctionSame "functions/same" "internal/lang/function_results.go, CheckPriorProvider"
    /// An error about an argument names one that there is.
    FunctionArgument "functions/argument" "internal/plugin6/grpc_provider.go, CallFunction"
    /// What a function cannot work with is an error, and no failure of the call.
    FunctionError "functions/error" "internal/plugin6/grpc_provider.go, CallFunction"
    /// A planned object is of the schema's type.
    PlanType "plan/type" "internal/terraform/node_resource_abstract_instance.go, plan"
    /// An object is planned where one is configured.
    PlanExistence "plan/existence" "internal/plans/objchange/plan_valid.go"
    /// What is configured is planned so, or as it was before.
    PlanConfig "plan/config" "internal/plans/objchange/plan_valid.go, assertPlannedValueValid"
    /// What is not configured and not computed is planned to be null.
    PlanNull "plan/null" "internal/plans/objchange/plan_valid.go, assertPlannedValueValid"
    /// Configured nested attributes keep their number and their keys.
    PlanCount "plan/count" "internal/plans/objchange/plan_valid.go, assertPlannedObjectValid"
    /// What is configured is not planned to be unknown.
    PlanUnknown "plan/unknown" "internal/plans/objchange/plan_valid.go, assertPlannedObjectValid"
    /// Nested blocks are as many as configured; none is an empty list and never null.
    PlanBlocks "plan/blocks" "internal/plans/objchange/plan_valid.go, assertPlanValid"
    /// The plan of a destruction is null.
    PlanDestroy "plan/destroy" "internal/terraform/node_resource_abstract_instance.go, planDestroy"
    /// Write-only attributes are null in a plan.
    PlanWriteOnly "plan/write-only" "internal/lang/ephemeral/validate.go, ValidateWriteOnlyAttributes"
    /// A plan asked for twice is the same.
    PlanSame "plan/same" "internal/terraform/node_resource_apply_instance.go, checkPlannedChange"
    /// The plan that is made during apply agrees with the one that was shown.
    PlanFinal "plan/final" "internal/terraform/node_resource_apply_instance.go, checkPlannedChange"
    /// An action that was shown becomes another only from update to nothing.
    PlanAction "plan/final-action" "internal/terraform/node_resource_apply_instance.go, checkPlannedChange"
    /// What a replacement is for is in the schema.
    PlanReplace "plan/replace-path" "internal/terraform/node_resource_abstract_instance.go, getRequiredReplaces"
    /// A plan with unknown values is possible where one with known values is.
    PlanWithUnknown "plan/with-unknown" "internal/terraform/node_resource_abstract_instance.go, plan"
    /// After an apply there is nothing to do.
    PlanEmpty "plan/empty" "terraform-plugin-testing helper/resource/testing_new_config.go"
    /// A planned identity is of its schema, known but for creations, and the one that it was.
    PlanIdentity "plan/identity" "internal/terraform/node_resource_abstract_instance.go, validateIdentity"
    /// A promise about an unknown value can be read and says something.
    WireRefinement "wire/refinement" "go-cty cty/msgpack/unknown.go"
    /// A new object is of the schema's type.
    ApplyType "apply/type" "internal/terraform/node_resource_abstract_instance.go, apply"
    /// Nothing is unknown after an apply.
    ApplyKnown "apply/known" "internal/terraform/node_resource_abstract_instance.go, apply"
    /// What was planned is what becomes.
    ApplyAsPlanned "apply/as-planned" "internal/plans/objchange/compatible.go, AssertObjectCompatible"
    /// What becomes of an unknown value keeps what was promised of it.
    ApplyPromised "apply/promised" "internal/plans/objchange/compatible.go, assertValueCompatible"
    /// Only a destruction leaves nothing.
    ApplyPresent "apply/present" "internal/terraform/node_resource_abstract_instance.go, apply"
    /// A destruction leaves nothing.
    ApplyDestroy "apply/destroy" "internal/terraform/node_resource_abstract_instance.go, apply"
    /// Write-only attributes are null in a new object.
    ApplyWriteOnly "apply/write-only" "internal/lang/ephemeral/validate.go, ValidateWriteOnlyAttributes"
    /// A creation that failed after something was made says what was made.
    ApplyPartial "apply/partial" "internal/terraform/node_resource_abstract_instance.go, apply (failed creations)"
    /// What should succeed succeeds: the case says so.
    ApplySucceeds "apply/succeeds" "the case"
    /// A new identity is of its schema, wholly known, and the one that it was.
    ApplyIdentity "apply/identity" "internal/plugin6/grpc_provider.go, ApplyResourceChange"
    /// An object that is read is of the schema's type.
    ReadType "read/type" "internal/terraform/node_resource_abstract_instance.go, refresh"
    /// Nothing is unknown after a read.
    ReadKnown "read/known" "internal/terraform/node_resource_abstract_instance.go, refresh"
    /// Write-only attributes are null in an object that is read.
    ReadWriteOnly "read/write-only" "internal/lang/ephemeral/validate.go, ValidateWriteOnlyAttributes"
    /// What was just made is read as it was made, in the words of the configuration.
    ReadSame "read/same" "docs/resource-instance-change-lifecycle.md, ReadResource"
    /// Reading twice changes nothing the second time, the private data neither.
    ReadStable "read/stable" "docs/resource-instance-change-lifecycle.md, ReadResource"
    /// What is gone is read as null, without an error.
    ReadAbsent "read/absent" "docs/resource-instance-change-lifecycle.md, ReadResource"
    /// An identity that is read is of its schema, wholly known, and the one that it was.
    ReadIdentity "read/identity" "internal/plugin6/grpc_provider.go, ReadResource"
    /// An import gives an object of the type that was asked for.
    ImportType "import/type" "internal/terraform/node_resource_import.go"
    /// Nothing is unknown in an imported object.
    ImportKnown "import/known" "internal/terraform/node_resource_import.go"
    /// Write-only attributes are null in an imported object.
    ImportWriteOnly "import/write-only" "internal/lang/ephemeral/validate.go, ValidateWriteOnlyAttributes"
    /// What was imported can be read.
    ImportRead "import/read" "internal/terraform/node_resource_import.go (\"Cannot import non-existent remote object\")"
    /// Under the configuration that it was made from, an imported object needs no change.
    ImportPlan "import/plan" "terraform-plugin-testing helper/resource/testing_new_import_state.go"
    /// What is not there cannot be imported: an error, or nothing at the read that follows.
    ImportAbsent "import/absent" "internal/terraform/node_resource_import.go"
    /// Configuration that was made from a state is valid, and under it there is nothing to do.
    GeneratePlan "generate/plan" "internal/terraform/node_resource_plan_instance.go, generateHCLResourceDef"
    /// A state of the same version is taken as it is.
    UpgradeSame "upgrade/same" "internal/terraform/upgrade_resource_state.go"
    /// An upgraded state is of the schema's type.
    UpgradeType "upgrade/type" "internal/terraform/upgrade_resource_state.go"
    /// Nothing is unknown in an upgraded state.
    UpgradeKnown "upgrade/known" "internal/terraform/upgrade_resource_state.go"
    /// Attributes that a state has and the schema has no more are left out.
    UpgradeRemoved "upgrade/removed" "terraform-plugin-framework internal/fwserver/server_upgraderesourcestate.go"
    /// What a data source read is of its schema's type.
    DataType "data/type" "internal/terraform/node_resource_abstract_instance.go, readDataSource"
    /// Nothing is unknown in what a data source read.
    DataKnown "data/known" "internal/terraform/node_resource_abstract_instance.go, readDataSource"
    /// A data source reads something, or says why not.
    DataPresent "data/present" "internal/terraform/node_resource_abstract_instance.go, readDataSource"
    /// What a data source was asked with stands in what it read.
    DataConfig "data/config" "docs/resource-instance-change-lifecycle.md"
    /// An ephemeral resource opens, or says why not.
    EphemeralOpens "ephemeral/opens" "internal/terraform/node_resource_ephemeral.go, ephemeralResourceOpen"
    /// What an ephemeral resource gives is of its schema's type, and known.
    EphemeralType "ephemeral/type" "internal/terraform/node_resource_ephemeral.go, ephemeralResourceOpen"
    /// An open ephemeral resource can be renewed, where it asks for that, and closed.
    EphemeralClose "ephemeral/close" "internal/terraform/node_resource_ephemeral.go, Close"
    /// A listed object has an identity, of its schema and known.
    ListIdentity "list/identity" "internal/plugin6/grpc_provider.go, ListResource"
    /// A listed object comes along when it is asked for, of the schema's type.
    ListObject "list/object" "internal/plugin6/grpc_provider.go, ListResource"
    /// An action completes once, as the last that it says.
    ActionCompleted "action/completed" "internal/terraform/node_action_trigger_instance_apply.go"
    /// A provider's configuration with unknown values is answered.
    ProviderUnknown "provider/unknown" "internal/terraform/node_provider.go, ConfigureProvider"
    /// A provider's valid configuration is accepted.
    ProviderAccepts "provider/accepts" "internal/terraform/node_provider.go, ValidateProvider"
}

impl Rule {
    /// The rule of an id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Rule;

    #[test]
    fn each_rule_has_an_id_of_its_own() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.iter().all(|rule| Rule::of(rule.id()) == Some(*rule)));
    }
}
