use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use zeebe_plan::component::{ComponentState, Condition, Observed, Wanted};
use zeebe_spec::{DataOnDestroy, SecretSource};
use zeebe_target::{Call, LeftBehind, Target};
use zeebe_target_local::{LocalCluster, LocalEnvironment};

use crate::support::{BROKER, Lab, chain, end, eventually, fields, running, runs};

const KEY: &str = "this-is-the-licence-key";

#[tokio::test]
async fn broker_that_was_meant_to_start_and_did_not_is_stopped_and_started_once() {
    let lab = Lab::new();
    lab.ensure(&lab.process()).await.unwrap();
    lab.cluster().ensure(&BROKER, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    let mut record = lab.record();
    record["identity"] = Value::Null;
    lab.write_record(&record);
    let seen = lab.observe().await;
    assert!(
        matches!(&seen, Observed::Present(ComponentState { condition: Condition::Stopped, .. })),
        "{seen:?}"
    );
    lab.ensure(&lab.process()).await.unwrap();
    assert_eq!(lab.processes(), [lab.pid().await]);
}

#[tokio::test]
async fn broker_whose_pid_nobody_wrote_down_is_found_by_its_token_and_taken_over() {
    let lab = Lab::new();
    let process = lab.process();
    lab.ensure(&process).await.unwrap();
    let (pid, written) = (lab.pid().await, lab.record());
    let mut record = written.clone();
    record["identity"] = Value::Null;
    lab.write_record(&record);
    assert_eq!(lab.pid().await, pid);
    lab.ensure(&process).await.unwrap();
    assert_eq!((lab.processes(), lab.record()), (vec![pid], written));
}

#[tokio::test]
async fn process_with_the_pid_of_a_broker_and_another_start_time_is_left_alone() {
    let lab = Lab::new();
    let process = lab.process();
    lab.ensure(&process).await.unwrap();
    end(lab.pid().await);
    let mut stranger = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let mut record = lab.record();
    record["identity"]["pid"] = stranger.id().into();
    lab.write_record(&record);
    let seen = lab.observe().await;
    let ensured = lab.ensure(&process).await;
    let left_alone = stranger.try_wait().unwrap();
    // Before anything is asserted: a test that fails leaves nothing running.
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(
        matches!(&seen, Observed::Present(ComponentState { condition: Condition::Stopped, .. })),
        "{seen:?}"
    );
    assert_eq!(left_alone, None);
    ensured.unwrap();
    assert_ne!(lab.pid().await, i32::try_from(stranger.id()).unwrap());
}

#[tokio::test]
async fn broker_of_an_earlier_run_of_the_machine_is_stopped() {
    let lab = Lab::new();
    lab.ensure(&lab.process()).await.unwrap();
    end(lab.pid().await);
    let mut record = lab.record();
    // Its pid and its start time are those of a process that runs: this one.
    let own = i32::try_from(std::process::id()).unwrap();
    record["identity"]["pid"] = own.into();
    record["identity"]["start_time"] = fields(own).unwrap()[19].parse::<u64>().unwrap().into();
    record["identity"]["boot"] = "an earlier one".into();
    lab.write_record(&record);
    let seen = lab.observe().await;
    assert!(
        matches!(&seen, Observed::Present(ComponentState { condition: Condition::Stopped, .. })),
        "{seen:?}"
    );
}

#[tokio::test]
async fn broker_has_a_session_of_its_own_and_none_of_our_descriptors() {
    let lab = Lab::new();
    let _open = fs::File::create(lab.path.join("ours")).unwrap();
    lab.ensure(&lab.process()).await.unwrap();
    let pid = lab.pid().await;
    let stat = fields(pid).unwrap();
    // Process group and session.
    assert_eq!((&stat[2], &stat[3]), (&pid.to_string(), &pid.to_string()));
    let descriptors = || -> BTreeSet<String> {
        fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .map(|entry| fs::read_link(entry.unwrap().path()))
            .filter_map(|link| Some(link.ok()?.to_str()?.to_owned()))
            .collect()
    };
    let wanted =
        BTreeSet::from(["/dev/null".to_owned(), lab.home().join("console.log").into_string()]);
    // The launcher's shell has its own script open until it becomes the product.
    eventually("the launcher has become the product", || {
        fs::read_to_string(format!("/proc/{pid}/comm")).unwrap() == "sleep\n"
    })
    .await;
    assert_eq!(descriptors(), wanted);
}

#[tokio::test]
async fn broker_that_does_not_listen_is_killed_after_the_deadline() {
    let lab = Lab::new();
    let mut process = lab.process();
    process.settings.insert("FAKE_DEAF".to_owned(), "1".to_owned());
    lab.ensure(&process).await.unwrap();
    let pid = lab.pid().await;
    let cluster = lab.cluster().with_stop_deadline(Duration::from_millis(50));
    cluster.ensure(&BROKER, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    assert!(!runs(pid));
}

#[tokio::test]
async fn stop_that_is_cancelled_says_so_and_is_finished_by_the_next() {
    let lab = Lab::new();
    let mut process = lab.process();
    process.settings.insert("FAKE_DEAF".to_owned(), "1".to_owned());
    lab.ensure(&process).await.unwrap();
    let pid = lab.pid().await;
    let cancel = CancellationToken::new();
    let call = Call { cancel: cancel.clone(), ..Call::quiet() };
    cancel.cancel();
    let error = lab.cluster().ensure(&BROKER, &Wanted::Stopped, &call).await.unwrap_err();
    assert_eq!(
        (chain(&error), error.left_behind, runs(pid)),
        (
            format!("could not stop broker \"0\": cancelled while pid {pid} was stopping"),
            LeftBehind::Traceable,
            true
        )
    );
    let cluster = lab.cluster().with_stop_deadline(Duration::ZERO);
    cluster.ensure(&BROKER, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    assert!(!runs(pid));
}

#[tokio::test]
async fn broker_that_ends_at_once_is_an_error_with_its_last_words() {
    let lab = Lab::new();
    let mut process = lab.process();
    process.settings.insert("FAKE_ENDS".to_owned(), "1".to_owned());
    let error = lab.ensure(&process).await.unwrap_err();
    assert_eq!(
        (chain(&error), error.left_behind, error.advice),
        (
            "could not start broker \"0\": it ended at once with exit status 7".to_owned(),
            LeftBehind::Traceable,
            format!("The last lines of {}/console.log:\nbegins\nno way to go on", lab.home())
        )
    );
}

#[tokio::test]
async fn licence_key_is_in_the_process_and_nowhere_else() {
    let mut lab = Lab::new();
    lab.set("THE_KEY", KEY);
    let mut process = lab.process();
    process.license = Some(SecretSource::EnvironmentVariable("THE_KEY".to_owned()));
    lab.ensure(&process).await.unwrap();
    let pid = lab.pid().await;
    let environment = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    assert!(environment.split('\0').any(|one| one == format!("CAMUNDA_LICENSE_KEY={KEY}")));
    assert!(!environment.split('\0').any(|one| one.starts_with("THE_KEY=")));
    assert!(!fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap().contains(KEY));
    let found = std::process::Command::new("grep")
        .args(["--recursive", "--files-with-matches", KEY, lab.path.as_str()])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(found.stdout).unwrap(), "");
    assert!(!format!("{:?}", lab.cluster()).contains(KEY));
}

#[tokio::test]
async fn licence_key_that_is_not_there_stops_the_start_before_anything_is_touched() {
    let lab = Lab::new();
    let mut process = lab.process();
    process.license = Some(SecretSource::EnvironmentVariable("THE_KEY".to_owned()));
    let error = lab.ensure(&process).await.unwrap_err();
    assert_eq!(
        (chain(&error), error.left_behind, lab.home().exists()),
        (
            "could not start broker \"0\": environment variable \"THE_KEY\", which should hold the licence key, is not set"
                .to_owned(),
            LeftBehind::Nothing,
            false
        )
    );
}

#[tokio::test]
async fn broker_gets_its_settings_its_files_and_little_else_of_our_environment() {
    let mut lab = Lab::new();
    lab.set("SOMETHING_OF_OURS", "x");
    lab.ensure(&lab.process()).await.unwrap();
    let pid = lab.pid().await;
    let environment = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    let names: BTreeSet<&str> =
        environment.split('\0').filter_map(|one| Some(one.split_once('=')?.0)).collect();
    // A shell sets the last three by itself.
    let shells = BTreeSet::from(["PWD", "OLDPWD", "SHLVL", "_"]);
    assert_eq!(
        names.difference(&shells).copied().collect::<Vec<_>>(),
        [
            "HOME",
            "JAVA_HOME",
            "JAVA_OPTS",
            "PATH",
            "SETTING",
            "ZEEBE_PLATFORM_COMPONENT",
            "ZEEBE_PLATFORM_RUN"
        ]
    );
    let file = lab.home().join("log.xml");
    assert_eq!(
        (fs::read_to_string(&file).unwrap(), fs::metadata(&file).unwrap().permissions().mode()),
        ("<x/>".to_owned(), 0o100_600)
    );
}

#[tokio::test]
async fn what_a_killed_broker_left_in_its_temporary_folder_goes_with_the_next_start() {
    let lab = Lab::new();
    let process = lab.process();
    lab.ensure(&process).await.unwrap();
    let scratch = lab.home().join("tmp");
    let pid = lab.pid().await;
    let environment = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    let options = environment.split('\0').find_map(|one| one.strip_prefix("JAVA_OPTS="));
    assert_eq!(
        options,
        Some(
            format!("{} -Djava.io.tmpdir={scratch}", process.java_options.options.join(" ")).trim()
        )
    );
    fs::write(scratch.join("librocksdbjni1.so"), "x").unwrap();
    end(pid);
    eventually("it ends", || !runs(pid)).await;
    lab.ensure(&process).await.unwrap();
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
}

#[tokio::test]
async fn file_outside_the_component_is_refused() {
    let lab = Lab::new();
    for path in [lab.path.join("elsewhere"), lab.home().join("../../../elsewhere")] {
        let mut process = lab.process();
        process.files.insert(path.to_string(), "x".to_owned());
        let error = lab.ensure(&process).await.unwrap_err();
        assert_eq!(
            chain(&error),
            format!(
                "could not start broker \"0\": file \"{path}\" lies outside the component's folder"
            )
        );
    }
}

#[tokio::test]
async fn console_output_of_the_last_starts_is_kept_and_no_more() {
    let lab = Lab::new();
    for _ in 0..6 {
        lab.ensure(&lab.process()).await.unwrap();
        lab.cluster().ensure(&BROKER, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    }
    let mut consoles: Vec<String> = fs::read_dir(lab.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("console"))
        .collect();
    consoles.sort();
    assert_eq!(consoles, ["console.1.log", "console.2.log", "console.3.log", "console.log"]);
}

#[tokio::test]
async fn broker_with_a_record_that_is_no_record_is_unclear() {
    let lab = Lab::new();
    lab.ensure(&lab.process()).await.unwrap();
    let pid = lab.pid().await;
    lab.write_record(&Value::String("something else".to_owned()));
    let path = lab.home().join("process.json");
    let Observed::Unclear(why) = lab.observe().await else {
        panic!("{:?}", lab.observe().await);
    };
    assert!(why.starts_with(&format!("\"{path}\" is not a record of a process: ")), "{why}");
    fs::remove_file(&path).unwrap();
    assert_eq!(
        lab.observe().await,
        Observed::Unclear(format!(
            "pid {pid} runs as broker 0, and its record in {} is not of this run",
            lab.home()
        ))
    );
}

#[tokio::test]
async fn broker_whose_folder_was_deleted_by_hand_is_unclear_while_it_runs() {
    let lab = Lab::new();
    lab.ensure(&lab.process()).await.unwrap();
    fs::remove_dir_all(lab.home()).unwrap();
    assert!(matches!(lab.observe().await, Observed::Unclear(_)));
    lab.ensure(&lab.process()).await.unwrap();
    assert_eq!(lab.processes(), [lab.pid().await]);
}

#[tokio::test]
async fn deletion_that_was_cut_off_is_finished_by_the_next_deed() {
    let lab = Lab::new();
    lab.ensure(&lab.process()).await.unwrap();
    lab.cluster().ensure(&BROKER, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    fs::rename(lab.home(), lab.root().join("brokers/.deleted-0-x")).unwrap();
    assert_eq!(lab.observe().await, Observed::Absent);
    let delete = Wanted::Absent(DataOnDestroy::Delete);
    lab.cluster().ensure(&BROKER, &delete, &Call::quiet()).await.unwrap();
    assert!(!lab.root().exists());
}

#[tokio::test]
async fn reach_gives_the_ports_that_were_started_with() {
    let lab = Lab::new();
    let process = lab.process();
    lab.ensure(&process).await.unwrap();
    let asked = BTreeSet::from([zeebe_spec::BrokerId(0), zeebe_spec::BrokerId(1)]);
    let reach = lab.cluster().reach(&asked, &Call::quiet()).await.unwrap();
    let address = |purpose: &str| format!("http://127.0.0.1:{}", process.ports[purpose]);
    assert_eq!(
        (
            reach.management.into_iter().collect::<Vec<_>>(),
            reach.rest.into_iter().collect::<Vec<_>>()
        ),
        (vec![(zeebe_spec::BrokerId(0), address("management"))], vec![(BROKER, address("rest"))])
    );
}

#[tokio::test]
async fn place_that_an_import_names_is_the_place_that_a_wish_gave() {
    let lab = Lab::new();
    let cluster = lab.cluster();
    let environment = LocalEnvironment::from_variables([("HOME".to_owned(), "/h".to_owned())]);
    let imported = LocalCluster::at(&lab.root(), &environment).unwrap();
    assert_eq!(imported.place(), cluster.place());
    assert_eq!(imported.place().id, format!("local://{}", lab.root()));
    let error = LocalCluster::at("/srv/No Name".into(), &environment).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"/srv/No Name\" is not the folder of a cluster; expected an absolute path that ends in the cluster's name"
    );
}

#[tokio::test]
async fn broker_survives_the_end_of_the_process_group_that_started_it() {
    let lab = Lab::new();
    let engine = crate::conformance::Engine::start(&lab, &running(&lab.process()));
    eventually("the broker runs", || {
        engine.has_ended() && lab.processes().iter().any(|pid| runs(*pid))
    })
    .await;
    engine.end();
    let pid = lab.pid().await;
    assert_eq!((lab.processes(), runs(pid)), (vec![pid], true));
}
