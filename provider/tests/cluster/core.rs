//! What Terraform's core does with one resource: plan, plan again, apply, refresh, import; and what it
//! demands of the answers.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use camino_tempfile::Utf8TempDir;
use serde_json::{Value as Json, json};
use terraform_provider_zeebe::provider;
use tf_sdk::call::Call;
use tf_sdk::provider::{
    ApplyQuestion, DataSource, ManagedResource, PlanAnswer, PlanQuestion, Provider, ReadQuestion,
};
use tf_sdk::types::Type;
use tf_sdk::{Diagnostic, Value};
use zeebe_engine::Engine;

/// Stands in a configuration for what only an apply tells.
pub(crate) const UNKNOWN: &str = "(known after apply)";

/// One resource, its state, and the directory that its cluster is kept in.
pub(crate) struct Core {
    provider: Arc<Provider>,
    /// The type of the resource.
    kind: &'static str,
    pub(crate) directory: Arc<Utf8TempDir>,
    /// What the state file holds.
    pub(crate) state: Value,
    /// What it holds beside that.
    pub(crate) private: Vec<u8>,
}

/// What a person is told, and what became of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It was done.
    Done(Vec<String>),
    /// The plan was refused.
    NotPlanned(Vec<String>),
    /// The apply failed.
    Failed(Vec<String>),
}

impl Core {
    pub(crate) fn new() -> Self {
        Self {
            provider: Arc::new(provider(Engine::new().unwrap())),
            kind: "zeebe_cluster",
            directory: Arc::new(camino_tempfile::tempdir().unwrap()),
            state: Value::Null,
            private: Vec::new(),
        }
    }

    /// Another resource in the same configuration, whose cluster is kept in the same directory.
    pub(crate) fn beside(&self, kind: &'static str) -> Self {
        Self {
            provider: Arc::clone(&self.provider),
            kind,
            directory: Arc::clone(&self.directory),
            state: Value::Null,
            private: Vec::new(),
        }
    }

    /// The next run of Terraform, whose provider remembers nothing.
    pub(crate) fn next_run(&mut self) {
        self.provider = Arc::new(provider(Engine::new().unwrap()));
    }

    /// Another configuration for the same place, whose state is not there (yet, or any more).
    pub(crate) fn without_state(self) -> Self {
        Self { state: Value::Null, private: Vec::new(), ..self }
    }

    pub(crate) fn resource(&self) -> &dyn ManagedResource {
        self.provider.resources().find(|it| it.type_name() == self.kind).unwrap()
    }

    /// The provider that all is asked of.
    pub(crate) fn provider(&self) -> &Provider {
        &self.provider
    }

    fn data_source(&self, name: &str) -> &dyn DataSource {
        self.provider.data_sources().find(|it| it.type_name() == name).unwrap()
    }

    /// One broker, one partition; with what is said changed. `null` takes an attribute away.
    pub(crate) fn config(&self, changes: Json) -> Value {
        let mut config = json!({
            "name": "payments",
            "version": "8.6.0",
            "topology": { "brokers": 1, "partitions": 1, "replication_factor": 1 },
            "target": { "simulated": { "directory": self.directory.path() } },
        });
        merge(&mut config, changes);
        value(self.resource().schema().ty(), &config)
    }

    /// The folder of the cluster `payments`.
    pub(crate) fn place(&self) -> Utf8PathBuf {
        self.directory.path().join("payments")
    }

    /// What goes wrong from now on.
    pub(crate) fn faults(&self, faults: &Json) {
        fs::create_dir_all(self.place()).unwrap();
        fs::write(self.place().join("faults.json"), faults.to_string()).unwrap();
    }

    pub(crate) async fn validate(&self, config: Value) -> Vec<String> {
        told(&self.directory, &self.resource().validate(Call::detached(), config).await)
    }

    /// One plan, held to core's rules.
    pub(crate) async fn plan(&self, config: &Value) -> PlanAnswer {
        let question = PlanQuestion {
            prior: self.state.clone(),
            proposed: config.clone(),
            config: config.clone(),
            prior_private: self.private.clone(),
            planned_private: Vec::new(),
        };
        let answer = self.resource().plan(Call::detached(), question).await;
        assert_eq!(answer.requires_replace, [], "nothing is ever replaced silently");
        answer
    }

    /// What a person is told of a plan.
    pub(crate) async fn refusal(&self, config: &Value) -> Vec<String> {
        told(&self.directory, &self.plan(config).await.diagnostics)
    }

