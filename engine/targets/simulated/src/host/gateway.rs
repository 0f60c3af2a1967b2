//! The gRPC port of a gateway: processes are deployed, started and deleted, and nothing else that clients do.

use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use tonic::body::Body;
use tonic::server::{Grpc, UnaryService};
use tonic::{Response, Status};
use tonic_prost::ProstCodec;
use zeebe_proto::gateway::deployment::Metadata;
use zeebe_proto::gateway::{
    CreateProcessInstanceRequest, CreateProcessInstanceResponse, DeleteResourceRequest,
    DeleteResourceResponse, DeployResourceRequest, DeployResourceResponse, Deployment,
    ProcessMetadata,
};

use crate::cluster::abort_if_asked;
use crate::crash::Crash;
use crate::faults::InsteadOfAnswer;
use crate::host::{Served, Server};
use crate::model::{Model, NotDone, Switch};
use crate::store::Store;

/// What stands between the address of a gateway and the name of a call.
pub(super) const SERVICE: &str = "/grpc/gateway_protocol.Gateway/";

const TENANT: &str = "<default>";

/// Answers a call at a gateway.
pub(super) async fn answer(
    cluster: Served,
    server: Server,
    call: &str,
    request: Request<Incoming>,
) -> hyper::Response<Body> {
    match call {
        "DeployResource" => unary(cluster, server, call, request, deploy).await,
        "CreateProcessInstance" => unary(cluster, server, call, request, start).await,
        "DeleteResource" => unary(cluster, server, call, request, delete).await,
        _ => Status::unimplemented("the simulator does not know this call").into_http(),
    }
}

async fn unary<Q, A>(
    cluster: Served,
    server: Server,
    name: &str,
    request: Request<Incoming>,
    work: fn(&mut Model, &Q) -> Result<A, Status>,
) -> hyper::Response<Body>
where
    Q: prost::Message + Default + 'static,
    A: prost::Message + Default + 'static,
{
    let call = Call { cluster, server, path: format!("{}{name}", &SERVICE["/grpc".len()..]), work };
    Grpc::new(ProstCodec::<A, Q>::default()).unary(call, request.map(BodyExt::boxed)).await
}

/// One call, and what it does in a cluster.
struct Call<Q, A> {
    cluster: Served,
    server: Server,
    path: String,
    work: fn(&mut Model, &Q) -> Result<A, Status>,
}

impl<Q: Send + 'static, A: Send + 'static> UnaryService<Q> for Call<Q, A> {
    type Response = A;
    type Future = tonic::codegen::BoxFuture<Response<A>, Status>;

    fn call(&mut self, request: tonic::Request<Q>) -> Self::Future {
        let (Served { store, crash }, server) = (self.cluster.clone(), self.server);
        let (path, work) = (self.path.clone(), self.work);
        Box::pin(async move {
            match done(&store, &crash, server, &path, |model| work(model, request.get_ref())) {
                Some(answer) => answer.map(Response::new),
                None => std::future::pending().await,
            }
        })
    }
}

