//! A place for one simulated cluster, and engines that work on it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use camino::Utf8Path;
use camino_tempfile::Utf8TempDir;
use tokio_util::sync::CancellationToken;
use zeebe_execute::{Cluster, ExecuteError, ask, execute, observe};
use zeebe_management::{Timeouts, Transport};
use zeebe_plan::component::{ComponentId, Condition, Observed};
use zeebe_plan::desired::ClusterDesired;
use zeebe_plan::observed::{ClusterObserved, Duties, ExporterPhase, Phase, ProductObserved};
use zeebe_plan::order::{ExporterWishes, exporters, told};
use zeebe_plan::product::ExporterState;
use zeebe_plan::{Plan, Step, create, desired, destroy};
use zeebe_scalar::{Raw, Scalar, parse_text};
use zeebe_spec::{
    BackupStore, BrokerSpec, BulkSpec, ClusterParts, ClusterSpec, DataOnDestroy,
    DeletionProtection, ExporterSpec, GcsStore, IndexSpec, KafkaSink, LakeBucket, LakePlace,
    LakeSink, RecordsSpec, RestoreFrom, Roll, SearchSink, SecretSource, SettingKey,
    SimulatedTarget, Sink, TargetSpec, TopologySpec, Working,
};
use zeebe_target::{Call, Entry, Event, Progress, Target};
use zeebe_target_simulated::{CrashPoint, SimulatedCluster, SimulatedHost};

/// What is wished, in the parts that the tests change.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) version: &'static str,
    pub(crate) brokers: i64,
    pub(crate) partitions: i64,
    pub(crate) factor: i64,
    /// A setting of the product: another value is another fingerprint.
    pub(crate) setting: Option<&'static str>,
    pub(crate) data: DataOnDestroy,
    /// How long the cluster must be whole before a restart.
    pub(crate) stable_for: Option<&'static str>,
    /// Its exporters, and whether each works.
    pub(crate) exporters: &'static [(&'static str, Working)],
    /// The bucket that its backups are kept in.
    pub(crate) store: Option<&'static str>,
    /// The backup that it begins with.
    pub(crate) restore_from: Option<i64>,
}

/// Brokers, partitions and copies of 8.6.0.
pub(crate) const fn wish(brokers: i64, partitions: i64, factor: i64) -> Wish {
    Wish {
        version: "8.6.0",
        brokers,
        partitions,
        factor,
        setting: None,
        data: DataOnDestroy::Delete,
        stable_for: None,
        exporters: &[],
        store: None,
        restore_from: None,
    }
}

fn exporter((name, working): &(&str, Working)) -> ExporterSpec {
    ExporterSpec {
        name: name.parse().unwrap(),
        working: *working,
        sink: match *name {
            name if name.starts_with("kafka") => kafka(),
            name if name.starts_with("lake") => lake(),
            _ => search(),
        },
    }
}

fn search() -> Sink {
    Sink::Elasticsearch(SearchSink {
        url: "http://127.0.0.1:9200".parse().unwrap(),
        index: IndexSpec::default(),
        bulk: BulkSpec::default(),
        request_timeout: None,
        records: RecordsSpec::default(),
        authentication: None,
    })
}

fn kafka() -> Sink {
    Sink::Kafka(KafkaSink {
        brokers: ["127.0.0.1:9092".parse().unwrap()].into(),
        topic: "records".parse().unwrap(),
        compression: None,
        records: RecordsSpec::default(),
        tls: None,
        sasl: None,
    })
}

fn lake() -> Sink {
    let key = |name: &str| SecretSource::EnvironmentVariable(name.to_owned());
    Sink::Lake(LakeSink {
        place: LakePlace::S3(LakeBucket {
            bucket: "zeebe-lake".parse().unwrap(),
            prefix: None,
            region: "eu-west-1".parse().unwrap(),
            endpoint: None,
            addressing: None,
            access_key: key("ACCESS_KEY"),
            secret_key: key("SECRET_KEY"),
            ca: None,
        }),
        seal_after: None,
        seal_size: None,
        records: RecordsSpec::default(),
    })
}

