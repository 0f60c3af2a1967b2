//! `plugin.GRPCBroker`: further connections between both sides. Terraform's protocol opens none; who asks is told so.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use zeebe_proto::plugin::ConnInfo;
use zeebe_proto::plugin::conn_info::Knock;
use zeebe_proto::plugin::grpc_broker_server::GrpcBroker;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Broker {
    /// Ends the stream, which would else keep the connection open.
    pub(crate) ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Pin<Box<dyn Stream<Item = Result<ConnInfo, Status>> + Send>>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let answers = request.into_inner().filter_map(async |asked| asked.map(answer).transpose());
        Ok(Response::new(Box::pin(answers.take_until(self.ending.clone().cancelled_owned()))))
    }
}

/// Only a knock waits for an answer; what else comes announces a listener of the client's that nobody here needs.
fn answer(asked: ConnInfo) -> Option<ConnInfo> {
    let ConnInfo { service_id, network: _, address: _, knock } = asked;
    knock.filter(|knock| knock.knock).map(|_| ConnInfo {
        service_id,
        knock: Some(Knock {
            knock: false,
            ack: false,
            error: format!("no brokered service {service_id}: this provider opens none"),
        }),
        ..ConnInfo::default()
    })
}
