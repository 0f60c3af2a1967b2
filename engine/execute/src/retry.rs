//! The one way in which this crate asks again, and waits.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use zeebe_target::{Call, Clock};

use crate::error::StepError;

/// The first pause; the product's shortest changes take a second.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause: what was reached is seen half of it later on average, which must stay small beside
/// the shortest things that are waited for, some 10 s.
const LONGEST: Duration = Duration::from_millis(500);
const FACTOR: f32 = 1.5;
/// How often people are told that nothing has changed.
const REMINDER: Duration = Duration::from_secs(10);

/// A wait with an end: pauses between looks, which grow, and words for those who watch.
pub(crate) struct Wait<'a> {
    clock: &'a dyn Clock,
    call: &'a Call,
    begun: Duration,
    deadline: Duration,
    pauses: ExponentialBackoff,
    /// What was waited for last, and when that was last said.
    said: Option<(String, Duration)>,
}

impl<'a> Wait<'a> {
    /// Begins to wait, at most as long as `deadline`.
    pub(crate) fn new(clock: &'a dyn Clock, call: &'a Call, deadline: Duration) -> Self {
        Self { clock, call, begun: clock.elapsed(), deadline, pauses: pauses(), said: None }
    }

    /// How long it has gone on.
    pub(crate) fn so_far(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.begun)
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn is_over(&self) -> bool {
        self.so_far() >= self.deadline
    }

    /// Tells those who watch what is waited for: when it changes, and now and then while it does not.
    /// Returns whether it has changed.
    pub(crate) fn is_for(&mut self, what: &str) -> bool {
        let now = self.clock.elapsed();
        let (changed, due) = match &self.said {
            None => (true, true),
            Some((before, at)) => (before != what, now.saturating_sub(*at) >= REMINDER),
        };
        if changed || due {
            self.call.progress.say(&format!("waiting, {} s: {what}", self.so_far().as_secs()));
            self.said = Some((what.to_owned(), now));
        }
        changed
    }

    /// Pauses before the next look, but not beyond the deadline.
    pub(crate) async fn pause(&mut self) -> Result<(), StepError> {
        let (usual, left) = (self.usual(), self.left());
        cancellable(self.call, self.clock.sleep(usual.min(left))).await
    }

    /// Pauses before a look that can find something else only where something happens by itself, or after
    /// `longest`; but not beyond the deadline.
    pub(crate) async fn pause_for_a_sight(&mut self, longest: Duration) -> Result<(), StepError> {
        let (usual, left) = (self.usual(), self.left());
        cancellable(self.call, self.clock.pause(usual, longest.min(left))).await
    }

    fn usual(&mut self) -> Duration {
        // The builder sets no end.
        self.pauses.next().unwrap_or(LONGEST)
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.so_far())
    }

    /// Looks often again: something has moved.
    pub(crate) fn hasten(&mut self) {
        self.pauses = pauses();
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(FIRST)
        .with_max_delay(LONGEST)
        .with_factor(FACTOR)
        .without_max_times()
        .build()
}

/// Does something that may be dropped at any moment, until it is done or the user wants to stop.
pub(crate) async fn cancellable<T>(
    call: &Call,
    work: impl Future<Output = T>,
) -> Result<T, StepError> {
    tokio::select! {
        biased;
        () = call.cancel.cancelled() => Err(StepError::Cancelled),
        outcome = work => Ok(outcome),
    }
}
