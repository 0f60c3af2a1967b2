//! The run: one provider, one case file, one client.

mod data;
mod functions;
pub(crate) mod needs;
mod others;
mod process;
mod resources;
mod schema;

use camino::Utf8PathBuf;
use zeebe_proto::tfplugin6::{configure_provider, validate_provider_config};

use crate::case::{CaseFile, PlaceholderError};
use crate::client::{ConnectError, Launch, LaunchError};
use crate::draw;
use crate::judge::{Breach, Judge, Scene};
use crate::profile::Profile;
use crate::rules::Rule;
use crate::schema::lint::Kind;
use crate::session::{Session, errors};
use crate::value::Value;
use crate::wire::{self, WireError};

/// What is run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The provider's program.
    pub program: Utf8PathBuf,
    /// What it is tried with.
    pub cases: CaseFile,
    /// Who the client is said to be.
    pub profile: Profile,
    /// Variables of the provider's environment beside those of this process.
    pub environment: Vec<(String, String)>,
    /// What random sequences start from.
    pub seed: u64,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No certificate for the client.
    #[error("could not make a certificate")]
    Certificate(#[source] rcgen::Error),
    /// The provider does not start.
    #[error("could not start the provider")]
    Launch(#[source] LaunchError),
    /// The provider takes no connection.
    #[error("could not connect to the provider")]
    Connect(#[source] ConnectError),
    /// No directory for a case.
    #[error("could not make a directory")]
    Directory(#[source] std::io::Error),
    /// The case names something that is not there.
    #[error("could not fill in a case of \"{subject}\"")]
    Placeholder {
        /// What the case is about.
        subject: String,
        /// What is not there.
        #[source]
        source: PlaceholderError,
    },
    /// The case's values do not fit the schema.
    #[error("could not read a value of the case of \"{subject}\"")]
    Value {
        /// What the case is about.
        subject: String,
        /// What does not fit.
        #[source]
        source: WireError,
    },
    /// The case is about something that the provider does not have.
    #[error("the provider has no \"{0}\"")]
    Absent(String),
    /// The provider's own configuration, as the case has it, is refused.
    #[error("the provider refused its configuration: {0}")]
    Configuration(String),
}

impl Run {
    fn launch(&self) -> Result<Launch, RunError> {
        let launch = Launch::of(&self.program).map_err(RunError::Certificate)?.with_environment();
        Ok(self.environment.iter().fold(launch, |launch, (name, value)| launch.with(name, value)))
    }

    /// Runs everything; what was seen is the judge's to tell.
    pub async fn judge(&self) -> Result<Judge, RunError> {
        let mut before = Judge::default();
        self.without_cookie(&mut before).await?;
        let Some(plugin) = self.start(&mut before).await? else { return Ok(before) };
        self.strangers(&plugin, &mut before).await;
        let connection = match plugin.connect().await {
            Ok(connection) => connection,
            // Without encryption, or with other certificates: looked at already, and nothing more to see.
            Err(_) if !before.findings().is_empty() => return Ok(before),
            Err(error) => return Err(RunError::Connect(error)),
        };
        let mut session = Session::new(connection, self.profile);
        session.judge.absorb(before);
        Self::health(&mut session).await;
        if Self::schemas(&mut session).await.is_some() {
            match self.in_turn(&mut session).await {
                // A schema that cannot be read has been told of, and leaves less to see.
                Err(RunError::Absent(_) | RunError::Value { .. })
                    if !session.judge.findings().is_empty() => {}
                other => other?,
            }
        }
        self.end(plugin, session).await
    }

    async fn in_turn(&self, session: &mut Session) -> Result<(), RunError> {
        self.unconfigured(session).await?;
        self.functions(session).await?;
        let config = self.configure(session).await?;
        Self::schema_again(session).await;
        for case in &self.cases.resources {
            if session.dead {
                return Ok(());
            }
            self.resource(session, case).await?;
        }
        for case in &self.cases.random {
            if session.dead {
                return Ok(());
            }
            crate::random::sequences(session, case, self.seed).await?;
        }
        for case in &self.cases.data_sources {
            let directory = directory()?;
            self.look(session, case, directory.path(), &Value::Null).await?;
        }
        for case in &self.cases.ephemerals {
            let directory = directory()?;
            self.ephemeral(session, case, directory.path()).await?;
        }
        self.reattached(session, &config).await
    }

    /// Validates and configures as core does; gives back the configuration.
    async fn configure(&self, session: &mut Session) -> Result<Value, RunError> {
        let block = session.schemas.provider.clone();
        let directory = directory()?;
        let json = serde_json::Value::Object(self.cases.provider.clone().into_iter().collect());
        let json = crate::case::filled(&json, directory.path().as_str(), &Value::Null)
            .map_err(|source| RunError::Placeholder { subject: "provider".to_owned(), source })?;
        let config = draw::configured(&block, &json)
            .map_err(|source| RunError::Value { subject: "provider".to_owned(), source })?;
        let unknown = draw::unknown(&block, &|it| it.presence.is_configurable());
        for (config, rule, turn) in [
            (&unknown, Rule::ProviderUnknown, "validate unknown values"),
            (&config, Rule::ProviderAccepts, "validate"),
        ] {
            let scene = Scene::of("provider", turn);
            let request = validate_provider_config::Request {
                config: Some(wire::encode(config, &block.ty())),
            };
            let answer = session.connection.provider.validate_provider_config(request).await;
            if let Some(answer) = session.answer(rule, &scene, answer)
                && session.diagnostics(&scene, &answer.diagnostics, Some(&block))
            {
                let got = errors(&answer.diagnostics);
                session.judge.look(rule, &scene, [Breach::of("no error", got)]);
            }
        }
        if unknown != config {
            // May be refused, but must be answered.
            let scene = Scene::of("provider", "configure with unknown values");
            let request = self.configuration(&unknown, &block);
            let answer = session.connection.provider.configure_provider(request).await;
            session.answer(Rule::ProviderUnknown, &scene, answer);
        }
        let scene = Scene::of("provider", "configure");
        let request = self.configuration(&config, &block);
        let answer = session.connection.provider.configure_provider(request).await;
        if let Some(answer) = session.answer(Rule::RpcAnswers, &scene, answer)
            && session.diagnostics(&scene, &answer.diagnostics, Some(&block))
        {
            return Err(RunError::Configuration(errors(&answer.diagnostics)));
        }
        Ok(config)
    }

    fn configuration(
        &self,
        config: &Value,
        block: &crate::schema::Block,
    ) -> configure_provider::Request {
        configure_provider::Request {
            terraform_version: self.profile.version(),
            config: Some(wire::encode(config, &block.ty())),
            client_capabilities: Some(self.profile.capabilities()),
        }
    }
}

pub(crate) fn directory() -> Result<camino_tempfile::Utf8TempDir, RunError> {
    camino_tempfile::tempdir().map_err(RunError::Directory)
}

/// What each map of schemas in an answer holds the schemas of.
fn kinds(
    sent: &zeebe_proto::tfplugin6::get_provider_schema::Response,
) -> Vec<(String, Kind, &zeebe_proto::tfplugin6::Schema)> {
    let one = |name: &str, kind, schema| (name.to_owned(), kind, schema);
    let mut found: Vec<_> = sent
        .provider
        .iter()
        .map(|schema| one("provider", Kind::Provider, schema))
        .chain(sent.provider_meta.iter().map(|it| one("provider_meta", Kind::Other, it)))
        .chain(sent.resource_schemas.iter().map(|(name, it)| one(name, Kind::Resource, it)))
        .chain(
            sent.data_source_schemas
                .iter()
                .map(|(name, it)| (format!("data.{name}"), Kind::Data, it)),
        )
        .chain(
            sent.ephemeral_resource_schemas
                .iter()
                .map(|(name, it)| (format!("ephemeral.{name}"), Kind::Other, it)),
        )
        .chain(
            sent.list_resource_schemas
                .iter()
                .map(|(name, it)| (format!("list.{name}"), Kind::Other, it)),
        )
        .chain(sent.action_schemas.iter().filter_map(|(name, it)| {
            Some((format!("action.{name}"), Kind::Other, it.schema.as_ref()?))
        }))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}
