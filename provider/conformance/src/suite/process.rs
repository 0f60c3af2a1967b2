//! The process: its handshake, its health, its interrupts and its end.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use zeebe_proto::tfplugin6::{get_metadata, stop_provider, validate_provider_config};

use super::{Run, RunError};
use crate::actor::{Actor, Stop};
use crate::client::{Connection, Credentials, Exit, LaunchError, Plugin};
use crate::draw;
use crate::judge::{Breach, Judge, Scene};
use crate::rules::Rule;
use crate::session::{Session, errors};
use crate::value::Value;
use crate::wire;

/// After this long Terraform kills.
const PATIENCE: Duration = Duration::from_secs(2);

impl Run {
    pub(super) async fn without_cookie(&self, judge: &mut Judge) -> Result<(), RunError> {
        let scene = Scene::of("process", "started by hand");
        let launch = self.launch()?.without("TF_PLUGIN_MAGIC_COOKIE");
        let breach = match launch.run().await {
            Ok(Exit { status, stdout, stderr: _ }) => {
                let shook = stdout.starts_with("1|");
                (status.success() || shook).then(|| {
                    Breach::of("an error, and no handshake", format!("{status}, {stdout:?}"))
                })
            }
            Err(error @ LaunchError::Run(_)) => return Err(RunError::Launch(error)),
            Err(error) => Some(Breach::of("an error, and no handshake", error.to_string())),
        };
        judge.look(Rule::HandshakeCookie, &scene, breach);
        Ok(())
    }

    /// Starts the provider; none where it says nothing that Terraform understands.
    pub(super) async fn start(&self, judge: &mut Judge) -> Result<Option<Plugin>, RunError> {
        let scene = Scene::of("process", "start");
        match self.launch()?.start().await {
            Ok(plugin) => {
                let protocol = plugin.handshake.protocol;
                let breach = (!matches!(protocol, 5 | 6))
                    .then(|| Breach::of("protocol 5 or 6", protocol.to_string()));
                let understood = judge.look(Rule::HandshakeLine, &scene, breach);
                let breach =
                    plugin.handshake.certificate.is_none().then(|| {
                        Breach::of("a certificate", "none: the connection is in the clear")
                    });
                let encrypted = judge.look(Rule::HandshakeCertificate, &scene, breach);
                Ok((understood && encrypted).then_some(plugin))
            }
            Err(error @ LaunchError::Run(_)) => Err(RunError::Launch(error)),
            Err(error) => {
                let source = std::error::Error::source(&error);
                let got = source.map_or_else(|| error.to_string(), |it| format!("{error}: {it}"));
                judge.look(Rule::HandshakeLine, &scene, [Breach::of("a handshake", got)]);
                Ok(None)
            }
        }
    }

    pub(super) async fn strangers(&self, plugin: &Plugin, judge: &mut Judge) {
        let Ok(other) = Credentials::generate() else { return };
        for (stranger, who) in [(None, "nobody"), (Some(&other), "somebody else")] {
            let scene = Scene::of("process", &format!("connect as {who}"));
            // TLS 1.3 lets a client speak before it knows that it is refused.
            let heard = match Connection::open(&plugin.handshake, stranger).await {
                Ok(mut connection) => {
                    let answer = connection.provider.get_metadata(get_metadata::Request {}).await;
                    // Not to have the call is an answer too.
                    !matches!(answer, Err(status) if status.code() != tonic::Code::Unimplemented)
                }
                Err(_) => false,
            };
            let breach = heard.then(|| Breach::of("no answer", "one"));
            judge.look(Rule::HandshakeStranger, &scene, breach);
        }
    }

    pub(super) async fn health(session: &mut Session) {
        let scene = Scene::of("process", "health");
        let request = HealthCheckRequest { service: "plugin".to_owned() };
        let breach = match session.connection.health.check(request).await {
            Ok(answer) => {
                let status = answer.into_inner().status();
                (status != ServingStatus::Serving)
                    .then(|| Breach::of("SERVING", status.as_str_name()))
            }
            Err(status) => Some(Breach::of("SERVING", status.to_string())),
        };
        session.judge.look(Rule::ProcessHealth, &scene, breach);
    }

    /// What only a provider that serves several walks in one process meets: it is configured again, and stopped.
    pub(super) async fn reattached(
        &self,
        session: &mut Session,
        config: &Value,
    ) -> Result<(), RunError> {
        if session.dead {
            return Ok(());
        }
        let block = session.schemas.provider.clone();
        let scene = Scene::of("provider", "configure again");
        let request = self.configuration(config, &block);
        let answer = session.connection.provider.configure_provider(request).await;
        if let Some(answer) = session.answer(Rule::ProcessConfigureAgain, &scene, answer)
            && session.diagnostics(&scene, &answer.diagnostics, Some(&block))
        {
            let got = errors(&answer.diagnostics);
            session.judge.look(Rule::ProcessConfigureAgain, &scene, [Breach::of("no error", got)]);
        }
        self.large(session).await;
        let before = self.first_plan(session).await?;
        let scene = Scene::of("process", "StopProvider");
        let answer = session.connection.provider.stop_provider(stop_provider::Request {}).await;
        if let Some(answer) = session.answer(Rule::ProcessStop, &scene, answer)
            && !answer.error.is_empty()
        {
            let breach = Breach::of("no error", answer.error);
            session.judge.look(Rule::ProcessStop, &scene, [breach]);
        }
        let after = self.first_plan(session).await?;
        let scene = Scene::of("process", "a plan after StopProvider");
        let breach = (before.is_ok() && after.is_err())
            .then(|| Breach::of("a plan, as before", format!("{:?}", after.err())));
        session.judge.look(Rule::ProcessStop, &scene, breach);
        Ok(())
    }

