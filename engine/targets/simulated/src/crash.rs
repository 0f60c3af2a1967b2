//! The end of an engine at a chosen moment, without ending the process that it runs in.

use std::sync::Mutex;
use std::sync::PoisonError;

/// When an engine ends: at one of its mutations, counted from 0. A mutation is whatever another engine could
/// see later: a component made so, a document written, a journal entry, a request that changes the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashPoint {
    /// Which.
    pub mutation: u32,
    /// Before or after it took effect.
    pub moment: Moment,
}

/// Before or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The mutation does not take place.
    Before,
    /// The mutation takes place, and nobody hears of it.
    After,
}

/// What every call of an engine that has ended comes back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the engine was stopped by its crash point")]
pub struct Crashed;

/// Counts one engine's mutations, and ends it.
#[derive(Debug, Default)]
pub(crate) struct Crash {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    point: Option<CrashPoint>,
    mutations: u32,
    crashed: Option<Crashed>,
}

impl Crash {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, point: CrashPoint) {
        self.state().point = Some(point);
    }

    pub(crate) fn mutations(&self) -> u32 {
        self.state().mutations
    }

    /// Every call begins with this.
    pub(crate) fn alive(&self) -> Result<(), Crashed> {
        self.state().crashed.map_or(Ok(()), Err)
    }

    /// A mutation begins.
    pub(crate) fn before(&self) -> Result<(), Crashed> {
        let mut state = self.state();
        if let Some(crashed) = state.crashed {
            return Err(crashed);
        }
        let number = state.mutations;
        state.mutations += 1;
        if state.point == Some(CrashPoint { mutation: number, moment: Moment::Before }) {
            state.crashed = Some(Crashed);
            return Err(Crashed);
        }
        Ok(())
    }

    /// A mutation took effect.
    pub(crate) fn after(&self) -> Result<(), Crashed> {
        let mut state = self.state();
        let number = state.mutations.saturating_sub(1);
        if state.point == Some(CrashPoint { mutation: number, moment: Moment::After }) {
            state.crashed = Some(Crashed);
        }
        state.crashed.map_or(Ok(()), Err)
    }
}