/// Does the work as far as faults and crashes let it be done; `None` for no answer.
fn done<A>(
    store: &Store,
    crash: &Crash,
    server: Server,
    path: &str,
    work: impl FnOnce(&mut Model) -> Result<A, Status>,
) -> Option<Result<A, Status>> {
    let gone = || Status::unavailable("nobody listens");
    if crash.before().is_err() {
        return Some(Err(gone()));
    }
    abort_if_asked(store, crash);
    let outcome = store.change(|model, faults| {
        let fault =
            faults.answer("POST", path, server.broker(), store.seed().wrapping_add(model.now()));
        if !listens(model, server) {
            return Some(Err(gone()));
        }
        match fault {
            None => Some(work(model)),
            Some(
                InsteadOfAnswer::Conflict
                | InsteadOfAnswer::EnvelopeWithError
                | InsteadOfAnswer::InternalError,
            ) => Some(Err(Status::internal("fault injected"))),
            Some(InsteadOfAnswer::Unauthenticated) => {
                Some(Err(Status::unauthenticated("fault injected")))
            }
            Some(InsteadOfAnswer::GatewayError | InsteadOfAnswer::DropBefore) => Some(Err(gone())),
            Some(InsteadOfAnswer::GatewayTimeout) => {
                Some(work(model).and_then(|_| Err(Status::deadline_exceeded("fault injected"))))
            }
            Some(InsteadOfAnswer::DropAfter) => Some(work(model).and_then(|_| Err(gone()))),
            Some(InsteadOfAnswer::SilenceBefore) => None,
            Some(InsteadOfAnswer::SilenceAfter) => work(model).err().map(Err),
        }
    });
    if crash.after().is_err() {
        return Some(Err(gone()));
    }
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "a simulated cluster could not be read");
        Some(Err(gone()))
    })
}

fn listens(model: &Model, server: Server) -> bool {
    match server {
        Server::Management(broker) | Server::Embedded(broker) => model
            .answering(broker)
            .is_some_and(|(machine, _)| machine.settings.gateway == Switch::Enabled),
        Server::Standalone(index) => model.gateway_answering(index).is_some(),
        Server::Receiver(_) => false,
    }
}

fn deploy(
    model: &mut Model,
    request: &DeployResourceRequest,
) -> Result<DeployResourceResponse, Status> {
    let mut deployments = Vec::new();
    for resource in &request.resources {
        let content = String::from_utf8_lossy(&resource.content);
        let process = process_id(&content).ok_or_else(|| {
            Status::invalid_argument(format!(
                "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': '{}' has no process",
                resource.name
            ))
        })?;
        let deployed = model.deploy(process, &content).map_err(|why| refused(why, process))?;
        deployments.push(Deployment {
            metadata: Some(Metadata::Process(ProcessMetadata {
                bpmn_process_id: process.to_owned(),
                version: deployed.version,
                process_definition_key: deployed.key,
                resource_name: resource.name.clone(),
                tenant_id: TENANT.to_owned(),
            })),
        });
    }
    Ok(DeployResourceResponse {
        key: model.processes().len().try_into().unwrap_or_default(),
        deployments,
        tenant_id: TENANT.to_owned(),
    })
}

fn start(
    model: &mut Model,
    request: &CreateProcessInstanceRequest,
) -> Result<CreateProcessInstanceResponse, Status> {
    let process = request.bpmn_process_id.as_str();
    let started = model.start_instance(process).map_err(|why| refused(why, process))?;
    Ok(CreateProcessInstanceResponse {
        bpmn_process_id: process.to_owned(),
        version: started.version,
        process_instance_key: started.key,
        tenant_id: TENANT.to_owned(),
        ..CreateProcessInstanceResponse::default()
    })
}

fn delete(
    model: &mut Model,
    request: &DeleteResourceRequest,
) -> Result<DeleteResourceResponse, Status> {
    let key = request.resource_key;
    let deleted = model.delete_process(key);
    deleted.map_err(|why| refused(why, &key.to_string())).map(|()| DeleteResourceResponse {})
}

fn refused(why: NotDone, what: &str) -> Status {
    match why {
        NotDone::NoLeader => {
            Status::unavailable("Expected to handle gRPC request, but there is no leader")
        }
        NotDone::NotFound => Status::not_found(format!(
            "Command rejected with code 'NOT_FOUND': Expected to find '{what}', but none found"
        )),
    }
}

/// The id of the process in a BPMN file, without reading it as XML: of all that a process is, the simulator knows
/// its name.
fn process_id(content: &str) -> Option<&str> {
    let (_, process) =
        content.split_once(":process ").or_else(|| content.split_once("<process "))?;
    let (_, id) = process.split_once("id=\"")?;
    id.split('"').next()
}
