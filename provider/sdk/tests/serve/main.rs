//! The serving side, seen by a client that speaks go-plugin's protocol to a real provider process.

#![expect(clippy::unwrap_used, reason = "what tests share fails as tests do")]

mod faulty;

mod answers;
mod encryption;
mod handshake;
mod interrupts;
mod processes;
mod reattach;
