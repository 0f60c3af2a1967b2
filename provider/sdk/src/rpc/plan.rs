//! `PlanResourceChange`: what an apply would do.

use zeebe_proto::tfplugin6::plan_resource_change::{Request, Response};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::provider::{PlanAnswer, PlanQuestion};

pub(super) async fn plan_resource_change(service: &Service, request: Request) -> Response {
    let subject = Subject { rpc: "PlanResourceChange", name: &request.type_name };
    let answering = service.clone();
    let asked = request.clone();
    let plan = service.guard(subject, request.client_capabilities, |call| async move {
        plan(&answering, call, asked).await
    });
    let diagnostic = match plan.await.unwrap_or_else(Err) {
        Ok(response) => return response,
        Err(diagnostic) => diagnostic,
    };
    let Request { prior_state, prior_private, .. } = request;
    Response {
        planned_state: prior_state,
        planned_private: prior_private,
        diagnostics: diagnostics([diagnostic]),
        ..Response::default()
    }
}

async fn plan(service: &Service, call: Call, request: Request) -> Result<Response, Diagnostic> {
    let Request {
        type_name,
        prior_state,
        proposed_new_state,
        config,
        prior_private,
        planned_private,
        ..
    } = request;
    let resource = service.resource(&type_name)?;
    let ty = resource.schema().ty();
    let question = PlanQuestion {
        prior: decode("prior state", prior_state.as_ref(), ty)?,
        proposed: decode("proposed state", proposed_new_state.as_ref(), ty)?,
        config: decode("configuration", config.as_ref(), ty)?,
        prior_private,
        planned_private,
    };
    let answer = resource.plan(call, question).await;
    let PlanAnswer { planned, private, mut requires_replace, diagnostics: found } = answer;
    requires_replace.sort();
    requires_replace.dedup();
    Ok(Response {
        planned_state: Some(encode("planned state", &planned, ty)?),
        planned_private: private,
        requires_replace: requires_replace.iter().map(Into::into).collect(),
        diagnostics: diagnostics(found),
        ..Response::default()
    })
}
