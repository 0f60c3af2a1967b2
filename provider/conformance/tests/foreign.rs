//! Providers that we did not write draw no false alarm; what they do wrong is found.

#![expect(clippy::unwrap_used, reason = "what tests share fails as tests do")]
#![expect(clippy::print_stderr, reason = "what is skipped is said loudly")]

use std::collections::BTreeSet;
use std::process::Command;

use camino::Utf8PathBuf;
use tf_conformance::profile::Profile;
use tf_conformance::report::{Bytes, Report};
use tf_conformance::suite::Run;

/// A provider that a script of the project builds with Go; none where there is no Go.
fn built(script: &str, arguments: &[&str]) -> Option<Utf8PathBuf> {
    let root = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let built = Command::new(root.join("tools").join(script)).args(arguments).output().unwrap();
    if built.status.success() {
        return Some(String::from_utf8(built.stdout).unwrap().trim().into());
    }
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(said.contains("no go on PATH"), "{said}");
    eprintln!("SKIPPED: 1 foreign provider ({script} {arguments:?}), as there is no Go here");
    None
}

/// The `time` provider of `HashiCorp`.
fn time() -> Option<Utf8PathBuf> {
    built("time-provider.sh", &[])
}

async fn report(program: Utf8PathBuf, cases: &str) -> Report {
    let run = Run {
        program,
        cases: serde_json::from_str(cases).unwrap(),
        profile: Profile::NEWEST,
        environment: Vec::new(),
        seed: 1,
    };
    let judge = run.judge().await.unwrap();
    Report::of(&judge, "a provider", "terraform-1.16", run.seed, std::time::Duration::ZERO)
}

#[tokio::test(flavor = "multi_thread")]
async fn hashicorps_time_draws_no_false_alarm() {
    let Some(program) = time() else { return };
    let report = report(program, include_str!("../cases/time.json")).await;
    assert_eq!(report.findings, [], "{}", report.table(Bytes::Shown));
    assert!(report.rules_seen() >= 70, "{}", report.table(Bytes::Hidden));
}

/// Found by this suite, and confirmed by Terraform 1.11.4: "Provider produced inconsistent final plan".
#[tokio::test(flavor = "multi_thread")]
async fn hashicorps_time_takes_an_offset_that_is_not_known_yet_for_none() {
    let Some(program) = time() else { return };
    let report = report(program, include_str!("../cases/time-unknown.json")).await;
    let found: BTreeSet<_> =
        report.findings.iter().map(|it| (it.rule, it.subject.as_str(), it.turn.as_str())).collect();
    let expected = ["time_offset", "time_rotating"]
        .map(|subject| ("plan/final", subject, "step 2, planned again"));
    assert_eq!(found, BTreeSet::from(expected), "{}", report.table(Bytes::Shown));
}

/// One on each of the libraries that `HashiCorp` offers, which use all that those have.
#[tokio::test(flavor = "multi_thread")]
async fn reference_providers_draw_no_false_alarm() {
    let framework =
        include_str!("../../../acceptance-tests/reference-providers/framework/case.json");
    let sdkv2 = include_str!("../../../acceptance-tests/reference-providers/sdkv2/case.json");
    for (library, cases, fewest) in [("framework", framework, 85), ("sdkv2", sdkv2, 60)] {
        let Some(program) = built("reference-providers.sh", &[library]) else { return };
        let report = report(program, cases).await;
        assert_eq!(report.findings, [], "{}", report.table(Bytes::Shown));
        assert!(report.rules_seen() >= fewest, "{}", report.table(Bytes::Hidden));
    }
}
