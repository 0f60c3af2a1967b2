//! The answers, each right unless its rule is the one to break.

use std::sync::atomic::Ordering;

use tf_conformance::rules::Rule;
use tf_conformance::ty::Type;
use tf_conformance::value::Value;
use tf_conformance::wire;
use tonic::Status;
use zeebe_proto::tfplugin6::attribute_path::{Step, step::Selector};
use zeebe_proto::tfplugin6::{
    self as wire6, AttributePath, Deferred, Diagnostic, FunctionError, ResourceIdentityData,
    call_function, deferred, diagnostic, generate_resource_config, get_functions, get_metadata,
    get_provider_schema, get_resource_identity_schemas, import_resource_state, read_data_source,
    read_resource, stop_provider, validate_provider_config, validate_resource_config,
};

use crate::objects::{
    hollow, identity, identity_of, keep, kept, made, mistaken, place, planned, promised_id,
    received, thing_type, with, without,
};
use crate::schemas::{self, THING, error};
use crate::service::Service;

fn path(name: &str) -> AttributePath {
    let step = Step { selector: Some(Selector::AttributeName(name.to_owned())) };
    AttributePath { steps: vec![step] }
}

fn configuration_type() -> Type {
    Type::Object([("endpoint".to_owned(), Type::Text)].into())
}

impl Service {
    fn breaks(&self, rule: Rule) -> bool {
        self.mutant.breaks(rule)
    }

    fn is_configured(&self) -> bool {
        self.configured.load(Ordering::Relaxed)
    }

    pub(crate) fn metadata(&self) -> get_metadata::Response {
        schemas::metadata(self.mutant)
    }

    pub(crate) fn schemas(&self) -> get_provider_schema::Response {
        schemas::schemas(self.mutant, self.is_configured())
    }

    pub(crate) fn identities(&self) -> get_resource_identity_schemas::Response {
        schemas::identities(self.mutant)
    }

    pub(crate) fn functions(&self) -> get_functions::Response {
        let functions = schemas::functions(self.mutant);
        get_functions::Response { functions, diagnostics: Vec::new() }
    }

    pub(crate) fn validate_provider(
        &self,
        request: &validate_provider_config::Request,
    ) -> Result<validate_provider_config::Response, Status> {
        let config = received(request.config.as_ref(), &configuration_type())?;
        let mut response = validate_provider_config::Response::default();
        if !config.member("endpoint").is_known() && self.breaks(Rule::ProviderUnknown) {
            return Err(Status::internal("endpoint is not known"));
        }
        if self.breaks(Rule::ProviderAccepts) {
            response.diagnostics.push(error("endpoint refused"));
        }
        Ok(response)
    }

    pub(crate) fn configure(
        &self,
        request: &wire6::configure_provider::Request,
    ) -> Result<wire6::configure_provider::Response, Status> {
        let config = received(request.config.as_ref(), &configuration_type())?;
        let mut response = wire6::configure_provider::Response::default();
        if config.member("endpoint").is_known() {
            let before = self.configured.swap(true, Ordering::Relaxed);
            if before && self.breaks(Rule::ProcessConfigureAgain) {
                response.diagnostics.push(error("configured already"));
            }
        }
        Ok(response)
    }

    pub(crate) fn stop(&self) -> stop_provider::Response {
        self.stopped.store(true, Ordering::Relaxed);
        stop_provider::Response::default()
    }

    pub(crate) fn validate(
        &self,
        request: &validate_resource_config::Request,
    ) -> Result<validate_resource_config::Response, Status> {
        let config = received(request.config.as_ref(), &thing_type(self.mutant))?;
        let name = config.member("name");
        let mut response = validate_resource_config::Response::default();
        if name.is_null() && self.breaks(Rule::ValidateEmpty) {
            return Err(Status::internal("nil pointer dereference"));
        }
        if !name.is_known() && self.breaks(Rule::ValidateUnknown) {
            response.diagnostics.push(error("name is no text"));
        }
        if name.as_text().is_some() && !self.is_configured() && self.breaks(Rule::ValidateAccepts) {
            response.diagnostics.push(error("not configured"));
        }
        if let Value::Number(size) = config.member("size")
            && size.to_f64() > 100.0
        {
            response
                .diagnostics
                .push(Diagnostic { attribute: Some(path("size")), ..error("size is above 100") });
        }
        let warning = |summary: &str, attribute| Diagnostic {
            severity: diagnostic::Severity::Warning.into(),
            summary: summary.to_owned(),
            detail: String::new(),
            attribute,
        };
        if self.breaks(Rule::DiagnosticPath) {
            response.diagnostics.push(warning("beware", Some(path("nowhere"))));
        }
        if self.breaks(Rule::DiagnosticText) {
            response.diagnostics.push(warning("", None));
        }
        Ok(response)
    }

