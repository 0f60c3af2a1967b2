//! Exporters, as the management API shows and changes them.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use zeebe_management::{Client, ExportingPause, ManagementError};
use zeebe_plan::component::{ComponentId, Wanted};
use zeebe_plan::product::ExporterState;
use zeebe_plan::product::{ChangeStatus, ExportingPhase, SnapshotName};
use zeebe_spec::{BrokerId, Minor, PartitionId};
use zeebe_target::{Call, Target};

use crate::cluster::tests::faults::client_of;
use crate::cluster::tests::{Lab, process};
use crate::contract::{Bases, Port, Question, tell};
use crate::faults::{Faults, TroubleAhead};

/// Three brokers with two partitions of three copies, and so much work done that each partition is at position 9.
async fn lab(of: &str, exporters: &[&str]) -> Lab {
    let lab = Lab::with(of, [0, 0, 0]).await;
    for broker in 0..3 {
        start(&lab, of, broker, exporters).await;
    }
    lab.wait(30).await;
    lab.cluster.meddle(|model| model.work(10)).unwrap();
    lab
}

/// Starts a broker with these exporters in its settings, or starts it again.
async fn start(lab: &Lab, of: &str, broker: u16, exporters: &[&str]) {
    let mut process = process(of, [3, 2, 3]);
    for exporter in exporters {
        let stem = if of < "8.8" { "ZEEBE_BROKER_EXPORTERS" } else { "CAMUNDA_DATA_EXPORTERS" };
        let name = format!("{stem}_{}_CLASSNAME", exporter.to_uppercase());
        process.settings.insert(name, "io.camunda.zeebe.exporter.ElasticsearchExporter".to_owned());
    }
    let wanted = Wanted::Running(Box::new(process));
    let id = ComponentId::Broker(BrokerId(broker));
    lab.cluster.ensure(&id, &wanted, &Call::quiet()).await.unwrap();
}

async fn roll(lab: &Lab, of: &str, exporters: &[&str]) {
    for broker in (0..3).rev() {
        start(lab, of, broker, exporters).await;
        lab.wait(30).await;
    }
}

