//! Time as a target has it: the machine's, or a simulator's.

use std::time::Duration;

use async_trait::async_trait;

/// Time that passes. A simulator's passes at once when somebody waits for it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// How long this clock has run: only differences mean something.
    fn elapsed(&self) -> Duration;

    /// The time of day, for journals.
    fn now(&self) -> jiff::Timestamp;

    /// Waits.
    async fn sleep(&self, duration: Duration);

    /// Waits before the next look at what changes by itself: as long as is `usual`, or, by a clock that knows
    /// when something will be seen to happen, until then; never longer than `longest`.
    async fn pause(&self, usual: Duration, longest: Duration) {
        self.sleep(usual.min(longest)).await;
    }
}

/// The machine's clock.
#[derive(Clone, Debug)]
pub struct MachineClock {
    begun: std::time::Instant,
}

impl Default for MachineClock {
    fn default() -> Self {
        Self { begun: std::time::Instant::now() }
    }
}

#[async_trait]
impl Clock for MachineClock {
    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
