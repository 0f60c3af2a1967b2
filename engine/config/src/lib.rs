//! One intent, the right settings for each minor of the product, 8.5 to 8.10.
//!
//! ```text
//! BrokerIntent  ── broker(minor, ..)  ──┐
//!                                       ├─▶ Rendered { settings, bootstrap, launcher, java_options, files }
//! GatewayIntent ── gateway(minor, ..) ──┘
//! ReceiverIntent ─ receiver(..) ─▶ RenderedReceiver { configuration, secrets }
//! the user's own keys ── check(minor, ..) ──▶ every mistake at once, before anything is rendered
//! ```
//!
//! The product reads its settings through Spring: any key can be given as an environment variable, in the
//! canonical form of relaxed binding (dashes dropped, dots and indexes to underscores, upper case). That is
//! the one form that every target has, so it is the only one rendered. Up to 8.7 the keys stand under
//! `zeebe.broker` and `zeebe.gateway`; 8.8 moved a part of them under `camunda`, and 8.9 the rest. A setting
//! that is given in both forms can stop a broker, so that here every setting has exactly one form for a
//! minor: the newest that it reads.
//!
//! Exporters are resources of their own: they come with [`BrokerIntent`], and their keys are refused elsewhere.
//!
//! Architecture invariant: this crate alone knows how the product spells a setting. No I/O, no clock, no
//! chance, no async; nothing of Terraform and nothing of a platform.

mod check;
mod files;
mod intent;
mod java;
mod keys;
mod name;
mod owned;
mod render;

pub use crate::check::{SettingMistake, check};
pub use crate::intent::{
    Bootstrap, BrokerIntent, BrokerPorts, ChosenBy, EmbeddedGateway, GatewayIntent, GatewayPorts,
    ReceiverIntent, ReceiverPorts, Watermarks,
};
pub use crate::java::JAVA_OPTIONS_VARIABLE;
pub use crate::name::SettingName;
pub use crate::render::{
    Launcher, RECEIVER_ACCESS_KEY, RECEIVER_KAFKA_PASSWORD, RECEIVER_SECRET_KEY, Rendered,
    RenderedReceiver, broker, gateway, is_of_backup_store, receiver,
};

/// The variable that a broker or gateway reads the licence key from when it starts. A target that was told
/// where the key is sets it then; it is a secret and never part of [`Rendered`].
pub const LICENSE_VARIABLE: &str = "CAMUNDA_LICENSE_KEY";