    pub(crate) fn plan(
        &self,
        request: &wire6::plan_resource_change::Request,
    ) -> Result<wire6::plan_resource_change::Response, Status> {
        let ty = thing_type(self.mutant);
        let prior = received(request.prior_state.as_ref(), &ty)?;
        let proposed = received(request.proposed_new_state.as_ref(), &ty)?;
        let config = received(request.config.as_ref(), &ty)?;
        let mut response = wire6::plan_resource_change::Response {
            planned_private: request.prior_private.clone(),
            ..wire6::plan_resource_change::Response::default()
        };
        if self.stopped.load(Ordering::Relaxed) && self.breaks(Rule::ProcessStop) {
            response.diagnostics.push(error("cancelled"));
            return Ok(response);
        }
        if proposed.is_null() {
            let planned = if self.breaks(Rule::PlanDestroy) { &prior } else { &Value::Null };
            response.planned_state = Some(wire::encode(planned, &ty));
            return Ok(response);
        }
        let vague = !config.unknown_paths().is_empty();
        if vague && self.breaks(Rule::PlanWithUnknown) {
            return Err(Status::internal("size is no number"));
        }
        let healthy = planned(&prior, &proposed);
        let thing = self.mistaken_plan(&prior, &proposed, healthy, vague);
        if !prior.is_null() {
            let moved = ["directory", "name"]
                .into_iter()
                .filter(|name| prior.member(name) != thing.member(name));
            response.requires_replace = moved.map(path).collect();
            if self.breaks(Rule::PlanReplace) {
                response.requires_replace.push(path("nowhere"));
            }
            if self.breaks(Rule::PlanAction) && !vague {
                response.requires_replace.push(path("size"));
            }
        }
        let mut sent = wire::encode(&thing, &ty);
        if self.breaks(Rule::WireRefinement) {
            hollow(&mut sent);
        }
        response.planned_state = Some(sent);
        response.planned_identity = if prior.is_null() || !response.requires_replace.is_empty() {
            None
        } else {
            identity(&thing)
        };
        if self.breaks(Rule::PlanIdentity) && response.planned_identity.is_some() {
            response.planned_identity = Some(identity_of("elsewhere"));
        }
        Ok(response)
    }

    fn mistaken_plan(&self, prior: &Value, proposed: &Value, thing: Value, vague: bool) -> Value {
        let Some(rule) = self.mutant.0 else { return thing };
        if rule == Rule::PlanType {
            without(&thing, "tags")
        } else if rule == Rule::PlanExistence && prior.is_null() {
            Value::Null
        } else if rule == Rule::PlanConfig && !thing.member("size").is_null() {
            with(&thing, "size", Value::from(99))
        } else if rule == Rule::PlanNull && thing.member("size").is_null() {
            with(&thing, "size", Value::from(1))
        } else if rule == Rule::PlanCount && thing.member("rows").members().is_some() {
            with(&thing, "rows", Value::Members(std::collections::BTreeMap::new()))
        } else if rule == Rule::PlanUnknown && thing.member("rows").members().is_some() {
            with(&thing, "rows", Value::UNKNOWN)
        } else if rule == Rule::PlanBlocks {
            with(&thing, "limit", Value::Null)
        } else if rule == Rule::PlanWriteOnly {
            with(&thing, "secret", proposed.member("secret").clone())
        } else if rule == Rule::PlanSame && prior.is_null() {
            with(&thing, "note", Value::Text(format!("note {}", self.next())))
        } else if rule == Rule::PlanFinal && vague {
            with(&thing, "note", Value::text("a guess"))
        } else if rule == Rule::PlanEmpty && !prior.is_null() {
            with(&thing, "note", Value::UNKNOWN)
        } else {
            thing
        }
    }

