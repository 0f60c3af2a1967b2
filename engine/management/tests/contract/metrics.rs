//! What the client makes of what brokers count.

use std::collections::BTreeMap;

use rstest::rstest;
use zeebe_management::{Client, ExporterPosition, ManagementReach};
use zeebe_spec::{BrokerId, Minor};

use crate::server::{Received, Reply, Server};

/// Two exporters of which the second's sink answered 503; the lines of 8.5.8 and of 8.6.0 about them and some others.
const OF_8_5_8: &str = r#"
# HELP zeebe_exporter_last_exported_position The last exported position by exporter and partition.
# TYPE zeebe_exporter_last_exported_position gauge
zeebe_exporter_last_exported_position{exporter="audit",partition="1",} 60.0
zeebe_exporter_last_exported_position{exporter="second",partition="2",} 53.0
zeebe_exporter_last_exported_position{exporter="second",partition="1",} 59.0
zeebe_exporter_last_exported_position{exporter="audit",partition="2",} 54.0
zeebe_log_appender_last_committed_position{partition="1",} 129.0
zeebe_exporter_last_updated_exported_position{exporter="audit",partition="1",} 60.0
zeebe_exporter_last_updated_exported_position{exporter="second",partition="2",} 44.0
zeebe_exporter_last_updated_exported_position{exporter="second",partition="1",} 54.0
zeebe_exporter_last_updated_exported_position{exporter="audit",partition="2",} 54.0
"#;
const OF_8_6_0: &str = r#"
zeebe_exporter_state{partition="1",} 0.0
zeebe_exporter_last_updated_exported_position{exporter="audit",partition="1",} 113.0
zeebe_exporter_last_updated_exported_position{exporter="second",partition="1",} 104.0
# TYPE zeebe_exporter_last_exported_position gauge
zeebe_exporter_last_exported_position{exporter="audit",partition="1",} 113.0
zeebe_exporter_last_exported_position{exporter="second",partition="1",} 112.0
"#;

#[rstest]
#[case(Minor::V8_5, OF_8_5_8, &["audit/1 60..60", "audit/2 54..54", "second/1 54..59", "second/2 44..53"])]
#[case(Minor::V8_6, OF_8_6_0, &["audit/1 113..113", "second/1 104..112"])]
#[tokio::test]
async fn how_far_each_exporter_is_is_read_from_what_a_broker_counts(
    #[case] minor: Minor,
    #[case] text: &'static str,
    #[case] expected: &[&str],
) {
    let server = Server::always(Reply::Body(200, text.to_owned())).await;
    let reach = ManagementReach {
        brokers: BTreeMap::from([(BrokerId(0), server.address())]),
        gateways: Vec::new(),
    };
    let client = Client::new(minor, reach).expect("a client");
    let positions = client.exporter_positions(BrokerId(0)).await.expect("an answer");
    let told: Vec<String> = positions
        .iter()
        .map(|((exporter, partition), ExporterPosition { exported, given })| {
            let number = |it: &Option<i64>| it.map_or_else(String::new, |it| it.to_string());
            format!("{exporter}/{partition} {}..{}", number(exported), number(given))
        })
        .collect();
    assert_eq!(told, expected);
    let asked =
        Received { method: "GET".to_owned(), path: "/actuator/prometheus".to_owned(), body: None };
    assert_eq!(server.received(), [asked]);
}
