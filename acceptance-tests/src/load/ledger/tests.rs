use super::{super::client::Created, Ledger};

/// Instance 10 of attempt 1, with job 100 completed.
fn one_instance() -> Ledger {
    let ledger = Ledger::default();
    ledger.record_start(1, Created::Instance(10));
    ledger.record_job(10, 1, 100);
    ledger.record_completion(10, 100);
    ledger
}

#[test]
fn an_instance_completed_once_is_exact() {
    let ledger = one_instance();
    assert!(ledger.is_settled());
    ledger.report().is_exact().expect("nothing is wrong with it");
}

#[test]
fn a_started_instance_without_completion_is_lost() {
    let ledger = one_instance();
    ledger.record_start(2, Created::Instance(20));
    assert!(!ledger.is_settled());
    let report = ledger.report();
    assert_eq!(report.lost, [20]);
    report.is_exact().expect_err("an instance is lost");
}

#[test]
fn a_second_job_or_a_second_completion_or_a_second_instance_of_an_attempt_is_doubled() {
    let second_job = one_instance();
    second_job.record_job(10, 1, 101);
    assert_eq!(second_job.report().doubled, [10]);

    let second_completion = one_instance();
    second_completion.record_completion(10, 100);
    assert_eq!(second_completion.report().doubled, [10]);

    let second_instance = one_instance();
    second_instance.record_job(11, 1, 110);
    second_instance.record_completion(11, 110);
    assert_eq!(second_instance.report().doubled, [10, 11]);
}

#[test]
fn an_instance_whose_answer_was_lost_counts_when_its_job_arrives() {
    let ledger = one_instance();
    ledger.record_start(2, Created::Unclear("unavailable".to_owned()));
    ledger.record_start(3, Created::Unclear("unavailable".to_owned()));
    ledger.record_job(20, 2, 200);
    assert!(!ledger.is_settled());
    ledger.record_already_completed(20);
    assert!(ledger.is_settled());
    let report = ledger.report();
    assert_eq!((report.started, report.unclear, report.unclear_but_started), (1, 2, 1));
    assert_eq!(report.completed, 2);
    report.is_exact().expect("nothing is wrong with it");
}
