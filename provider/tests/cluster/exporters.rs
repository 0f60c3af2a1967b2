//! `zeebe_exporter` beside its cluster: how it comes, changes, goes, and what is told of it.

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;

use crate::core::{Applied, Core, UNKNOWN, texts, told, value};
use crate::life::three;

/// A cluster of three brokers and an exporter that is not there yet.
pub(crate) async fn exporting() -> (Core, Core) {
    let mut cluster = Core::new();
    cluster.reach(&cluster.config(three())).await;
    let exporter = cluster.beside("zeebe_exporter");
    (cluster, exporter)
}

/// The configuration of an exporter to Elasticsearch, with what is said changed.
pub(crate) fn config(core: &Core, changes: &Json) -> Value {
    let mut config = json!({
        "cluster": { "id": core.id() },
        "name": "audit",
        "enabled": true,
        "elasticsearch": { "url": "http://127.0.0.1:9200", "index": { "prefix": "audit" } },
    });
    for (name, change) in changes.as_object().unwrap() {
        config[name] = change.clone();
    }
    value(core.resource().schema().ty(), &config)
}

/// Every restart that the book tells of.
fn restarts(core: &Core) -> usize {
    let journal = std::fs::read_to_string(core.place().join("book/journal.jsonl")).unwrap();
    journal
        .lines()
        .filter(|line| line.contains("\"started\"") && line.contains("restart broker"))
        .count()
}

#[tokio::test]
async fn an_exporter_comes_as_planned_and_the_second_plans_are_empty() {
    let (mut cluster, mut exporter) = exporting().await;
    let wish = config(&exporter, &json!({}));
    let planned = exporter.plan(&wish).await.planned;
    assert_eq!(
        texts(planned.member("last_change")),
        [
            "restart every broker, one at a time, with the settings of exporter \"audit\"",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&wish).await;
    assert_eq!(exporter.phase(), "ready");
    assert_eq!(
        exporter.state.member("id"),
        &Value::text(format!("{}/exporters/audit", cluster.id()))
    );
    assert_eq!(restarts(&exporter), 3);
    // Its cluster is as it was wished, with another thing to hold.
    assert_eq!(cluster.refresh().await, Vec::<String>::new());
    assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
}

#[tokio::test]
async fn five_exporters_of_one_apply_cost_one_roll() {
    let (cluster, _) = exporting().await;
    let mut five: Vec<Core> = (0..5).map(|_| cluster.beside("zeebe_exporter")).collect();
    let applies = five.iter_mut().enumerate().map(|(number, exporter)| async move {
        let name = format!("audit{number}");
        let store = json!({ "url": "http://127.0.0.1:9200", "index": { "prefix": name } });
        let wish =
            config(exporter, &json!({ "name": name, "opensearch": store, "elasticsearch": null }));
        exporter.apply(&wish).await
    });
    for applied in futures::future::join_all(applies).await {
        assert_eq!(applied, Applied::Done(Vec::new()));
    }
    assert_eq!(restarts(&cluster), 3);
    let goes = five.iter_mut().map(Core::destroy);
    for gone in futures::future::join_all(goes).await {
        assert_eq!(gone, Applied::Done(Vec::new()));
    }
    assert_eq!(restarts(&cluster), 6);
}

#[tokio::test]
async fn an_exporter_is_switched_without_a_restart() {
    let (_, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({}))).await;
    let off = config(&exporter, &json!({ "enabled": false }));
    assert_eq!(exporter.steps(&off).await, ["disable exporter \"audit\" on every partition"]);
    exporter.reach(&off).await;
    let on = config(&exporter, &json!({}));
    assert_eq!(
        exporter.steps(&on).await,
        [
            "enable exporter \"audit\" on every partition",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&on).await;
    assert_eq!(restarts(&exporter), 3);
}

#[tokio::test]
async fn changed_settings_are_rolled_out_and_the_sink_is_replaced_only_by_another_exporter() {
    let (_, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({}))).await;
    let changed = json!({ "elasticsearch": { "url": "http://127.0.0.1:9201" } });
    let wish = config(&exporter, &changed);
    assert_eq!(
        exporter.steps(&wish).await[0],
        "restart every broker, one at a time, with the changed settings of exporter \"audit\""
    );
    exporter.reach(&wish).await;
    assert_eq!(restarts(&exporter), 6);
}

