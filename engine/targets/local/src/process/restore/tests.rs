use super::*;

#[test]
fn the_reason_is_the_last_cause() {
    let text = "Starting\njava.lang.IllegalStateException: Failed to execute\n\tat a.b\n\
                Caused by: java.util.concurrent.ExecutionException: x\n\tat c.d\n\
                \tCaused by: io.camunda.zeebe.restore.BackupNotFoundException: Failed to find a completed backup with \
                id 7\n\t... 5 more\n";
    assert_eq!(
        last_cause(text),
        "io.camunda.zeebe.restore.BackupNotFoundException: Failed to find a completed backup with id 7"
    );
}

#[test]
fn without_a_cause_the_reason_is_the_last_line() {
    assert_eq!(last_cause("one\ntwo\n\n"), "two");
    assert_eq!(last_cause(""), "it wrote nothing");
}
