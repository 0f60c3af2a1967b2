//! The audit index: writes the records of a topic of Kafka into Elasticsearch or OpenSearch, each once.
//!
//! ```text
//! Kafka ── committed records ──▶ source ─▶ batch ─▶ writer ── _bulk, create only ──▶ store
//!       ◀── offsets, when the store has the whole batch ──┘ again ◀─ 429, 5xx, …; refused for good ─▶ <prefix>_refused
//! ```
//! Killed anywhere, it begins again at what was committed; what the store has already is recognised by its place, which
//! follows from the record alone. See decision 0020.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

mod document;
mod outcome;
pub mod settings;
mod source;
mod state;
pub mod store;
mod template;
mod writer;

use self::settings::IndexSettings;
use self::source::{Limits, Source};
use self::state::State;
use self::store::Store;
use self::writer::{Writer, Wrote};
use crate::Reason;
use crate::metrics::Metrics;
use crate::serve::{self, Pages};
use crate::sink::SinkError;

/// Between two tries to make the store ready.
const PAUSE: Duration = Duration::from_secs(1);

/// Indexes until it is told to stop; then finishes the request that is under way, and returns. An error is one that no
/// further try mends.
pub async fn run(
    settings: IndexSettings,
    management: TcpListener,
    stop: CancellationToken,
) -> Result<(), SinkError> {
    let IndexSettings { cluster, management: _, source, store } = settings;
    let limits = Limits {
        records: store.records.saturating_mul(store.writers),
        size: store.size.saturating_mul(store.writers),
        delay: store.delay,
    };
    let store = Store::new(store)?;
    let state = Arc::new(State::new(Arc::new(Metrics::new(&cluster)), store.clone()));
    let pages: Arc<dyn Pages> = Arc::<State>::clone(&state);
    let telling = tokio::spawn(serve::tell(management, pages, stop.clone()));
    let done = async {
        if !prepared(&store, &state, &cluster, &source.topic, &stop).await? {
            return Ok(());
        }
        let source = Source::join(source).await?;
        let writer = Writer { store, state };
        let done = indexed(&source, &writer, limits, &stop).await;
        source.leave().await;
        done
    };
    let done = done.await;
    stop.cancel();
    // It ends with the token, and has nothing more to say.
    drop(telling.await);
    done
}

/// Whether the store is ready; it is not when it was time to stop first.
async fn prepared(
    store: &Store,
    state: &State,
    cluster: &str,
    topic: &str,
    stop: &CancellationToken,
) -> Result<bool, SinkError> {
    loop {
        match store.prepare(cluster, topic).await {
            Ok(()) => {
                state.free();
                info!("the index template is in place");
                return Ok(true);
            }
            Err(error @ SinkError::Refused(_)) => return Err(error),
            Err(error) => {
                let why = Reason(&error).to_string();
                warn!("the store is not ready yet: {why}");
                state.blocked(&why);
            }
        }
        tokio::select! {
            () = time::sleep(PAUSE) => {}
            () = stop.cancelled() => return Ok(false),
        }
    }
}

async fn indexed(
    source: &Source,
    writer: &Writer,
    limits: Limits,
    stop: &CancellationToken,
) -> Result<(), SinkError> {
    loop {
        let batch = tokio::select! {
            batch = source.batch(limits) => batch?,
            () = stop.cancelled() => return Ok(()),
        };
        match writer.write(&batch.records, stop).await {
            Wrote::All => source.commit(batch.next).await,
            Wrote::Stopped => return Ok(()),
        }
    }
}
