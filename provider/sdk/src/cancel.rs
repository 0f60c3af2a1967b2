//! `StopProvider`: the calls in flight are cancelled, the calls after it are not.

use std::mem;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// Cancels all that is in flight, any number of times: a provider in debug mode outlives many interrupts.
#[derive(Debug, Default)]
pub(crate) struct Stop(Mutex<CancellationToken>);

impl Stop {
    /// A token for one call, cancelled by the next [`Stop::now`] or by itself.
    pub(crate) fn token(&self) -> CancellationToken {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).child_token()
    }

    /// Cancels every token that was given out so far.
    pub(crate) fn now(&self) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut *current).cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::Stop;

    #[test]
    fn stop_cancels_what_is_in_flight_and_arms_again() {
        let stop = Stop::default();
        let before = stop.token();
        stop.now();
        let after = stop.token();
        assert_eq!((before.is_cancelled(), after.is_cancelled()), (true, false));
        stop.now();
        assert!(after.is_cancelled());
    }
}
