//! Ephemeral resources: validated, opened, renewed, closed.

use std::time::SystemTime;

use zeebe_proto::tfplugin6::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};

use super::Service;
use super::guard::Subject;
use super::promise::unknowns;
use super::wire::{decode, diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{Opened, Renewed};

pub(super) async fn validate_ephemeral_resource_config(
    service: &Service,
    request: validate_ephemeral_resource_config::Request,
) -> validate_ephemeral_resource_config::Response {
    let subject = Subject { rpc: "ValidateEphemeralResourceConfig", name: &request.type_name };
    let ephemeral = service.ephemeral(&request.type_name);
    let validated = service.guard(subject, None, |call| async move {
        match ephemeral.and_then(|ephemeral| {
            let config = decode("configuration", request.config.as_ref(), ephemeral.schema().ty())?;
            Ok((ephemeral, config))
        }) {
            Ok((ephemeral, config)) => ephemeral.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_ephemeral_resource_config::Response { diagnostics: diagnostics(found) }
}

pub(super) async fn open_ephemeral_resource(
    service: &Service,
    request: open_ephemeral_resource::Request,
) -> open_ephemeral_resource::Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "OpenEphemeralResource", name: &type_name };
    let capabilities = request.client_capabilities;
    let answering = service.clone();
    let opened = service
        .guard(subject, capabilities, |call| async move { open(&answering, call, request).await });
    opened.await.unwrap_or_else(|panicked| Err(vec![panicked])).unwrap_or_else(|found| {
        open_ephemeral_resource::Response {
            diagnostics: diagnostics(found),
            ..open_ephemeral_resource::Response::default()
        }
    })
}

async fn open(
    service: &Service,
    call: Call,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Vec<Diagnostic>> {
    let alone = |diagnostic| vec![diagnostic];
    let ephemeral = service.ephemeral(&request.type_name).map_err(alone)?;
    let ty = ephemeral.schema().ty();
    let config = decode("configuration", request.config.as_ref(), ty).map_err(alone)?;
    let Opened { result, renew_at, private, diagnostics: mut found } =
        ephemeral.open(call, config).await?;
    found.extend(unknowns(&result, ty).into_iter().map(|path| {
        let summary = format!("open left `{path}` unknown");
        let detail = "What was opened is wholly known. This is a bug in the provider.";
        Diagnostic::error(summary, detail).at(path)
    }));
    if has_errors(&found) {
        return Err(found);
    }
    Ok(open_ephemeral_resource::Response {
        result: Some(encode("result", &result, ty).map_err(alone)?),
        renew_at: renew_at.map(|time| SystemTime::from(time).into()),
        private: Some(private),
        diagnostics: diagnostics(found),
        deferred: None,
    })
}

pub(super) async fn renew_ephemeral_resource(
    service: &Service,
    request: renew_ephemeral_resource::Request,
) -> renew_ephemeral_resource::Response {
    let renew_ephemeral_resource::Request { type_name, private } = request;
    let subject = Subject { rpc: "RenewEphemeralResource", name: &type_name };
    let ephemeral = service.ephemeral(&type_name);
    let before = private.clone();
    let renewed = service.guard(subject, None, |call| async move {
        let ephemeral = ephemeral.map_err(|diagnostic| vec![diagnostic])?;
        ephemeral.renew(call, private.unwrap_or_default()).await
    });
    match renewed.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(Renewed { renew_at, private, diagnostics: found }) => {
            renew_ephemeral_resource::Response {
                renew_at: renew_at.map(|time| SystemTime::from(time).into()),
                private: Some(private),
                diagnostics: diagnostics(found),
            }
        }
        // What is closed later is what was opened.
        Err(found) => renew_ephemeral_resource::Response {
            renew_at: None,
            private: before,
            diagnostics: diagnostics(found),
        },
    }
}

pub(super) async fn close_ephemeral_resource(
    service: &Service,
    request: close_ephemeral_resource::Request,
) -> close_ephemeral_resource::Response {
    let close_ephemeral_resource::Request { type_name, private } = request;
    let subject = Subject { rpc: "CloseEphemeralResource", name: &type_name };
    let ephemeral = service.ephemeral(&type_name);
    let closed = service.guard(subject, None, |call| async move {
        match ephemeral {
            Ok(ephemeral) => ephemeral.close(call, private.unwrap_or_default()).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = closed.await.unwrap_or_else(|panicked| vec![panicked]);
    close_ephemeral_resource::Response { diagnostics: diagnostics(found) }
}
