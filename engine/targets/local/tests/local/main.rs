//! What the local target does, seen from outside: on real processes, whose program is a small script.

mod conformance;
mod distribution;
mod lifecycle;
mod preflight;
mod support;
