//! What the client sends is what the real brokers were asked.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use zeebe_management::{Client, ForcedRemoval, ManagementError, ManagementReach};
use zeebe_plan::product::ChangeRequest;
use zeebe_spec::{BrokerId, Minor};

use crate::captures::capture;
use crate::server::{Reply, Server};

fn ids(ids: &[u16]) -> BTreeSet<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

fn request(members: &[u16], add: &[u16], remove: &[u16], factor: Option<u16>) -> ChangeRequest {
    ChangeRequest {
        members: ids(members),
        add: ids(add),
        remove: ids(remove),
        replication_factor: factor,
        partitions: None,
    }
}

async fn client(minor: Minor, reply: Reply) -> (Client, Server) {
    let server = Server::always(reply).await;
    let reach = ManagementReach {
        brokers: BTreeMap::from([(BrokerId(0), server.address())]),
        gateways: Vec::new(),
    };
    (Client::new(minor, reach).expect("a client"), server)
}

#[derive(Clone, Copy)]
enum Mode {
    Dry,
    Real,
}

#[rstest]
#[case("8.5.8/brokers-dryrun-grow-not-running", Mode::Dry, request(&[0, 1, 2], &[1, 2], &[], Some(3)))]
#[case("8.6.0/patch-dryrun-grow-not-running", Mode::Dry, request(&[0, 1, 2], &[1, 2], &[], Some(3)))]
#[case("8.5.8/change-add-1-not-running", Mode::Real, request(&[0, 1], &[1], &[], None))]
#[case("8.6.0/change-add-1-not-running", Mode::Real, request(&[0, 1], &[1], &[], None))]
#[case("8.5.8/change-grow", Mode::Real, request(&[0, 1, 2], &[2], &[], Some(3)))]
#[case("8.6.0/change-grow", Mode::Real, request(&[0, 1, 2], &[2], &[], Some(3)))]
#[case("8.5.8/change-factor-down", Mode::Real, request(&[0, 1, 2], &[], &[], Some(2)))]
#[case("8.6.0/patch-dryrun-replication-too-high", Mode::Dry, request(&[0], &[], &[], Some(2)))]
#[case("8.5.8/change-shrink", Mode::Real, request(&[0, 1], &[], &[2], Some(2)))]
#[case("8.6.0/change-shrink", Mode::Real, request(&[0, 1], &[], &[2], Some(2)))]
#[tokio::test]
async fn a_change_is_asked_for_in_the_form_of_the_minor(
    #[case] name: &str,
    #[case] mode: Mode,
    #[case] change: ChangeRequest,
) {
    let capture = capture(name);
    let minor = if name.starts_with("8.5") { Minor::V8_5 } else { Minor::V8_6 };
    let (client, server) = client(minor, capture.reply()).await;
    let outcome = match mode {
        Mode::Dry => client.dry_run(&change).await,
        Mode::Real => client.change(&change).await,
    };
    assert_eq!(outcome.is_ok(), capture.status == 202);
    assert_eq!(server.received(), [capture.request]);
}

#[tokio::test]
async fn a_lost_broker_is_taken_out_in_the_form_of_the_minor() {
    let removal = ForcedRemoval { remove: ids(&[2]), remaining: ids(&[0, 1]) };
    for (minor, real, dry) in [
        (Minor::V8_5, "8.5.8/force-brokers", "8.5.8/force-brokers-dryrun"),
        (Minor::V8_6, "8.6.0/force-remove", "8.6.0/force-remove-dryrun"),
    ] {
        let (client, server) = client(minor, capture(real).reply()).await;
        client.dry_run_forced(&removal).await.expect("an answer");
        client.force_remove(&removal).await.expect("an answer");
        assert_eq!(server.received(), [capture(dry).request, capture(real).request]);
    }
}

#[tokio::test]
async fn exporters_are_changed_as_the_real_broker_was_asked() {
    let (client, server) = client(Minor::V8_6, capture("8.6.0/exporter-disable").reply()).await;
    let planned = client.disable_exporter("audit").await.expect("an answer");
    assert_eq!(
        planned.operations.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
        [1, 2]
            .map(|partition| format!("PARTITION_DISABLE_EXPORTER broker 0 partition {partition}"))
            .into()
    );
    client.enable_exporter("audit", None).await.expect("an answer");
    client.enable_exporter("audit", Some("second")).await.expect("an answer");
    assert_eq!(
        server.received(),
        ["exporter-disable", "exporter-enable", "exporter-enable-from"]
            .map(|name| capture(&format!("8.6.0/{name}")).request)
    );
}

#[tokio::test]
async fn an_exporters_name_cannot_leave_its_place_in_the_path() {
    let (client, server) = client(Minor::V8_8, capture("8.6.0/exporter-disable").reply()).await;
    client.delete_exporter("a/../b?c").await.expect("an answer");
    let paths: Vec<String> = server.received().into_iter().map(|received| received.path).collect();
    assert_eq!(paths, ["/actuator/exporters/a%2F..%2Fb%3Fc/delete"]);
}

#[tokio::test]
async fn what_a_minor_has_not_is_not_sent() {
    let mut growth = request(&[0], &[], &[], None);
    growth.partitions = Some(6);
    let (old, server) = client(Minor::V8_5, Reply::HangUp).await;
    let (newer, newer_server) = client(Minor::V8_7, Reply::HangUp).await;
    let refused: Vec<String> = [
        old.exporters().await.expect_err("refused"),
        old.enable_exporter("audit", None).await.expect_err("refused"),
        old.disable_exporter("audit").await.expect_err("refused"),
        old.change(&growth).await.expect_err("refused"),
        newer.dry_run(&growth).await.expect_err("refused"),
        newer.delete_exporter("audit").await.expect_err("refused"),
    ]
    .iter()
    .map(ManagementError::to_string)
    .collect();
    assert_eq!(
        refused,
        [
            "zeebe 8.5 has no list of exporters",
            "zeebe 8.5 has no change of exporters",
            "zeebe 8.5 has no change of exporters",
            "zeebe 8.5 has no growth of partitions",
            "zeebe 8.7 has no growth of partitions",
            "zeebe 8.7 has no deletion of exporters",
        ]
    );
    assert_eq!((server.received(), newer_server.received()), (Vec::new(), Vec::new()));
}
