//! States that a real terraform stored with each release, beside the book that the release kept, are read by
//! today's provider: upgraded, refreshed, planned without a change.
//!
//! ```text
//! variants/<variant>/            what is recorded: a configuration, what goes wrong, what was there before
//! <release>/<variant>/           state.json as terraform wrote it, main.tf.json, cluster/ (book and model),
//!                                private/<type>.<name>.json (what the state holds of each object in base64)
//! <release>/schema.json          the types that they were stored by
//! ```
//!
//! `make states` records the release that the workspace has now; those of older ones never change.

#[cfg(test)]
mod place;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod terraform;
