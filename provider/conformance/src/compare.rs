//! Core's own comparisons of config, prior state, plan and new state. What each demands was read in core's
//! sources; the code is ours.

mod compatible;
mod plan_valid;
mod proposed;

pub use self::compatible::compatible;
pub use self::plan_valid::plan_valid;
pub use self::proposed::proposed;
