use std::os::unix::fs::{MetadataExt, PermissionsExt};

use camino::Utf8PathBuf;
use rustix::process::getegid;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;

use zeebe_proto::tfplugin6::configure_provider;

use crate::faulty::{faulty, started};

#[tokio::test]
async fn a_person_who_starts_it_is_told_what_it_is() {
    for launch in [
        faulty().without("TF_PLUGIN_MAGIC_COOKIE"),
        faulty().with("TF_PLUGIN_MAGIC_COOKIE", "other"),
    ] {
        let exit = launch.run().await.unwrap();
        assert_eq!(
            (exit.status.code(), exit.stdout.as_str(), exit.stderr.as_str()),
            (
                Some(1),
                "",
                "This is a provider for Terraform and OpenTofu, which start it themselves: name it under `required_providers` and run `terraform init`. \
                 To start it by hand for a debugger, use `-debug`.\n"
            )
        );
    }
}

#[tokio::test]
async fn protocol_versions_are_a_set_and_six_is_served() {
    for versions in ["5,6", "6,5", "6", ""] {
        let plugin = faulty().with("PLUGIN_PROTOCOL_VERSIONS", versions).start().await.unwrap();
        assert_eq!((plugin.handshake.protocol, plugin.handshake.multiplex), (6, None));
        plugin.shut_down().await.unwrap();
    }
}

#[tokio::test]
async fn multiplexing_is_answered_only_where_it_was_asked_for() {
    let plugin = faulty().with("PLUGIN_MULTIPLEX_GRPC", "true").start().await.unwrap();
    assert_eq!(plugin.handshake.multiplex, Some(false));
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn stdout_holds_one_line_and_the_process_ends_by_itself() {
    let (plugin, mut connection) = started().await;
    let socket = plugin.handshake.socket().unwrap().to_owned();
    // It prints while it is configured.
    connection.provider.configure_provider(configure_provider::Request::default()).await.unwrap();
    drop(connection);
    let exit = plugin.shut_down().await.unwrap();
    assert_eq!((exit.status.code(), exit.stdout.as_str(), exit.stderr.as_str()), (Some(0), "", ""));
    assert!(!socket.exists() && !socket.parent().unwrap().exists(), "{socket} was left behind");
}

#[tokio::test]
async fn the_health_of_the_plugin_is_served_under_the_name_that_go_plugin_asks_for() {
    let (plugin, mut connection) = started().await;
    let mut check = async |service: &str| {
        connection
            .health
            .check(HealthCheckRequest { service: service.to_owned() })
            .await
            .map(|answer| answer.into_inner().status())
    };
    assert_eq!(check("plugin").await.unwrap(), ServingStatus::Serving);
    assert_eq!(check("other").await.unwrap_err().code(), Code::NotFound);
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_lies_where_the_client_wants_it() {
    let plugin = faulty().start().await.unwrap();
    let folder = plugin.handshake.socket().unwrap().parent().unwrap().metadata().unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    plugin.shut_down().await.unwrap();

    let wanted = Utf8PathBuf::from_path_buf(std::env::temp_dir())
        .unwrap()
        .join(format!("faulty-{}", std::process::id()));
    std::fs::create_dir_all(&wanted).unwrap();
    let group = getegid().as_raw();
    let plugin = faulty()
        .with("PLUGIN_UNIX_SOCKET_DIR", wanted.as_str())
        .with("PLUGIN_UNIX_SOCKET_GROUP", &group.to_string())
        .start()
        .await
        .unwrap();
    assert_eq!(plugin.handshake.socket().unwrap().parent(), Some(wanted.as_path()));
    let socket = plugin.handshake.socket().unwrap().metadata().unwrap();
    assert_eq!((socket.permissions().mode() & 0o777, socket.gid()), (0o660, group));
    plugin.connect().await.unwrap();
    plugin.shut_down().await.unwrap();
    std::fs::remove_dir(wanted).unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_hold_the_socket_is_named_on_stderr() {
    let exit = faulty().with("PLUGIN_UNIX_SOCKET_DIR", "/nowhere").run().await.unwrap();
    assert_eq!((exit.status.code(), exit.stdout.as_str()), (Some(1), ""));
    assert!(
        exit.stderr.starts_with("could not listen: could not bind the socket \"/nowhere/plugin-"),
        "{}",
        exit.stderr
    );
}