fn trouble(lab: &Lab, ahead: TroubleAhead) {
    lab.cluster.inject(Faults { trouble: Some(ahead), ..Faults::default() }).unwrap();
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn exported(client: &Client, broker: u16) -> Vec<Option<i64>> {
    let views = client.partitions(BrokerId(broker)).await.unwrap();
    views.values().map(|view| view.exported_position).collect()
}

async fn states(client: &Client) -> Vec<(String, ExporterState)> {
    client.exporters().await.unwrap().into_iter().collect()
}

fn state(id: &str, state: ExporterState) -> (String, ExporterState) {
    (id.to_owned(), state)
}

/// Partition 1 is led by broker 0, partition 2 by broker 1.
async fn positions(client: &Client, broker: u16) -> Vec<String> {
    let positions = client.exporter_positions(BrokerId(broker)).await.unwrap();
    positions
        .iter()
        .map(|((id, partition), at)| format!("{id}/{partition} {}", at.exported.unwrap_or(-1)))
        .collect()
}

#[rstest]
#[case("8.5.8", Minor::V8_5)]
#[case("8.6.0", Minor::V8_6)]
#[case("8.8.0", Minor::V8_8)]
#[tokio::test]
async fn what_is_processed_is_exported_a_while_later_and_stands_in_the_next_snapshot(
    #[case] of: &str,
    #[case] minor: Minor,
) {
    let lab = lab(of, &["audit", "lake"]).await;
    let client = client_of(&lab, minor).await;
    assert_eq!(exported(&client, 0).await, [Some(-1), Some(-1)]);
    assert_eq!(positions(&client, 0).await, Vec::<String>::new());
    lab.wait(6).await;
    assert_eq!(exported(&client, 0).await, [Some(9), Some(9)]);
    assert_eq!(positions(&client, 0).await, ["audit/1 9", "lake/1 9"]);
    assert_eq!(positions(&client, 1).await, ["audit/2 9", "lake/2 9"]);
    client.take_snapshot(BrokerId(0)).await.unwrap();
    lab.wait(2).await;
    let views = client.partitions(BrokerId(0)).await.unwrap();
    let snapshots: Vec<_> =
        views.values().map(zeebe_plan::product::PartitionView::snapshot_name).collect();
    let taken = SnapshotName { index: 9, term: 1, processed: 9, exported: Some(9) };
    assert_eq!(snapshots, [Some(taken), Some(taken)]);
}

#[tokio::test]
async fn a_sink_that_is_down_holds_the_log_and_the_other_exporters_and_changes_no_state() {
    let lab = lab("8.6.0", &["audit", "lake"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.wait(6).await;
    trouble(&lab, TroubleAhead { sinks_down: Some(names(&["lake"])), ..TroubleAhead::default() });
    lab.cluster.meddle(|model| model.work(10)).unwrap();
    lab.wait(600).await;
    assert_eq!(positions(&client, 0).await, ["audit/1 9", "lake/1 9"]);
    let enabled = [state("audit", ExporterState::Enabled), state("lake", ExporterState::Enabled)];
    assert_eq!(states(&client).await, enabled);
    client.take_snapshot(BrokerId(0)).await.unwrap();
    lab.wait(2).await;
    let held = client.partitions(BrokerId(0)).await.unwrap()[&PartitionId(1)].snapshot_name();
    assert_eq!(held.map(|name| (name.processed, name.exported)), Some((19, Some(9))));

    client.disable_exporter("lake").await.unwrap();
    lab.wait(10).await;
    assert_eq!(positions(&client, 0).await, ["audit/1 19"]);
    assert_eq!(exported(&client, 0).await, [Some(19), Some(19)]);
    // Nothing was processed since the snapshot; that more was exported is enough for another.
    client.take_snapshot(BrokerId(0)).await.unwrap();
    lab.wait(2).await;
    let now = client.partitions(BrokerId(0)).await.unwrap()[&PartitionId(1)].snapshot_name();
    assert_eq!(now.map(|name| (name.processed, name.exported)), Some((19, Some(19))));
}

#[tokio::test]
async fn a_sink_that_is_up_again_gets_all_that_it_missed() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    trouble(&lab, TroubleAhead { sinks_down: Some(names(&["audit"])), ..TroubleAhead::default() });
    lab.wait(60).await;
    assert_eq!(exported(&client, 0).await, [Some(-1), Some(-1)]);
    trouble(&lab, TroubleAhead { sinks_down: Some(names(&[])), ..TroubleAhead::default() });
    lab.wait(6).await;
    assert_eq!(exported(&client, 0).await, [Some(9), Some(9)]);
}

#[rstest]
#[case(ExportingPause::Hard, ExportingPhase::Paused)]
#[case(ExportingPause::Soft, ExportingPhase::SoftPaused)]
#[tokio::test]
async fn paused_exporting_shows_and_moves_no_position(
    #[case] pause: ExportingPause,
    #[case] phase: ExportingPhase,
) {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    client.pause_exporting(pause).await.unwrap();
    lab.wait(60).await;
    let views = client.partitions(BrokerId(0)).await.unwrap();
    let told: Vec<_> = views.values().map(|it| (it.exported_position, it.exporting)).collect();
    assert_eq!(told, [(Some(-1), Some(phase)), (Some(-1), Some(phase))]);
    client.resume_exporting().await.unwrap();
    lab.wait(6).await;
    assert_eq!(exported(&client, 0).await, [Some(9), Some(9)]);
}

#[tokio::test]
async fn a_change_of_exporters_is_a_change_like_any_other() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    let planned = client.disable_exporter("audit").await.unwrap();
    let kinds: BTreeSet<_> = planned.operations.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(
        (kinds, planned.operations.len()),
        (BTreeSet::from(["PARTITION_DISABLE_EXPORTER"]), 6)
    );
    let other = client.enable_exporter("audit", None).await;
    assert!(matches!(other, Err(ManagementError::Conflict { .. })), "{other:?}");
    let pending = client.cluster(BrokerId(0)).await.unwrap().pending_change.unwrap();
    assert_eq!((pending.id, pending.pending.len()), (planned.id, 6));
    lab.wait(5).await;
    let last = client.cluster(BrokerId(0)).await.unwrap().last_change.unwrap();
    assert_eq!((last.id, last.status), (planned.id, ChangeStatus::Completed));
    let replicas = client.replica_exporters().await.unwrap();
    let disabled = BTreeMap::from([state("audit", ExporterState::Disabled)]);
    assert_eq!((replicas.len(), replicas.values().all(|it| *it == disabled)), (6, true));
}

#[tokio::test]
async fn a_change_of_exporters_waits_for_a_broker_that_is_away_and_is_told_in_between() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.cluster.meddle(|model| model.stop(BrokerId(1))).unwrap();
    client.disable_exporter("audit").await.unwrap();
    lab.wait(3600).await;
    let replicas = client.replica_exporters().await.unwrap();
    let of = |broker: u16| replicas[&(BrokerId(broker), PartitionId(1))]["audit"];
    assert_eq!(of(1), ExporterState::Enabled);
    let pending = client.cluster(BrokerId(0)).await.unwrap().pending_change.unwrap();
    let expected = if pending.completed.is_empty() {
        ExporterState::Enabled
    } else {
        ExporterState::Disabling
    };
    assert_eq!(states(&client).await, [state("audit", expected)]);
    start(&lab, "8.6.0", 1, &["audit"]).await;
    lab.wait(60).await;
    assert_eq!(states(&client).await, [state("audit", ExporterState::Disabled)]);
}

