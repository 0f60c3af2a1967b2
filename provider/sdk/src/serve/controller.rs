//! `plugin.GRPCController`: the client ends the process. Without it every run of the client waits two seconds and then kills.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use zeebe_proto::plugin::Empty;
use zeebe_proto::plugin::grpc_controller_server::GrpcController;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Controller {
    /// Cancelled by the client's wish.
    pub(crate) ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("the client ends the provider");
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}
