//! The process: cookie, socket, certificates, one line, and the services beside the provider's own.

use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};
use tf_conformance::rules::Rule;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::{Request, Response, Status};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use zeebe_proto::plugin::Empty;
use zeebe_proto::plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use zeebe_proto::tfplugin6::provider_server::ProviderServer;

use crate::Mutant;
use crate::service::Service;

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Serves until it is told to end.
pub(crate) async fn serve(mutant: Mutant) -> io::Result<()> {
    let cookie = std::env::var("TF_PLUGIN_MAGIC_COOKIE").is_ok_and(|it| it == COOKIE);
    if !cookie && !mutant.breaks(Rule::HandshakeCookie) {
        return Err(io::Error::other("this is a plugin: only Terraform starts it"));
    }
    let folder = camino_tempfile::tempdir()?;
    let path = folder.path().join("plugin");
    let listener = UnixListener::bind(&path)?;
    let client = std::env::var("PLUGIN_CLIENT_CERT").ok();
    let tls = match client.filter(|_| !mutant.breaks(Rule::HandshakeCertificate)) {
        Some(client) => Some(tls(&client, mutant)?),
        None => None,
    };
    let certificate =
        tls.as_ref().map(|it| STANDARD_NO_PAD.encode(&it.certificate)).unwrap_or_default();
    let noise = if mutant.breaks(Rule::HandshakeLine) { "Starting up!\n" } else { "" };
    writeln!(io::stdout(), "{noise}1|6|unix|{path}|grpc|{certificate}")?;
    if !cookie {
        return Ok(());
    }
    if mutant.breaks(Rule::ProcessLogs) {
        writeln!(io::stderr(), r#"{{"@level":"info","@message":5}}"#)?;
    }
    // Not left to the signal's default, which who starts this may have changed to "ignore".
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if mutant.breaks(Rule::ProcessInterrupt) {
                std::process::exit(130);
            }
        }
    });
    let (end, mut ended) = watch::channel(false);
    let limit = if mutant.breaks(Rule::RpcLarge) { 4 << 20 } else { 256 << 20 };
    let reporter = HealthReporter::new();
    if !mutant.breaks(Rule::ProcessHealth) {
        reporter.set_service_status("plugin", tonic_health::ServingStatus::Serving).await;
    }
    let services = Services {
        provider: ProviderServer::new(Service::new(mutant))
            .max_decoding_message_size(limit)
            .max_encoding_message_size(256 << 20),
        health: HealthServer::new(HealthService::from_health_reporter(reporter)),
        controller: GrpcControllerServer::new(Controller(end)),
    };
    let acceptor = tls.map(|it| TlsAcceptor::from(it.config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, acceptor.clone(), services.clone()));
        }
    });
    // The sender lives in a service.
    let _ = ended.wait_for(|ended| *ended).await;
    if mutant.breaks(Rule::ProcessShutdown) {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    // The answer to who asked for the end is still on its way.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

/// What a client can call.
#[derive(Clone)]
struct Services {
    provider: ProviderServer<Service>,
    health: HealthServer<HealthService>,
    controller: GrpcControllerServer<Controller>,
}

impl Services {
    async fn answer(mut self, request: HttpRequest<Incoming>) -> HttpResponse<Body> {
        let service = request.uri().path().split('/').nth(1).unwrap_or_default();
        let answer = match service {
            "tfplugin6.Provider" => self.provider.call(request).await,
            "grpc.health.v1.Health" => self.health.call(request).await,
            "plugin.GRPCController" => self.controller.call(request).await,
            _ => Ok(Status::unimplemented("no such service").into_http()),
        };
        answer.unwrap_or_else(|never| match never {})
    }
}

async fn connection(stream: UnixStream, acceptor: Option<TlsAcceptor>, services: Services) {
    match acceptor {
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                speak(stream, services).await;
            }
        }
        None => speak(stream, services).await,
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, services: Services) {
    let service = service_fn(move |request| {
        let services = services.clone();
        async move { Ok::<_, Infallible>(services.answer(request).await) }
    });
    let connection = http2::Builder::new(TokioExecutor::new());
    // A client that goes away is nothing to tell anybody.
    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
}

struct Controller(watch::Sender<bool>);

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.send_replace(true);
        Ok(Response::new(Empty {}))
    }
}

struct Tls {
    certificate: CertificateDer<'static>,
    config: Arc<ServerConfig>,
}

fn tls(client: &str, mutant: Mutant) -> io::Result<Tls> {
    let client = CertificateDer::from_pem_slice(client.as_bytes()).map_err(io::Error::other)?;
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut parameters =
        CertificateParams::new(vec!["localhost".to_owned()]).map_err(io::Error::other)?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&key).map_err(io::Error::other)?.der().clone();
    let key = PrivateKeyDer::from(key);
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&crypto))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = if mutant.breaks(Rule::HandshakeStranger) {
        builder.with_no_client_auth()
    } else {
        builder.with_client_cert_verifier(Arc::new(Pinned { client, crypto }))
    };
    let mut config =
        builder.with_single_cert(vec![certificate.clone()], key).map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Tls { certificate, config: Arc::new(config) })
}

#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    crypto: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if end_entity.as_ref() == self.client.as_ref() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.crypto.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.crypto.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}
