//! `ApplyResourceChange`: does what was planned, and answers with what is there afterwards, whatever happened.

use zeebe_proto::tfplugin6::DynamicValue;
use zeebe_proto::tfplugin6::apply_resource_change::{Request, Response};

use super::guard::Subject;
use super::promise::{kept, storable, without_unknowns};
use super::wire::{decode, diagnostics, encode};
use super::{Service, identity};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{ApplyAnswer, ApplyQuestion};

pub(super) async fn apply_resource_change(service: &Service, request: Request) -> Response {
    let subject = Subject { rpc: "ApplyResourceChange", name: &request.type_name };
    let answering = service.clone();
    let asked = request.clone();
    let apply =
        service.guard(subject, None, |call| async move { apply(&answering, call, asked).await });
    let mut found = match apply.await.unwrap_or_else(Err) {
        Ok(response) => return response,
        Err(diagnostic) => vec![diagnostic],
    };
    let (answering, asked) = (service.clone(), request.clone());
    let known = service.guard(subject, None, |_call| async move { last_known(&answering, &asked) });
    let new_state = known.await.and_then(|state| state).unwrap_or_else(|diagnostic| {
        found.push(diagnostic);
        request.prior_state.clone()
    });
    Response {
        new_state,
        private: request.planned_private,
        new_identity: request.planned_identity,
        diagnostics: diagnostics(found),
        ..Response::default()
    }
}

/// The state to keep where an apply could not say one. An update or a deletion leaves the prior state. Of a creation nobody knows how far it
/// came, so what was planned is kept: core taints it, and the next apply deletes or finds what there is. Null would orphan it.
fn last_known(service: &Service, request: &Request) -> Result<Option<DynamicValue>, Diagnostic> {
    let Ok(resource) = service.resource(&request.type_name) else {
        return Ok(request.prior_state.clone());
    };
    let schema = resource.schema();
    let prior = decode("prior state", request.prior_state.as_ref(), schema.ty())?;
    if !prior.is_null() {
        return Ok(request.prior_state.clone());
    }
    let planned = decode("planned state", request.planned_state.as_ref(), schema.ty())?;
    encode("state", &without_unknowns(planned), schema.ty()).map(Some)
}

async fn apply(service: &Service, call: Call, request: Request) -> Result<Response, Diagnostic> {
    let Request {
        type_name,
        prior_state,
        planned_state,
        config,
        planned_private,
        planned_identity,
        ..
    } = request;
    let resource = service.resource(&type_name)?;
    let schema = resource.schema();
    let planned = decode("planned state", planned_state.as_ref(), schema.ty())?;
    let question = ApplyQuestion {
        prior: decode("prior state", prior_state.as_ref(), schema.ty())?,
        planned: planned.clone(),
        config: decode("configuration", config.as_ref(), schema.ty())?,
        planned_private,
    };
    let answer = resource.apply(call, question).await;
    let ApplyAnswer { state, private, diagnostics: mut found } = answer;
    let failed = has_errors(&found);
    let state = if failed { without_unknowns(state) } else { state };
    let (state, broken) = storable(schema, "apply", state);
    if !failed {
        found.extend(kept(schema, &planned, &state));
    }
    found.extend(broken);
    let new_identity = match identity::of_state(&*resource, &state) {
        Ok(None) if !state.is_null() => planned_identity,
        Ok(identity) => identity,
        Err(unreadable) => {
            found.extend(unreadable);
            planned_identity
        }
    };
    let new_state = encode("state", &state, schema.ty())?;
    Ok(Response {
        new_state: Some(new_state),
        private,
        new_identity,
        diagnostics: diagnostics(found),
        ..Response::default()
    })
}