/// The product remembers the one that left, and that it was disabled.
#[tokio::test]
async fn an_exporter_that_left_and_comes_again_exports() {
    let (_, mut exporter) = exporting().await;
    let wish = config(&exporter, &json!({}));
    exporter.reach(&wish).await;
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    exporter.reach(&wish).await;
    assert_eq!(exporter.refresh().await, Vec::<String>::new());
    assert_eq!(exporter.state.member("enabled"), &Value::Truth(true));
    assert_eq!(exporter.steps(&wish).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_sink_that_takes_nothing_fails_the_apply_and_the_next_one_goes_on() {
    let (mut cluster, mut exporter) = exporting().await;
    cluster.faults(&json!({ "trouble": { "sinks_down": ["audit"] } }));
    let wish = config(&exporter, &json!({}));
    let Applied::Failed(told) = exporter.apply(&wish).await else { panic!("the sink is down") };
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("Nothing is lost: the brokers keep what is not exported"), "{told:?}");
    assert_eq!(exporter.phase(), "provisioning");
    // A cluster is not held up by the sink of one of its exporters.
    cluster.reach(&cluster.config(three())).await;
    cluster.faults(&json!({ "trouble": { "sinks_down": [] } }));
    assert_eq!(
        exporter.steps(&wish).await,
        ["see exporter \"audit\" come as far as the log of every partition"]
    );
    exporter.reach(&wish).await;
    assert_eq!(restarts(&exporter), 3);
}

fn kafka(core: &Core, changes: &Json) -> Value {
    let mut kafka = json!({ "brokers": ["127.0.0.1:9092"], "topic": "zeebe-payments" });
    for (name, change) in changes.as_object().unwrap() {
        kafka[name] = change.clone();
    }
    config(core, &json!({ "elasticsearch": null, "kafka": kafka }))
}

#[tokio::test]
async fn kafka_is_reached_by_a_receiver_that_comes_first_and_goes_last() {
    let (mut cluster, mut exporter) = exporting().await;
    let wish = kafka(&exporter, &json!({}));
    assert_eq!(
        exporter.steps(&wish).await,
        [
            "start the receiver of exporter \"audit\" and see it reach Kafka",
            "restart every broker, one at a time, with the settings of exporter \"audit\"",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&wish).await;
    assert_eq!(restarts(&exporter), 3);
    assert_eq!(cluster.refresh().await, Vec::<String>::new());
    assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
    // Another way to the same Kafka is the receiver's affair alone.
    let other = kafka(&exporter, &json!({ "compression": "lz4" }));
    assert_eq!(
        exporter.steps(&other).await,
        [
            "restart the receiver of exporter \"audit\" and see it reach Kafka",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&other).await;
    assert_eq!(restarts(&exporter), 3);
    let mut imported = cluster.beside("zeebe_exporter");
    let id = format!("{}/exporters/audit", cluster.id());
    assert_eq!(imported.import(&id).await, Vec::<String>::new());
    assert_eq!(imported.steps(&other).await, Vec::<String>::new());
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(cluster.refresh().await, Vec::<String>::new());
    assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
    let journal = std::fs::read_to_string(cluster.place().join("book/journal.jsonl")).unwrap();
    assert!(journal.contains("take receiver 0 away"));
}

#[tokio::test]
async fn a_receiver_that_does_not_reach_kafka_restarts_no_broker() {
    let (cluster, mut exporter) = exporting().await;
    let broken = json!({ "path": "/ready", "when": { "times": 1000 }, "with": "internal_error" });
    cluster.faults(&json!({ "answers": [broken] }));
    let wish = kafka(&exporter, &json!({}));
    let Applied::Failed(told) = exporter.apply(&wish).await else { panic!("kafka is away") };
    assert!(
        told[0].contains("45 s after its start receiver 0 of exporter \"audit\" is not ready"),
        "{told:?}"
    );
    assert!(told[0].contains("No broker was told of it yet"), "{told:?}");
    assert_eq!(restarts(&cluster), 0);
    assert_eq!(exporter.phase(), "provisioning");
    cluster.faults(&json!({}));
    exporter.reach(&wish).await;
    assert_eq!(restarts(&cluster), 3);
}

fn bucket(changes: &Json) -> Json {
    let mut bucket = json!({
        "bucket": "zeebe-lake",
        "region": "eu-west-1",
        "access_key": { "environment_variable": "LAKE_ACCESS_KEY" },
        "secret_key": { "file": "/srv/lake/secret-key" },
    });
    for (name, change) in changes.as_object().unwrap() {
        bucket[name] = change.clone();
    }
    bucket
}

fn lake(core: &Core, lake: &Json) -> Value {
    config(core, &json!({ "elasticsearch": null, "lake": lake }))
}

#[tokio::test]
async fn a_lake_is_reached_by_a_receiver_that_comes_first_and_goes_last() {
    let (mut cluster, mut exporter) = exporting().await;
    let wish = lake(&exporter, &json!({ "s3": bucket(&json!({ "prefix": "payments/" })) }));
    assert_eq!(
        exporter.steps(&wish).await,
        [
            "start the receiver of exporter \"audit\" and see it reach its lake",
            "restart every broker, one at a time, with the settings of exporter \"audit\"",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&wish).await;
    assert_eq!(restarts(&exporter), 3);
    assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
    let other = lake(&exporter, &json!({ "directory": "/srv/lake", "seal_after": "1m" }));
    assert_eq!(
        exporter.steps(&other).await,
        [
            "restart the receiver of exporter \"audit\" and see it reach its lake",
            "see exporter \"audit\" come as far as the log of every partition",
        ]
    );
    exporter.reach(&other).await;
    assert_eq!(restarts(&exporter), 3);
    let mut imported = cluster.beside("zeebe_exporter");
    let id = format!("{}/exporters/audit", cluster.id());
    assert_eq!(imported.import(&id).await, Vec::<String>::new());
    assert_eq!(imported.steps(&other).await, Vec::<String>::new());
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(cluster.refresh().await, Vec::<String>::new());
    assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
    let book = std::fs::read_to_string(cluster.place().join("book/journal.jsonl")).unwrap();
    assert!(book.contains("take receiver 0 away"));
}

#[tokio::test]
async fn two_exporters_of_one_cluster_have_a_lake_and_a_topic_of_their_own() {
    let (cluster, mut first) = exporting().await;
    first.reach(&lake(&first, &json!({ "directory": "/srv/lake" }))).await;
    let mut second = cluster.beside("zeebe_exporter");
    let within = json!({ "name": "second", "elasticsearch": null, "lake": { "directory": "/srv/lake/second" } });
    assert_eq!(
        second.refusal(&config(&second, &within)).await,
        [
            "Error at `lake`: exporter \"audit\" writes to the same lake\nIt writes to \"/srv/lake\", and this one to \
             \"/srv/lake/second\": what the one has written, the other would take for its own. Expected places of which \
             neither is within the other."
        ]
    );
    let kafka = |name: &str, brokers: Json| json!({ "name": name, "elasticsearch": null, "kafka": { "brokers": brokers, "topic": "zeebe" } });
    second.reach(&config(&second, &kafka("second", json!(["a:9092", "b:9092"])))).await;
    let third = cluster.beside("zeebe_exporter");
    let refusal = third.refusal(&config(&third, &kafka("third", json!(["b:9092"])))).await;
    assert!(
        refusal[0].starts_with(
            "Error at `kafka.topic`: exporter \"second\" writes to the same topic\nBoth write to \"zeebe\""
        ),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn an_exporter_that_is_imported_is_what_its_configuration_says() {
    let (cluster, mut exporter) = exporting().await;
    let wish = config(
        &exporter,
        &json!({
            "cluster": { "id": cluster.id(), "settings": cluster.state.member("handle").member("settings").as_text() },
            "elasticsearch": {
                "url": "http://127.0.0.1:9200",
                "bulk": { "records": 10, "delay": "2s", "memory": "1MiB" },
                "request_timeout": "40s",
                "authentication": { "username": "zeebe", "password": { "environment_variable": "PASSWORD" } },
            },
        }),
    );
    exporter.reach(&wish).await;
    let mut imported = cluster.beside("zeebe_exporter");
    let id = format!("{}/exporters/audit", cluster.id());
    assert_eq!(imported.import(&id).await, Vec::<String>::new());
    assert_eq!(imported.steps(&wish).await, Vec::<String>::new());
    assert_eq!(imported.identity(&imported.state), exporter.identity(&exporter.state));
}

#[tokio::test]
async fn what_does_not_stand_anywhere_is_told() {
    let cluster = Core::new();
    let mut exporter = cluster.beside("zeebe_exporter");
    let wish = config(&exporter, &json!({}));
    let Applied::Failed(told) = exporter.apply(&wish).await else { panic!("there is no cluster") };
    assert_eq!(
        told,
        [
            "Error at `cluster`: no cluster stands at simulated://<directory>/payments\nThere is no book of a cluster there. \
          Expected the attribute `handle` of a `zeebe_cluster`."
        ]
    );
    assert_eq!(exporter.state, Value::Null);
    for id in ["payments", "simulated:///nowhere/payments/exporters/audit"] {
        assert_eq!(
            exporter.import(id).await,
            [format!(
                "Error at ``: no exporter stands at {id}\nExpected the address of one that this provider made, as its \
                 attribute `id` says it: `local:///srv/zeebe/payments/exporters/audit`."
            )]
        );
    }
}

#[tokio::test]
async fn an_exporter_whose_cluster_is_gone_is_gone() {
    let mut cluster = Core::new();
    cluster
        .reach(
            &cluster.config(json!({ "deletion_protection": false, "data_on_destroy": "delete" })),
        )
        .await;
    let mut exporter = cluster.beside("zeebe_exporter");
    exporter.reach(&config(&exporter, &json!({}))).await;
    assert_eq!(cluster.destroy().await, Applied::Done(Vec::new()));
    let kept = exporter.state.clone();
    assert_eq!(exporter.refresh().await, Vec::<String>::new());
    assert_eq!(exporter.state, Value::Null);
    exporter.state = kept;
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
}

#[tokio::test]
async fn an_exporter_of_the_same_name_is_not_taken_over_unseen() {
    let (cluster, mut first) = exporting().await;
    first.reach(&config(&first, &json!({}))).await;
    let mut second = cluster.beside("zeebe_exporter");
    let other = config(&second, &json!({ "elasticsearch": { "url": "http://127.0.0.1:9999" } }));
    let Applied::Failed(told) = second.apply(&other).await else { panic!("the name is taken") };
    assert!(
        told[0]
            .starts_with("Error at `name`: an exporter \"audit\" with another wish stands there"),
        "{told:?}"
    );
    // The same wish, whose answer was lost, is the same exporter.
    let mut again = cluster.beside("zeebe_exporter");
    again.reach(&config(&again, &json!({}))).await;
}

#[tokio::test]
async fn every_mistake_in_a_wish_is_told_at_once() {
    let (cluster, mut first) = exporting().await;
    first.reach(&config(&first, &json!({}))).await;
    let exporter = cluster.beside("zeebe_exporter");
    let mut told_of = Vec::new();
    for changes in [
        json!({ "elasticsearch": null }),
        json!({ "opensearch": { "url": "http://127.0.0.1:9200" } }),
        json!({ "elasticsearch": {
            "url": "http://127.0.0.1:9200",
            "bulk": { "delay": "500ms", "memory": "3GiB" },
            "request_timeout": "1h",
            "authentication": { "username": "zeebe", "password": {} },
        } }),
        json!({ "elasticsearch": {
            "url": "http://127.0.0.1:9200",
            "bulk": { "delay": "500ms" },
            "records": { "types": [], "values": [] },
        } }),
        json!({ "elasticsearch": null, "jar": {
            "path": "/srv/kafka.jar",
            "sha256": "0".repeat(64),
            "class_name": "io.zeebe.exporters.kafka.KafkaExporter",
            "arguments": { "topic-name": "audit" },
        } }),
        json!({ "elasticsearch": null, "kafka": {
            "brokers": [],
            "topic": "zeebe-payments",
            "records": { "types": [] },
            "tls": { "certificate": "/srv/tls.crt" },
            "sasl": { "mechanism": "OAUTHBEARER", "username": "zeebe", "password": { "file": "/srv/password" } },
        } }),
        json!({ "elasticsearch": null, "kafka": {
            "brokers": ["kafka-0"], "topic": "zeebe payments", "sasl": { "mechanism": "SCRAM" },
        } }),
        json!({ "elasticsearch": null, "kafka": {
            "brokers": ["kafka-0:9092"], "topic": "zeebe-payments", "sasl": { "mechanism": "PLAIN" },
        } }),
        json!({ "elasticsearch": null, "lake": {} }),
        json!({ "elasticsearch": null, "lake": { "directory": "/srv/lake", "s3": bucket(&json!({})) } }),
        json!({ "elasticsearch": null, "lake": {
            "s3": bucket(&json!({ "access_key": {}, "secret_key": { "file": "/a", "environment_variable": "B" } })),
        } }),
        json!({ "elasticsearch": null, "lake": {
            "s3": bucket(&json!({ "bucket": "Lake", "prefix": "/a", "endpoint": "s3.example.com/lake" })),
        } }),
        json!({ "elasticsearch": null, "lake": {
            "directory": "/srv/lake", "seal_after": "2d", "seal_size": "100B", "records": { "types": [] },
        } }),
    ] {
        let wish = config(&exporter, &changes);
        let found =
            told(&exporter.directory, &exporter.resource().validate(Call::detached(), wish).await);
        told_of.push(format!("# {changes}\n{}\n", found.join("\n")));
    }
    for changes in [
        json!({ "name": "other", "elasticsearch": { "url": "http://127.0.0.1:9200", "index": { "prefix": "audit-more" } } }),
    ] {
        let wish = config(&exporter, &changes);
        told_of.push(format!("# {changes}\n{}\n", exporter.refusal(&wish).await.join("\n")));
    }
    insta::assert_snapshot!(told_of.join("\n"));
}

#[tokio::test]
async fn what_a_version_cannot_do_is_refused_at_plan() {
    let mut cluster = Core::new();
    cluster.reach(&cluster.config(json!({ "version": "8.5.8" }))).await;
    let mut exporter = cluster.beside("zeebe_exporter");
    let off = config(&exporter, &json!({ "enabled": false }));
    let refusal = exporter.refusal(&off).await;
    assert!(
        refusal[0].starts_with("Error at `enabled`: version 8.5.8 cannot disable an exporter"),
        "{refusal:?}"
    );
    exporter.reach(&config(&exporter, &json!({}))).await;
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(cluster.refresh().await, Vec::<String>::new());
    assert_eq!(
        cluster.steps(&cluster.config(json!({ "version": "8.5.8" }))).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_plan_holds_while_the_cluster_is_not_known() {
    let core = Core::new().beside("zeebe_exporter");
    let wish = config(&core, &json!({ "cluster": { "id": UNKNOWN, "settings": UNKNOWN } }));
    let planned = core.plan(&wish).await.planned;
    assert_eq!(planned.member("id"), &Value::Unknown);
    assert_eq!(texts(planned.member("last_change")).len(), 2);
}

/// What the data source says of the exporter.
async fn seen(cluster: &Core) -> Value {
    let config = json!({ "cluster": { "id": cluster.id() }, "name": "audit" });
    cluster.look("zeebe_exporter", &config).await.unwrap()
}

fn words<const N: usize>(seen: &Value, names: [&str; N]) -> [Value; N] {
    names.map(|name| seen.member(name).clone())
}

#[tokio::test]
async fn the_data_source_says_how_far_an_exporter_is_on_each_partition() {
    let (cluster, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({}))).await;
    let found = seen(&cluster).await;
    assert_eq!(
        words(&found, ["id", "sink", "phase", "state", "exporting", "backlog"]),
        [
            Value::text(format!("{}/exporters/audit", cluster.id())),
            Value::text("elasticsearch"),
            Value::text("ready"),
            Value::text("enabled"),
            Value::text("exporting"),
            Value::integer(0),
        ]
    );
    for id in ["1", "2", "3"] {
        let partition = found.member("partitions").member(id);
        assert_eq!(
            words(partition, ["state", "exporting", "backlog"]),
            [Value::text("enabled"), Value::text("exporting"), Value::integer(0)]
        );
        assert_eq!(partition.member("exported_position"), partition.member("given_position"));
        assert_ne!(partition.member("leader"), &Value::Null, "{partition:?}");
    }
}

#[tokio::test]
async fn the_data_source_says_what_waits_for_a_sink_that_is_down() {
    let (cluster, mut exporter) = exporting().await;
    cluster.faults(&json!({ "trouble": { "sinks_down": ["audit"] } }));
    let wish = config(&exporter, &json!({}));
    assert!(matches!(exporter.apply(&wish).await, Applied::Failed(_)), "the sink is down");
    let found = seen(&cluster).await;
    assert_eq!(
        words(&found, ["phase", "state"]),
        [Value::text("provisioning"), Value::text("enabled")]
    );
    let backlogs: Vec<&Value> =
        ["1", "2", "3"].map(|id| found.member("partitions").member(id).member("backlog")).to_vec();
    assert!(
        backlogs.iter().all(|it| ![&Value::integer(0), &Value::Null].contains(it)),
        "{found:?}"
    );
}

#[tokio::test]
async fn the_data_source_says_that_an_exporter_is_off_and_that_exporting_is_paused() {
    let (cluster, mut exporter) = exporting().await;
    exporter.reach(&config(&exporter, &json!({ "enabled": false }))).await;
    cluster.faults(&json!({ "trouble": { "exporting": "soft_paused" } }));
    let found = seen(&cluster).await;
    assert_eq!(
        words(&found, ["phase", "state", "exporting", "backlog"]),
        [Value::text("ready"), Value::text("disabled"), Value::text("soft_paused"), Value::Null]
    );
}

#[tokio::test]
async fn the_data_source_says_what_a_version_can_say() {
    let mut cluster = Core::new();
    cluster.reach(&cluster.config(json!({ "version": "8.5.8" }))).await;
    let mut exporter = cluster.beside("zeebe_exporter");
    exporter.reach(&config(&exporter, &json!({}))).await;
    let found = seen(&cluster).await;
    assert_eq!(
        words(&found, ["phase", "state", "exporting", "backlog"]),
        [Value::text("ready"), Value::Null, Value::text("exporting"), Value::integer(0)]
    );
}

#[tokio::test]
async fn the_data_source_of_what_does_not_stand_anywhere_is_an_error() {
    let nowhere = Core::new();
    let config = json!({ "cluster": { "id": nowhere.id() }, "name": "audit" });
    let mut told = nowhere.look("zeebe_exporter", &config).await.unwrap_err();
    let (cluster, mut exporter) = exporting().await;
    let config = |name: &str| json!({ "cluster": { "id": cluster.id() }, "name": name });
    told.extend(cluster.look("zeebe_exporter", &config("audit")).await.unwrap_err());
    exporter.reach(&self::config(&exporter, &json!({}))).await;
    told.extend(cluster.look("zeebe_exporter", &config("lake")).await.unwrap_err());
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn exporting_that_somebody_has_paused_is_seen_and_resumed_without_a_restart() {
    let (mut cluster, mut exporter) = exporting().await;
    let wish = config(&exporter, &json!({}));
    exporter.reach(&wish).await;
    for (pause, phase) in [("paused", "paused"), ("soft_paused", "soft_paused")] {
        cluster.faults(&json!({ "trouble": { "exporting": pause } }));
        exporter.next_run();
        assert_eq!(exporter.refresh().await, Vec::<String>::new());
        assert_eq!(exporter.phase(), phase);
        assert_eq!(
            exporter.steps(&wish).await,
            [
                "resume exporting, which somebody has paused",
                "see exporter \"audit\" come as far as the log of every partition",
            ]
        );
        // It is no matter of the cluster's own.
        assert_eq!(cluster.refresh().await, Vec::<String>::new());
        assert_eq!(cluster.steps(&cluster.config(three())).await, Vec::<String>::new());
        exporter.reach(&wish).await;
        assert_eq!(exporter.phase(), "ready");
        assert_eq!(seen(&cluster).await.member("exporting"), &Value::text("exporting"));
    }
    assert_eq!(restarts(&exporter), 3);
}

#[tokio::test]
async fn a_pause_is_nothing_to_an_exporter_that_is_off() {
    let (cluster, mut exporter) = exporting().await;
    let off = config(&exporter, &json!({ "enabled": false }));
    exporter.reach(&off).await;
    cluster.faults(&json!({ "trouble": { "exporting": "paused" } }));
    exporter.next_run();
    assert_eq!(exporter.refresh().await, Vec::<String>::new());
    assert_eq!(exporter.phase(), "ready");
    assert_eq!(exporter.steps(&off).await, Vec::<String>::new());
}

#[tokio::test]
async fn two_clusters_of_one_directory_do_not_write_to_the_same_indices() {
    let (cluster, mut first) = exporting().await;
    first.reach(&config(&first, &json!({}))).await;
    let mut other = cluster.beside("zeebe_cluster");
    other.reach(&cluster.config(json!({ "name": "orders" }))).await;
    let exporter = cluster.beside("zeebe_exporter");
    let of_other = |prefix: &str, url: &str| {
        let id = cluster.id().replace("payments", "orders");
        let store = json!({ "url": url, "index": { "prefix": prefix } });
        config(
            &exporter,
            &json!({ "cluster": { "id": id }, "opensearch": store, "elasticsearch": null }),
        )
    };
    let refused = exporter
        .refusal(&of_other("audit-orders", "http://127.0.0.1:9201,http://127.0.0.1:9200/"))
        .await;
    assert_eq!(
        refused,
        [
            "Error at `opensearch.index.prefix`: exporter \"audit\" of cluster simulated://<directory>/payments writes to the same \
          indices\nIt writes to http://127.0.0.1:9200 with the prefix \"audit\", and this one with \"audit-orders\": what the one \
          exports, the other would overwrite. Expected prefixes of which neither starts with the other."
        ]
    );
    for (prefix, url) in [("orders", "http://127.0.0.1:9200"), ("audit", "http://127.0.0.1:9999")] {
        let plan = exporter.plan(&of_other(prefix, url)).await;
        assert_eq!(plan.diagnostics, Vec::new(), "{prefix} at {url}");
    }
}

#[tokio::test]
async fn two_clusters_of_one_directory_do_not_write_to_the_same_topic_or_lake() {
    let (cluster, mut first) = exporting().await;
    let bucket = |prefix: &str| bucket(&json!({ "prefix": prefix }));
    first.reach(&lake(&first, &json!({ "s3": bucket("clusters") }))).await;
    let mut second = cluster.beside("zeebe_exporter");
    let kafka = |topic: &str| json!({ "brokers": ["kafka-0:9092"], "topic": topic });
    let named = json!({ "name": "kafka", "elasticsearch": null, "kafka": kafka("zeebe") });
    second.reach(&config(&second, &named)).await;
    let mut other = cluster.beside("zeebe_cluster");
    other.reach(&cluster.config(json!({ "name": "orders" }))).await;
    let exporter = cluster.beside("zeebe_exporter");
    let of_other = |kind: &str, sink: Json| {
        let id = cluster.id().replace("payments", "orders");
        let changes = json!({ "cluster": { "id": id }, "elasticsearch": null, kind: sink });
        config(&exporter, &changes)
    };
    for (kind, sink, told) in [
        (
            "lake",
            json!({ "s3": bucket("clusters/orders") }),
            "Error at `lake`: exporter \"audit\" of cluster simulated://<directory>/payments writes to the same lake",
        ),
        (
            "kafka",
            kafka("zeebe"),
            "Error at `kafka.topic`: exporter \"kafka\" of cluster simulated://<directory>/payments writes to the same topic",
        ),
    ] {
        let refused = exporter.refusal(&of_other(kind, sink)).await;
        assert!(refused.len() == 1 && refused[0].starts_with(told), "{refused:?}");
    }
    for (kind, sink) in
        [("lake", json!({ "s3": bucket("orders") })), ("kafka", kafka("zeebe-orders"))]
    {
        let plan = exporter.plan(&of_other(kind, sink)).await;
        assert_eq!(plan.diagnostics, Vec::new(), "{kind}");
    }
}
