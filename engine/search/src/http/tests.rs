use camino_tempfile::Utf8TempDir;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, header};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::Reason;

/// A store behind TLS that tells who came, and a folder with its authority and with another one.
async fn store() -> (Utf8TempDir, String) {
    let folder = Utf8TempDir::new().unwrap();
    let authority = |name: &str| {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, name);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = authority.self_signed(&key).unwrap();
        std::fs::write(folder.path().join(name), certificate.pem()).unwrap();
        Issuer::new(authority, key)
    };
    let (ours, _) = (authority("ours"), authority("another"));
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = own.signed_by(&key, &ours).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(|request: Request<Incoming>| async move {
                    let who = request.headers().get(header::AUTHORIZATION);
                    let who = who.map_or("nobody", |who| who.to_str().unwrap());
                    Ok::<_, hyper::Error>(Response::new(Full::new(Bytes::from(who.to_owned()))))
                });
                // The client goes away when the test is over.
                drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    (folder, url)
}

async fn asked(url: &str, folder: &Utf8TempDir, ca: &str, login: Option<Login>) -> String {
    let http = Http::new(&Address {
        url: url.parse().unwrap(),
        ca: Some(folder.path().join(ca)),
        login,
        timeout: Duration::from_secs(20),
    });
    match http.unwrap().ask(Method::GET, "", Body::None).await {
        Ok((_, answer)) => String::from_utf8(answer.to_vec()).unwrap(),
        Err(error) => Reason(&error).to_string(),
    }
}

#[tokio::test]
async fn a_store_is_reached_through_tls_by_its_authority_and_shown_the_credential() {
    let (folder, url) = store().await;
    let login = Login::Password { username: "zeebe".to_owned(), password: "word".into() };
    assert_eq!(asked(&url, &folder, "ours", Some(login)).await, "Basic emVlYmU6d29yZA==");
    let login = Login::Key("a2V5".into());
    assert_eq!(asked(&url, &folder, "ours", Some(login)).await, "ApiKey a2V5");
    assert_eq!(asked(&url, &folder, "ours", None).await, "nobody");
}

#[tokio::test]
async fn a_store_of_another_authority_is_shown_nothing() {
    let (folder, url) = store().await;
    let login = Login::Key("a2V5".into());
    let said = asked(&url, &folder, "another", Some(login)).await;
    assert!(said.contains("invalid peer certificate"), "{said}");
}
