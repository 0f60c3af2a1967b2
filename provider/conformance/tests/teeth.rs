//! The suite has teeth: a provider that breaks one rule is caught by that rule, and one that breaks none by none.

#![expect(clippy::unwrap_used, reason = "what tests share fails as tests do")]

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use futures::StreamExt;
use tf_conformance::case::CaseFile;
use tf_conformance::profile::Profile;
use tf_conformance::report::{Bytes, Report};
use tf_conformance::rules::Rule;
use tf_conformance::suite::Run;

/// The example's program, which `cargo test` builds beside the tests.
fn program() -> Utf8PathBuf {
    let tests = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/mutant");
    assert!(program.exists(), "{program} is missing: `cargo build -p tf-conformance --examples`");
    program
}

fn cases() -> CaseFile {
    serde_json::from_str(include_str!("../cases/mutant.json")).unwrap()
}

async fn report(mutant: &str, cases: CaseFile) -> Report {
    let profile = Profile::NEWEST;
    let run = Run {
        program: program(),
        cases,
        profile,
        environment: vec![("TF_CONFORMANCE_MUTANT".to_owned(), mutant.to_owned())],
        seed: 1,
    };
    let judge = run.judge().await.unwrap();
    Report::of(&judge, "mutant", &profile.to_string(), run.seed, std::time::Duration::ZERO)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_mutation_breaks_no_rule_and_meets_every_one() {
    let report = report("none", cases()).await;
    assert_eq!(report.findings, [], "{}", report.table(Bytes::Shown));
    let unmet: Vec<_> =
        report.rules.iter().filter(|row| row.looks == 0).map(|row| row.rule).collect();
    // Only a provider that prints JSON on stderr can break it.
    assert_eq!(unmet, ["process/logs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mutant_is_caught_by_its_own_rule() {
    let runs = Rule::ALL.iter().map(|rule| async move {
        let cases = CaseFile { random: Vec::new(), ..cases() };
        let report = report(rule.id(), cases).await;
        let found: BTreeSet<&str> = report.findings.iter().map(|it| it.rule).collect();
        (rule.id(), found)
    });
    let caught: BTreeMap<&str, BTreeSet<&str>> =
        futures::stream::iter(runs).buffer_unordered(4).collect().await;
    let missed: Vec<_> = caught.iter().filter(|(rule, found)| !found.contains(*rule)).collect();
    assert_eq!(missed, Vec::<(&&str, &BTreeSet<&str>)>::new());
    let lines = caught.iter().map(|(rule, found)| {
        let others: Vec<_> = found.iter().filter(|it| *it != rule).copied().collect();
        format!(
            "{rule}: {}",
            if others.is_empty() { "alone".to_owned() } else { others.join(", ") }
        )
    });
    // Which other rules are broken by the same mistake: none where a rule is about that alone.
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_random_sequence_finds_what_no_case_shows_and_is_shrunk() {
    let cases = CaseFile { resources: Vec::new(), functions: Vec::new(), ..cases() };
    let report = report(Rule::PlanCount.id(), cases).await;
    let found: BTreeSet<&str> = report.findings.iter().map(|it| it.rule).collect();
    assert!(found.contains(Rule::PlanCount.id()), "{found:?}");
    let finding = report.findings.iter().find(|it| it.rule == Rule::PlanCount.id()).unwrap();
    let configs: Vec<_> = finding.bytes.iter().filter(|it| it.contains("configuration")).collect();
    // One configuration, with the one row that it takes to lose one.
    assert_eq!(configs.len(), 1, "{configs:?}");
    assert!(configs[0].contains("rows = {a = {count = 0, sign = null}}"), "{configs:?}");
    assert!(configs[0].contains("tags = null"), "{configs:?}");
}

#[test]
fn the_page_of_the_rules_names_each_one() {
    let page = include_str!("../../../docs/guides/conformance-rules.md");
    for rule in Rule::ALL {
        let row = format!("| `{}` | {} | {} |", rule.id(), rule.text(), rule.source());
        assert!(page.contains(&row), "`make conformance` writes the page again: {row}");
    }
}
