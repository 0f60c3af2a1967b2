//! Takes the records that a Zeebe cluster exports, and answers for them only when a sink durably has them.
//!
//! The Elasticsearch exporter that is bundled with every broker posts its `_bulk` requests here, so no jar is needed.
//!
//! ```text
//! exporter ── POST /_bulk ──▶ wire ─▶ batch ─▶ lane of the partition ── mark: what is new? ──▶ sink
//!          ◀── 200 errors:false ────────────── only when all of it is durable ◀───────────────┘
//!          ◀── 429, 503, 409 ──── otherwise: the exporter sends the same again, from the same position
//! ```
//!
//! What it promises: nothing is lost, as only a durable batch is answered for; nothing is doubled in the sink, as the
//! sink keeps with the data a *mark*, the last position that it has, and what is at or below it is dropped; the order of
//! each partition is kept, as one lane a partition appends one batch at a time.
//!
//! It must not know Terraform, targets or the engine. [`wire`], [`batch`], [`mark`] and [`verify`] are pure.

pub mod batch;
pub mod config;
#[cfg(feature = "kafka")]
pub mod index;
pub mod intake;
mod lane;
pub mod mark;
pub mod metrics;
pub mod record;
pub mod serve;
pub mod sink;
pub mod verify;
pub mod wire;

pub use zeebe_search::Reason;
