//! The agent as a process of this machine: where its program is found, and what it is told.

use std::collections::BTreeMap;
use std::fs;

use zeebe_plan::component::{ComponentId, Condition, JavaOptions, Observed, Process, Wanted};
use zeebe_spec::{DataOnDestroy, SecretSource};
use zeebe_target::{Call, Target};

use crate::support::{Lab, eventually, free_port, program};

const SCRIPT: &str = "#!/bin/sh\necho \"$@\" \"$PASSWORD\" \"$NOT_ITS\"\nexec sleep 600\n";

fn agent(lab: &Lab) -> Process {
    Process {
        program: zeebe_plan::component::Program::Agent,
        launcher: "zeebe-agent".to_owned(),
        arguments: vec!["--cluster".to_owned(), format!("local://{}", lab.root())],
        settings: BTreeMap::new(),
        java_options: JavaOptions::default(),
        files: BTreeMap::new(),
        secrets: BTreeMap::from([(
            "PASSWORD".to_owned(),
            SecretSource::EnvironmentVariable("PASSWORD".to_owned()),
        )]),
        ports: BTreeMap::from([("management".to_owned(), free_port())]),
        ..lab.process()
    }
}

#[tokio::test]
async fn an_agent_is_told_of_its_cluster_and_of_the_secrets_that_it_needs_and_leaves_nothing() {
    let mut lab = Lab::new();
    let path = lab.path.join("programs/zeebe-agent");
    program(&path, SCRIPT);
    lab.set("ZEEBE_AGENT", path.as_str());
    lab.set("PASSWORD", "demo-password");
    lab.set("NOT_ITS", "another-secret");
    let cluster = lab.cluster();
    let wanted = Wanted::Running(Box::new(agent(&lab)));
    let preflight = BTreeMap::from([(ComponentId::Agent, wanted.clone())]);
    assert_eq!(cluster.preflight(&preflight, &Call::quiet()).await.unwrap(), []);
    cluster.ensure(&ComponentId::Agent, &wanted, &Call::quiet()).await.unwrap();
    let console = lab.root().join("agents/0/console.log");
    let said = format!("--cluster local://{} demo-password \n", lab.root());
    eventually("what it was told", || fs::read_to_string(&console).is_ok_and(|it| it == said))
        .await;
    let seen = cluster.observe(&Call::quiet()).await.unwrap();
    let Some(Observed::Present(state)) = seen.get(&ComponentId::Agent) else {
        panic!("no agent in {seen:?}");
    };
    assert!(matches!(state.condition, Condition::Running(_)), "{state:?}");
    let gone = Wanted::Absent(DataOnDestroy::Delete);
    cluster.ensure(&ComponentId::Agent, &gone, &Call::quiet()).await.unwrap();
    assert_eq!(cluster.observe(&Call::quiet()).await.unwrap(), BTreeMap::new());
    assert!(!lab.root().join("agents").exists());
}

#[tokio::test]
async fn an_agent_whose_program_or_password_is_not_there_is_refused_before_anything_is_done() {
    let lab = Lab::new();
    let wanted = BTreeMap::from([(ComponentId::Agent, Wanted::Running(Box::new(agent(&lab))))]);
    let found = lab.cluster().preflight(&wanted, &Call::quiet()).await.unwrap();
    let told: Vec<&str> = found.iter().map(|one| one.summary.as_str()).collect();
    assert_eq!(
        told,
        [
            "the program `zeebe-agent` was not found",
            "environment variable \"PASSWORD\", which should hold the password of an exporter, is not set",
        ]
    );
    assert!(found[0].detail.contains("ZEEBE_AGENT"), "{}", found[0].detail);
}
