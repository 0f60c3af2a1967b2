//! One cluster: its target, and the way to its product.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use zeebe_gateway::{AddressError, Gateway};
use zeebe_management::{
    BaseUrl, BaseUrlError, Client, ManagementError, ManagementReach, Transport,
};
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Observed};
use zeebe_plan::product::{ClusterTopology, ExporterState, GatewayView};
use zeebe_spec::Minor;
use zeebe_target::{Call, Target, TargetError};

/// A cluster at its target, with the connections to its product.
#[derive(Clone)]
pub struct Cluster<'a> {
    target: &'a dyn Target,
    transport: Transport,
}

impl fmt::Debug for Cluster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("place", self.target.place()).finish_non_exhaustive()
    }
}

/// Why there is no way to the product.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The target could not say what runs, or how to reach it.
    #[error(transparent)]
    Target(TargetError),
    /// The target gave an address that is none.
    #[error("target gave a wrong address of {of}")]
    Address {
        /// Whose address.
        of: String,
        /// What is wrong with it.
        #[source]
        source: BaseUrlError,
    },
    /// The target gave an address for clients that is none.
    #[error("target gave a wrong address of the gateway of {id}")]
    Gateway {
        /// Whose address.
        id: ComponentId,
        /// What is wrong with it.
        #[source]
        source: AddressError,
    },
    /// No broker's process runs, so there is nobody to ask.
    #[error("no broker runs")]
    Down,
}

/// What the target sees of a cluster's components.
pub(crate) type Components = BTreeMap<ComponentId, Observed<ComponentState>>;

impl<'a> Cluster<'a> {
    /// The cluster at a target; the connections may be shared with others.
    pub fn new(target: &'a dyn Target, transport: Transport) -> Self {
        Self { target, transport }
    }

    pub(crate) fn target(&self) -> &'a dyn Target {
        self.target
    }

    /// The connections.
    pub(crate) const fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The way to the product, as its processes stand now.
    pub(crate) async fn connect(&self, call: &Call) -> Result<Product, ConnectError> {
        let components = self.target.observe(call).await.map_err(ConnectError::Target)?;
        self.connect_to(&components, call).await?.ok_or(ConnectError::Down)
    }

    /// The way to the product among these components; `None` where no broker runs.
    pub(crate) async fn connect_to(
        &self,
        components: &Components,
        call: &Call,
    ) -> Result<Option<Product>, ConnectError> {
        let mut brokers = BTreeSet::new();
        let mut running: BTreeMap<ComponentId, Minor> = BTreeMap::new();
        for (id, seen) in components {
            let Observed::Present(ComponentState {
                condition: Condition::Running(_),
                version,
                fingerprint: _,
            }) = seen
            else {
                continue;
            };
            running.insert(*id, version.minor());
            if let ComponentId::Broker(broker) = id {
                brokers.insert(*broker);
            }
        }
        // While a roll is under way the older brokers are those that decide: the coordinator is the last.
        let of_brokers = running.iter().filter(|(id, _)| matches!(id, ComponentId::Broker(_)));
        let Some(minor) = of_brokers.map(|(_, minor)| *minor).min() else {
            return Ok(None);
        };
        let reach = self.target.reach(&brokers, call).await.map_err(ConnectError::Target)?;
        let mut addresses = ManagementReach::default();
        for (broker, url) in &reach.management {
            addresses.brokers.insert(*broker, address(url, || format!("broker {broker}"))?);
        }
        let mut gateways = BTreeMap::new();
        for (id, url) in &reach.rest {
            // One that does not run sees nothing.
            let Some(minor) = running.get(id) else {
                continue;
            };
            let url = address(url, || format!("the gateway of {id}"))?;
            let reach = ManagementReach { gateways: vec![url], ..ManagementReach::default() };
            let client = Client::with_transport(*minor, reach, self.transport.clone());
            gateways.insert(*id, client);
        }
        let client = Client::with_transport(minor, addresses, self.transport.clone());
        let grpc = reach.grpc.into_iter().filter(|(id, _)| running.contains_key(id)).collect();
        Ok(Some(Product { client, gateways, grpc }))
    }
}

fn address(url: &str, of: impl Fn() -> String) -> Result<BaseUrl, ConnectError> {
    BaseUrl::parse(url).map_err(|source| ConnectError::Address { of: of(), source })
}

/// The way to one cluster's product.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    /// Speaks to the brokers.
    pub(crate) client: Client,
    /// Speak to the gateways that run, each in the words of its own minor.
    gateways: BTreeMap<ComponentId, Client>,
    /// Where clients connect to those gateways.
    grpc: BTreeMap<ComponentId, String>,
}

impl Product {
    /// The configuration of the cluster from its coordinator, the lowest member: the only one that knows
    /// of changes. "No change" from another broker proves nothing.
    pub(crate) async fn coordinator(&self) -> Result<ClusterTopology, ManagementError> {
        let answered = self.client.cluster_from_any().await?;
        match answered.value.member_ids().first() {
            Some(lowest) if *lowest != answered.by => self.client.cluster(*lowest).await,
            Some(_) | None => Ok(answered.value),
        }
    }

    /// Where the cluster's exporters stand; nothing where the minor cannot say.
    pub(crate) async fn exporters(
        &self,
    ) -> Result<BTreeMap<String, ExporterState>, ManagementError> {
        if self.client.minor() < Minor::FIRST_WITH_EXPORTER_SWITCH {
            return Ok(BTreeMap::new());
        }
        self.client.exporters().await
    }

    /// The gateways that run, as clients and workers see them.
    pub(crate) fn clients(&self) -> Result<BTreeMap<ComponentId, Gateway>, ConnectError> {
        let connect = |(id, address): (&ComponentId, &String)| {
            let client = Gateway::at(address);
            Ok((*id, client.map_err(|source| ConnectError::Gateway { id: *id, source })?))
        };
        self.grpc.iter().map(connect).collect()
    }

    /// The cluster as the first gateway that answers sees it.
    pub(crate) async fn gateway_view(&self) -> Result<GatewayView, ManagementError> {
        let mut outcome = Err(ManagementError::NoAddresses { what: "gateway" });
        for client in self.gateways.values() {
            outcome = client.gateway_view().await;
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// The cluster as each gateway sees it: clients may be connected to any of them.
    pub(crate) async fn gateway_views(
        &self,
    ) -> BTreeMap<ComponentId, Result<GatewayView, ManagementError>> {
        let mut views = BTreeMap::new();
        for (id, client) in &self.gateways {
            views.insert(*id, client.gateway_view().await);
        }
        views
    }
}
