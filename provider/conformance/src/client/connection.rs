//! One connection to a provider, with a client for each of its services.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tonic::codegen::Service;
use tonic::codegen::http::Uri;
use tonic::transport::{Channel, Endpoint};
use tonic::{Response, Status};
use tonic_health::pb::health_client::HealthClient;
use zeebe_proto::plugin::grpc_broker_client::GrpcBrokerClient;
use zeebe_proto::plugin::grpc_controller_client::GrpcControllerClient;
use zeebe_proto::plugin::grpc_stdio_client::GrpcStdioClient;
use zeebe_proto::tfplugin6::get_provider_schema;
use zeebe_proto::tfplugin6::provider_client::ProviderClient;

use super::credentials::{Credentials, tls};
use super::dialect::Dialect;
use super::handshake::{Address, Handshake};
use super::protocol5;

/// As Terraform has it.
const LARGEST_MESSAGE: usize = 256 << 20;

/// A connection, and the services behind it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Terraform's own service.
    pub provider: ProviderClient<Dialect>,
    /// Tells the plugin to end.
    pub controller: GrpcControllerClient<Channel>,
    /// What the plugin prints.
    pub stdio: GrpcStdioClient<Channel>,
    /// Further streams between both, which Terraform does not use.
    pub broker: GrpcBrokerClient<Channel>,
    /// Whether the plugin is well.
    pub health: HealthClient<Channel>,
    dialect: Dialect,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No configuration of TLS.
    #[error("could not set up TLS")]
    Tls(#[source] rustls::Error),
    /// Nobody listens, or no protocol could be agreed on.
    #[error("could not connect")]
    Connect(#[source] tonic::transport::Error),
    /// The server ended the connection during or right after the TLS handshake.
    #[error("was refused")]
    Refused(#[source] io::Error),
}

impl Connection {
    /// Connects as the owner of `credentials`, or of none.
    pub async fn open(
        handshake: &Handshake,
        credentials: Option<&Credentials>,
    ) -> Result<Self, ConnectError> {
        let tls = match &handshake.certificate {
            Some(server) => {
                Some(Arc::new(tls(server.clone(), credentials).map_err(ConnectError::Tls)?))
            }
            None => None,
        };
        let connector = Connector { address: handshake.address.clone(), tls };
        let channel = Endpoint::from_static("http://localhost")
            .connect_with_connector(connector)
            .await
            .map_err(ConnectError::Connect)?;
        let dialect = Dialect::new(channel.clone(), handshake.protocol);
        Ok(Self {
            provider: ProviderClient::new(dialect.clone())
                .max_decoding_message_size(LARGEST_MESSAGE)
                .max_encoding_message_size(LARGEST_MESSAGE),
            controller: GrpcControllerClient::new(channel.clone()),
            stdio: GrpcStdioClient::new(channel.clone()),
            broker: GrpcBrokerClient::new(channel.clone()),
            health: HealthClient::new(channel),
            dialect,
        })
    }

    /// Asks for the provider's schema, in whichever protocol it speaks.
    pub async fn schema(&mut self) -> Result<Response<get_provider_schema::Response>, Status> {
        match self.dialect.protocol() {
            5 => protocol5::schema(self.dialect.clone(), LARGEST_MESSAGE).await,
            _ => self.provider.get_provider_schema(get_provider_schema::Request {}).await,
        }
    }

    /// Shakes hands on TLS alone, and waits for what the server says first. In TLS 1.3 a refused client learns it only then.
    pub async fn first_byte(
        handshake: &Handshake,
        credentials: Option<&Credentials>,
    ) -> Result<u8, ConnectError> {
        let server = handshake.certificate.clone().unwrap_or_else(|| Vec::new().into());
        let tls = Arc::new(tls(server, credentials).map_err(ConnectError::Tls)?);
        let mut stream =
            dial(&handshake.address, Some(tls)).await.map_err(ConnectError::Refused)?;
        stream.read_u8().await.map_err(ConnectError::Refused)
    }
}

/// A stream, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn dial(address: &Address, tls: Option<Arc<ClientConfig>>) -> io::Result<Box<dyn Stream>> {
    let stream: Box<dyn Stream> = match address {
        Address::Socket(path) => Box::new(UnixStream::connect(path).await?),
        Address::Tcp(host) => Box::new(TcpStream::connect(host).await?),
    };
    let Some(config) = tls else { return Ok(stream) };
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    Ok(Box::new(TlsConnector::from(config).connect(name, stream).await?))
}

#[derive(Clone)]
struct Connector {
    address: Address,
    tls: Option<Arc<ClientConfig>>,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        let Self { address, tls } = self.clone();
        async move { dial(&address, tls).await.map(TokioIo::new) }.boxed()
    }
}
