//! How many brokers may run at once: each takes both cores for some seconds at its start, and 400 MB.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Brokers that may run at once. Six starting brokers keep two cores busy without starving each other into elections.
const PLACES: usize = 6;

static TAKEN: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

/// Places for some brokers, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Places {
    brokers: usize,
}

impl Places {
    /// Waits until that many brokers may be started.
    pub(crate) fn take(brokers: usize) -> Self {
        let mut taken = taken();
        // One that wants more than there are gets all of them.
        while *taken > 0 && *taken + brokers > PLACES {
            taken = FREED.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += brokers;
        Self { brokers }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        *taken() -= self.brokers;
        FREED.notify_all();
    }
}

fn taken() -> MutexGuard<'static, usize> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}
