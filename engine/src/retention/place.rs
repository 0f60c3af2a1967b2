//! The store of an exporter, as the engine reaches it.

use std::env;
use std::time::Duration;

use secrecy::SecretString;
use zeebe_search::{Address, Login, Store};
use zeebe_spec::{Authentication, ExporterSpec, SearchSink, SecretSource};

use super::RetentionError;
use crate::cluster::Cluster;

/// How long a store may take for one answer: it may have to look through a day of records.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Cluster {
    /// The store that an exporter writes to; `None` where the cluster is simulated, whose exporters write nowhere.
    pub(crate) async fn store_of<'a>(
        &self,
        exporter: &'a ExporterSpec,
    ) -> Result<Option<(Store, &'a SearchSink)>, RetentionError> {
        let name = &exporter.name;
        let Some(sink) = exporter.store() else {
            let spec = zeebe_spec::retention::without_store(exporter);
            return Err(RetentionError::Wrong(vec![spec]));
        };
        if self.target() == "simulated" {
            return Ok(None);
        }
        let login = match &sink.authentication {
            None => None,
            Some(Authentication { username, password }) => {
                let password = self
                    .password(password)
                    .await
                    .map_err(|why| RetentionError::SignOn { name: name.clone(), why })?;
                Some(Login::Password { username: username.clone(), password })
            }
        };
        let url = sink.url.as_str().split(',').next().unwrap_or_default().trim_end_matches('/');
        let url = url.parse().map_err(|error| RetentionError::SignOn {
            name: name.clone(),
            why: format!("\"{url}\" is not understood: {error}"),
        })?;
        let address = Address { url, ca: None, login, timeout: TIMEOUT };
        let store = Store::new(&address)
            .map_err(|source| RetentionError::Store { name: name.clone(), source })?;
        Ok(Some((store, sink)))
    }

    async fn password(&self, source: &SecretSource) -> Result<SecretString, String> {
        match source {
            SecretSource::File(path) => tokio::fs::read_to_string(path.as_str())
                .await
                .map(|text| SecretString::from(text.trim().to_owned()))
                .map_err(|error| format!("could not read \"{path}\": {error}")),
            SecretSource::EnvironmentVariable(name) => env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .map(SecretString::from)
                .ok_or_else(|| format!("environment variable \"{name}\" is not set")),
            SecretSource::Kept(name) => {
                let kept = self.target.secrets().read(name).await;
                kept.map_err(|error| format!("{error}: {}", error.source))
            }
        }
    }
}
