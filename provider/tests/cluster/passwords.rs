//! Passwords that are given once: kept at the target, and in nothing else that is written.

use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::{Ability, Call};

use crate::core::{Applied, Core, UNKNOWN, files, told};
use crate::exporters::{config, exporting};
use crate::life::three;

const FIRST: &str = "open-sesame-4711";
const SECOND: &str = "close-sesame-0815";

/// The configuration of an exporter that signs on so.
fn signing_on(core: &Core, authentication: &Json) -> Value {
    let store = json!({
        "url": "http://127.0.0.1:9200", "index": { "prefix": "audit" }, "authentication": authentication,
    });
    config(core, &json!({ "elasticsearch": store }))
}

fn with(core: &Core, password: &str, version: i64) -> Value {
    let sign_on =
        json!({ "username": "zeebe", "password_wo": password, "password_wo_version": version });
    signing_on(core, &sign_on)
}

/// Topics of Kafka, signed on to so.
fn to_kafka(core: &Core, sasl: &Json) -> Value {
    let kafka = json!({ "brokers": ["127.0.0.1:9092"], "topic": "zeebe-payments", "sasl": sasl });
    config(core, &json!({ "elasticsearch": null, "kafka": kafka }))
}

/// Every file below a folder whose bytes hold the text.
fn holders(folder: &Utf8Path, text: &str) -> Vec<Utf8PathBuf> {
    let mut holders = Vec::new();
    for entry in folder.read_dir_utf8().unwrap() {
        let path = entry.unwrap().path().to_owned();
        if path.is_dir() {
            holders.extend(self::holders(&path, text));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(text) {
            holders.push(path);
        }
    }
    holders
}

/// That the password is in one file alone, which its owner alone may read, and nowhere in what Terraform stores.
fn is_kept_in(core: &Core, secret: &str, file: &str) {
    let path = core.place().join("secrets").join(file);
    assert_eq!(holders(core.directory.path(), secret), std::slice::from_ref(&path));
    let mode = |path: &Utf8Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let stored = format!("{:?} {}", core.state, String::from_utf8_lossy(&core.private));
    assert!(!stored.contains(secret), "{stored}");
}

#[tokio::test]
async fn a_password_is_kept_at_the_target_and_written_nowhere_else() {
    let (_, mut exporter) = exporting().await;
    let first = with(&exporter, FIRST, 1);
    let planned = exporter.plan(&first).await;
    assert!(!format!("{planned:?}").contains(FIRST), "{planned:?}");
    exporter.reach(&first).await;
    is_kept_in(&exporter, FIRST, "exporter-audit-password-1");

    // Another one under the same number is not seen.
    assert_eq!(exporter.steps(&with(&exporter, SECOND, 1)).await, Vec::<String>::new());
    let second = with(&exporter, SECOND, 2);
    assert_eq!(
        exporter.steps(&second).await[0],
        "restart every broker, one at a time, with the changed settings of exporter \"audit\""
    );
    exporter.reach(&second).await;
    is_kept_in(&exporter, SECOND, "exporter-audit-password-2");
    assert_eq!(holders(exporter.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());

    // Read at its source from now on, it need not be kept.
    let named =
        json!({ "username": "zeebe", "password": { "environment_variable": "SEARCH_PASSWORD" } });
    exporter.reach(&signing_on(&exporter, &named)).await;
    assert_eq!(holders(exporter.directory.path(), SECOND), Vec::<Utf8PathBuf>::new());
    assert!(!files(&exporter.place()).contains(&"secrets".to_owned()));
}

/// Only the receiver is told it, so brokers are not restarted for another one.
#[tokio::test]
async fn a_password_of_kafka_is_kept_too_and_another_one_restarts_the_receiver_alone() {
    let (_, mut exporter) = exporting().await;
    let with = |core: &Core, password: &str, version: i64| {
        to_kafka(
            core,
            &json!({
                "mechanism": "SCRAM-SHA-512", "username": "zeebe", "password_wo": password, "password_wo_version": version,
            }),
        )
    };
    exporter.reach(&with(&exporter, FIRST, 1)).await;
    is_kept_in(&exporter, FIRST, "exporter-audit-password-1");
    let second = with(&exporter, SECOND, 2);
    let steps = exporter.steps(&second).await;
    exporter.reach(&second).await;
    is_kept_in(&exporter, SECOND, "exporter-audit-password-2");
    assert_eq!(holders(exporter.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());
    assert_eq!(
        steps,
        [
            "restart the receiver of exporter \"audit\" and see it reach Kafka",
            "see exporter \"audit\" come as far as the log of every partition"
        ]
    );
}

#[tokio::test]
async fn a_password_goes_with_its_exporter_and_with_its_cluster() {
    let (mut cluster, mut exporter) = exporting().await;
    exporter.reach(&with(&exporter, FIRST, 1)).await;
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(holders(cluster.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());
    exporter.reach(&with(&exporter, FIRST, 1)).await;
    is_kept_in(&exporter, FIRST, "exporter-audit-password-1");
    let mut unprotected = three();
    unprotected["deletion_protection"] = json!(false);
    cluster.reach(&cluster.config(unprotected)).await;
    assert_eq!(cluster.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(holders(cluster.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());
}

/// A cluster that has its licence key so.
fn licensed(core: &Core, license: &Json) -> Value {
    let mut wish = three();
    wish["license"] = license.clone();
    wish["deletion_protection"] = json!(false);
    core.config(wish)
}

#[tokio::test]
async fn a_licence_key_that_is_given_once_is_kept_until_the_cluster_has_another_one_or_goes() {
    let mut cluster = Core::new();
    let once = |key: &str, version: i64| json!({ "key_wo": key, "key_wo_version": version });
    let first = licensed(&cluster, &once(FIRST, 1));
    let planned = cluster.plan(&first).await;
    assert!(!format!("{planned:?}").contains(FIRST), "{planned:?}");
    cluster.reach(&first).await;
    is_kept_in(&cluster, FIRST, "license-1");
    assert_eq!(cluster.steps(&licensed(&cluster, &once(SECOND, 1))).await, Vec::<String>::new());

    // What is kept for the cluster and for its exporters does not know of one another, and stays.
    let mut exporter = cluster.beside("zeebe_exporter");
    exporter.reach(&with(&exporter, "of-the-exporter", 1)).await;
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    exporter = cluster.beside("zeebe_exporter");
    exporter.reach(&with(&exporter, "of-the-exporter", 2)).await;
    is_kept_in(&cluster, FIRST, "license-1");

    let second = licensed(&cluster, &once(SECOND, 2));
    let restarts = cluster.steps(&second).await;
    assert!(restarts.iter().any(|step| step.starts_with("restart broker 2")), "{restarts:?}");
    cluster.reach(&second).await;
    is_kept_in(&cluster, SECOND, "license-2");
    is_kept_in(&exporter, "of-the-exporter", "exporter-audit-password-2");
    assert_eq!(holders(cluster.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());

    let mut imported = Core::new();
    imported.directory = cluster.directory.clone();
    assert_eq!(imported.import(&cluster.id()).await, Vec::<String>::new());
    assert_eq!(imported.state.member("license"), cluster.state.member("license"));

    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(cluster.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(holders(cluster.directory.path(), SECOND), Vec::<Utf8PathBuf>::new());
}

/// A cluster whose backups lie in a bucket that is opened so.
fn backed_up(core: &Core, access: &Json, secret: &Json) -> Value {
    let mut wish = three();
    wish["backup_store"] = json!({
        "s3": { "bucket": "backups", "region": "eu-central-1", "access_key": access, "secret_key": secret },
    });
    wish["deletion_protection"] = json!(false);
    core.config(wish)
}

#[tokio::test]
async fn keys_of_the_store_of_backups_are_kept_and_another_one_is_a_roll() {
    let mut cluster = Core::new();
    let named = json!({ "environment_variable": "ACCESS" });
    let once = |key: &str, version: i64| json!({ "key_wo": key, "key_wo_version": version });
    cluster.reach(&backed_up(&cluster, &named, &once(FIRST, 1))).await;
    is_kept_in(&cluster, FIRST, "backup-secret-key-1");
    assert_eq!(
        cluster.steps(&backed_up(&cluster, &named, &once(SECOND, 1))).await,
        Vec::<String>::new()
    );

    let both = backed_up(&cluster, &once("of-the-access", 1), &once(SECOND, 2));
    let restarts = cluster.steps(&both).await;
    assert!(restarts.iter().any(|step| step.starts_with("restart broker 2")), "{restarts:?}");
    cluster.reach(&both).await;
    is_kept_in(&cluster, SECOND, "backup-secret-key-2");
    is_kept_in(&cluster, "of-the-access", "backup-access-key-1");
    assert_eq!(holders(cluster.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());

    let mut imported = Core::new();
    imported.directory = cluster.directory.clone();
    assert_eq!(imported.import(&cluster.id()).await, Vec::<String>::new());
    assert_eq!(imported.state.member("backup_store"), cluster.state.member("backup_store"));
    assert_eq!(cluster.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(holders(cluster.directory.path(), SECOND), Vec::<Utf8PathBuf>::new());
}

/// A lake in a bucket that is opened so.
fn to_lake(core: &Core, access: &Json, secret: &Json) -> Value {
    let bucket = json!({
        "bucket": "zeebe-lake", "region": "eu-central-1", "access_key": access, "secret_key": secret,
    });
    config(core, &json!({ "elasticsearch": null, "lake": { "s3": bucket } }))
}

/// Only the receiver is told them.
#[tokio::test]
async fn keys_of_a_lake_are_kept_and_another_one_restarts_the_receiver_alone() {
    let (_, mut exporter) = exporting().await;
    let once = |key: &str, version: i64| json!({ "key_wo": key, "key_wo_version": version });
    let access = once("of-the-access", 3);
    exporter.reach(&to_lake(&exporter, &access, &once(FIRST, 1))).await;
    is_kept_in(&exporter, FIRST, "exporter-audit-secret-key-1");
    is_kept_in(&exporter, "of-the-access", "exporter-audit-access-key-3");

    let second = to_lake(&exporter, &access, &once(SECOND, 2));
    let steps = exporter.steps(&second).await;
    exporter.reach(&second).await;
    is_kept_in(&exporter, SECOND, "exporter-audit-secret-key-2");
    assert_eq!(holders(exporter.directory.path(), FIRST), Vec::<Utf8PathBuf>::new());
    assert_eq!(
        steps,
        [
            "restart the receiver of exporter \"audit\" and see it reach its lake",
            "see exporter \"audit\" come as far as the log of every partition"
        ]
    );
    assert_eq!(exporter.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(holders(exporter.directory.path(), SECOND), Vec::<Utf8PathBuf>::new());
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_told_at_its_attribute() {
    let core = Core::new();
    let exporter = core.beside("zeebe_exporter");
    let mut call = Call::detached();
    call.client.abilities.push(Ability::WriteOnly);
    let mut found = Vec::new();
    let file = json!({ "file": "/run/secret" });
    for (access, secret) in [
        (json!({ "key_wo": FIRST }), json!({ "key_wo_version": 1 })),
        (json!({ "key_wo": FIRST, "key_wo_version": 1, "file": "/run/secret" }), json!({})),
        (file, json!({ "key_wo": UNKNOWN, "key_wo_version": 1 })),
    ] {
        let store = backed_up(&core, &access, &secret);
        let lake = to_lake(&exporter, &access, &secret);
        for (of, wish, asked) in [("backup_store", store, &core), ("lake", lake, &exporter)] {
            let said = asked.resource().validate(call.clone(), wish).await;
            let told = told(&asked.directory, &said).join("\n");
            found.push(format!("# {of} {access} {secret}\n{told}\n"));
        }
    }
    insta::assert_snapshot!(found.join("\n"));
}

#[tokio::test]
async fn what_is_wrong_with_a_licence_key_is_told_at_its_attribute() {
    let cluster = Core::new();
    let mut call = Call::detached();
    call.client.abilities.push(Ability::WriteOnly);
    let mut found = Vec::new();
    for license in [
        json!({ "key_wo": FIRST }),
        json!({ "key_wo_version": 1 }),
        json!({ "key_wo": FIRST, "key_wo_version": 1, "file": "/run/secret" }),
        json!({ "key_wo": UNKNOWN, "key_wo_version": 1 }),
        json!({}),
    ] {
        let said = cluster.resource().validate(call.clone(), licensed(&cluster, &license)).await;
        found.push(format!("# {license}\n{}\n", told(&cluster.directory, &said).join("\n")));
    }
    insta::assert_snapshot!(found.join("\n"));
}

/// The next apply gives it again.
#[tokio::test]
async fn an_apply_that_failed_has_the_password_kept_and_the_next_one_goes_on() {
    let (cluster, mut exporter) = exporting().await;
    cluster.faults(&json!({ "trouble": { "sinks_down": ["audit"] } }));
    let wish = with(&exporter, FIRST, 1);
    let Applied::Failed(told) = exporter.apply(&wish).await else { panic!("the sink is down") };
    assert!(!told.concat().contains(FIRST), "{told:?}");
    is_kept_in(&exporter, FIRST, "exporter-audit-password-1");
    cluster.faults(&json!({ "trouble": { "sinks_down": [] } }));
    exporter.reach(&wish).await;
    is_kept_in(&exporter, FIRST, "exporter-audit-password-1");
}

#[tokio::test]
async fn an_imported_exporter_has_its_password_already() {
    let (cluster, mut exporter) = exporting().await;
    exporter.reach(&with(&exporter, FIRST, 7)).await;
    let mut imported = cluster.beside("zeebe_exporter");
    let id = format!("{}/exporters/audit", cluster.id());
    assert_eq!(imported.import(&id).await, Vec::<String>::new());
    assert_eq!(imported.state.member("elasticsearch"), exporter.state.member("elasticsearch"));
}

#[tokio::test]
async fn what_is_wrong_with_a_password_is_told_at_its_attribute() {
    let cluster = Core::new();
    let exporter = cluster.beside("zeebe_exporter");
    let mut call = Call::detached();
    call.client.abilities.push(Ability::WriteOnly);
    let mut found = Vec::new();
    for authentication in [
        json!({ "username": "zeebe" }),
        json!({ "username": "zeebe", "password_wo": FIRST }),
        json!({ "username": "zeebe", "password_wo_version": 1 }),
        json!({ "username": "zeebe", "password_wo": FIRST, "password_wo_version": 0 }),
        json!({
            "username": "zeebe", "password_wo": FIRST, "password_wo_version": 1, "password": { "file": "/run/secret" },
        }),
        json!({ "username": "zeebe", "password_wo": UNKNOWN, "password_wo_version": 1 }),
        json!({ "username": "zeebe", "password_wo": FIRST, "password_wo_version": UNKNOWN }),
    ] {
        let wish = signing_on(&exporter, &authentication);
        let said = exporter.resource().validate(call.clone(), wish).await;
        found
            .push(format!("# {authentication}\n{}\n", told(&exporter.directory, &said).join("\n")));
    }
    for sasl in [
        json!({ "mechanism": "PLAIN", "username": "zeebe" }),
        json!({ "mechanism": "PLAIN", "username": "zeebe", "password_wo": FIRST }),
        json!({ "mechanism": "PLAIN", "username": "zeebe", "password_wo_version": 1 }),
        json!({
            "mechanism": "PLAIN", "username": "zeebe", "password_wo": FIRST, "password_wo_version": 1,
            "password": { "file": "/run/secret" },
        }),
        json!({ "mechanism": "OAUTHBEARER", "token": "/run/token", "password_wo": FIRST, "password_wo_version": 1 }),
    ] {
        let said = exporter.resource().validate(call.clone(), to_kafka(&exporter, &sasl)).await;
        found.push(format!("# {sasl}\n{}\n", told(&exporter.directory, &said).join("\n")));
    }
    // A client that would store it is not given the chance.
    let said = exporter.validate(with(&exporter, FIRST, 1)).await;
    found.push(format!("# a client without write-only attributes\n{}\n", said.join("\n")));
    insta::assert_snapshot!(found.join("\n"));
}
