//! A client of the gateways of one cluster, which goes on to the next gateway when one is away.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tonic::{
    Code, Request, Status,
    transport::{Channel, Endpoint},
};
use zeebe_proto::gateway::{
    ActivateJobsRequest, ActivatedJob, CancelProcessInstanceRequest, CompleteJobRequest,
    CreateProcessInstanceRequest, CreateProcessInstanceWithResultRequest, DeployResourceRequest,
    DeployResourceResponse, Resource, TopologyRequest, TopologyResponse, deployment::Metadata,
    gateway_client::GatewayClient,
};

/// An answer that takes longer is taken for lost.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a call is repeated while the cluster elects leaders.
const PERSISTENCE: Duration = Duration::from_mins(1);
/// Pause before a call is repeated.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the gateway may hold back an answer without jobs.
const POLL: Duration = Duration::from_secs(2);
/// How long an activated job is a worker's own.
const JOB_TIMEOUT: Duration = Duration::from_secs(20);

/// A client of a cluster's gateways.
#[derive(Debug)]
pub struct Client {
    channels: Vec<Channel>,
    current: AtomicUsize,
}

/// What came of an attempt to start an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there, under this key.
    Instance(i64),
    /// It is not there: the cluster refused it before anything was written.
    Refused(String),
    /// The answer was lost.
    Unclear(String),
}

/// What came of the completion of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Completed {
    /// It was accepted.
    Yes,
    /// There is no such job any more.
    Gone,
    /// Nobody knows; the job comes again if not.
    Unclear(String),
}

