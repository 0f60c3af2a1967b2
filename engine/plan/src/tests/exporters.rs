//! Exporters: what comes, changes and goes, and what a person does by hand.

use std::collections::BTreeMap;
use std::slice::from_ref;

use zeebe_spec::{
    BulkSpec, ExporterName, ExporterSpec, IndexSpec, KafkaSink, PartitionId, ReceiverIndex,
    RecordsSpec, SearchSink, Sink, Working,
};

use super::world::{World, text};
use crate::component::ComponentId;
use crate::observed::{ExporterPhase, ExporterRecord, Exporters};
use crate::order::{ExporterWishes, exporters, told, wished};
use crate::product::{ExporterState, ExportingPhase};
use crate::{Plan, check};

fn spec(name: &str, port: u16) -> ExporterSpec {
    ExporterSpec {
        name: name.parse().unwrap(),
        working: Working::On,
        sink: Sink::Opensearch(SearchSink {
            url: format!("http://127.0.0.1:{port}").parse().unwrap(),
            index: IndexSpec::default(),
            bulk: BulkSpec::default(),
            request_timeout: None,
            records: RecordsSpec::default(),
            authentication: None,
        }),
    }
}

/// A cluster that has these exporters, each ready and working.
fn world(version: &str, having: &[ExporterSpec]) -> World {
    let ready = having.iter().map(|spec| {
        (
            spec.name.clone(),
            ExporterRecord { spec: spec.clone(), phase: ExporterPhase::Ready, receiver: None },
        )
    });
    let mut world = World::of(version, 3, 3, 3);
    world.set_exporters(ready.collect());
    for spec in having {
        world.state(spec, ExporterState::Enabled);
    }
    world
}

impl World {
    /// With these documents in the book, and brokers that were started so.
    fn set_exporters(&mut self, exporters: Exporters) {
        self.observed.exporters = exporters;
        let desired = self.desired();
        for id in desired.components.keys() {
            self.run(*id, &desired);
        }
    }

    fn state(&mut self, spec: &ExporterSpec, state: ExporterState) {
        self.answer().exporters.insert(spec.name.to_string(), state);
    }

    fn plan_exporters(&self, wishes: &ExporterWishes) -> Plan {
        let mut after = World { record: self.record.clone(), observed: self.observed.clone() };
        after.observed.exporters = told(&self.observed.exporters, wishes);
        exporters(&after.desired(), wishes, &self.record, &self.seen()).unwrap()
    }
}

fn kafka(name: &str) -> ExporterSpec {
    ExporterSpec {
        name: name.parse().unwrap(),
        working: Working::On,
        sink: Sink::Kafka(KafkaSink {
            brokers: ["127.0.0.1:9092".parse().unwrap()].into(),
            topic: format!("zeebe-{name}").parse().unwrap(),
            compression: None,
            records: RecordsSpec::default(),
            tls: None,
            sasl: None,
        }),
    }
}

/// The documents of a cluster after these came.
fn came(wishes: &[ExporterSpec]) -> Exporters {
    let wishes: ExporterWishes = wishes.iter().map(comes).collect();
    let mut after = wished(&Exporters::new(), &wishes);
    for record in after.values_mut() {
        record.phase = ExporterPhase::Ready;
    }
    after
}

fn receiving(version: &str, having: &[ExporterSpec]) -> World {
    let mut world = world(version, &[]);
    world.set_exporters(came(having));
    for spec in having {
        world.state(spec, ExporterState::Enabled);
    }
    world
}

fn comes(spec: &ExporterSpec) -> (ExporterName, Option<ExporterSpec>) {
    (spec.name.clone(), Some(spec.clone()))
}

fn goes(spec: &ExporterSpec) -> (ExporterName, Option<ExporterSpec>) {
    (spec.name.clone(), None)
}

