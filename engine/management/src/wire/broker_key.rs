//! The id of a broker: a number, or `zone_n` in a cluster with zones (8.10).

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeebe_spec::BrokerId;

/// The id of a broker as the wire has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BrokerKey {
    /// A broker of a cluster without zones.
    Number(u16),
    /// Any text: `zone-a_0`, or a number in quotes, which the product takes in requests too.
    Text(String),
}

impl BrokerKey {
    /// The number, if it is one.
    pub fn broker(&self) -> Option<BrokerId> {
        match self {
            Self::Number(number) => Some(BrokerId(*number)),
            Self::Text(text) => text.parse().ok().map(BrokerId),
        }
    }
}

impl From<BrokerId> for BrokerKey {
    fn from(id: BrokerId) -> Self {
        Self::Number(id.0)
    }
}

impl Serialize for BrokerKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u16(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = BrokerKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a broker's number, or its zone and number as text")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<BrokerKey, E> {
        u16::try_from(number)
            .map(BrokerKey::Number)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<BrokerKey, E> {
        Ok(BrokerKey::Text(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for BrokerKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}
