//! `plugin.GRPCStdio`: what the process prints goes to the client, which shows it in its logs.

use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{Stream, StreamExt, stream};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use zeebe_proto::plugin::StdioData;
use zeebe_proto::plugin::grpc_stdio_server::GrpcStdio;
use zeebe_proto::plugin::stdio_data::Channel;

/// Chunks that wait for a client. What comes on top is dropped: printing must never stop the provider.
const WAITING: usize = 1024;
const CHUNK: usize = 4096;

/// The service; clones share the one stream there is.
#[derive(Clone, Debug)]
pub(crate) struct Stdio {
    printed: Arc<Mutex<Option<mpsc::Receiver<StdioData>>>>,
    ending: CancellationToken,
}

impl Stdio {
    /// A service with nothing to show; its stream stays open until `ending`, since a client takes the end for the process's end.
    pub(crate) fn quiet(ending: CancellationToken) -> Self {
        Self { printed: Arc::default(), ending }
    }

    /// A service that shows what comes out of two pipes.
    pub(crate) fn of(
        printed: OwnedFd,
        complained: OwnedFd,
        ending: CancellationToken,
    ) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(forward(Receiver::from_owned_fd(printed)?, Channel::Stdout, sender.clone()));
        tokio::spawn(forward(Receiver::from_owned_fd(complained)?, Channel::Stderr, sender));
        Ok(Self { printed: Arc::new(Mutex::new(Some(receiver))), ending })
    }
}

async fn forward(mut pipe: Receiver, channel: Channel, sender: mpsc::Sender<StdioData>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
        let data = chunk.get(..length).unwrap_or_default().to_vec();
        let _ = sender.try_send(StdioData { channel: channel.into(), data });
    }
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Pin<Box<dyn Stream<Item = Result<StdioData, Status>> + Send>>;

    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        let receiver = self.printed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let printed = match receiver {
            Some(receiver) => ReceiverStream::new(receiver).map(Ok).left_stream(),
            None => stream::empty().right_stream(),
        };
        let open =
            printed.chain(stream::pending()).take_until(self.ending.clone().cancelled_owned());
        Ok(Response::new(Box::pin(open)))
    }
}
