//! `ephemeral.zeebe_client_credentials`: what a client needs to sign on to a cluster.

use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::{Ephemeral, Had};
use tf_sdk::{Attributes, Computed, Diagnostic, Path, Required, Secret};
use zeebe_engine::{Engine, EngineError};

use crate::explain;

/// What a client needs to sign on.
#[derive(Clone, Debug, PartialEq, Attributes)]
pub struct ClientCredentials {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub cluster: Required<String>,
    /// The client's id.
    pub client_id: Computed<String>,
    /// The client's secret.
    pub client_secret: Computed<Secret>,
    /// Where the client changes both for a token.
    pub token_url: Computed<String>,
    /// Whom the token must be for.
    pub audience: Computed<String>,
}

/// The ephemeral resource `zeebe_client_credentials`.
#[derive(Debug)]
pub struct ClientCredentialsLoan {
    engine: Arc<Engine>,
}

impl ClientCredentialsLoan {
    /// The ephemeral resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Why there are no credentials for the cluster of an address.
    fn refusal(&self, id: &str) -> Vec<Diagnostic> {
        let at = Path::attribute("cluster");
        match self.engine.at(id) {
            // No target of this release has any: one that has is asked for them here.
            Ok(cluster) => vec![explain::no_credentials(id, cluster.target()).at(at)],
            Err(error) => explain::engine(&EngineError::Open(error), id)
                .into_iter()
                .map(|diagnostic| diagnostic.at(at.clone()))
                .collect(),
        }
    }
}

#[async_trait]
impl Ephemeral for ClientCredentialsLoan {
    type Model = ClientCredentials;

    const NAME: &'static str = "zeebe_client_credentials";
    const DESCRIPTION: &'static str = "What a client needs to sign on to a cluster, had for one run of \
        Terraform and stored nowhere. The targets of this release, `local` and `simulated`, have no \
        sign-on: their clusters listen on loopback and ask nobody who they are, so there it is refused \
        with that reason.";

    async fn validate(&self, _call: &Call, config: &ClientCredentials) -> Vec<Diagnostic> {
        match config.cluster.as_known() {
            Some(id) => self.refusal(id),
            None => Vec::new(),
        }
    }

    async fn open(
        &self,
        _call: &Call,
        config: ClientCredentials,
    ) -> Result<Had<ClientCredentials>, Vec<Diagnostic>> {
        Err(self.refusal(config.cluster.as_known().map_or("", String::as_str)))
    }
}
