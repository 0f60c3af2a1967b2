//! Brokers and replication factor up and down, under load, through the product's own cluster API.

use acceptance_tests::{Cluster, ClusterHcl, Install, Load, Project, Scenario, project::Action};
use anyhow::{Result, ensure};

/// One change of the size.
struct Change {
    brokers: u32,
    replication_factor: u32,
    /// Words of the product's own operations that the plan has to show.
    operations: &'static [&'static str],
}

const CHANGES: [Change; 5] = [
    Change { brokers: 3, replication_factor: 1, operations: &["BROKER_ADD"] },
    Change { brokers: 3, replication_factor: 3, operations: &["PARTITION_JOIN"] },
    Change { brokers: 5, replication_factor: 3, operations: &["BROKER_ADD", "PARTITION_JOIN"] },
    Change { brokers: 3, replication_factor: 3, operations: &["PARTITION_LEAVE", "BROKER_REMOVE"] },
    Change { brokers: 3, replication_factor: 1, operations: &["PARTITION_LEAVE"] },
];

#[test]
fn brokers_and_copies_go_up_and_down_while_the_others_run_on() -> Result<()> {
    let scenario = Scenario::with_brokers("s02-size", 5)?;
    let cluster = scenario.cluster("elastic")?;
    let hcl = ClusterHcl::new(&cluster).sized(1, 3, 1);
    let project = scenario.project("project", Install::Mirror)?;
    project.write("main.tf", &hcl.file())?;
    project.init()?;
    project.apply()?;

    // Broker 0 is there from the first to the last.
    let load = Load::start(cluster.gateways(1))?;
    for change in CHANGES {
        load.wait_for_more(20)?;
        carry_out(&project, &cluster, &hcl, &change)?;
    }
    load.wait_for_more(20)?;
    load.finish()?.is_exact()?;
    project.plan()?.is_empty()?;

    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

fn carry_out(
    project: &Project,
    cluster: &Cluster,
    hcl: &ClusterHcl,
    change: &Change,
) -> Result<()> {
    let Change { brokers, replication_factor, operations } = change;
    let before = cluster.brokers()?;
    project.write("main.tf", &hcl.clone().sized(*brokers, 3, *replication_factor).file())?;

    let plan = project.plan()?;
    assert_eq!(plan.action(&hcl.address())?, Action::Update);
    let steps = plan.steps(&hcl.address())?.join("\n");
    for operation in *operations {
        ensure!(
            steps.contains(operation) && plan.text.contains(operation),
            "to {brokers} brokers with factor {replication_factor}: the plan does not show {operation}:\n{steps}"
        );
    }
    project.apply_planned()?;

    let after = cluster.brokers()?;
    assert_eq!(
        after.keys().copied().collect::<Vec<_>>(),
        (0..u64::from(*brokers)).collect::<Vec<_>>()
    );
    for (broker, process) in before {
        if broker < u64::from(*brokers) {
            assert_eq!(after.get(&broker), Some(&process), "broker {broker} runs on");
        }
    }
    assert_eq!(
        cluster.layout()?.into_keys().collect::<Vec<_>>(),
        after.into_keys().collect::<Vec<_>>()
    );
    let copies: Vec<_> = cluster.copies()?.into_iter().collect();
    let factor = usize::try_from(*replication_factor)?;
    assert_eq!(copies, [(1, factor), (2, factor), (3, factor)]);
    Ok(())
}
