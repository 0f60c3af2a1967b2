use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use super::{JsonLines, level};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::Error::other("a test panicked"))?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_has_the_keys_of_go_plugin_and_the_fields_around_it() {
    let lines = Lines::default();
    let subscriber = Registry::default().with(JsonLines { out: Mutex::new(lines.clone()) });
    tracing::subscriber::with_default(subscriber, || {
        let span =
            tracing::info_span!(target: "test", "call", rpc = "ApplyResourceChange", attempt = 2);
        span.in_scope(|| tracing::warn!(target: "test", brokers = 3, "grew \"payments\""));
        tracing::error!(target: "test", message = 7);
    });
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let mut lines: Vec<Json> =
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &mut lines {
        let stamp = line.as_object_mut().unwrap().remove("@timestamp").unwrap();
        let shape: String = stamp
            .as_str()
            .unwrap()
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    }
    assert_eq!(
        lines,
        [
            json!({
                "@level": "warn", "@message": "grew \"payments\"", "@module": "test",
                "rpc": "ApplyResourceChange", "attempt": 2, "brokers": 3,
            }),
            json!({ "@level": "error", "@message": "7", "@module": "test" }),
        ]
    );
}

#[test]
fn levels_are_read_as_terraform_reads_them() {
    let read = ["off", "Error", "WARN", "info", "DEBUG", "TRACE", "JSON", "1"].map(level);
    assert_eq!(
        read,
        [
            LevelFilter::OFF,
            LevelFilter::ERROR,
            LevelFilter::WARN,
            LevelFilter::INFO,
            LevelFilter::DEBUG,
            LevelFilter::TRACE,
            LevelFilter::TRACE,
            LevelFilter::TRACE,
        ]
    );
}
