//! One cluster's place: what can be asked of it without changing it.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use zeebe_execute::{Answer, observe_again, observe_first, vitals};
use zeebe_management::Transport;
use zeebe_plan::desired::{gateway_address, rest_address};
use zeebe_plan::observed::{ClusterObserved, ClusterRecord, ClusterVitals};
use zeebe_spec::{ClusterSpec, KeptSecret};
use zeebe_target::{BookError, Call, DocumentName, Entry, Target};

use crate::error::{EngineError, ProductError};
use crate::exporters::Gatherings;

/// Secrets that are given once, for the target to keep.
pub type GivenSecrets = BTreeMap<KeptSecret, SecretString>;

/// One cluster's place on its target, whether the cluster is there or not.
pub struct Cluster {
    pub(crate) target: Box<dyn Target>,
    pub(crate) transport: Transport,
    pub(crate) gatherings: Gatherings,
    pub(crate) answer: Answer,
    pub(crate) given: GivenSecrets,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("place", self.target.place()).finish_non_exhaustive()
    }
}

/// Where a cluster is and where clients connect: known before it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Its address, enough to import it.
    pub id: String,
    /// Its target's settings, in the engine's own form; no secret among them.
    pub settings: String,
    /// Where clients connect by gRPC, as `host:port`.
    pub gateway: String,
    /// Where clients connect by REST, as a URL.
    pub rest: String,
}

impl Cluster {
    pub(crate) fn new(
        target: Box<dyn Target>,
        transport: Transport,
        gatherings: Gatherings,
        answer: Answer,
    ) -> Self {
        Self { target, transport, gatherings, answer, given: GivenSecrets::new() }
    }

    /// The same, with what the wish says to be kept at the target. Without it what is kept there already is used.
    #[must_use]
    pub fn giving(self, secrets: GivenSecrets) -> Self {
        Self { given: secrets, ..self }
    }

    pub(crate) fn execution(&self) -> zeebe_execute::Cluster<'_> {
        zeebe_execute::Cluster::new(self.target.as_ref(), self.transport.clone())
    }

    /// Its address.
    pub fn id(&self) -> &str {
        &self.target.place().id
    }

    /// The word of its target: `local`.
    pub fn target(&self) -> &'static str {
        self.target.kind()
    }

    /// Its addresses, if it is what the wish says.
    pub fn addresses(&self, spec: &ClusterSpec) -> Addresses {
        let place = self.target.place();
        Addresses {
            id: place.id.clone(),
            settings: serde_json::to_string(&spec.target).unwrap_or_default(),
            gateway: gateway_address(spec, place),
            rest: rest_address(spec, place),
        }
    }

    /// Looks at its book, its components and its product.
    pub async fn look(&self, call: &Call) -> Result<ClusterObserved, EngineError> {
        observe_first(&self.execution(), &self.answer, call).await.map_err(EngineError::Observe)
    }

    /// The same for one of its many children: the product is not asked again for each of them.
    pub(crate) async fn look_again(&self, call: &Call) -> Result<ClusterObserved, EngineError> {
        observe_again(&self.execution(), &self.answer, call).await.map_err(EngineError::Observe)
    }

    /// Looks at leaders, health and versions.
    pub async fn vitals(&self, call: &Call) -> Result<ClusterVitals, EngineError> {
        vitals(&self.execution(), call)
            .await
            .map_err(|error| EngineError::Management(ProductError::Vitals(error)))
    }

    /// Its journal.
    pub async fn journal(&self) -> Result<Vec<Entry>, EngineError> {
        self.target.book().journal().await.map_err(EngineError::Book)
    }

    /// Its own document; `None` where it certainly has none.
    pub async fn record(&self) -> Result<Option<ClusterRecord>, EngineError> {
        self.document(&DocumentName::cluster()).await
    }

    /// A document of its book, understood; `None` where there certainly is none.
    pub(crate) async fn document<T: DeserializeOwned>(
        &self,
        name: &DocumentName,
    ) -> Result<Option<T>, EngineError> {
        let book = self.target.book();
        let document = book.read(name).await.map_err(EngineError::Book)?;
        document.map(T::deserialize).transpose().map_err(|error| {
            EngineError::Book(BookError::Corrupt {
                document: name.to_string(),
                place: book.place(),
                detail: format!("It is whole and not understood: {error}."),
            })
        })
    }
}
