//! What the provider offers, the release with which each client came to know it, and how it is tried.

use std::fs;

use acceptance_tests::{
    ClusterHcl, Project, Run, hcl::REQUIRED_PROVIDERS, holders::holders, project::Action,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{Bench, Outcome};

/// The first release, as major and minor; none where there is none yet.
pub(super) type Since = Option<(u32, u32)>;

/// Something that the provider offers, as far as the client knows it.
pub(super) struct Feature {
    pub(super) name: &'static str,
    pub(super) terraform: Since,
    pub(super) opentofu: Since,
    pub(super) probe: fn(&Bench<'_>) -> Result<Outcome>,
}

/// The first release of OpenTofu.
const FORK: Since = Some((1, 6));

/// All of them, in the order in which clients came to know them.
pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "create, change, destroy by saved plans that show every step; second plan empty",
        terraform: Some((1, 0)),
        opentofu: FORK,
        probe: life,
    },
    Feature {
        name: "a creation that ran out of time is kept, and finished by the next apply",
        terraform: Some((1, 0)),
        opentofu: FORK,
        probe: kept,
    },
    Feature {
        name: "a broker that died is seen by the plan, and started by the apply",
        terraform: Some((1, 0)),
        opentofu: FORK,
        probe: mended,
    },
    Feature {
        name: "data sources, also of a cluster that the same apply creates",
        terraform: Some((1, 0)),
        opentofu: FORK,
        probe: data_sources,
    },
    Feature {
        name: "`deletion_protection` on destroy and on `-replace`",
        terraform: Some((1, 3)),
        opentofu: FORK,
        probe: protected,
    },
    Feature {
        name: "`import` by `id`, then an empty plan",
        terraform: Some((1, 0)),
        opentofu: FORK,
        probe: import_command,
    },
    Feature {
        name: "`import` block by `id`",
        terraform: Some((1, 5)),
        opentofu: FORK,
        probe: import_block,
    },
    Feature {
        name: "functions",
        terraform: Some((1, 8)),
        opentofu: Some((1, 7)),
        probe: functions,
    },
    Feature {
        name: "ephemeral `zeebe_client_credentials`: the reason why there are none",
        terraform: Some((1, 10)),
        opentofu: Some((1, 11)),
        probe: ephemeral,
    },
    Feature {
        name: "write-only `password_wo` of `zeebe_exporter`: in no state, plan or log, and changed by its version",
        terraform: Some((1, 11)),
        opentofu: Some((1, 11)),
        probe: write_only,
    },
    Feature {
        name: "resource identity, and `import` block by it",
        terraform: Some((1, 12)),
        opentofu: Some((1, 12)),
        probe: import_identity,
    },
    Feature {
        name: "`query` lists an estate, and writes HCL for it that plans empty",
        terraform: Some((1, 14)),
        opentofu: None,
        probe: query,
    },
    Feature {
        name: "actions `zeebe_verify`, `zeebe_rebalance`, `zeebe_snapshot`, by `-invoke` and by a trigger",
        terraform: Some((1, 14)),
        opentofu: None,
        probe: actions,
    },
];

/// What the client said of it, when it did not know it.
fn refused(run: &Run) -> Option<Outcome> {
    const WORDS: [&str; 5] = [
        "Unsupported block type",
        "Unsupported argument",
        "Invalid reserved attribute name",
        "has no command named",
        "Unsupported attribute",
    ];
    let said = format!("{}{}", run.stdout, run.stderr);
    WORDS.iter().find(|words| said.contains(**words)).map(|words| Outcome::Refused((*words).into()))
}