impl Client {
    /// A client of those gateways, given as `host:port`. Connects at the first call.
    pub fn new(gateways: &[String]) -> Result<Self> {
        let channels = gateways
            .iter()
            .map(|gateway| {
                Ok(Endpoint::new(format!("http://{gateway}"))?
                    .connect_timeout(Duration::from_secs(2))
                    .connect_lazy())
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self { channels, current: AtomicUsize::new(0) })
    }

    /// What the gateway knows of the cluster.
    pub async fn topology(&self) -> Result<TopologyResponse> {
        let answer = self.gateway()?.topology(timed(TopologyRequest {})).await?;
        Ok(answer.into_inner())
    }

    /// Deploys a process, and gives its id; deploying it twice is deploying it once.
    pub async fn deploy(&self, definition: &[u8]) -> Result<String> {
        let request = DeployResourceRequest {
            resources: vec![Resource {
                name: "process.bpmn".to_owned(),
                content: definition.to_vec(),
            }],
            tenant_id: String::new(),
        };
        let end = Instant::now() + PERSISTENCE;
        loop {
            match self.gateway()?.deploy_resource(timed(request.clone())).await {
                Ok(answer) => return process_of(&answer.into_inner()),
                Err(status) if Instant::now() < end && is_passing(&status) => self.next().await,
                Err(status) => return Err(status).context("could not deploy the process"),
            }
        }
    }

    /// Starts one instance, once: an attempt whose answer is lost is not repeated here.
    pub async fn create(&self, process: &str, business: u64) -> Result<Created> {
        let request = CreateProcessInstanceRequest {
            bpmn_process_id: process.to_owned(),
            version: -1,
            variables: format!("{{\"business\": {business}}}"),
            ..CreateProcessInstanceRequest::default()
        };
        match self.gateway()?.create_process_instance(timed(request)).await {
            Ok(answer) => Ok(Created::Instance(answer.into_inner().process_instance_key)),
            Err(status) if status.code() == Code::ResourceExhausted => {
                self.next().await;
                Ok(Created::Refused(named(&status)))
            }
            Err(status) if is_passing(&status) => {
                self.next().await;
                Ok(Created::Unclear(named(&status)))
            }
            Err(status) => Err(status).context("could not start an instance"),
        }
    }

    /// Starts one instance and waits for its end. Somebody else has to do its work meanwhile.
    pub async fn run(&self, process: &str) -> Result<i64> {
        let request = CreateProcessInstanceWithResultRequest {
            request: Some(CreateProcessInstanceRequest {
                bpmn_process_id: process.to_owned(),
                version: -1,
                ..CreateProcessInstanceRequest::default()
            }),
            request_timeout: milliseconds(ANSWER)?,
            fetch_variables: Vec::new(),
        };
        let answer = self.gateway()?.create_process_instance_with_result(timed(request)).await?;
        Ok(answer.into_inner().process_instance_key)
    }

    /// Takes the first job of that type that comes, completes it, and gives its key.
    pub async fn work_on_one(&self, job: &str) -> Result<i64> {
        let end = Instant::now() + PERSISTENCE;
        while Instant::now() < end {
            for found in self.activate(job, 1).await?.unwrap_or_default() {
                if self.complete(found.key).await? == Completed::Yes {
                    return Ok(found.key);
                }
            }
        }
        bail!("no job of type \"{job}\" could be completed within {PERSISTENCE:?}")
    }

    /// Jobs of that type, or none when there are none now or the gateway is away.
    pub(super) async fn activate(
        &self,
        job: &str,
        most: i32,
    ) -> Result<Result<Vec<ActivatedJob>, String>> {
        let request = ActivateJobsRequest {
            r#type: job.to_owned(),
            worker: "acceptance-tests".to_owned(),
            timeout: milliseconds(JOB_TIMEOUT)?,
            max_jobs_to_activate: most,
            request_timeout: milliseconds(POLL)?,
            ..ActivateJobsRequest::default()
        };
        let mut jobs = Vec::new();
        let outcome = async {
            let mut answers =
                self.gateway()?.activate_jobs(timed(request)).await.map_err(Failure::Status)?;
            let stream = answers.get_mut();
            while let Some(answer) = stream.message().await.map_err(Failure::Status)? {
                jobs.extend(answer.jobs);
            }
            Ok::<(), Failure>(())
        }
        .await;
        match outcome {
            Ok(()) => Ok(Ok(jobs)),
            // What arrived before the stream broke is activated and can be worked on.
            Err(Failure::Status(status)) if is_passing(&status) && jobs.is_empty() => {
                self.next().await;
                Ok(Err(named(&status)))
            }
            Err(Failure::Status(status)) if is_passing(&status) => Ok(Ok(jobs)),
            Err(Failure::Status(status)) => Err(status).context("could not activate jobs"),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    /// Every job of that type that can be had now, completed: the instance of each, and its variables.
    pub async fn drain(&self, job: &str) -> Result<BTreeMap<i64, String>> {
        let mut done = BTreeMap::new();
        loop {
            let found = match self.activate(job, 100).await? {
                Ok(found) if found.is_empty() => return Ok(done),
                Ok(found) => found,
                Err(why) => bail!("the gateway gave no jobs: {why}"),
            };
            for found in found {
                if self.complete(found.key).await? == Completed::Yes {
                    done.insert(found.process_instance_key, found.variables);
                }
            }
        }
    }

    /// Completes a job, once.
    pub(super) async fn complete(&self, job: i64) -> Result<Completed> {
        let request = CompleteJobRequest { job_key: job, variables: String::new() };
        match self.gateway()?.complete_job(timed(request)).await {
            Ok(_) => Ok(Completed::Yes),
            Err(status) if status.code() == Code::NotFound => Ok(Completed::Gone),
            Err(status) if is_passing(&status) => {
                self.next().await;
                Ok(Completed::Unclear(named(&status)))
            }
            Err(status) => Err(status).with_context(|| format!("could not complete job {job}")),
        }
    }

    /// Cancels an instance. Whether there was one.
    pub async fn cancel(&self, instance: i64) -> Result<bool> {
        let request = CancelProcessInstanceRequest {
            process_instance_key: instance,
            operation_reference: None,
        };
        let end = Instant::now() + PERSISTENCE;
        loop {
            match self.gateway()?.cancel_process_instance(timed(request)).await {
                Ok(_) => return Ok(true),
                Err(status) if status.code() == Code::NotFound => return Ok(false),
                Err(status) if Instant::now() < end && is_passing(&status) => self.next().await,
                Err(status) => return Err(status).context("could not look for an instance"),
            }
        }
    }

    fn gateway(&self) -> Result<GatewayClient<Channel>> {
        let Some(number) = self.current.load(Ordering::Relaxed).checked_rem(self.channels.len())
        else {
            bail!("a cluster without gateways")
        };
        Ok(GatewayClient::new(self.channels[number].clone()))
    }

    /// Goes on to the next gateway, after a pause.
    async fn next(&self) {
        self.current.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
}

enum Failure {
    Status(Status),
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// Whether the call may do better later: the cluster elects, restarts, or has too much to do.
fn is_passing(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::ResourceExhausted
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Unknown
            | Code::Internal
            | Code::Aborted
    )
}

fn process_of(deployed: &DeployResourceResponse) -> Result<String> {
    deployed
        .deployments
        .iter()
        .find_map(|deployment| match deployment.metadata.as_ref()? {
            Metadata::Process(process) => Some(process.bpmn_process_id.clone()),
            Metadata::Decision(_) | Metadata::DecisionRequirements(_) | Metadata::Form(_) => None,
        })
        .context("nothing that was deployed is a process")
}

fn named(status: &Status) -> String {
    status.code().description().to_owned()
}

fn timed<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(ANSWER);
    request
}

fn milliseconds(duration: Duration) -> Result<i64> {
    Ok(i64::try_from(duration.as_millis())?)
}
