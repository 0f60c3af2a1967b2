use zeebe_plan::product::{PartitionView, Role};
use zeebe_spec::BrokerId;

use super::*;

fn name() -> ExporterName {
    "audit".parse().unwrap()
}

#[test]
fn what_is_as_it_shall_be_lacks_nothing() {
    assert_eq!(lack(&name(), Some(ExporterState::Enabled), Switch::On), None);
    assert_eq!(lack(&name(), Some(ExporterState::Disabled), Switch::Off), None);
    assert_eq!(lack(&name(), None, Switch::Gone), None);
}

#[test]
fn what_the_product_does_not_know_exports_nothing() {
    let unknown = Some("exporter \"audit\" is not known to the product".to_owned());
    assert_eq!(lack(&name(), None, Switch::On), unknown);
    assert_eq!(lack(&name(), None, Switch::Off), None);
}

#[test]
fn an_exporter_without_settings_is_not_gone() {
    assert_eq!(
        lack(&name(), Some(ExporterState::ConfigNotFound), Switch::Gone),
        Some(
            "exporter \"audit\" is known to the product, and the brokers have no settings of it"
                .to_owned()
        )
    );
}

fn asked() -> BTreeSet<String> {
    BTreeSet::from(["audit".to_owned()])
}

fn led(exported: i64, audit: Option<(i64, i64)>) -> Led {
    let view = PartitionView {
        role: Some(Role::Leader),
        snapshot: None,
        processed_position: Some(200),
        exported_position: Some(exported),
        exporting: None,
    };
    let audit = audit.map(|(exported, given)| {
        let position = ExporterPosition { exported: Some(exported), given: Some(given) };
        ("audit".to_owned(), position)
    });
    Led { by: BrokerId(0), view, exporters: audit.into_iter().collect() }
}

fn told(led: Led, silence: Silence) -> Vec<String> {
    let goals = Goals::from([(PartitionId(1), 150)]);
    behind(&asked(), &goals, &BTreeMap::from([(PartitionId(1), led)]), 1, silence)
}

#[test]
fn a_partition_that_is_exported_as_far_as_it_was_processed_waits_for_nobody() {
    assert_eq!(told(led(150, Some((150, 180))), Silence::TooShort), Vec::<String>::new());
}

#[test]
fn an_exporter_that_was_given_more_than_it_sent_is_behind() {
    assert_eq!(
        told(led(-1, Some((120, 149))), Silence::Telling),
        ["exporter \"audit\" has sent partition 1 up to 120, and was given it up to 149"]
    );
}

#[test]
fn records_that_a_filter_passes_over_at_the_end_of_the_log_are_not_waited_for() {
    assert_eq!(told(led(140, Some((140, 140))), Silence::TooShort), Vec::<String>::new());
}

#[test]
fn an_exporter_that_is_given_nothing_for_long_has_nothing_to_do() {
    let nothing = ["exporter \"audit\" was given nothing of partition 1"];
    assert_eq!(told(led(-1, None), Silence::TooShort), nothing);
    assert_eq!(told(led(-1, None), Silence::Telling), Vec::<String>::new());
}

#[test]
fn a_partition_without_a_leader_is_never_done() {
    let lacks = behind(&asked(), &Goals::new(), &BTreeMap::new(), 1, Silence::Telling);
    assert_eq!(lacks, ["partition 1 shows no leader"]);
}
