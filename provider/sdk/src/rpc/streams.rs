//! Answers that come in pieces: the work runs beside the stream, and is told to finish when nobody listens any more.

use std::future::Future;

use futures::stream::{BoxStream, StreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use zeebe_proto::tfplugin6::ClientCapabilities;

use super::Service;
use super::guard::Subject;
use crate::call::Call;
use crate::diagnostic::Diagnostic;

/// Pieces that wait for the client; a slow client slows the work down.
const WAITING: usize = 64;

/// What a stream of pieces is made with.
pub(super) struct Streamed {
    /// The name of the RPC.
    pub(super) rpc: &'static str,
    /// The type of what is asked.
    pub(super) type_name: String,
    /// What the client can handle.
    pub(super) capabilities: Option<ClientCapabilities>,
}

impl Service {
    /// A stream of what `work` sends, and of what `last` makes of a panic in it.
    pub(super) fn stream<T, F>(
        &self,
        streamed: Streamed,
        work: impl FnOnce(Call, mpsc::Sender<T>) -> F + Send + 'static,
        last: impl FnOnce(Diagnostic) -> T + Send + 'static,
    ) -> BoxStream<'static, Result<T, Status>>
    where
        T: Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (client, pieces) = mpsc::channel(WAITING);
        let service = self.clone();
        tokio::spawn(async move {
            let Streamed { rpc, type_name, capabilities } = streamed;
            let subject = Subject { rpc, name: &type_name };
            let sender = client.clone();
            let worked = service.guard(subject, capabilities, |call| work(call, sender));
            let outcome = tokio::select! {
                outcome = worked => outcome,
                // Dropping the guard cancels the call, which then ends by itself.
                () = client.closed() => return,
            };
            if let Err(panicked) = outcome {
                // Whoever has gone does not miss it.
                let _ = client.send(last(panicked)).await;
            }
        });
        ReceiverStream::new(pieces).map(Ok).boxed()
    }
}
