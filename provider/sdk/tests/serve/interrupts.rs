use std::time::Duration;

use futures::future::join_all;
use rustix::process::{Pid, Signal, kill_process};
use tf_sdk::Value;
use tokio::time::timeout;
use zeebe_proto::tfplugin6::stop_provider;

use crate::faulty::{Output, creation, decode, started, thing, told};
use tf_conformance::client::{Connection, Plugin};

/// No answer takes longer once its call was cancelled, on any machine that is not broken.
const DEADLINE: Duration = Duration::from_mins(1);

fn pid(plugin: &Plugin) -> Pid {
    Pid::from_raw(plugin.pid().unwrap().try_into().unwrap()).unwrap()
}

/// Starts a creation that waits for the interrupt, lets `interrupt` happen, and tells what came back.
async fn interrupted(
    connection: &Connection,
    output: &mut Output,
    interrupt: impl AsyncFnOnce(),
) -> (Value, Vec<u8>, Vec<String>) {
    let mut provider = connection.provider.clone();
    let applying = provider.apply_resource_change(creation("wait for the interrupt"));
    let interrupting = async {
        output.says("waiting").await;
        interrupt().await;
    };
    let both = async { tokio::join!(applying, interrupting) };
    let (answer, ()) = timeout(DEADLINE, both).await.unwrap();
    let answer = answer.unwrap().into_inner();
    (decode(answer.new_state), answer.private, told(&answer.diagnostics))
}

async fn stop(connection: &Connection) {
    let answer =
        connection.provider.clone().stop_provider(stop_provider::Request {}).await.unwrap();
    assert_eq!(answer.into_inner(), stop_provider::Response::default());
}

fn in_part() -> (Value, Vec<u8>, Vec<String>) {
    let state = thing(Value::text("hello"), Some("wait for the interrupt"), Value::Null);
    (state, b"planned".to_vec(), vec!["error: interrupted".to_owned()])
}

#[tokio::test]
async fn stop_cancels_what_is_in_flight_and_the_next_call_is_not_cancelled() {
    let (plugin, connection) = started().await;
    let mut output = Output::of(&connection).await;
    for _ in 0..2 {
        let answer = interrupted(&connection, &mut output, async || stop(&connection).await).await;
        assert_eq!(answer, in_part());
    }
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn an_interrupt_of_the_process_group_changes_nothing() {
    let (plugin, connection) = started().await;
    let mut output = Output::of(&connection).await;
    let process = pid(&plugin);
    let answer = interrupted(&connection, &mut output, async || {
        kill_process(process, Signal::INT).unwrap();
        kill_process(process, Signal::INT).unwrap();
        stop(&connection).await;
    })
    .await;
    assert_eq!(answer, in_part());
    let exit = plugin.shut_down().await.unwrap();
    assert_eq!(exit.status.code(), Some(0));
}

#[tokio::test]
async fn a_termination_or_a_lost_terminal_cancels_the_calls_and_their_answers_still_arrive() {
    let (plugin, connection) = started().await;
    let mut output = Output::of(&connection).await;
    let process = pid(&plugin);
    for signal in [Signal::TERM, Signal::HUP, Signal::TERM] {
        let terminate = async || kill_process(process, signal).unwrap();
        assert_eq!(interrupted(&connection, &mut output, terminate).await, in_part());
    }
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_call_whose_client_went_away_is_cancelled() {
    let (plugin, connection) = started().await;
    let mut output = Output::of(&connection).await;
    let mut provider = connection.provider.clone();
    tokio::select! {
        _ = provider.apply_resource_change(creation("wait for the interrupt")) => unreachable!("it waits for the interrupt"),
        () = output.says("waiting") => {}
    }
    timeout(DEADLINE, output.says("interrupted")).await.unwrap();
    plugin.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_stop_gets_through_however_many_calls_are_in_flight() {
    let (plugin, connection) = started().await;
    let mut output = Output::of(&connection).await;
    let calls = (0..300).map(|_| {
        let mut provider = connection.provider.clone();
        async move {
            provider
                .apply_resource_change(creation("wait for the interrupt"))
                .await
                .unwrap()
                .into_inner()
        }
    });
    let stopping = async {
        for _ in 0..300 {
            output.says("waiting").await;
        }
        stop(&connection).await;
    };
    let all = async { tokio::join!(join_all(calls), stopping) };
    let (answers, ()) = timeout(DEADLINE, all).await.unwrap();
    assert!(answers.iter().all(|answer| told(&answer.diagnostics) == ["error: interrupted"]));
    plugin.shut_down().await.unwrap();
}
