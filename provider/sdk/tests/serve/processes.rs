use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;
use zeebe_proto::plugin::stdio_data::Channel;
use zeebe_proto::tfplugin6::configure_provider;

use crate::faulty::{creation, decode, faulty, program, started};
use tf_conformance::client::Launch;

#[tokio::test]
async fn what_the_provider_prints_goes_to_the_client() {
    let (plugin, mut connection) = started().await;
    let mut output = connection.stdio.stream_stdio(()).await.unwrap().into_inner();
    connection.provider.configure_provider(configure_provider::Request::default()).await.unwrap();
    let mut seen = BTreeSet::new();
    while seen.len() < 2 {
        let data = output.message().await.unwrap().unwrap();
        seen.insert((data.channel().as_str_name(), String::from_utf8(data.data).unwrap()));
    }
    let expected = [(Channel::Stderr, "stray complaint\n"), (Channel::Stdout, "stray output\n")]
        .map(|(channel, text)| (channel.as_str_name(), text.to_owned()));
    assert_eq!(seen, BTreeSet::from(expected));
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_process_that_is_left_behind_holds_no_stream_of_the_client() {
    let (plugin, mut connection) = started().await;
    let answer = connection
        .provider
        .apply_resource_change(creation("leave a process behind"))
        .await
        .unwrap();
    let left: i32 =
        decode(answer.into_inner().new_state).member("id").as_text().unwrap().parse().unwrap();
    drop(connection);
    // Ends only when stdout and stderr have no writer any more.
    let exit = plugin.shut_down().await;
    kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
    assert_eq!(exit.unwrap().status.code(), Some(0));
}

#[tokio::test]
async fn logs_are_lines_of_json_with_strings_where_go_plugin_wants_them() {
    let plugin = faulty()
        .with("TF_LOG", "OFF")
        .with("TF_LOG_PROVIDER_FAULTY", "DEBUG")
        .start()
        .await
        .unwrap();
    let mut connection = plugin.connect().await.unwrap();
    let configure = configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        ..Default::default()
    };
    connection.provider.configure_provider(configure).await.unwrap();
    drop(connection);
    let exit = plugin.shut_down().await.unwrap();
    let lines: Vec<Json> =
        exit.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(line[key].is_string(), "{line}");
        }
    }
    let configured = lines.iter().find(|line| line["@message"] == "configured").unwrap();
    assert_eq!(
        (&configured["@level"], &configured["tf_rpc"], &configured["version"]),
        (&"info".into(), &"ConfigureProvider".into(), &"1.11.4".into())
    );
}

/// What starts the provider here is killed, as Terraform may be: it cannot say goodbye.
#[tokio::test]
async fn a_provider_whose_client_was_killed_ends_by_itself() {
    let folder = Utf8PathBuf::from_path_buf(std::env::temp_dir())
        .unwrap()
        .join(format!("faulty-orphan-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let program = program();
    let shell = folder.join("client.sh");
    // The shell is the client that starts the provider, and whose end the provider should notice.
    std::fs::write(&shell, format!("\"{program}\" &\nwait\n")).unwrap();
    let plugin =
        Launch::of("/bin/sh".into()).unwrap().argument(shell.as_str()).start().await.unwrap();
    let connection = plugin.connect().await.unwrap();
    let client = Pid::from_raw(plugin.pid().unwrap().try_into().unwrap()).unwrap();
    kill_process(client, Signal::KILL).unwrap();
    drop(connection);
    // The streams end with the provider, not with the shell.
    let exit = plugin.ended().await.unwrap();
    assert_eq!(exit.stdout, "");
    std::fs::remove_dir_all(folder).unwrap();
}
