//! The cluster's clock: it stands still until somebody waits.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use zeebe_target::Clock;

use crate::crash::Crash;
use crate::store::Store;

/// When every simulated cluster's clock begins: 2026-01-01T00:00:00Z.
const EPOCH_SECONDS: i64 = 1_767_225_600;

/// Virtual time as a time of day.
pub(crate) fn time_of_day(milliseconds: u64) -> Timestamp {
    let epoch = EPOCH_SECONDS.saturating_mul(1_000);
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(epoch.saturating_add(milliseconds)).unwrap_or(Timestamp::MAX)
}

/// The cluster's clock.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    pub(crate) store: Arc<Store>,
    pub(crate) crash: Arc<Crash>,
}

#[async_trait]
impl Clock for VirtualClock {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.store.clock())
    }

    fn now(&self) -> Timestamp {
        time_of_day(self.store.clock())
    }

    async fn sleep(&self, duration: Duration) {
        self.pause(duration, duration).await;
    }

    async fn pause(&self, usual: Duration, longest: Duration) {
        let (usual, longest) = (milliseconds(usual.min(longest)), milliseconds(longest));
        if self.crash.alive().is_err() {
            self.store.drift(usual);
        } else if let Err(error) = self.store.pass(usual, longest) {
            tracing::warn!(%error, "virtual time could not be kept");
        }
        // Whoever waits in a loop lets others have their turn, as with a real clock.
        tokio::task::yield_now().await;
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}
