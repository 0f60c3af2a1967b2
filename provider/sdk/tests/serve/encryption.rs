use std::error::Error;

use zeebe_proto::tfplugin6::get_metadata;

use crate::faulty::faulty;
use tf_conformance::client::{Connection, Credentials};

#[tokio::test]
async fn only_the_owner_of_the_clients_certificate_is_let_in() {
    let plugin = faulty().start().await.unwrap();
    let other = Credentials::generate().unwrap();
    for stranger in [None, Some(&other)] {
        let refused = Connection::first_byte(&plugin.handshake, stranger).await.unwrap_err();
        let reason = refused.source().unwrap().to_string();
        assert!(reason.contains("received fatal alert"), "{reason}");
        // TLS 1.3 lets a client speak before it knows: what it says is not heard.
        if let Ok(mut connection) = Connection::open(&plugin.handshake, stranger).await {
            connection.provider.get_metadata(get_metadata::Request {}).await.unwrap_err();
        }
    }
    // A refused stranger costs the client nothing, and the first frame of the protocol shows that it was let in.
    Connection::first_byte(&plugin.handshake, Some(&plugin.credentials)).await.unwrap();
    let mut connection = plugin.connect().await.unwrap();
    connection.provider.get_metadata(get_metadata::Request {}).await.unwrap();
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_client_without_a_certificate_of_its_own_gets_no_encryption() {
    let plugin = faulty().without("PLUGIN_CLIENT_CERT").start().await.unwrap();
    assert_eq!(plugin.handshake.certificate, None);
    plugin.connect().await.unwrap();
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_named_on_stderr() {
    let exit = faulty().with("PLUGIN_CLIENT_CERT", "garbage").run().await.unwrap();
    assert_eq!((exit.status.code(), exit.stdout.as_str()), (Some(1), ""));
    assert!(
        exit.stderr.starts_with("could not set up encryption: could not read the client's certificate in PLUGIN_CLIENT_CERT: "),
        "{}",
        exit.stderr
    );
}
