//! `PlanResourceChange`: what an apply would do.

use zeebe_proto::tfplugin6::Deferred;
use zeebe_proto::tfplugin6::deferred::Reason;
use zeebe_proto::tfplugin6::plan_resource_change::{Request, Response};

use super::guard::Subject;
use super::wire::{decode, diagnostics, encode};
use super::{Service, identity};
use crate::call::{Ability, Call};
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{Deferral, PlanAnswer, PlanQuestion};

pub(super) async fn plan_resource_change(service: &Service, request: Request) -> Response {
    let subject = Subject { rpc: "PlanResourceChange", name: &request.type_name };
    let answering = service.clone();
    let asked = request.clone();
    let plan = service.guard(subject, request.client_capabilities, |call| async move {
        plan(&answering, call, asked).await
    });
    let found = match plan.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(response) => return response,
        Err(found) => found,
    };
    let Request { prior_state, prior_private, prior_identity, .. } = request;
    Response {
        planned_state: prior_state,
        planned_private: prior_private,
        planned_identity: prior_identity,
        diagnostics: diagnostics(found),
        ..Response::default()
    }
}

async fn plan(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<Response, Vec<Diagnostic>> {
    let alone = |diagnostic| vec![diagnostic];
    let Request {
        type_name,
        prior_state,
        proposed_new_state,
        config,
        prior_private,
        planned_private,
        prior_identity,
        ..
    } = request;
    let resource = service.resource(&type_name).map_err(alone)?;
    let ty = resource.schema().ty();
    let question = PlanQuestion {
        prior: decode("prior state", prior_state.as_ref(), ty).map_err(alone)?,
        proposed: decode("proposed state", proposed_new_state.as_ref(), ty).map_err(alone)?,
        config: decode("configuration", config.as_ref(), ty).map_err(alone)?,
        prior_private,
        planned_private,
    };
    let can_wait = call.client.can(Ability::Deferral);
    let answer = resource.plan(call, question).await;
    let PlanAnswer { planned, private, mut requires_replace, diagnostics: found, deferred } =
        answer;
    // An object keeps its identity for life; that of a new one is told as far as it is known already.
    let planned_identity = match prior_identity {
        None if !has_errors(&found) => identity::of_state(&*resource, &planned)?,
        prior => prior,
    };
    requires_replace.sort();
    requires_replace.dedup();
    Ok(Response {
        planned_state: Some(encode("planned state", &planned, ty).map_err(alone)?),
        planned_identity,
        deferred: deferred.filter(|_| can_wait).map(wire_deferral),
        planned_private: private,
        requires_replace: requires_replace.iter().map(Into::into).collect(),
        diagnostics: diagnostics(found),
        ..Response::default()
    })
}

fn wire_deferral(deferral: Deferral) -> Deferred {
    let reason = match deferral {
        Deferral::ConfigUnknown => Reason::ResourceConfigUnknown,
        Deferral::ProviderConfigUnknown => Reason::ProviderConfigUnknown,
        Deferral::AbsentPrerequisite => Reason::AbsentPrereq,
    };
    Deferred { reason: reason.into() }
}