    /// What the plan says it will do; nothing where it is empty.
    pub(crate) async fn steps(&self, config: &Value) -> Vec<String> {
        let answer = self.plan(config).await;
        assert_eq!(told(&self.directory, &answer.diagnostics), Vec::<String>::new());
        if answer.planned == self.state {
            return Vec::new();
        }
        texts(answer.planned.member("last_change"))
    }

    /// Refresh, plan, plan again, apply: one `terraform apply`.
    pub(crate) async fn apply(&mut self, config: &Value) -> Applied {
        let refreshed = self.refresh().await;
        assert_eq!(refreshed, Vec::<String>::new());
        let first = self.plan(config).await;
        if first.diagnostics.iter().any(Diagnostic::is_error) {
            return Applied::NotPlanned(told(&self.directory, &first.diagnostics));
        }
        self.carry_out(&first, config).await
    }

    /// The second plan and the apply, of a plan that was made before.
    pub(crate) async fn carry_out(&mut self, first: &PlanAnswer, config: &Value) -> Applied {
        let second = self.plan(config).await;
        if second.diagnostics.iter().any(Diagnostic::is_error) {
            return Applied::NotPlanned(told(&self.directory, &second.diagnostics));
        }
        agrees("the second plan", &first.planned, &second.planned);
        let identity = self.identity(&second.planned);
        assert!(identity.is_wholly_known(), "known before the cluster is there: {identity:?}");
        let question = ApplyQuestion {
            prior: self.state.clone(),
            planned: second.planned.clone(),
            config: config.clone(),
            planned_private: second.private,
        };
        let answer = self.resource().apply(Call::detached(), question).await;
        self.state = answer.state;
        self.private = answer.private;
        let diagnostics = told(&self.directory, &answer.diagnostics);
        if answer.diagnostics.iter().any(Diagnostic::is_error) {
            return Applied::Failed(diagnostics);
        }
        agrees("the new state", &second.planned, &self.state);
        assert!(self.state.is_wholly_known(), "unknown after an apply: {:?}", self.state);
        assert_eq!(self.identity(&self.state), identity, "the identity is for life");
        Applied::Done(diagnostics)
    }

    /// Applies, and sees that nothing is left to do.
    pub(crate) async fn reach(&mut self, config: &Value) {
        assert_eq!(self.apply(config).await, Applied::Done(Vec::new()));
        assert_eq!(self.refresh().await, Vec::<String>::new());
        assert_eq!(self.steps(config).await, Vec::<String>::new(), "the second plan is not empty");
    }

    /// One read, its answer kept.
    pub(crate) async fn refresh(&mut self) -> Vec<String> {
        if self.state.is_null() {
            return Vec::new();
        }
        let question = ReadQuestion { state: self.state.clone(), private: self.private.clone() };
        let answer = self.resource().read(Call::detached(), question).await;
        self.state = answer.state;
        self.private = answer.private;
        told(&self.directory, &answer.diagnostics)
    }

    /// `terraform destroy`.
    pub(crate) async fn destroy(&mut self) -> Applied {
        let question = PlanQuestion {
            prior: self.state.clone(),
            proposed: Value::Null,
            config: Value::Null,
            prior_private: self.private.clone(),
            planned_private: Vec::new(),
        };
        let planned = self.resource().plan(Call::detached(), question).await;
        if planned.diagnostics.iter().any(Diagnostic::is_error) {
            return Applied::NotPlanned(told(&self.directory, &planned.diagnostics));
        }
        self.delete().await
    }

    /// The deletion alone, as core asks for it of a tainted object and in a replacement.
    pub(crate) async fn delete(&mut self) -> Applied {
        let question = ApplyQuestion {
            prior: self.state.clone(),
            planned: Value::Null,
            config: Value::Null,
            planned_private: self.private.clone(),
        };
        let answer = self.resource().apply(Call::detached(), question).await;
        let diagnostics = told(&self.directory, &answer.diagnostics);
        self.state = answer.state;
        self.private = answer.private;
        if answer.diagnostics.iter().any(Diagnostic::is_error) {
            Applied::Failed(diagnostics)
        } else {
            assert_eq!(self.state, Value::Null);
            Applied::Done(diagnostics)
        }
    }

    /// `terraform import`: the answer, and the read that follows.
    pub(crate) async fn import(&mut self, id: &str) -> Vec<String> {
        let answer = self.resource().import(Call::detached(), id.to_owned()).await;
        if answer.diagnostics.iter().any(Diagnostic::is_error) {
            assert_eq!(answer.state, Value::Null);
            return told(&self.directory, &answer.diagnostics);
        }
        self.state = answer.state;
        self.private = answer.private;
        self.refresh().await
    }

