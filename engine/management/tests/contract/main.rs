//! The client and its wire types, held against what real brokers answered (`tests/captures`) and against
//! what a network does.

mod captures;
mod decoding;
mod faults;
mod metrics;
mod requests;
mod routing;
mod server;
