//! The provider's service: one line for each call that it answers, and a refusal for the others.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures::stream;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};
use zeebe_proto::tfplugin6::provider_server::Provider;
use zeebe_proto::tfplugin6::{self as wire6, validate_data_resource_config};

use crate::Mutant;

/// What lives as long as the process.
pub(crate) struct Service {
    pub(crate) mutant: Mutant,
    pub(crate) configured: AtomicBool,
    pub(crate) stopped: AtomicBool,
    counter: AtomicU32,
}

impl Service {
    pub(crate) fn new(mutant: Mutant) -> Self {
        Self {
            mutant,
            configured: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            counter: AtomicU32::new(0),
        }
    }

    /// Another number each time.
    pub(crate) fn next(&self) -> u32 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }
}

type Answer<T> = Result<Response<T>, Status>;

fn absent<T>() -> Answer<T> {
    Err(Status::unimplemented("this provider does without"))
}

#[tonic::async_trait]
impl Provider for Service {
    async fn get_metadata(
        &self,
        _request: Request<wire6::get_metadata::Request>,
    ) -> Answer<wire6::get_metadata::Response> {
        Ok(Response::new(self.metadata()))
    }

    async fn get_provider_schema(
        &self,
        _request: Request<wire6::get_provider_schema::Request>,
    ) -> Answer<wire6::get_provider_schema::Response> {
        Ok(Response::new(self.schemas()))
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire6::validate_provider_config::Request>,
    ) -> Answer<wire6::validate_provider_config::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.validate_provider(&request)?))
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire6::validate_resource_config::Request>,
    ) -> Answer<wire6::validate_resource_config::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.validate(&request)?))
    }

    async fn validate_data_resource_config(
        &self,
        _request: Request<wire6::validate_data_resource_config::Request>,
    ) -> Answer<wire6::validate_data_resource_config::Response> {
        Ok(Response::new(validate_data_resource_config::Response::default()))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire6::upgrade_resource_state::Request>,
    ) -> Answer<wire6::upgrade_resource_state::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.upgrade(&request)?))
    }

    async fn get_resource_identity_schemas(
        &self,
        _request: Request<wire6::get_resource_identity_schemas::Request>,
    ) -> Answer<wire6::get_resource_identity_schemas::Response> {
        Ok(Response::new(self.identities()))
    }

    async fn configure_provider(
        &self,
        request: Request<wire6::configure_provider::Request>,
    ) -> Answer<wire6::configure_provider::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.configure(&request)?))
    }

    async fn read_resource(
        &self,
        request: Request<wire6::read_resource::Request>,
    ) -> Answer<wire6::read_resource::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.read(&request)?))
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire6::plan_resource_change::Request>,
    ) -> Answer<wire6::plan_resource_change::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.plan(&request)?))
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire6::apply_resource_change::Request>,
    ) -> Answer<wire6::apply_resource_change::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.apply(&request)?))
    }

    async fn import_resource_state(
        &self,
        request: Request<wire6::import_resource_state::Request>,
    ) -> Answer<wire6::import_resource_state::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.import(&request)))
    }

    async fn read_data_source(
        &self,
        request: Request<wire6::read_data_source::Request>,
    ) -> Answer<wire6::read_data_source::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.look(&request)?))
    }

    async fn generate_resource_config(
        &self,
        request: Request<wire6::generate_resource_config::Request>,
    ) -> Answer<wire6::generate_resource_config::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.generate(&request)?))
    }

    async fn get_functions(
        &self,
        _request: Request<wire6::get_functions::Request>,
    ) -> Answer<wire6::get_functions::Response> {
        Ok(Response::new(self.functions()))
    }

    async fn call_function(
        &self,
        request: Request<wire6::call_function::Request>,
    ) -> Answer<wire6::call_function::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.call(&request)?))
    }

    async fn stop_provider(
        &self,
        _request: Request<wire6::stop_provider::Request>,
    ) -> Answer<wire6::stop_provider::Response> {
        Ok(Response::new(self.stop()))
    }

    async fn upgrade_resource_identity(
        &self,
        _request: Request<wire6::upgrade_resource_identity::Request>,
    ) -> Answer<wire6::upgrade_resource_identity::Response> {
        absent()
    }

    async fn move_resource_state(
        &self,
        _request: Request<wire6::move_resource_state::Request>,
    ) -> Answer<wire6::move_resource_state::Response> {
        absent()
    }

    async fn validate_ephemeral_resource_config(
        &self,
        _request: Request<wire6::validate_ephemeral_resource_config::Request>,
    ) -> Answer<wire6::validate_ephemeral_resource_config::Response> {
        Ok(Response::new(wire6::validate_ephemeral_resource_config::Response::default()))
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire6::open_ephemeral_resource::Request>,
    ) -> Answer<wire6::open_ephemeral_resource::Response> {
        let request = request.into_inner();
        Ok(Response::new(self.open(&request)?))
    }

    async fn renew_ephemeral_resource(
        &self,
        _request: Request<wire6::renew_ephemeral_resource::Request>,
    ) -> Answer<wire6::renew_ephemeral_resource::Response> {
        Ok(Response::new(wire6::renew_ephemeral_resource::Response::default()))
    }

    async fn close_ephemeral_resource(
        &self,
        _request: Request<wire6::close_ephemeral_resource::Request>,
    ) -> Answer<wire6::close_ephemeral_resource::Response> {
        Ok(Response::new(self.close()))
    }

    async fn validate_list_resource_config(
        &self,
        _request: Request<wire6::validate_list_resource_config::Request>,
    ) -> Answer<wire6::validate_list_resource_config::Response> {
        Ok(Response::new(wire6::validate_list_resource_config::Response::default()))
    }

    async fn validate_state_store_config(
        &self,
        _request: Request<wire6::validate_state_store::Request>,
    ) -> Answer<wire6::validate_state_store::Response> {
        absent()
    }

    async fn configure_state_store(
        &self,
        _request: Request<wire6::configure_state_store::Request>,
    ) -> Answer<wire6::configure_state_store::Response> {
        absent()
    }

    async fn lock_state(
        &self,
        _request: Request<wire6::lock_state::Request>,
    ) -> Answer<wire6::lock_state::Response> {
        absent()
    }

    async fn unlock_state(
        &self,
        _request: Request<wire6::unlock_state::Request>,
    ) -> Answer<wire6::unlock_state::Response> {
        absent()
    }

    async fn get_states(
        &self,
        _request: Request<wire6::get_states::Request>,
    ) -> Answer<wire6::get_states::Response> {
        absent()
    }

    async fn delete_state(
        &self,
        _request: Request<wire6::delete_state::Request>,
    ) -> Answer<wire6::delete_state::Response> {
        absent()
    }

    async fn plan_action(
        &self,
        _request: Request<wire6::plan_action::Request>,
    ) -> Answer<wire6::plan_action::Response> {
        Ok(Response::new(wire6::plan_action::Response::default()))
    }

    async fn validate_action_config(
        &self,
        _request: Request<wire6::validate_action_config::Request>,
    ) -> Answer<wire6::validate_action_config::Response> {
        Ok(Response::new(wire6::validate_action_config::Response::default()))
    }

    type ListResourceStream = BoxStream<wire6::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<wire6::list_resource::Request>,
    ) -> Answer<Self::ListResourceStream> {
        let events = self.list(&request.into_inner())?;
        Ok(Response::new(Box::pin(stream::iter(events.into_iter().map(Ok)))))
    }

    type ReadStateBytesStream = BoxStream<wire6::read_state_bytes::Response>;

    async fn read_state_bytes(
        &self,
        _request: Request<wire6::read_state_bytes::Request>,
    ) -> Answer<Self::ReadStateBytesStream> {
        absent()
    }

    async fn write_state_bytes(
        &self,
        _request: Request<Streaming<wire6::write_state_bytes::RequestChunk>>,
    ) -> Answer<wire6::write_state_bytes::Response> {
        absent()
    }

    type InvokeActionStream = BoxStream<wire6::invoke_action::Event>;

    async fn invoke_action(
        &self,
        _request: Request<wire6::invoke_action::Request>,
    ) -> Answer<Self::InvokeActionStream> {
        let events = self.touch();
        Ok(Response::new(Box::pin(stream::iter(events.into_iter().map(Ok)))))
    }
}
