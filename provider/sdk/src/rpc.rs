//! `tfplugin6.Provider`: every call of Terraform, a file for each family.
//!
//! ```text
//! request ── decode by the schema ──▶ question ── guard(trait) ──▶ answer ── promises ── encode ──▶ response
//! ```
//!
//! Whatever goes wrong is an answer with diagnostics: a broken request, a panic, a promise that was not kept. The process survives.

mod absent;
mod action;
mod apply;
mod configuration;
mod data;
mod describe;
mod ephemeral;
mod functions;
mod generate;
mod guard;
mod identity;
mod import;
mod list;
mod plan;
mod promise;
mod read;
mod streams;
mod take_over;
mod upgrade;
mod validate;
mod wire;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures::stream::BoxStream;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status, Streaming};
use zeebe_proto::tfplugin6 as wire6;
use zeebe_proto::tfplugin6::provider_server::Provider as Rpc;

use crate::cancel::Stop;
use crate::provider::Provider;

/// The provider as a gRPC service; clones are the same service.
#[derive(Clone)]
pub(crate) struct Service(Arc<Inner>);

struct Inner {
    provider: Provider,
    stop: Stop,
    calls: TaskTracker,
    client_version: Mutex<Option<String>>,
    schemas: OnceLock<wire6::get_provider_schema::Response>,
}

impl Service {
    /// Serves `provider`.
    pub(crate) fn new(provider: Provider) -> Self {
        Self(Arc::new(Inner {
            provider,
            stop: Stop::default(),
            calls: TaskTracker::new(),
            client_version: Mutex::default(),
            schemas: OnceLock::new(),
        }))
    }

    /// Cancels the calls in flight; calls after this one are not.
    pub(crate) fn stop(&self) {
        self.0.stop.now();
    }

    /// Waits until no call is in flight, or `deadline` has passed.
    pub(crate) async fn idle(&self, deadline: Duration) {
        self.0.calls.close();
        if timeout(deadline, self.0.calls.wait()).await.is_err() {
            tracing::warn!("calls were cut after they had been cancelled");
        }
    }

    fn provider(&self) -> &Provider {
        &self.0.provider
    }
}

type Answer<T> = Result<Response<T>, Status>;

/// One line per call: where it is answered.
#[tonic::async_trait]
impl Rpc for Service {
    async fn get_metadata(
        &self,
        _request: Request<wire6::get_metadata::Request>,
    ) -> Answer<wire6::get_metadata::Response> {
        Ok(Response::new(describe::get_metadata(self)))
    }

    async fn get_provider_schema(
        &self,
        _request: Request<wire6::get_provider_schema::Request>,
    ) -> Answer<wire6::get_provider_schema::Response> {
        Ok(Response::new(describe::get_provider_schema(self)))
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire6::validate_provider_config::Request>,
    ) -> Answer<wire6::validate_provider_config::Response> {
        Ok(Response::new(validate::validate_provider_config(self, request.into_inner()).await))
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire6::validate_resource_config::Request>,
    ) -> Answer<wire6::validate_resource_config::Response> {
        Ok(Response::new(validate::validate_resource_config(self, request.into_inner()).await))
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<wire6::validate_data_resource_config::Request>,
    ) -> Answer<wire6::validate_data_resource_config::Response> {
        Ok(Response::new(validate::validate_data_resource_config(self, request.into_inner()).await))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire6::upgrade_resource_state::Request>,
    ) -> Answer<wire6::upgrade_resource_state::Response> {
        Ok(Response::new(upgrade::upgrade_resource_state(self, request.into_inner()).await))
    }

    async fn get_resource_identity_schemas(
        &self,
        _request: Request<wire6::get_resource_identity_schemas::Request>,
    ) -> Answer<wire6::get_resource_identity_schemas::Response> {
        Ok(Response::new(identity::get_resource_identity_schemas(self)))
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<wire6::upgrade_resource_identity::Request>,
    ) -> Answer<wire6::upgrade_resource_identity::Response> {
        Ok(Response::new(identity::upgrade_resource_identity(self, request.into_inner()).await))
    }

    async fn configure_provider(
        &self,
        request: Request<wire6::configure_provider::Request>,
    ) -> Answer<wire6::configure_provider::Response> {
        Ok(Response::new(configuration::configure_provider(self, request.into_inner()).await))
    }

    async fn read_resource(
        &self,
        request: Request<wire6::read_resource::Request>,
    ) -> Answer<wire6::read_resource::Response> {
        Ok(Response::new(read::read_resource(self, request.into_inner()).await))
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire6::plan_resource_change::Request>,
    ) -> Answer<wire6::plan_resource_change::Response> {
        Ok(Response::new(plan::plan_resource_change(self, request.into_inner()).await))
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire6::apply_resource_change::Request>,
    ) -> Answer<wire6::apply_resource_change::Response> {
        Ok(Response::new(apply::apply_resource_change(self, request.into_inner()).await))
    }

    async fn import_resource_state(
        &self,
        request: Request<wire6::import_resource_state::Request>,
    ) -> Answer<wire6::import_resource_state::Response> {
        Ok(Response::new(import::import_resource_state(self, request.into_inner()).await))
    }

    async fn move_resource_state(
        &self,
        request: Request<wire6::move_resource_state::Request>,
    ) -> Answer<wire6::move_resource_state::Response> {
        Ok(Response::new(take_over::move_resource_state(self, request.into_inner()).await))
    }