fn bucket(name: &str) -> BackupStore {
    BackupStore::Gcs(GcsStore {
        bucket: parse_text(name).unwrap(),
        base_path: None,
        endpoint: None,
        authentication: None,
        credentials_file: None,
    })
}

/// A directory for one cluster, and the server of its management API.
pub(crate) struct Bench {
    directory: Utf8TempDir,
    host: SimulatedHost,
    transport: Transport,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            directory: camino_tempfile::tempdir().unwrap(),
            host: SimulatedHost::default(),
            transport: Transport::new(Timeouts::default()).unwrap(),
        }
    }

    /// The place, with engines that wait for an answer longer than any test lasts.
    pub(crate) fn patient(self) -> Self {
        let timeouts = Timeouts { request: Duration::from_hours(1), ..Timeouts::default() };
        Self { transport: Transport::new(timeouts).unwrap(), ..self }
    }

    fn target(&self) -> SimulatedTarget {
        SimulatedTarget {
            directory: parse_text(self.directory.path().as_str()).unwrap(),
            first_port: None,
            seed: None,
        }
    }

    pub(crate) fn spec(&self, wish: &Wish) -> ClusterSpec {
        let configuration = wish.setting.map(|value| {
            let key: SettingKey = parse_text("zeebe.broker.gateway.longPolling.enabled").unwrap();
            (key, value.to_owned())
        });
        ClusterSpec::new(ClusterParts {
            name: parse_text("payments").unwrap(),
            version: parse_text(wish.version).unwrap(),
            environment: None,
            topology: TopologySpec {
                brokers: Scalar::parse(Raw::Integer(wish.brokers)).unwrap(),
                partitions: Scalar::parse(Raw::Integer(wish.partitions)).unwrap(),
                replication_factor: Scalar::parse(Raw::Integer(wish.factor)).unwrap(),
                gateways: None,
            },
            broker: BrokerSpec::default(),
            configuration: configuration.into_iter().collect(),
            license: None,
            backup_store: wish.store.map(bucket),
            restore_from: wish
                .restore_from
                .map(|id| RestoreFrom { backup_id: Scalar::parse(Raw::Integer(id)).unwrap() }),
            roll: wish.stable_for.map(|span| Roll { stable_for: Some(parse_text(span).unwrap()) }),
            target: TargetSpec::Simulated(self.target()),
            deletion_protection: DeletionProtection::Off,
            data_on_destroy: wish.data,
        })
        .unwrap()
    }

    /// A new engine at the place.
    pub(crate) fn engine(&self) -> Engine<'_> {
        let target =
            SimulatedCluster::new(&parse_text("payments").unwrap(), &self.target(), &self.host);
        Engine { bench: self, target, call: Call::quiet(), said: Arc::default() }
    }

    /// A place with a cluster that is as wished.
    pub(crate) async fn with(wish: &Wish) -> Self {
        let bench = Self::new();
        bench.engine().apply(wish).await.unwrap();
        if !wish.exporters.is_empty() {
            bench.engine().apply(wish).await.unwrap();
        }
        bench
    }

    /// A copy of all that is there, to go back to.
    pub(crate) fn saved(&self) -> Utf8TempDir {
        let copy = camino_tempfile::tempdir().unwrap();
        copy_directory(self.directory.path(), copy.path());
        copy
    }

    /// Goes back to what was there.
    pub(crate) fn restore(&self, copy: &Utf8TempDir) {
        for entry in self.directory.path().read_dir_utf8().unwrap() {
            std::fs::remove_dir_all(entry.unwrap().path()).unwrap();
        }
        copy_directory(copy.path(), self.directory.path());
    }

    /// What stands there, as far as it tells one end from another: everything but times.
    pub(crate) async fn end(&self) -> End {
        let engine = self.engine();
        let observed = engine.observed().await;
        let model = engine.target.model().unwrap();
        let runs = model.brokers().values().filter_map(|machine| machine.run);
        let (answer, states) = match &observed.product {
            ProductObserved::Answered(answer) => (Some(&answer.topology), answer.exporters.clone()),
            ProductObserved::Down | ProductObserved::Silent(_) => (None, BTreeMap::new()),
        };
        let exporters = observed.exporters.clone();
        End {
            components: observed
                .components
                .iter()
                .map(|(id, seen)| {
                    let Observed::Present(state) = seen else { panic!("{id}: {seen:?}") };
                    let runs = matches!(state.condition, Condition::Running(_));
                    (*id, (runs, state.version.to_string()))
                })
                .collect(),
            started: runs.map(|run| run.number).max(),
            copies: answer
                .map(|topology| {
                    let copies = |(partition, brokers): (_, std::collections::BTreeSet<_>)| {
                        (format!("partition {partition}"), brokers.len())
                    };
                    topology.replicas().into_iter().map(copies).collect()
                })
                .unwrap_or_default(),
            // Its version is one more when a change begins, and one more when it ends.
            changes: answer.map_or(0, |topology| (topology.version - 1) / 2),
            phase: observed.record.map(|record| record.phase),
            exporters: exporters
                .into_iter()
                .map(|(name, record)| (name.to_string(), record.phase))
                .collect(),
            states,
            processes: model.processes().into_keys().map(str::to_owned).collect(),
        }
    }
}

