//! What a user can get wrong, one case each, with the exact words that terraform shows.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use acceptance_tests::{Cluster, ClusterHcl, Install, Project, Scenario, processes, snapshot};
use anyhow::{Result, ensure};
use rustix::process::Signal;

use crate::words;

/// A scenario that starts no broker of its own: its cluster is refused before.
struct Mistake {
    scenario: Scenario,
    cluster: Cluster,
    project: Project,
}

impl Mistake {
    fn new(name: &str) -> Result<Self> {
        let scenario = Scenario::with_brokers(&format!("s07-{name}"), 0)?;
        let cluster = scenario.cluster("payments")?;
        let project = scenario.project("project", Install::Override)?;
        Ok(Self { scenario, cluster, project })
    }

    fn hcl(&self) -> ClusterHcl {
        ClusterHcl::new(&self.cluster)
    }

    /// The target with more in it.
    fn target(&self, more: &str) -> String {
        let Cluster { directory, name: _, first_port } = &self.cluster;
        format!(
            "{{ local = {{ directory = \"{directory}\", first_port = {first_port}, {more} }} }}"
        )
    }

    /// What `terraform plan` says of that HCL.
    fn refused_at_plan(self, snapshot: &str, hcl: &ClusterHcl) -> Result<()> {
        self.project.write("main.tf", &hcl.file())?;
        let said = self.project.terraform(&["plan", "-input=false"])?.fails()?;
        self.holds(snapshot, &said)
    }

    /// What `terraform apply` says of that HCL; nothing may run afterwards.
    fn refused_at_apply(self, snapshot: &str, hcl: &ClusterHcl) -> Result<()> {
        self.project.write("main.tf", &hcl.file())?;
        let said = self.project.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
        self.holds(snapshot, &said)
    }

    fn holds(self, snapshot: &str, said: &str) -> Result<()> {
        let running = processes::all_of(&self.cluster.directory);
        ensure!(running.is_empty(), "something was started: {running:#?}");
        let said = snapshot::paragraphs(said);
        words::hold(snapshot, &said, &self.scenario.directory, &[&self.cluster]);
        self.scenario.passed()
    }
}

#[test]
fn more_copies_than_brokers() -> Result<()> {
    let mistake = Mistake::new("copies")?;
    let hcl = mistake.hcl().sized(1, 1, 3);
    mistake.refused_at_plan("more_copies_than_brokers", &hcl)
}

#[test]
fn a_port_that_somebody_has() -> Result<()> {
    let mistake = Mistake::new("port")?;
    let hcl = mistake.hcl();
    // The command port of broker 0.
    let taken = TcpListener::bind(("127.0.0.1", mistake.cluster.first_port + 1))?;
    mistake.refused_at_apply("a_port_that_somebody_has", &hcl)?;
    drop(taken);
    Ok(())
}

#[test]
fn no_java_where_it_was_said_to_be() -> Result<()> {
    let mistake = Mistake::new("no-java")?;
    let home = mistake.scenario.directory.join("no-java");
    fs::create_dir_all(&home)?;
    let hcl =
        ClusterHcl { target: mistake.target(&format!("java_home = \"{home}\"")), ..mistake.hcl() };
    mistake.refused_at_apply("no_java", &hcl)
}

#[test]
fn a_java_that_is_too_old() -> Result<()> {
    let mistake = Mistake::new("old-java")?;
    let home = mistake.scenario.directory.join("java-17");
    fs::create_dir_all(home.join("bin"))?;
    let java = home.join("bin").join("java");
    fs::write(&java, "#!/bin/sh\necho 'openjdk version \"17.0.15\" 2025-04-15' >&2\n")?;
    fs::set_permissions(&java, fs::Permissions::from_mode(0o755))?;
    fs::write(home.join("release"), "JAVA_VERSION=\"17.0.15\"\n")?;
    let hcl =
        ClusterHcl { target: mistake.target(&format!("java_home = \"{home}\"")), ..mistake.hcl() };
    mistake.refused_at_apply("old_java", &hcl)
}

#[test]
fn an_archive_with_another_checksum() -> Result<()> {
    let mistake = Mistake::new("checksum")?;
    let archive = mistake.scenario.directory.join("zeebe.tar.gz");
    fs::write(&archive, "this is no archive")?;
    let wrong = "0".repeat(64);
    let distribution = format!("distribution = {{ path = \"{archive}\", sha256 = \"{wrong}\" }}");
    let hcl = ClusterHcl { target: mistake.target(&distribution), ..mistake.hcl() };
    mistake.refused_at_apply("another_checksum", &hcl)
}

