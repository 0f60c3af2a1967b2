//! What must hold for any bytes: a function for each target of the fuzzer. A panic is a finding.
//!
//! ```text
//! libFuzzer ── bytes ──▶ codec      wire bytes ⇄ values: what is read is written, and read again as it was
//!                        config     a configuration, partly valid ──▶ decoder, rules: refused or taken
//!                        state      a stored state, partly of another shape ──▶ upgrade: always a state
//!                        handshake  an environment ──▶ the line of the handshake
//! ```

#![forbid(unsafe_code)]

mod codec;
mod config;
mod handshake;
mod shapes;
mod state;

pub use self::codec::codec;
pub use self::config::config;
pub use self::handshake::handshake;
pub use self::state::state;
