//! Our own provider breaks no rule of Terraform's core.

#![expect(clippy::unwrap_used, reason = "what tests share fails as tests do")]

use std::time::Duration;

use camino::Utf8PathBuf;
use tf_conformance::case::CaseFile;
use tf_conformance::profile::Profile;
use tf_conformance::report::{Bytes, Report};
use tf_conformance::suite::Run;

/// The provider's program: the one that the variable names, or the one beside the tests.
fn provider() -> Utf8PathBuf {
    if let Ok(named) = std::env::var("ZEEBE_PROVIDER_BINARY") {
        return named.into();
    }
    let tests = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("terraform-provider-zeebe");
    assert!(program.exists(), "{program} is missing: `cargo build -p terraform-provider-zeebe`");
    program
}

fn cases() -> CaseFile {
    serde_json::from_str(include_str!("../cases/zeebe.json")).unwrap()
}

async fn report(profile: Profile, cases: CaseFile) -> Report {
    let run = Run { program: provider(), cases, profile, environment: Vec::new(), seed: 1 };
    let judge = run.judge().await.unwrap();
    Report::of(&judge, run.program.as_str(), &profile.to_string(), run.seed, Duration::ZERO)
}

#[tokio::test(flavor = "multi_thread")]
async fn our_provider_breaks_no_rule() {
    let report = report(Profile::NEWEST, cases()).await;
    assert_eq!(report.findings, [], "{}", report.table(Bytes::Shown));
    assert!(report.rules_seen() >= 80, "{}", report.table(Bytes::Hidden));
}

/// A creation, a change and a destruction, as those clients ask for them that brought something new.
#[tokio::test(flavor = "multi_thread")]
async fn our_provider_breaks_no_rule_of_an_older_client() {
    let mut cases = cases();
    cases.random.clear();
    for case in &mut cases.resources {
        // The last step lets it be destroyed.
        let (first, last) = (case.steps.first().cloned(), case.steps.last().cloned());
        case.steps = first.into_iter().chain(last).collect();
    }
    for client in
        ["terraform-1.3", "terraform-1.8", "terraform-1.11", "opentofu-1.6", "opentofu-1.11"]
    {
        let report = report(Profile::of(client).unwrap(), cases.clone()).await;
        assert_eq!(report.findings, [], "{}", report.table(Bytes::Shown));
    }
}
