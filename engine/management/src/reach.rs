//! Where the brokers and gateways of one cluster are to be reached.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use reqwest::Url;
use zeebe_spec::BrokerId;

/// The address of a server, as `http://host:port` with an optional path in front of everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaseUrl(String);

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an address as http://host:port, got \"{got}\"")]
pub struct BaseUrlError {
    got: String,
}

impl BaseUrl {
    /// Checks an address. A slash at its end is dropped.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let wrong = || BaseUrlError { got: text.to_owned() };
        let url = Url::parse(text).map_err(|_| wrong())?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.has_host();
        match url.scheme() {
            "http" | "https" if plain => Ok(Self(text.trim_end_matches('/').to_owned())),
            _ => Err(wrong()),
        }
    }

    /// A port of this machine.
    pub fn loopback(port: u16) -> Self {
        Self(format!("http://{}:{port}", Ipv4Addr::LOCALHOST))
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the brokers and gateways of one cluster are to be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagementReach {
    /// The management address of each broker, members or not.
    pub brokers: BTreeMap<BrokerId, BaseUrl>,
    /// The REST addresses of the gateways (of the brokers, where the gateway is embedded).
    pub gateways: Vec<BaseUrl>,
}