    pub(crate) fn apply(
        &self,
        request: &wire6::apply_resource_change::Request,
    ) -> Result<wire6::apply_resource_change::Response, Status> {
        let ty = thing_type(self.mutant);
        let prior = received(request.prior_state.as_ref(), &ty)?;
        let planned = received(request.planned_state.as_ref(), &ty)?;
        let mut response = wire6::apply_resource_change::Response {
            private: b"applied".to_vec(),
            ..wire6::apply_resource_change::Response::default()
        };
        if planned.is_null() {
            if let Some(place) = place(&prior) {
                // What is gone already is gone.
                let _ = std::fs::remove_file(place);
            }
            let left = if self.breaks(Rule::ApplyDestroy) { &prior } else { &Value::Null };
            response.new_state = Some(wire::encode(left, &ty));
            return Ok(response);
        }
        if !prior.is_null() && self.breaks(Rule::ApplySucceeds) {
            response.new_state = Some(wire::encode(&prior, &ty));
            response.diagnostics.push(error("no changes today"));
            return Ok(response);
        }
        let thing = made(&planned);
        keep(&thing)?;
        if *thing.member("fail") == Value::Bool(true) {
            response.diagnostics.push(error("thing is only half made"));
            let left = if self.breaks(Rule::ApplyPartial) { &Value::Null } else { &thing };
            response.new_state = Some(wire::encode(left, &ty));
            return Ok(response);
        }
        let rules = [Rule::ApplyType, Rule::ApplyKnown, Rule::ApplyWriteOnly];
        let mut sent = mistaken(self.mutant, thing.clone(), rules);
        if self.breaks(Rule::ApplyKnown) {
            sent = with(&thing, "id", promised_id());
        } else if self.breaks(Rule::ApplyAsPlanned) {
            sent = with(&thing, "size", Value::from(99));
        } else if self.breaks(Rule::ApplyPromised) {
            sent = with(&thing, "id", Value::text("something else"));
        } else if self.breaks(Rule::ApplyPresent) && prior.is_null() {
            sent = Value::Null;
        }
        response.new_state = Some(wire::encode(&sent, &ty));
        response.new_identity = self.identity_unless(Rule::ApplyIdentity, &thing, &prior);
        Ok(response)
    }

    /// The identity of a thing, or that of another.
    fn identity_unless(
        &self,
        rule: Rule,
        thing: &Value,
        prior: &Value,
    ) -> Option<ResourceIdentityData> {
        if self.breaks(rule) && !prior.is_null() {
            return Some(identity_of("elsewhere"));
        }
        identity(thing)
    }

    pub(crate) fn read(
        &self,
        request: &read_resource::Request,
    ) -> Result<read_resource::Response, Status> {
        let ty = thing_type(self.mutant);
        let state = received(request.current_state.as_ref(), &ty)?;
        let mut response = read_resource::Response {
            private: request.private.clone(),
            ..read_resource::Response::default()
        };
        let kept = place(&state).and_then(|place| kept(&place, &ty));
        let Some(thing) = kept else {
            let ghost = response.private == b"ghost";
            let left = if ghost { &state } else { &Value::Null };
            response.new_state = Some(wire::encode(left, &ty));
            if self.breaks(Rule::ReadAbsent) {
                response.diagnostics.push(error("404"));
            }
            return Ok(response);
        };
        let rules = [Rule::ReadType, Rule::ReadKnown, Rule::ReadWriteOnly];
        let mut sent = mistaken(self.mutant, thing.clone(), rules);
        if self.breaks(Rule::ReadSame) {
            let directory = thing.member("directory").as_text().unwrap_or_default();
            sent = with(&thing, "directory", Value::Text(format!("{directory}/")));
        } else if response.private == b"imported" && self.breaks(Rule::ImportPlan) {
            sent = with(&thing, "size", Value::Null);
        }
        if self.breaks(Rule::ReadStable) {
            response.private = self.next().to_string().into_bytes();
        }
        if self.breaks(Rule::Deferred) {
            response.deferred = Some(Deferred { reason: deferred::Reason::AbsentPrereq.into() });
        }
        response.new_identity = self.identity_unless(Rule::ReadIdentity, &thing, &state);
        response.new_state = Some(wire::encode(&sent, &ty));
        Ok(response)
    }

    pub(crate) fn import(
        &self,
        request: &import_resource_state::Request,
    ) -> import_resource_state::Response {
        let ty = thing_type(self.mutant);
        let mut response = import_resource_state::Response::default();
        let Type::Object(attributes) = &ty else { return response };
        let Some((directory, name)) = request.id.rsplit_once('/') else {
            response.diagnostics.push(error("expected a directory and a name"));
            return response;
        };
        let mut thing =
            Value::Members(attributes.keys().map(|it| (it.clone(), Value::Null)).collect());
        thing = with(&thing, "limit", Value::Sequence(Vec::new()));
        thing = with(&thing, "directory", Value::text(directory));
        thing = with(&thing, "name", Value::text(name));
        let is_there = place(&thing).is_some_and(|it| it.exists());
        if !is_there && !self.breaks(Rule::ImportAbsent) {
            response.diagnostics.push(error("no such thing"));
            return response;
        }
        let rules = [Rule::SchemaTypes, Rule::ImportKnown, Rule::ImportWriteOnly];
        let identity = identity(&thing);
        if self.breaks(Rule::ImportRead) {
            thing = with(&thing, "name", Value::text("another"));
        }
        let thing = mistaken(self.mutant, thing, rules);
        let type_name = if self.breaks(Rule::ImportType) { "mutant_other" } else { THING };
        let private = if is_there { b"imported".to_vec() } else { b"ghost".to_vec() };
        response.imported_resources.push(import_resource_state::ImportedResource {
            type_name: type_name.to_owned(),
            state: Some(wire::encode(&thing, &ty)),
            private,
            identity,
        });
        response
    }

