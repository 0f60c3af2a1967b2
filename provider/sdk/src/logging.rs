//! Logs as go-plugin reads them: one JSON object a line, with `@level`, `@message`, `@module` and `@timestamp` as strings.
//!
//! The fields of the spans around an event stand beside its own. Levels come from `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` or `TF_LOG`.

use std::env;
use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::{Layer, Registry};

/// Libraries whose every frame is news at `DEBUG`; they speak from `WARN` up.
const TALKATIVE: [&str; 6] = ["h2", "hyper", "hyper_util", "rustls", "tonic", "tower"];

/// Sends the process's logs to `out`. The first call counts.
pub(crate) fn install(out: impl Write + Send + 'static, level: LevelFilter) {
    let targets = TALKATIVE.iter().fold(Targets::new().with_default(level), |targets, name| {
        targets.with_target(*name, level.min(LevelFilter::WARN))
    });
    let layer = JsonLines { out: Mutex::new(out) }.with_filter(targets);
    // A second install is a test's business: the process keeps its first logger.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(layer));
}

/// The level that the environment asks of the provider `name`; none where it asks for nothing.
pub(crate) fn level_from_environment(name: &str) -> Option<LevelFilter> {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|variable| env::var(variable).ok().filter(|text| !text.is_empty()))
        .map(|text| level(&text))
}

/// Terraform's reading: what it does not know is `TRACE`.
fn level(text: &str) -> LevelFilter {
    match text.to_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

struct JsonLines<W> {
    out: Mutex<W>,
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + Send + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
        }
        event.record(&mut line);
        let Fields(mut line) = line;
        let message = match line.remove("message") {
            Some(Json::String(text)) => text,
            Some(other) => other.to_string(),
            None => event.metadata().name().to_owned(),
        };
        // go-plugin's reader stops the *client* where one of these is not a string.
        line.insert("@level".to_owned(), event.metadata().level().as_str().to_lowercase().into());
        line.insert("@message".to_owned(), message.into());
        line.insert("@module".to_owned(), event.metadata().target().into());
        line.insert("@timestamp".to_owned(), timestamp().into());
        let mut text = Json::Object(line).to_string();
        text.push('\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever read the logs may be gone; that is no reason to stop working.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

fn timestamp() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Fields of a span or an event.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Fields {
    fn set(&mut self, field: &Field, value: Json) {
        // `log` records bring fields of their own that repeat the metadata.
        if !field.name().starts_with("log.") {
            self.0.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests;