fn copy_directory(from: &Utf8Path, to: &Utf8Path) {
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&there).unwrap();
            copy_directory(entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), there).unwrap();
        }
    }
}

/// An end state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Whether each runs, and in which version.
    pub(crate) components: BTreeMap<ComponentId, (bool, String)>,
    /// How often a broker was started here altogether.
    pub(crate) started: Option<u32>,
    pub(crate) copies: BTreeMap<String, usize>,
    /// How many changes the product has taken on.
    pub(crate) changes: i64,
    pub(crate) phase: Option<Phase>,
    /// The documents of its exporters.
    pub(crate) exporters: BTreeMap<String, ExporterPhase>,
    /// Where the product says that they stand.
    pub(crate) states: BTreeMap<String, ExporterState>,
    /// What is deployed there.
    pub(crate) processes: Vec<String>,
}

/// One engine.
pub(crate) struct Engine<'a> {
    bench: &'a Bench,
    pub(crate) target: SimulatedCluster,
    call: Call,
    said: Arc<Said>,
}

/// What an engine said to those who watch.
#[derive(Debug, Default)]
pub(crate) struct Said(Mutex<Vec<String>>);

impl Progress for Said {
    fn say(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

impl Engine<'_> {
    /// The engine, to be ended at this point.
    pub(crate) fn crashing_at(self, point: CrashPoint) -> Self {
        self.target.crash_at(point);
        self
    }

    /// The engine, to be stopped by this token.
    pub(crate) fn stopped_by(mut self, cancel: &CancellationToken) -> Self {
        self.call = Call { cancel: cancel.clone(), progress: self.said.clone() };
        self
    }

    /// The engine, heard.
    pub(crate) fn heard(mut self) -> Self {
        self.call.progress = self.said.clone();
        self
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.said.0.lock().unwrap().clone()
    }

    pub(crate) fn cluster(&self) -> Cluster<'_> {
        Cluster::new(&self.target, self.bench.transport.clone())
    }

    pub(crate) async fn observed(&self) -> ClusterObserved {
        observe(&self.cluster(), &self.call).await.unwrap()
    }

    /// What follows from a wish without exporters.
    pub(crate) fn desired(&self, wish: &Wish) -> ClusterDesired {
        let spec = self.bench.spec(wish);
        desired::cluster(&spec, &BTreeMap::new(), &Duties::default(), self.target.place())
    }

    /// The plan to a wish, with the product's own operations in it.
    pub(crate) async fn plan(&self, wish: &Wish) -> Plan {
        let observed = self.observed().await;
        // Where no cluster is, nothing can export: the next apply sees to it.
        let wishes = match &observed.record {
            Some(record) if record.phase != Phase::Destroyed => exporters_wished(wish, &observed),
            Some(_) | None => ExporterWishes::new(),
        };
        let documents = told(&observed.exporters, &wishes);
        let desired = desired::cluster(
            &self.bench.spec(wish),
            &documents,
            &Duties::default(),
            self.target.place(),
        );
        let Some(record) = &observed.record else {
            return create(&desired);
        };
        if record.phase == Phase::Destroyed {
            return create(&desired);
        }
        let plan = exporters(&desired, &wishes, record, &observed).unwrap();
        match plan.question() {
            None => plan,
            Some(question) => {
                let answer = ask(&self.cluster(), question, &self.call).await.unwrap();
                plan.answered(answer.operations)
            }
        }
    }