    /// The plan of the first case, from nothing.
    async fn first_plan(&self, session: &mut Session) -> Result<Result<(), Stop>, RunError> {
        let Some(case) = self.cases.resources.first() else { return Ok(Ok(())) };
        let Some(step) = case.steps.first() else { return Ok(Ok(())) };
        let directory = super::directory()?;
        let Some(mut actor) = Actor::new(session, &case.type_name) else { return Ok(Ok(())) };
        let config =
            super::resources::config(&actor, &step.config, directory.path(), &Value::Null)?;
        Ok(actor.plan(&config, "plan again in one process").await.map(drop))
    }

    /// A call with a message larger than what servers take unless they are told to.
    async fn large(&self, session: &mut Session) {
        let scene = Scene::of("process", "a message of 5 MiB");
        let text = "x".repeat(5 << 20);
        let block = session.schemas.provider.clone();
        let of_provider = block.attributes.iter().find(|(_, it)| it.ty == crate::ty::Type::Text);
        let answer = if let Some((name, _)) = of_provider {
            let mut config = draw::empty(&block);
            if let Value::Members(members) = &mut config {
                members.insert(name.clone(), Value::Text(text));
            }
            let request = validate_provider_config::Request {
                config: Some(wire::encode(&config, &block.ty())),
            };
            let answer = session.connection.provider.validate_provider_config(request).await;
            answer.map(|_| ())
        } else {
            let resource = session.schemas.resources.iter().find_map(|(name, schema)| {
                let attributes = &schema.block.attributes;
                let (attribute, _) = attributes.iter().find(|(_, it)| {
                    it.ty == crate::ty::Type::Text && it.presence.is_configurable()
                })?;
                Some((name.clone(), attribute.clone(), schema.block.clone()))
            });
            let Some((type_name, attribute, block)) = resource else { return };
            let mut config = draw::empty(&block);
            if let Value::Members(members) = &mut config {
                members.insert(attribute, Value::Text(text));
            }
            let request = zeebe_proto::tfplugin6::validate_resource_config::Request {
                type_name,
                config: Some(wire::encode(&config, &block.ty())),
                client_capabilities: Some(session.profile.capabilities()),
            };
            let answer = session.connection.provider.validate_resource_config(request).await;
            answer.map(|_| ())
        };
        let breach = answer.err().map(|status| {
            Breach::of("an answer", format!("{:?}: {}", status.code(), status.message()))
        });
        session.judge.look(Rule::RpcLarge, &scene, breach);
    }

    /// Interrupts the provider, sees that it lives, ends it as Terraform does, and looks at what it left.
    pub(super) async fn end(
        &self,
        plugin: Plugin,
        mut session: Session,
    ) -> Result<Judge, RunError> {
        if session.dead {
            return Ok(session.judge);
        }
        self.interrupt(&plugin, &mut session).await;
        let mut judge = std::mem::take(&mut session.judge);
        let lives = !session.dead;
        drop(session);
        if !lives {
            return Ok(judge);
        }
        let scene = Scene::of("process", "Shutdown");
        let asked = Instant::now();
        let exit = match tokio::time::timeout(PATIENCE, plugin.shut_down()).await {
            Ok(Ok(exit)) => Ok(exit),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("it still runs after {:?}", asked.elapsed())),
        };
        let breach = exit.as_ref().err().map(|got| Breach::of("an end within 2 s", got));
        judge.look(Rule::ProcessShutdown, &scene, breach);
        if let Ok(exit) = exit {
            logs(&mut judge, &exit.stderr);
        }
        Ok(judge)
    }

    async fn interrupt(&self, plugin: &Plugin, session: &mut Session) {
        let scene = Scene::of("process", "SIGINT");
        let pid = plugin.pid().and_then(|pid| pid.try_into().ok()).and_then(Pid::from_raw);
        let Some(pid) = pid else { return };
        if kill_process(pid, Signal::INT).is_err() {
            return;
        }
        // The signal is taken at some time; what it does is then to be seen in one of these.
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let answer = session.connection.schema().await;
            if let Err(status) = answer {
                let breach = Breach::of("an answer", status.to_string());
                session.judge.look(Rule::ProcessInterrupt, &scene, [breach]);
                session.dead = true;
                return;
            }
        }
        session.judge.look(Rule::ProcessInterrupt, &scene, None);
    }
}

/// Lines that go-plugin takes for JSON have texts where it wants them: another kind makes the client panic.
fn logs(judge: &mut Judge, stderr: &str) {
    let scene = Scene::of("process", "stderr");
    for line in stderr.lines() {
        let Ok(Json::Object(entry)) = serde_json::from_str(line) else { continue };
        let strange = ["@message", "@level", "@timestamp"]
            .into_iter()
            .find(|key| entry.get(*key).is_some_and(|value| !value.is_string()));
        let breach = strange.map(|key| Breach::of(format!("a text as {key}"), line));
        judge.look(Rule::ProcessLogs, &scene, breach);
    }
}
