//! What the local target does, seen from outside: on real processes, whose program is a small script.

#[cfg(test)]
mod agent;
#[cfg(test)]
mod aside;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod distribution;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod preflight;
#[cfg(test)]
mod support;