fn life(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("life");
    let project = bench.project("life", &hcl.file())?;
    let address = hcl.address();
    for (change, hcl) in
        [(Action::Create, hcl.clone()), (Action::Update, hcl.clone().sized(3, 1, 3))]
    {
        project.write("main.tf", &hcl.file())?;
        let plan = project.plan()?;
        ensure!(plan.action(&address)? == change, "{}", plan.text);
        let planned = plan.steps(&address)?;
        ensure!(!planned.is_empty(), "no steps: {}", plan.text);
        project.apply_planned()?;
        let state = project.state(&address)?;
        ensure!(state["last_change"] == json!(planned), "{state:#} is not what was planned");
        project.plan()?.is_empty()?;
    }
    let topology = &project.state(&address)?["topology"];
    ensure!(topology["brokers"] == 3 && topology["replication_factor"] == 3, "{topology:#}");
    let plan = project.plan_with(&["-destroy"])?;
    ensure!(plan.action(&address)? == Action::Delete, "{}", plan.text);
    project.apply_planned()?;
    ensure!(project.state(&address).is_err(), "the state still has it");
    let model = bench.clusters().join("life/simulation.json");
    ensure!(!model.exists(), "\"{model}\" is still there");
    Ok(Outcome::Works)
}

fn kept(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("kept").with("timeouts = { create = \"1m\" }");
    let project = bench.project("kept", &hcl.file())?;
    trouble(bench, "kept", r#"{ "slow": { "0": 400000 } }"#)?;
    let said = project.apply()?.stdout;
    ensure!(said.contains("Warning"), "nobody was warned: {said}");
    ensure!(project.state(&hcl.address())?["status"]["phase"] == "provisioning", "it is ready");
    let plan = project.plan()?;
    ensure!(plan.action(&hcl.address())? == Action::Update, "{}", plan.text);
    project.apply_planned()?;
    ensure!(project.state(&hcl.address())?["status"]["phase"] == "ready", "it is not ready");
    project.destroy()?;
    Ok(Outcome::Works)
}

fn mended(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("mended").sized(3, 1, 3);
    let project = bench.project("mended", &hcl.file())?;
    project.apply()?;
    trouble(bench, "mended", r#"{ "killed": [1] }"#)?;
    let steps = project.plan()?.steps(&hcl.address())?;
    ensure!(steps.iter().any(|step| step.starts_with("start broker 1")), "{steps:#?}");
    project.apply_planned()?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn data_sources(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("data").sized(3, 2, 3);
    let more = r#"
data "zeebe_cluster" "this" {
  id = zeebe_cluster.this.id
}

data "zeebe_topology" "this" {
  cluster = zeebe_cluster.this.id
}

output "seen" {
  value = {
    healthy    = data.zeebe_cluster.this.healthy
    brokers    = keys(data.zeebe_topology.this.brokers)
    partitions = { for id, partition in data.zeebe_topology.this.partitions : id => partition.healthy }
  }
}
"#;
    let project = bench.project("data", &[hcl.file().as_str(), more].concat())?;
    project.apply()?;
    let seen = project.terraform(&["output", "-json", "seen"])?.ok()?.json()?;
    let expected = json!({ "healthy": true, "brokers": ["0", "1", "2"], "partitions": { "1": true, "2": true } });
    ensure!(seen == expected, "{seen:#}");
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn protected(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = ClusterHcl { deletion_protection: true, ..bench.cluster("protected") };
    let project = bench.project("protected", &hcl.file())?;
    project.apply()?;
    let replace = format!("-replace={}", hcl.address());
    for arguments in [
        &["destroy", "-input=false", "-auto-approve"][..],
        &["apply", "-input=false", "-auto-approve", &replace],
    ] {
        let said = project.terraform(arguments)?.fails()?;
        ensure!(said.contains("deletion_protection"), "{arguments:?}: {said}");
    }
    project.write("main.tf", &ClusterHcl { deletion_protection: false, ..hcl }.file())?;
    project.apply()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn import_command(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("imported");
    bench.project("imported-first", &hcl.file())?.apply()?;
    let project = bench.project("imported", &hcl.file())?;
    let arguments = ["import", "-input=false", &hcl.address(), &bench.id("imported")];
    project.terraform(&arguments)?.ok()?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn import_block(bench: &Bench<'_>) -> Result<Outcome> {
    imported_by(bench, "block", "id = \"[ID]\"")
}

/// The secret of the probe.
const PASSWORD: &str = "open-sesame-4711";

fn write_only(bench: &Bench<'_>) -> Result<Outcome> {
    let hcl = bench.cluster("secret");
    let exporter = |version: u32| {
        let cluster = hcl.address();
        format!(
            r#"
variable "password" {{
  type      = string
  ephemeral = true
}}

resource "zeebe_exporter" "audit" {{
  cluster = {cluster}.handle
  name    = "audit"

  elasticsearch = {{
    url            = "http://127.0.0.1:9200"
    authentication = {{ username = "zeebe", password_wo = var.password, password_wo_version = {version} }}
  }}
}}
"#
        )
    };
    let mut project = bench.project("write-only", &hcl.file())?;
    let log = project.directory.join("trace.log");
    for (name, value) in
        [("TF_VAR_password", PASSWORD), ("TF_LOG", "trace"), ("TF_LOG_PATH", log.as_str())]
    {
        project.set(name, value);
    }
    let clusters = bench.clusters();
    for version in [1, 2] {
        project.write("exporter.tf", &exporter(version))?;
        let plan = project.plan()?;
        ensure!(!plan.steps("zeebe_exporter.audit")?.is_empty(), "{}", plan.text);
        let shown = project.terraform(&["show", "-json", "planned"])?.ok()?;
        let applied = project.apply_planned()?;
        for said in [&plan.text, &shown.stdout, &applied.stdout, &applied.stderr] {
            ensure!(!said.contains(PASSWORD), "{said}");
        }
        let kept = clusters.join(format!("secret/secrets/exporter-audit-password-{version}"));
        ensure!(holders(&clusters, PASSWORD)? == [kept], "{:?}", holders(&clusters, PASSWORD)?);
        let told = holders(&project.directory, PASSWORD)?;
        ensure!(told.is_empty(), "the password is in {told:?}");
        project.plan()?.is_empty()?;
    }
    project.destroy()?;
    ensure!(holders(&clusters, PASSWORD)?.is_empty(), "the password outlives the cluster");
    Ok(Outcome::Works)
}

fn import_identity(bench: &Bench<'_>) -> Result<Outcome> {
    imported_by(bench, "identity", "identity = { id = \"[ID]\" }")
}

/// Imports a cluster of that name by a block with that argument.
fn imported_by(bench: &Bench<'_>, name: &str, argument: &str) -> Result<Outcome> {
    let hcl = bench.cluster(name);
    let first = bench.project(&format!("{name}-first"), &hcl.file())?;
    first.apply()?;
    let (address, argument) = (hcl.address(), argument.replace("[ID]", &bench.id(name)));
    let block = format!("\nimport {{\n  to = {address}\n  {argument}\n}}\n");
    let project = Project::on(bench.directory.join(name), bench.client)?;
    project.write("main.tf", &[hcl.file(), block].concat())?;
    // A block that the client does not know is refused as early as here.
    let started = project.terraform(&["init", "-input=false"])?;
    if let Some(refused) = refused(&started) {
        first.destroy()?;
        return Ok(refused);
    }
    started.ok()?;
    let said = project.terraform(&["plan", "-input=false"])?.ok()?.stdout;
    ensure!(said.contains("1 to import, 0 to add, 0 to change, 0 to destroy"), "{said}");
    project.apply()?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn functions(bench: &Bench<'_>) -> Result<Outcome> {
    let output =
        "\noutput \"path\" {\n  value = provider::zeebe::upgrade_path(\"8.5.8\", \"8.7.0\")\n}\n";
    let project = bench.project("functions", &[REQUIRED_PROVIDERS, output].concat())?;
    let applied = project.terraform(&["apply", "-input=false", "-auto-approve"])?;
    if let Some(refused) = refused(&applied) {
        return Ok(refused);
    }
    applied.ok()?;
    let path = project.terraform(&["output", "-json", "path"])?.ok()?.json()?;
    ensure!(path == json!(["8.6", "8.7"]), "{path}");
    Ok(Outcome::Works)
}

fn ephemeral(bench: &Bench<'_>) -> Result<Outcome> {
    let id = bench.id("lent");
    let block = format!(
        "{REQUIRED_PROVIDERS}\nephemeral \"zeebe_client_credentials\" \"this\" {{\n  cluster = \"{id}\"\n}}\n"
    );
    let project = Project::on(bench.directory.join("lent"), bench.client)?;
    project.write("main.tf", &block)?;
    let started = project.terraform(&["init", "-input=false"])?;
    if let Some(refused) = refused(&started) {
        return Ok(refused);
    }
    started.ok()?;
    let said = project.terraform(&["plan", "-input=false"])?.fails()?;
    ensure!(said.contains("no client credentials for"), "{said}");
    Ok(Outcome::Works)
}

fn query(bench: &Bench<'_>) -> Result<Outcome> {
    let clusters = bench.clusters().join("estate");
    let estate: Vec<ClusterHcl> = ["one", "two"]
        .map(|name| ClusterHcl { label: name.into(), ..ClusterHcl::simulated(name, &clusters) })
        .into();
    let blocks: String = estate.iter().map(ClusterHcl::block).collect();
    let first = bench.project("estate", &[REQUIRED_PROVIDERS, &blocks].concat())?;
    first.apply()?;
    let project = bench.project("query", REQUIRED_PROVIDERS)?;
    let list = format!(
        "list \"zeebe_cluster\" \"here\" {{\n  provider         = zeebe\n  include_resource = true\n\n  config {{\n    \
         target = {{\n      simulated = {{ directory = \"{clusters}\" }}\n    }}\n  }}\n}}\n"
    );
    project.write("estate.tfquery.hcl", &list)?;
    let asked = project.terraform(&["query", "-generate-config-out=found.tf"])?;
    if let Some(refused) = refused(&asked) {
        first.destroy()?;
        return Ok(refused);
    }
    let found = asked.ok()?.stdout;
    let id = |hcl: &ClusterHcl| format!("simulated://{clusters}/{}", hcl.name);
    ensure!(estate.iter().all(|hcl| found.contains(&id(hcl))), "{found}");
    let said = project.terraform(&["plan", "-input=false"])?.ok()?.stdout;
    ensure!(said.contains("2 to import, 0 to add, 0 to change, 0 to destroy"), "{said}");
    project.apply()?;
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

fn actions(bench: &Bench<'_>) -> Result<Outcome> {
    let trigger = "lifecycle {\n    action_trigger {\n      events  = [after_create]\n      actions = \
                   [action.zeebe_verify.this]\n    }\n  }";
    let triggering = bench.cluster("acted").sized(3, 1, 3);
    // Without its trigger, for the clients that know none.
    let plain = bench.project("acted-plain", &triggering.file())?;
    let id = bench.id("acted");
    let deeds: String = ["zeebe_verify", "zeebe_rebalance", "zeebe_snapshot"]
        .map(|deed| {
            format!(
                "\naction \"{deed}\" \"this\" {{\n  config {{\n    cluster = \"{id}\"\n  }}\n}}\n"
            )
        })
        .concat();
    let project = Project::on(bench.directory.join("acted"), bench.client)?;
    project.write("main.tf", &[triggering.with(trigger).file(), deeds].concat())?;
    let started = project.terraform(&["init", "-input=false"])?;
    if let Some(refused) = refused(&started) {
        // The same cluster without them is none the worse.
        plain.apply()?;
        plain.destroy()?;
        return Ok(refused);
    }
    started.ok()?;
    let said = project.apply()?.stdout;
    ensure!(said.contains("work starts on the partition"), "{said}");
    for (deed, end) in [
        ("zeebe_verify", "work starts on the partition"),
        ("zeebe_rebalance", "led by the broker that is preferred"),
        ("zeebe_snapshot", "snapshots are there on the brokers 0, 1, 2"),
    ] {
        let invoke = format!("-invoke=action.{deed}.this");
        let run = project.terraform(&["apply", "-input=false", "-auto-approve", &invoke])?.ok()?;
        ensure!(run.stdout.contains(end), "{run}");
    }
    project.plan()?.is_empty()?;
    project.destroy()?;
    Ok(Outcome::Works)
}

/// Puts trouble beside the model of a cluster.
fn trouble(bench: &Bench<'_>, name: &str, trouble: &str) -> Result<()> {
    let folder = bench.clusters().join(name);
    fs::create_dir_all(&folder)?;
    let path = folder.join("faults.json");
    fs::write(&path, format!("{{ \"trouble\": {trouble} }}"))
        .with_context(|| format!("could not write \"{path}\""))
}
