//! Which service a request is for.

use std::convert::Infallible;

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::Incoming;
use hyper::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use zeebe_proto::plugin::grpc_broker_server::GrpcBrokerServer;
use zeebe_proto::plugin::grpc_controller_server::GrpcControllerServer;
use zeebe_proto::plugin::grpc_stdio_server::GrpcStdioServer;
use zeebe_proto::tfplugin6::provider_server::ProviderServer;

use crate::rpc::Service;
use crate::serve::broker::Broker;
use crate::serve::controller::Controller;
use crate::serve::stdio::Stdio;

/// The largest message either way, as Terraform's own framework has it; the library's limit of 4 MiB cuts off large states.
const LARGEST_MESSAGE: usize = 256 << 20;

/// Every service of a plugin.
#[derive(Clone)]
pub(crate) struct Router {
    provider: ProviderServer<Service>,
    controller: GrpcControllerServer<Controller>,
    stdio: GrpcStdioServer<Stdio>,
    broker: GrpcBrokerServer<Broker>,
    health: HealthServer<HealthService>,
}

/// A router over the provider and what stands beside it.
pub(crate) async fn router(
    service: Service,
    controller: Controller,
    stdio: Stdio,
    broker: Broker,
) -> Router {
    let reporter = HealthReporter::new();
    // The name is go-plugin's, whatever the plugin.
    reporter.set_service_status("plugin", ServingStatus::Serving).await;
    Router {
        provider: ProviderServer::new(service)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE),
        controller: GrpcControllerServer::new(controller),
        stdio: GrpcStdioServer::new(stdio),
        broker: GrpcBrokerServer::new(broker),
        health: HealthServer::new(HealthService::from_health_reporter(reporter)),
    }
}

impl Router {
    /// Answers one request.
    pub(crate) fn answer(
        &mut self,
        request: Request<Incoming>,
    ) -> BoxFuture<'static, Result<Response<Body>, Infallible>> {
        let service = request.uri().path().split('/').nth(1).unwrap_or_default();
        match service {
            "tfplugin6.Provider" => self.provider.call(request),
            "plugin.GRPCController" => self.controller.call(request),
            "plugin.GRPCStdio" => self.stdio.call(request),
            "plugin.GRPCBroker" => self.broker.call(request),
            "grpc.health.v1.Health" => self.health.call(request),
            unheard => {
                let status = Status::unimplemented(format!("no service \"{unheard}\""));
                async move { Ok(status.into_http()) }.boxed()
            }
        }
    }
}