#[test]
fn an_exporter_comes_by_a_roll_and_is_ready_when_it_keeps_up() {
    let plan = world("8.6.0", &[]).plan_exporters(&[comes(&spec("audit", 9200))].into());
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn exporters_that_come_together_cost_one_roll() {
    let five = [1, 2, 3, 4, 5].map(|n| comes(&spec(&format!("audit{n}"), 9200 + n)));
    let plan = world("8.6.0", &[]).plan_exporters(&five.into());
    let restarts = text(&plan).lines().filter(|line| line.contains("restart broker")).count();
    assert_eq!(restarts, 3);
}

#[test]
fn an_exporter_that_leaves_is_disabled_while_brokers_have_its_settings() {
    let audit = spec("audit", 9200);
    let plan = |version| world(version, from_ref(&audit)).plan_exporters(&[goes(&audit)].into());
    insta::assert_snapshot!("an_exporter_leaves_8_06", text(&plan("8.6.0")));
    insta::assert_snapshot!("an_exporter_leaves_8_08", text(&plan("8.8.0")));
}

#[test]
fn a_minor_that_cannot_disable_takes_the_settings_away() {
    let audit = spec("audit", 9200);
    let mut world = world("8.5.8", from_ref(&audit));
    world.answer().exporters.clear();
    let plan = world.plan_exporters(&[goes(&audit)].into());
    assert!(!text(&plan).contains("disable"), "{}", text(&plan));
}

#[test]
fn switching_an_exporter_restarts_nobody() {
    let audit = spec("audit", 9200);
    let off = ExporterSpec { working: Working::Off, ..audit.clone() };
    let plan = world("8.6.0", from_ref(&audit)).plan_exporters(&[comes(&off)].into());
    insta::assert_snapshot!("an_exporter_is_switched_off", text(&plan));
    let mut dark = world("8.6.0", from_ref(&off));
    dark.state(&off, ExporterState::Disabled);
    insta::assert_snapshot!(
        "an_exporter_is_switched_on",
        text(&dark.plan_exporters(&[comes(&audit)].into()))
    );
}

#[test]
fn what_is_as_it_is_wished_needs_nothing() {
    let audit = spec("audit", 9200);
    let world = world("8.6.0", from_ref(&audit));
    assert_eq!(world.plan_exporters(&[comes(&audit)].into()).steps, []);
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
}

#[test]
fn an_exporter_that_was_disabled_by_hand_is_enabled_again() {
    let audit = spec("audit", 9200);
    let mut world = world("8.6.0", from_ref(&audit));
    world.state(&audit, ExporterState::Disabled);
    insta::assert_snapshot!(text(&world.plan_exporters(&[comes(&audit)].into())));
    // It is not the cluster's affair.
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
}

#[test]
fn a_departure_that_was_cut_off_is_finished_by_any_later_plan() {
    let audit = spec("audit", 9200);
    let mut world = world("8.6.0", from_ref(&audit));
    let record =
        ExporterRecord { spec: audit.clone(), phase: ExporterPhase::Leaving, receiver: None };
    world.observed.exporters.insert(audit.name.clone(), record);
    let plan = world.converge_to(&world).unwrap();
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn an_arrival_that_was_cut_off_is_not_taken_for_done() {
    let audit = spec("audit", 9200);
    let mut world = world("8.6.0", from_ref(&audit));
    let record = ExporterRecord { spec: audit.clone(), phase: ExporterPhase::Due, receiver: None };
    world.observed.exporters.insert(audit.name.clone(), record);
    // Somebody else's plan leaves it alone: a sink that is away must not hold up a change of the cluster.
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
    insta::assert_snapshot!(text(&world.plan_exporters(&[comes(&audit)].into())));
}

#[test]
fn what_leaves_is_looked_at_again_where_nobody_could_say_whether_it_is_disabled() {
    let audit = spec("audit", 9200);
    let mut world = world("8.8.0", from_ref(&audit));
    let record =
        ExporterRecord { spec: audit.clone(), phase: ExporterPhase::Leaving, receiver: None };
    world.observed.exporters.insert(audit.name.clone(), record);
    world.observed.product = crate::observed::ProductObserved::Down;
    for id in [0, 1, 2] {
        world.stop(zeebe_spec::BrokerId(id));
    }
    insta::assert_snapshot!(text(&world.converge_to(&world).unwrap()));
}

#[test]
fn a_plan_that_disables_after_the_settings_are_gone_breaks_a_rule() {
    let audit = spec("audit", 9200);
    let mut plan = world("8.6.0", from_ref(&audit)).plan_exporters(&[goes(&audit)].into());
    let at = plan.steps.iter().position(|step| matches!(step, crate::Step::Switch { .. })).unwrap();
    let disable = plan.steps.remove(at);
    let last = plan.steps.len() - 1;
    plan.steps.insert(last, disable);
    assert_eq!(
        check::plan(&plan).iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!("step {last} disables exporter \"audit\" after its settings are gone")]
    );
}

#[test]
fn brokers_are_told_of_every_exporter_but_those_that_leave() {
    let (stays, leaves) = (spec("stays", 9200), spec("leaves", 9201));
    let mut world = world("8.6.0", &[stays.clone(), leaves.clone()]);
    let record =
        ExporterRecord { spec: leaves.clone(), phase: ExporterPhase::Leaving, receiver: None };
    world.observed.exporters.insert(leaves.name.clone(), record);
    let told: BTreeMap<String, String> = world
        .desired()
        .components
        .values()
        .flat_map(|process| process.settings.clone())
        .filter(|(name, _)| name.contains("EXPORTERS"))
        .collect();
    assert_eq!(
        told.keys().collect::<Vec<_>>(),
        ["ZEEBE_BROKER_EXPORTERS_STAYS_ARGS_URL", "ZEEBE_BROKER_EXPORTERS_STAYS_CLASSNAME"]
    );
}

#[test]
fn brokers_are_told_of_a_receiver_that_was_seen_to_reach_kafka() {
    let plan = world("8.6.0", &[]).plan_exporters(&[comes(&kafka("kafka"))].into());
    insta::assert_snapshot!(text(&plan));
    assert_eq!(check::plan(&plan), []);
}

/// A receiver that runs, and whose exporter's first apply failed before it was seen to reach Kafka.
fn arriving(kafka: &ExporterSpec) -> World {
    let mut world = world("8.6.0", &[]);
    let wishes = [comes(kafka)].into();
    let desired = {
        let mut after = World { record: world.record.clone(), observed: world.observed.clone() };
        after.observed.exporters = told(&Exporters::new(), &wishes);
        after.desired()
    };
    world.observed.exporters = wished(&Exporters::new(), &wishes);
    world.run(ComponentId::Receiver(ReceiverIndex(0)), &desired);
    world
}

#[test]
fn brokers_are_not_told_of_a_receiver_before_it_was_seen_to_reach_kafka_also_by_the_next_apply() {
    let kafka = kafka("kafka");
    let world = arriving(&kafka);
    // To the cluster's own plan it is nobody's business: neither is anybody told of it, nor does it go.
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
    insta::assert_snapshot!(text(&world.plan_exporters(&[comes(&kafka)].into())));
}

#[test]
fn a_receiver_that_does_not_reach_kafka_holds_up_neither_a_change_of_the_cluster_nor_its_own_departure()
 {
    let kafka = kafka("kafka");
    let world = arriving(&kafka);
    let upgrade = text(&world.converge_to(&World::of("8.6.1", 3, 3, 3)).unwrap());
    assert!(upgrade.contains("restart broker 0") && !upgrade.contains("receiver"), "{upgrade}");
    insta::assert_snapshot!(text(&world.plan_exporters(&[goes(&kafka)].into())));
}

#[test]
fn a_receiver_goes_when_nobody_sends_to_it_any_more() {
    let kafka = kafka("kafka");
    let world = receiving("8.6.0", from_ref(&kafka));
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
    insta::assert_snapshot!(text(&world.plan_exporters(&[goes(&kafka)].into())));
}

#[test]
fn a_receiver_that_died_is_started_again_and_nobody_else() {
    let mut world = receiving("8.6.0", &[kafka("kafka")]);
    world.end(ComponentId::Receiver(ReceiverIndex(0)));
    insta::assert_snapshot!(text(&world.converge_to(&world).unwrap()));
}

#[test]
fn another_topic_restarts_the_receiver_alone() {
    let before = kafka("kafka");
    let mut after = before.clone();
    if let Sink::Kafka(sink) = &mut after.sink {
        sink.topic = "another".parse().unwrap();
    }
    let plan = receiving("8.6.0", &[before]).plan_exporters(&[comes(&after)].into());
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn an_upgrade_leaves_receivers_alone() {
    let kafka = kafka("kafka");
    let mut old = receiving("8.5.8", from_ref(&kafka));
    old.answer().exporters.clear();
    let plan = old.converge_to(&receiving("8.6.0", from_ref(&kafka))).unwrap();
    assert!(text(&plan).contains("restart broker 0 with 8.6.0"), "{}", text(&plan));
    assert!(!text(&plan).contains("receiver"), "{}", text(&plan));
}

#[test]
fn receivers_have_numbers_of_their_own_and_keep_them() {
    let numbers = |after: &Exporters| {
        let of = |(name, record): (&ExporterName, &ExporterRecord)| {
            (name.to_string(), record.receiver.map(|number| number.0))
        };
        after.iter().map(of).collect::<Vec<_>>()
    };
    let mut there = came(&[kafka("b"), spec("search", 9200), kafka("c")]);
    assert_eq!(
        numbers(&there),
        [("b".to_owned(), Some(0)), ("c".to_owned(), Some(1)), ("search".to_owned(), None)]
    );
    // The number of one that leaves is not free before it is gone.
    there = wished(&there, &[goes(&kafka("b")), comes(&kafka("a"))].into());
    assert_eq!(
        numbers(&there),
        [
            ("a".to_owned(), Some(2)),
            ("b".to_owned(), Some(0)),
            ("c".to_owned(), Some(1)),
            ("search".to_owned(), None),
        ]
    );
}

#[test]
fn a_pause_is_ended_for_those_who_ask_and_work_and_for_nobody_else() {
    let (on, off) =
        (spec("audit", 9200), ExporterSpec { working: Working::Off, ..spec("lake", 9201) });
    let mut world = world("8.6.0", &[on.clone(), off.clone()]);
    world.state(&off, ExporterState::Disabled);
    world.answer().paused.insert(PartitionId(2), ExportingPhase::SoftPaused);
    let resumed = world.plan_exporters(&ExporterWishes::from([comes(&on)]));
    assert_eq!(
        resumed.sentences(),
        [
            "resume exporting, which somebody has paused",
            "see exporter \"audit\" come as far as the log of each of 3 partitions is now",
        ]
    );
    assert_eq!(check::plan(&resumed), Vec::new());
    let nothing = world.plan_exporters(&ExporterWishes::from([comes(&off)]));
    assert_eq!(nothing.sentences(), Vec::<String>::new());
}
