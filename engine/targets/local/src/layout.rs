//! Where a cluster's things are.

use camino::{Utf8Path, Utf8PathBuf};
use zeebe_plan::component::ComponentId;
use zeebe_plan::observed::Restoration;
use zeebe_spec::{BrokerId, GatewayIndex, ReceiverIndex};

/// A kind of component, as the folder that holds all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Brokers,
    Gateways,
    Receivers,
    Agents,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Brokers, Self::Gateways, Self::Receivers, Self::Agents];

    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Brokers => "brokers",
            Self::Gateways => "gateways",
            Self::Receivers => "receivers",
            Self::Agents => "agents",
        }
    }

    pub(crate) const fn of(id: ComponentId) -> Self {
        match id {
            ComponentId::Broker(_) => Self::Brokers,
            ComponentId::Gateway(_) => Self::Gateways,
            ComponentId::Receiver(_) => Self::Receivers,
            ComponentId::Agent => Self::Agents,
        }
    }

    /// The component whose folder has this name, if it is one's.
    pub(crate) fn component(self, name: &str) -> Option<ComponentId> {
        let number = name.parse::<u16>().ok().filter(|number| number.to_string() == name)?;
        Some(match self {
            Self::Brokers => ComponentId::Broker(BrokerId(number)),
            Self::Gateways => ComponentId::Gateway(GatewayIndex(number)),
            Self::Receivers => ComponentId::Receiver(ReceiverIndex(number)),
            Self::Agents if number == 0 => ComponentId::Agent,
            Self::Agents => return None,
        })
    }
}

/// A component's own folder, and what is in it.
#[derive(Clone, Debug)]
pub(crate) struct Home(Utf8PathBuf);

impl Home {
    pub(crate) fn of(root: &Utf8Path, id: ComponentId) -> Self {
        let number = match id {
            ComponentId::Broker(broker) => broker.0,
            ComponentId::Gateway(gateway) => gateway.0,
            ComponentId::Receiver(receiver) => receiver.0,
            ComponentId::Agent => 0,
        };
        Self(root.join(Kind::of(id).folder()).join(number.to_string()))
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.0
    }

    /// The product's data: what is kept when the rest goes.
    pub(crate) fn data(&self) -> Utf8PathBuf {
        self.0.join("data")
    }

    pub(crate) fn logs(&self) -> Utf8PathBuf {
        self.0.join("logs")
    }

    /// Where the Java runtime may put temporary files: what a broker that was killed left there goes with its next
    /// start, where the machine's own folder would fill (14 MB of RocksDB's library at each kill).
    pub(crate) fn scratch(&self) -> Utf8PathBuf {
        self.0.join("tmp")
    }

    pub(crate) fn record(&self) -> Utf8PathBuf {
        self.0.join("process.json")
    }

    /// Where a restore sets aside what it makes room from.
    pub(crate) fn aside(&self, restoration: &Restoration) -> Utf8PathBuf {
        self.0.join(restoration.to_string())
    }

    /// Which restore has last set data aside here.
    pub(crate) fn aside_note(&self) -> Utf8PathBuf {
        self.0.join("aside.json")
    }

    /// What is known of data that was restored.
    pub(crate) fn restore_note(&self) -> Utf8PathBuf {
        self.0.join("restore.json")
    }

    /// What the last restore wrote on its standard output and error.
    pub(crate) fn restore_console(&self) -> Utf8PathBuf {
        self.0.join("restore.log")
    }

    /// What the process writes on its standard output and error; the older ones have a number.
    pub(crate) fn console(&self, age: u8) -> Utf8PathBuf {
        match age {
            0 => self.0.join("console.log"),
            older => self.0.join(format!("console.{older}.log")),
        }
    }
}
