//! The agent: there as long as there is something for it to do, and nobody's trouble.

use std::collections::BTreeMap;

use zeebe_spec::{
    Authentication, BulkSpec, DeletionProtection, ExporterName, ExporterSpec, IndexSpec,
    RecordsSpec, SearchSink, SecretSource, Sink, Working,
};

use super::world::{World, text};
use crate::component::ComponentId;
use crate::observed::{ExporterPhase, ExporterRecord, LastApply};
use crate::product::ExporterState;
use crate::{attend, check, create, destroy};

/// A cluster with an exporter whose password is in that variable, and records of it that are not kept for ever.
fn retaining(variable: &str) -> World {
    retaining_at("8.6.0", variable)
}

fn retaining_at(version: &str, variable: &str) -> World {
    let password = SecretSource::EnvironmentVariable(variable.to_owned());
    let sink = SearchSink {
        url: "http://127.0.0.1:9200".parse().unwrap(),
        index: IndexSpec::default(),
        bulk: BulkSpec::default(),
        request_timeout: None,
        records: RecordsSpec::default(),
        authentication: Some(Authentication { username: "audit".to_owned(), password }),
    };
    let name: ExporterName = "audit".parse().unwrap();
    let spec =
        ExporterSpec { name: name.clone(), working: Working::On, sink: Sink::Opensearch(sink) };
    let record = ExporterRecord { spec, phase: ExporterPhase::Ready, receiver: None };
    let mut world = World::of(version, 3, 3, 3);
    world.observed.exporters.insert(name.clone(), record);
    world.observed.duties.retentions.insert(name);
    world.answer().exporters.insert("audit".to_owned(), ExporterState::Enabled);
    let desired = world.desired();
    for id in desired.components.keys() {
        world.run(*id, &desired);
    }
    world
}

/// The plan of who gives the agent something to do, or takes it away.
fn attended(world: &World) -> String {
    text(&attend(&world.desired(), &world.record, &world.seen()).unwrap())
}

#[test]
fn an_agent_comes_with_its_first_duty_and_goes_with_its_last() {
    let mut world = retaining("PASSWORD");
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
    assert_eq!(attended(&world), "");
    world.observed.components.remove(&ComponentId::Agent);
    let start = "- start agent 0\n- write the wish into the book\n";
    assert_eq!(attended(&world), start);
    assert_eq!(text(&world.converge_to(&world).unwrap()), start);

    let mut idle = retaining("PASSWORD");
    idle.observed.duties.retentions.clear();
    let stop = "- take agent 0 away\n- write the wish into the book\n";
    assert_eq!(attended(&idle), stop);
    assert_eq!(text(&idle.converge_to(&idle).unwrap()), stop);
}

#[test]
fn an_agent_stays_as_long_as_backups_are_to_be_taken() {
    let mut world = retaining("PASSWORD");
    world.observed.duties.retentions.clear();
    world.observed.duties.backups = true;
    let kept = attended(&world);
    // It reads no password of an exporter any more.
    assert_eq!(kept, "- restart agent 0 with changed settings\n- write the wish into the book\n");
    world.observed.duties.backups = false;
    assert_eq!(attended(&world), "- take agent 0 away\n- write the wish into the book\n");
}

#[test]
fn an_agent_that_died_is_started_again_and_nobody_else() {
    let mut world = retaining("PASSWORD");
    world.end(ComponentId::Agent);
    let again = "- start agent 0, which does not run\n- write the wish into the book\n";
    assert_eq!(text(&world.converge_to(&world).unwrap()), again);
}

#[test]
fn another_variable_of_a_password_restarts_the_agent_after_the_brokers() {
    let mut world = retaining("PASSWORD");
    let other = retaining("ANOTHER_PASSWORD");
    world.observed.exporters = other.observed.exporters.clone();
    let plan = text(&world.converge_to(&world).unwrap());
    let at = |what: &str| plan.find(what).unwrap_or_else(|| panic!("no {what} in {plan}"));
    assert!(at("restart broker 0 ") < at("restart agent 0 with changed settings"), "{plan}");
    let process = &other.desired().components[&ComponentId::Agent];
    assert_eq!(
        process.secrets,
        BTreeMap::from([(
            "ANOTHER_PASSWORD".to_owned(),
            SecretSource::EnvironmentVariable("ANOTHER_PASSWORD".to_owned())
        )])
    );
}

#[test]
fn an_upgrade_leaves_the_agent_alone() {
    let world = retaining("PASSWORD");
    let plan = text(&world.converge_to(&retaining_at("8.6.1", "PASSWORD")).unwrap());
    assert!(plan.contains("restart broker 0") && !plan.contains("agent"), "{plan}");
}

#[test]
fn what_was_cut_off_is_finished_before_an_agent_is_started() {
    let mut world = retaining("PASSWORD");
    world.observed.components.remove(&ComponentId::Agent);
    world.observed.last_apply = LastApply::CutOff;
    let plan = attended(&world);
    assert!(plan.starts_with("- wait until brokers 0, 1, 2 lead"), "{plan}");
    assert!(plan.contains("- start agent 0\n"), "{plan}");
}

#[test]
fn an_agent_comes_last_in_a_creation_and_goes_first_in_a_destruction() {
    let world = retaining("PASSWORD");
    let made = create(&world.desired());
    assert_eq!(check::plan(&made), []);
    let made = text(&made);
    assert!(made.find("start broker 2") < made.find("start agent 0"), "{made}");
    let gone = destroy(&world.seen(), DeletionProtection::Off).unwrap();
    assert_eq!(gone.sentences()[0], "take agent 0 away");
}

#[test]
fn the_agent_has_the_last_port_of_the_first_block() {
    let world = retaining("PASSWORD");
    let process = &world.desired().components[&ComponentId::Agent];
    let first = world.record.spec.target.first_port();
    assert_eq!(process.ports, BTreeMap::from([("management".to_owned(), first + 9)]));
}