    /// The identity of the cluster of a state.
    pub(crate) fn identity(&self, state: &Value) -> Value {
        self.resource().identity().unwrap().of(state).unwrap()
    }

    /// `import` by the identity.
    pub(crate) async fn import_by_identity(&mut self, identity: &Value) -> Vec<String> {
        match self.resource().identity().unwrap().import_id(identity) {
            Ok(id) => self.import(&id).await,
            Err(diagnostics) => told(&self.directory, &diagnostics),
        }
    }

    /// A look through a data source.
    pub(crate) async fn look(&self, name: &str, config: &Json) -> Result<Value, Vec<String>> {
        let source = self.data_source(name);
        let config = value(source.schema().ty(), config);
        match source.read(Call::detached(), config).await {
            Ok((found, _)) => {
                assert!(found.is_wholly_known(), "{found:?}");
                Ok(found)
            }
            Err(diagnostics) => Err(told(&self.directory, &diagnostics)),
        }
    }

    /// Its address.
    pub(crate) fn id(&self) -> String {
        format!("simulated://{}", self.place())
    }

    /// How far the state says it is.
    pub(crate) fn phase(&self) -> &str {
        self.state.member("status").member("phase").as_text().unwrap_or_default()
    }
}

/// Each diagnostic as one text; the directory of the test has another name each time.
pub(crate) fn told(directory: &Utf8TempDir, diagnostics: &[Diagnostic]) -> Vec<String> {
    let one = |it: &Diagnostic| {
        let text = format!("{:?} at `{}`: {}\n{}", it.severity, it.path, it.summary, it.detail);
        text.replace(directory.path().as_str(), "<directory>")
    };
    diagnostics.iter().map(one).collect()
}

/// The strings of a list.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    let elements = value.as_elements().unwrap_or_default();
    elements.iter().filter_map(|it| it.as_text().map(ToOwned::to_owned)).collect()
}

/// Whatever was known before is the same after.
fn agrees(what: &str, before: &Value, after: &Value) {
    match (before, after) {
        (Value::Unknown, _) => {}
        (Value::Object(before), Value::Object(after)) => {
            for (name, before) in before {
                agrees(&format!("{what}.{name}"), before, &after[name]);
            }
        }
        (before, after) => assert_eq!(before, after, "{what} differs from the plan"),
    }
}

/// Changes a document; `null` takes away.
fn merge(document: &mut Json, changes: Json) {
    match (document, changes) {
        (Json::Object(document), Json::Object(changes)) => {
            for (key, change) in changes {
                if change.is_null() {
                    document.remove(&key);
                } else {
                    merge(document.entry(key).or_insert(Json::Null), change);
                }
            }
        }
        (document, changes) => *document = changes,
    }
}

/// A value of a type, as HCL gives it: what is not said is null.
pub(crate) fn value(ty: &Type, json: &Json) -> Value {
    match (ty, json) {
        (_, Json::Null) => Value::Null,
        (_, Json::String(text)) if text == UNKNOWN => Value::Unknown,
        (Type::Object(object), Json::Object(given)) => {
            let strange = given.keys().find(|key| !object.attributes.contains_key(*key));
            assert_eq!(strange, None, "no such attribute");
            Value::object(object.attributes.iter().map(|(name, ty)| {
                (name.clone(), value(ty, given.get(name).unwrap_or(&Json::Null)))
            }))
        }
        (Type::Map(ty), Json::Object(given)) => {
            let members: BTreeMap<_, _> =
                given.iter().map(|(key, json)| (key.clone(), value(ty, json))).collect();
            Value::Object(members)
        }
        (Type::List(ty), Json::Array(given)) => {
            Value::List(given.iter().map(|json| value(ty, json)).collect())
        }
        (Type::Set(ty), Json::Array(given)) => {
            Value::set(given.iter().map(|json| value(ty, json)).collect())
        }
        (Type::Truth, Json::Bool(truth)) => Value::Truth(*truth),
        (Type::Number, Json::Number(number)) => Value::integer(number.as_i64().unwrap()),
        (Type::Text, Json::String(text)) => Value::text(text),
        (ty, json) => panic!("{json} is no {ty:?}"),
    }
}

/// The names of the files that are left in a folder; none where it is gone.
pub(crate) fn files(folder: &Utf8Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_owned()).collect();
    names.sort();
    names
}