#[tokio::test]
async fn while_the_coordinator_is_away_nobody_says_anything_of_exporters() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.cluster.meddle(|model| model.stop(BrokerId(0))).unwrap();
    let list = client.exporters().await;
    assert!(matches!(list, Err(ManagementError::NobodyAnswered { .. })), "{list:?}");
}

#[tokio::test]
async fn an_exporter_is_enabled_once_and_may_be_disabled_twice_and_must_be_known() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    let refused = |error: Result<_, ManagementError>| match error {
        Err(ManagementError::Refused { status, message, .. }) => format!("{status} {message}"),
        other => format!("{other:?}"),
    };
    assert_eq!(
        refused(client.enable_exporter("audit", None).await),
        "400 java.lang.IllegalStateException: Expected to enable exporter, but the exporter 'audit' is already enabled"
    );
    assert_eq!(
        refused(client.disable_exporter("nobody").await),
        "400 java.lang.IllegalStateException: Expected to disable exporter, but the partition '1' does not have the \
         exporter 'nobody'"
    );
    for _ in 0..2 {
        client.disable_exporter("audit").await.unwrap();
        lab.wait(5).await;
        assert_eq!(states(&client).await, [state("audit", ExporterState::Disabled)]);
    }
}

#[tokio::test]
async fn to_enable_what_no_setting_has_is_taken_on_and_never_done() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    let planned = client.enable_exporter("nobody", None).await.unwrap();
    lab.wait(3600).await;
    let pending = client.cluster(BrokerId(0)).await.unwrap().pending_change.unwrap();
    assert_eq!((pending.id, pending.completed), (planned.id, Vec::new()));
    let cancel = |id| Question {
        port: Port::Management,
        method: "DELETE".to_owned(),
        path: format!("/actuator/cluster/changes/{id}"),
        body: None,
    };
    let bases = Bases { management: lab.base(1).await, rest: String::new() };
    let other = tell(&bases, &cancel(999)).await.unwrap();
    let this = tell(&bases, &cancel(planned.id.0)).await.unwrap();
    assert_eq!((other.status, this.status), (400, 200));
    let now = client.cluster(BrokerId(0)).await.unwrap();
    let last = now.last_change.map(|last| (last.id, last.status));
    assert_eq!((now.pending_change, last), (None, Some((planned.id, ChangeStatus::Cancelled))));
}

#[tokio::test]
async fn an_exporter_that_is_new_in_the_settings_gets_all_that_the_log_has() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.wait(6).await;
    start(&lab, "8.6.0", 2, &["audit", "lake"]).await;
    lab.wait(30).await;
    // One broker alone knows it, and the summary does not tell.
    let enabled = [state("audit", ExporterState::Enabled), state("lake", ExporterState::Enabled)];
    assert_eq!(states(&client).await, enabled);
    let replicas = client.replica_exporters().await.unwrap();
    let known = replicas.iter().filter(|(_, it)| it.contains_key("lake")).map(|((id, _), _)| id.0);
    assert_eq!(known.collect::<Vec<_>>(), [2, 2]);
    roll(&lab, "8.6.0", &["audit", "lake"]).await;
    let mut all = positions(&client, 0).await;
    for broker in 1..3 {
        all.extend(positions(&client, broker).await);
    }
    all.sort();
    assert_eq!(all, ["audit/1 9", "audit/2 9", "lake/1 9", "lake/2 9"]);
}