#[test]
fn an_artifact_that_maven_does_not_have() -> Result<()> {
    let mistake = Mistake::new("maven")?;
    let sha256 = "0".repeat(64);
    let distribution = format!(
        "distribution = {{ maven = {{ coordinates = \"io.camunda:no-such-thing\" }}, sha256 = \"{sha256}\" }}"
    );
    let hcl = ClusterHcl { target: mistake.target(&distribution), ..mistake.hcl() };
    mistake.refused_at_apply("no_such_artifact", &hcl)
}

#[test]
fn more_memory_than_the_machine_has() -> Result<()> {
    let mistake = Mistake::new("memory")?;
    let broker = r#"{ memory = "4096GiB", log_segment_size = "16MiB", disk = "2GiB" }"#;
    let hcl = ClusterHcl { broker: broker.to_owned(), ..mistake.hcl() };
    mistake.refused_at_plan("more_memory_than_the_machine_has", &hcl)
}

#[test]
fn a_disk_that_is_too_small() -> Result<()> {
    let mistake = Mistake::new("disk")?;
    let broker = r#"{ memory = "256MiB", log_segment_size = "128MiB", disk = "1GiB" }"#;
    let hcl = ClusterHcl { broker: broker.to_owned(), ..mistake.hcl() }.sized(1, 8, 1);
    mistake.refused_at_plan("a_disk_that_is_too_small", &hcl)
}

#[test]
fn a_setting_that_the_product_does_not_have() -> Result<()> {
    let mistake = Mistake::new("unknown-setting")?;
    let hcl =
        mistake.hcl().with(r#"configuration = { "zeebe.broker.network.maxMesageSize" = "8MB" }"#);
    mistake.refused_at_plan("an_unknown_setting", &hcl)
}

#[test]
fn a_setting_that_is_ours() -> Result<()> {
    let mistake = Mistake::new("own-setting")?;
    let hcl = mistake.hcl().with(r#"configuration = { "zeebe.broker.cluster.clusterSize" = "5" }"#);
    mistake.refused_at_plan("a_setting_that_is_ours", &hcl)
}

#[test]
fn a_name_that_cannot_be_a_directory() -> Result<()> {
    let mistake = Mistake::new("name")?;
    let hcl = ClusterHcl { name: "pay/ments".to_owned(), ..mistake.hcl() };
    mistake.refused_at_plan("a_name_that_cannot_be_a_directory", &hcl)
}

#[test]
fn several_mistakes_are_told_at_once() -> Result<()> {
    let mistake = Mistake::new("several")?;
    let hcl = ClusterHcl {
        name: "Pay Ments".to_owned(),
        version: "latest".to_owned(),
        data_on_destroy: "perhaps".to_owned(),
        ..mistake.hcl()
    }
    .sized(0, 1, 1);
    mistake.refused_at_plan("several_mistakes", &hcl)
}

#[test]
fn a_broker_that_does_not_answer_is_unclear_and_never_absent() -> Result<()> {
    let scenario = Scenario::with_brokers("s07-unclear", 1)?;
    let cluster = scenario.cluster("silent")?;
    let hcl = ClusterHcl::new(&cluster);
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    let running = cluster.brokers()?;

    processes::signal(running[&0], Signal::STOP)?;
    let planned = project.terraform(&["plan", "-input=false"])?;
    processes::signal(running[&0], Signal::CONT)?;
    let said = snapshot::paragraphs(&planned.fails()?);
    words::hold("unclear", &said, &scenario.directory, &[&cluster]);
    assert_eq!(cluster.brokers()?, running, "nothing was touched");
    cluster.wait_ready(1)?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    scenario.passed()
}

#[test]
fn a_corrupt_book_is_refused_and_nothing_is_touched() -> Result<()> {
    let scenario = Scenario::with_brokers("s07-corrupt", 1)?;
    let cluster = scenario.cluster("scribbled")?;
    let hcl = ClusterHcl::new(&cluster);
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    let running = cluster.brokers()?;

    let book = cluster.home().join("book").join("cluster.json");
    let whole = fs::read_to_string(&book)?;
    let scribbled = whole.replacen("8.6.0", "8.6.1", 1);
    ensure!(scribbled != whole, "the book does not name the version: {whole}");
    fs::write(&book, &scribbled)?;
    let said = project.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
    let said = snapshot::paragraphs(&said);
    words::hold("corrupt_book", &said, &scenario.directory, &[&cluster]);
    assert_eq!(fs::read_to_string(&book)?, scribbled, "the book was left as it is");
    assert_eq!(cluster.brokers()?, running, "nothing was touched");

    fs::write(&book, &whole)?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    scenario.passed()
}