    async fn read_data_source(
        &self,
        request: Request<wire6::read_data_source::Request>,
    ) -> Answer<wire6::read_data_source::Response> {
        Ok(Response::new(data::read_data_source(self, request.into_inner()).await))
    }

    async fn generate_resource_config(
        &self,
        request: Request<wire6::generate_resource_config::Request>,
    ) -> Answer<wire6::generate_resource_config::Response> {
        Ok(Response::new(generate::generate_resource_config(self, request.into_inner()).await))
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<wire6::validate_ephemeral_resource_config::Request>,
    ) -> Answer<wire6::validate_ephemeral_resource_config::Response> {
        Ok(Response::new(
            ephemeral::validate_ephemeral_resource_config(self, request.into_inner()).await,
        ))
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire6::open_ephemeral_resource::Request>,
    ) -> Answer<wire6::open_ephemeral_resource::Response> {
        Ok(Response::new(ephemeral::open_ephemeral_resource(self, request.into_inner()).await))
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<wire6::renew_ephemeral_resource::Request>,
    ) -> Answer<wire6::renew_ephemeral_resource::Response> {
        Ok(Response::new(ephemeral::renew_ephemeral_resource(self, request.into_inner()).await))
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<wire6::close_ephemeral_resource::Request>,
    ) -> Answer<wire6::close_ephemeral_resource::Response> {
        Ok(Response::new(ephemeral::close_ephemeral_resource(self, request.into_inner()).await))
    }

    type ListResourceStream = BoxStream<'static, Result<wire6::list_resource::Event, Status>>;

    async fn list_resource(
        &self,
        request: Request<wire6::list_resource::Request>,
    ) -> Answer<Self::ListResourceStream> {
        Ok(Response::new(list::list_resource(self, request.into_inner())))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<wire6::validate_list_resource_config::Request>,
    ) -> Answer<wire6::validate_list_resource_config::Response> {
        Ok(Response::new(list::validate_list_resource_config(self, request.into_inner()).await))
    }

    async fn get_functions(
        &self,
        _request: Request<wire6::get_functions::Request>,
    ) -> Answer<wire6::get_functions::Response> {
        Ok(Response::new(describe::get_functions(self)))
    }

    async fn call_function(
        &self,
        request: Request<wire6::call_function::Request>,
    ) -> Answer<wire6::call_function::Response> {
        Ok(Response::new(functions::call_function(self, request.into_inner()).await))
    }

    async fn validate_state_store_config(
        &self,
        request: Request<wire6::validate_state_store::Request>,
    ) -> Answer<wire6::validate_state_store::Response> {
        Ok(Response::new(absent::validate_state_store_config(&request.into_inner())))
    }

    async fn configure_state_store(
        &self,
        request: Request<wire6::configure_state_store::Request>,
    ) -> Answer<wire6::configure_state_store::Response> {
        Ok(Response::new(absent::configure_state_store(&request.into_inner())))
    }

    type ReadStateBytesStream =
        BoxStream<'static, Result<wire6::read_state_bytes::Response, Status>>;

    async fn read_state_bytes(
        &self,
        request: Request<wire6::read_state_bytes::Request>,
    ) -> Answer<Self::ReadStateBytesStream> {
        Ok(Response::new(absent::stream(absent::read_state_bytes(&request.into_inner()))))
    }

    async fn write_state_bytes(
        &self,
        _request: Request<Streaming<wire6::write_state_bytes::RequestChunk>>,
    ) -> Answer<wire6::write_state_bytes::Response> {
        Ok(Response::new(absent::write_state_bytes()))
    }

    async fn lock_state(
        &self,
        request: Request<wire6::lock_state::Request>,
    ) -> Answer<wire6::lock_state::Response> {
        Ok(Response::new(absent::lock_state(&request.into_inner())))
    }

    async fn unlock_state(
        &self,
        request: Request<wire6::unlock_state::Request>,
    ) -> Answer<wire6::unlock_state::Response> {
        Ok(Response::new(absent::unlock_state(&request.into_inner())))
    }

    async fn get_states(
        &self,
        request: Request<wire6::get_states::Request>,
    ) -> Answer<wire6::get_states::Response> {
        Ok(Response::new(absent::get_states(&request.into_inner())))
    }

    async fn delete_state(
        &self,
        request: Request<wire6::delete_state::Request>,
    ) -> Answer<wire6::delete_state::Response> {
        Ok(Response::new(absent::delete_state(&request.into_inner())))
    }

    async fn plan_action(
        &self,
        request: Request<wire6::plan_action::Request>,
    ) -> Answer<wire6::plan_action::Response> {
        Ok(Response::new(action::plan_action(self, request.into_inner()).await))
    }

    type InvokeActionStream = BoxStream<'static, Result<wire6::invoke_action::Event, Status>>;

    async fn invoke_action(
        &self,
        request: Request<wire6::invoke_action::Request>,
    ) -> Answer<Self::InvokeActionStream> {
        Ok(Response::new(action::invoke_action(self, request.into_inner())))
    }

    async fn validate_action_config(
        &self,
        request: Request<wire6::validate_action_config::Request>,
    ) -> Answer<wire6::validate_action_config::Response> {
        Ok(Response::new(action::validate_action_config(self, request.into_inner()).await))
    }

    async fn stop_provider(
        &self,
        _request: Request<wire6::stop_provider::Request>,
    ) -> Answer<wire6::stop_provider::Response> {
        self.stop();
        Ok(Response::new(wire6::stop_provider::Response::default()))
    }
}

#[cfg(test)]
mod tests;