#[tokio::test]
async fn an_exporter_that_is_enabled_again_gets_what_comes_then_unless_it_takes_over_from_another()
{
    let lab = lab("8.6.0", &["audit", "lake", "twin"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.wait(6).await;
    for exporter in ["lake", "twin"] {
        client.disable_exporter(exporter).await.unwrap();
        lab.wait(5).await;
    }
    client.enable_exporter("lake", None).await.unwrap();
    lab.wait(60).await;
    client.enable_exporter("twin", Some("audit")).await.unwrap();
    lab.wait(60).await;
    assert_eq!(positions(&client, 0).await, ["audit/1 9", "twin/1 9"]);
    assert_eq!(exported(&client, 0).await, [Some(-1), Some(-1)]);
    lab.cluster.meddle(|model| model.work(1)).unwrap();
    lab.wait(6).await;
    assert_eq!(positions(&client, 0).await, ["audit/1 10", "lake/1 10", "twin/1 10"]);
}

#[tokio::test]
async fn until_8_8_an_exporter_whose_settings_are_gone_is_disabled_and_stays_so() {
    let lab = lab("8.6.0", &["audit", "lake"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    start(&lab, "8.6.0", 2, &["audit"]).await;
    lab.wait(30).await;
    let told = [state("audit", ExporterState::Enabled), state("lake", ExporterState::Unknown)];
    assert_eq!(states(&client).await, told);
    roll(&lab, "8.6.0", &["audit"]).await;
    let gone = [state("audit", ExporterState::Enabled), state("lake", ExporterState::Disabled)];
    assert_eq!(states(&client).await, gone);
    roll(&lab, "8.6.0", &["audit", "lake"]).await;
    assert_eq!(states(&client).await, gone);
}

#[tokio::test]
async fn from_8_8_on_an_exporter_whose_settings_are_gone_holds_the_log_until_it_is_deleted() {
    let lab = lab("8.8.0", &["audit", "lake"]).await;
    let client = client_of(&lab, Minor::V8_8).await;
    lab.wait(6).await;
    roll(&lab, "8.8.0", &["audit"]).await;
    let lost =
        [state("audit", ExporterState::Enabled), state("lake", ExporterState::ConfigNotFound)];
    assert_eq!(states(&client).await, lost);
    lab.cluster.meddle(|model| model.work(10)).unwrap();
    lab.wait(600).await;
    assert_eq!(exported(&client, 0).await, [Some(9), Some(9)]);
    client.delete_exporter("lake").await.unwrap();
    lab.wait(10).await;
    assert_eq!(states(&client).await, [state("audit", ExporterState::Enabled)]);
    assert_eq!(exported(&client, 0).await, [Some(19), Some(19)]);
}

#[tokio::test]
async fn with_8_5_exporters_are_what_the_settings_say_and_nobody_can_ask_for_them() {
    let lab = lab("8.5.8", &["audit", "lake"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    lab.wait(6).await;
    let asked = client.exporters().await;
    assert!(matches!(asked, Err(ManagementError::Refused { status: 404, .. })), "{asked:?}");
    trouble(&lab, TroubleAhead { sinks_down: Some(names(&["lake"])), ..TroubleAhead::default() });
    lab.cluster.meddle(|model| model.work(10)).unwrap();
    lab.wait(60).await;
    assert_eq!(exported(&client, 0).await, [Some(9), Some(9)]);
    roll(&lab, "8.5.8", &["audit"]).await;
    assert_eq!(exported(&client, 0).await, [Some(19), Some(19)]);
}

#[tokio::test]
async fn a_stuck_exporter_is_disabled_by_brokers_that_were_restarted_only() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    trouble(
        &lab,
        TroubleAhead { stuck_exporters: Some(names(&["audit"])), ..TroubleAhead::default() },
    );
    client.disable_exporter("audit").await.unwrap();
    lab.wait(3600).await;
    assert_eq!(states(&client).await, [state("audit", ExporterState::Enabled)]);
    for broker in 0..3 {
        lab.cluster.meddle(|model| model.stop(BrokerId(broker))).unwrap();
        start(&lab, "8.6.0", broker, &["audit"]).await;
        lab.wait(60).await;
    }
    assert_eq!(states(&client).await, [state("audit", ExporterState::Disabled)]);
}

#[tokio::test]
async fn a_broker_that_joins_later_has_the_exporters_of_the_others() {
    let lab = lab("8.6.0", &["audit"]).await;
    let client = client_of(&lab, Minor::V8_6).await;
    client.disable_exporter("audit").await.unwrap();
    lab.wait(5).await;
    start(&lab, "8.6.0", 3, &["audit"]).await;
    lab.wait(30).await;
    let joined = zeebe_plan::product::ChangeRequest {
        members: (0..4).map(BrokerId).collect(),
        add: [BrokerId(3)].into(),
        remove: [].into(),
        replication_factor: None,
        partitions: None,
    };
    client.change(&joined).await.unwrap();
    lab.wait(60).await;
    let replicas = client.replica_exporters().await.unwrap();
    let disabled = BTreeMap::from([state("audit", ExporterState::Disabled)]);
    assert!(replicas.keys().any(|(broker, _)| *broker == BrokerId(3)), "{replicas:?}");
    assert!(replicas.values().all(|it| *it == disabled), "{replicas:?}");
}