    /// Executes a plan under the lease.
    pub(crate) async fn execute(&self, plan: &Plan) -> Result<(), ExecuteError> {
        let lease = self.target.book().lease("test").await.unwrap();
        let outcome = execute(plan, "test", &self.cluster(), &self.call).await;
        drop(lease);
        outcome.map(|_| ())
    }

    pub(crate) async fn apply(&self, wish: &Wish) -> Result<(), ExecuteError> {
        self.execute(&self.plan(wish).await).await
    }

    pub(crate) async fn destroy(&self) -> Result<(), ExecuteError> {
        self.execute(&self.plan_of_destruction().await).await
    }

    pub(crate) async fn plan_of_destruction(&self) -> Plan {
        destroy(&self.observed().await, DeletionProtection::Off).unwrap()
    }

    pub(crate) async fn journal(&self) -> Vec<Entry> {
        self.target.book().journal().await.unwrap()
    }

    /// What was seen, and what the product took on, in the newest apply.
    pub(crate) async fn seen(&self) -> Vec<String> {
        let journal = self.journal().await;
        let newest = journal.last().map(|entry| entry.apply.clone());
        journal
            .into_iter()
            .filter(|entry| Some(&entry.apply) == newest.as_ref())
            .filter_map(|entry| match entry.event {
                Event::Saw { what, step: _ } => Some(what),
                Event::Accepted { change, step: _ } => Some(format!("accepted {change}")),
                Event::Failed { why, .. } => Some(format!("failed: {why}")),
                Event::Began { .. }
                | Event::Started { .. }
                | Event::Done { .. }
                | Event::Ended { .. } => None,
            })
            .collect()
    }
}

/// What becomes of the exporters: those that the wish names are so, all others go.
fn exporters_wished(wish: &Wish, observed: &ClusterObserved) -> ExporterWishes {
    let gone = observed.exporters.keys().map(|name| (name.clone(), None));
    let here = wish.exporters.iter().map(exporter).map(|spec| (spec.name.clone(), Some(spec)));
    gone.chain(here).collect()
}

/// A plan with other deadlines.
pub(crate) fn hurried(plan: Plan, within: Duration) -> Plan {
    let hurried = |step| match step {
        Step::Change { request, operations, deadline: _ } => {
            Step::Change { request, operations, deadline: within }
        }
        Step::Gate(mut gate) => {
            gate.deadline = within;
            Step::Gate(gate)
        }
        Step::Canary { partitions, deadline: _ } => Step::Canary { partitions, deadline: within },
        Step::Await { change, deadline: _ } => Step::Await { change, deadline: within },
        Step::Receive { receiver, exporter, deadline: _ } => {
            Step::Receive { receiver, exporter, deadline: within }
        }
        Step::Switch { exporter, to, deadline: _ } => {
            Step::Switch { exporter, to, deadline: within }
        }
        Step::Export { exporters, partitions, deadline: _ } => {
            Step::Export { exporters, partitions, deadline: within }
        }
        Step::Resume { deadline: _ } => Step::Resume { deadline: within },
        Step::Restored { backup, partitions, version, deadline: _ } => {
            Step::Restored { backup, partitions, version, deadline: within }
        }
        other @ (Step::Record(_)
        | Step::Prepare(_)
        | Step::SetAside(_)
        | Step::Restore { .. }
        | Step::Ensure { .. }
        | Step::Snapshot { .. }
        | Step::RecordExporter(_)
        | Step::ForgetExporter(_)
        | Step::Forget) => other,
    };
    Plan { steps: plan.steps.into_iter().map(hurried).collect() }
}