    pub(crate) fn generate(
        &self,
        request: &generate_resource_config::Request,
    ) -> Result<generate_resource_config::Response, Status> {
        let ty = thing_type(self.mutant);
        let state = received(request.state.as_ref(), &ty)?;
        let mut config = with(&state, "id", Value::Null);
        if let Some(rows) = config.member("rows").members().cloned() {
            let bare = rows.into_iter().map(|(key, row)| (key, with(&row, "sign", Value::Null)));
            config = with(&config, "rows", Value::Members(bare.collect()));
        }
        if self.breaks(Rule::GeneratePlan) {
            config = with(&config, "size", Value::Null);
        }
        let config = Some(wire::encode(&config, &ty));
        Ok(generate_resource_config::Response { config, diagnostics: Vec::new() })
    }

    pub(crate) fn upgrade(
        &self,
        request: &wire6::upgrade_resource_state::Request,
    ) -> Result<wire6::upgrade_resource_state::Response, Status> {
        if self.breaks(Rule::RpcAnswers) {
            return Err(Status::unknown("index out of range"));
        }
        let ty = thing_type(self.mutant);
        let mut response = wire6::upgrade_resource_state::Response::default();
        let json = request.raw_state.as_ref().map(|it| it.json.as_slice()).unwrap_or_default();
        let mut json: serde_json::Value =
            serde_json::from_slice(json).map_err(|it| Status::invalid_argument(it.to_string()))?;
        if let (serde_json::Value::Object(members), Type::Object(attributes)) = (&mut json, &ty)
            && !self.breaks(Rule::UpgradeRemoved)
        {
            members.retain(|name, _| attributes.contains_key(name));
        }
        let thing = match wire::from_json(&json, &ty) {
            Ok(thing) => thing,
            Err(wrong) => {
                response.diagnostics.push(error(&wrong.to_string()));
                return Ok(response);
            }
        };
        let rules = [Rule::UpgradeType, Rule::UpgradeKnown, Rule::SchemaTypes];
        let mut thing = mistaken(self.mutant, thing, rules);
        if self.breaks(Rule::UpgradeSame) {
            thing = with(&thing, "note", Value::text("upgraded"));
        }
        response.upgraded_state = Some(wire::encode(&thing, &ty));
        Ok(response)
    }

    pub(crate) fn look(
        &self,
        request: &read_data_source::Request,
    ) -> Result<read_data_source::Response, Status> {
        let attributes = ["id", "name"].map(|name| (name.to_owned(), Type::Text));
        let ty = Type::Object(attributes.into());
        let config = received(request.config.as_ref(), &ty)?;
        let id = config.member("id").as_text().unwrap_or_default();
        let name = id.strip_prefix("thing-").map_or(Value::Null, Value::text);
        let mut state = with(&config, "name", name);
        if self.breaks(Rule::DataType) {
            state = without(&state, "name");
        } else if self.breaks(Rule::DataKnown) {
            state = with(&state, "name", Value::UNKNOWN);
        } else if self.breaks(Rule::DataPresent) {
            state = Value::Null;
        } else if self.breaks(Rule::DataConfig) {
            state = with(&state, "id", Value::text("another"));
        }
        let state = Some(wire::encode(&state, &ty));
        Ok(read_data_source::Response { state, ..read_data_source::Response::default() })
    }

    pub(crate) fn call(
        &self,
        request: &call_function::Request,
    ) -> Result<call_function::Response, Status> {
        let text = received(request.arguments.first(), &Type::Text)?;
        let text = text.as_text().unwrap_or_default();
        let fault = |text: &str, place| call_function::Response {
            result: None,
            error: Some(FunctionError { text: text.to_owned(), function_argument: Some(place) }),
        };
        if text.is_empty() {
            if self.breaks(Rule::FunctionError) {
                return Err(Status::internal("index out of range"));
            }
            let place = if self.breaks(Rule::FunctionArgument) { 7 } else { 0 };
            return Ok(fault("nothing to shout", place));
        }
        if self.breaks(Rule::FunctionUnconfigured) && !self.is_configured() {
            return Ok(fault("not configured", 0));
        }
        let mut shouted = text.to_uppercase();
        if self.breaks(Rule::FunctionSame) {
            shouted = format!("{shouted} {}", self.next());
        }
        let result = if self.breaks(Rule::FunctionResult) {
            wire::encode(&Value::Bool(true), &Type::Bool)
        } else {
            wire::encode(&Value::Text(shouted), &Type::Text)
        };
        Ok(call_function::Response { result: Some(result), error: None })
    }
}
