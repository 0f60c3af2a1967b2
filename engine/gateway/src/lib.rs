//! A client of one gateway, for what the platform itself asks of it: deploy a process, start it, delete it.
//!
//! ```text
//! execute (canary) ── deploy, start, delete ──▶ Gateway ── gRPC ──▶ a broker's gateway, or a standalone one
//! ```
//!
//! gRPC and not REST: it is the one way in that is the same on 8.5 … 8.10.
//!
//! Architecture invariant: what it says of a failed call is whether the call may have had an effect. It repeats
//! nothing by itself; who waits, and how long, is the caller's matter.

mod error;

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use zeebe_proto::gateway::deployment::Metadata;
use zeebe_proto::gateway::gateway_client::GatewayClient;
use zeebe_proto::gateway::{
    CreateProcessInstanceRequest, DeleteResourceRequest, DeployResourceRequest, Resource,
};
use zeebe_spec::PartitionId;

pub use crate::error::{AddressError, Doing, GatewayError};

/// A connection that takes longer is not there. Gateways are near, or behind a tunnel that is.
const CONNECT: Duration = Duration::from_secs(3);
/// An answer that takes longer is taken for lost: whether the call had an effect is unclear then. The product's
/// own limit is 15 s.
const ANSWER: Duration = Duration::from_secs(20);
/// Keys carry their partition in front of so many bits of a number.
const KEY_BITS: u32 = 51;

/// The latest version of a process, whichever it is, where the one that starts decides.
const LATEST: i32 = -1;

/// One gateway. Connects at the first call; cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: GatewayClient<Channel>,
}

/// A process that was deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// Its version. Deploying what is the latest version already gives that one.
    pub version: i32,
    /// The key of this version.
    pub key: i64,
}

/// An instance that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its key.
    pub key: i64,
    /// The version of the process that it runs.
    pub version: i32,
}

impl Started {
    /// The partition that runs it; `None` for a key that the product does not make.
    pub fn partition(&self) -> Option<PartitionId> {
        u16::try_from(self.key >> KEY_BITS).ok().map(PartitionId)
    }
}

impl Gateway {
    /// The gateway at an address such as `http://127.0.0.1:26500`; a path in it stands in front of the names of
    /// the calls.
    pub fn at(address: &str) -> Result<Self, AddressError> {
        let wrong = |source| AddressError { address: address.to_owned(), source: Box::new(source) };
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(wrong)?
            .connect_timeout(CONNECT)
            .timeout(ANSWER);
        let origin = endpoint.uri().clone();
        Ok(Self { client: GatewayClient::with_origin(endpoint.connect_lazy(), origin) })
    }

    /// Deploys one BPMN file that holds one process. Answered when the process can be started on the partition
    /// that takes deployments; the others have it later.
    pub async fn deploy(&self, file: &str, content: &str) -> Result<Deployed, GatewayError> {
        let resource = Resource { name: file.to_owned(), content: content.as_bytes().to_vec() };
        let request = DeployResourceRequest { resources: vec![resource], tenant_id: String::new() };
        let answer = answered(
            Doing::Deploy,
            self.client.clone().deploy_resource(Request::new(request)).await,
        )?;
        let process = answer.deployments.into_iter().find_map(|it| match it.metadata {
            Some(Metadata::Process(process)) => Some(process),
            Some(Metadata::Decision(_) | Metadata::DecisionRequirements(_) | Metadata::Form(_))
            | None => None,
        });
        let process = process.ok_or(GatewayError::NoProcess)?;
        Ok(Deployed { version: process.version, key: process.process_definition_key })
    }

    /// Starts an instance of the latest version of a process, on the partition that is next in turn.
    pub async fn start(&self, process: &str) -> Result<Started, GatewayError> {
        let request = CreateProcessInstanceRequest {
            bpmn_process_id: process.to_owned(),
            version: LATEST,
            ..CreateProcessInstanceRequest::default()
        };
        let answer = answered(
            Doing::Start,
            self.client.clone().create_process_instance(Request::new(request)).await,
        )?;
        Ok(Started { key: answer.process_instance_key, version: answer.version })
    }

    /// Deletes a version of a process. Instances that run go on.
    pub async fn delete(&self, deployed: &Deployed) -> Result<(), GatewayError> {
        let request =
            DeleteResourceRequest { resource_key: deployed.key, operation_reference: None };
        answered(Doing::Delete, self.client.clone().delete_resource(Request::new(request)).await)
            .map(|_| ())
    }
}

fn answered<T>(doing: Doing, answer: Result<Response<T>, Status>) -> Result<T, GatewayError> {
    answer.map(Response::into_inner).map_err(|status| GatewayError::of(doing, &status))
}

#[cfg(test)]
mod tests;
