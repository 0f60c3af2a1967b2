//! The one HTTP server of a process, for all its simulated clusters.
//!
//! Cluster `k`'s broker `i` has its management address at `/k/brokers/i` and its gateway's REST address at
//! `/k/brokers/i/rest` and its gRPC address at `/k/brokers/i/grpc`; a standalone gateway's are at
//! `/k/gateways/i/rest` and `/k/gateways/i/grpc`; a receiver's management address is at `/k/receivers/i`. The server begins when the first
//! address is asked for, on a free port of 127.0.0.1, and ends with the runtime that it began in.

mod gateway;
mod management;
mod receiver;
mod render;
mod reply;
mod rest;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tonic::body::Body;
use zeebe_spec::{BrokerId, GatewayIndex, ReceiverIndex};

use crate::crash::Crash;
use crate::host::reply::{Asked, Reply};
use crate::store::Store;

/// The one HTTP server of a process. Cheap to clone; all clones are the same server.
#[derive(Clone, Debug, Default)]
pub struct SimulatedHost {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    clusters: Mutex<Clusters>,
    port: OnceCell<u16>,
}

#[derive(Debug, Default)]
struct Clusters {
    next: u64,
    by_key: BTreeMap<u64, Served>,
}

/// One engine's view of one cluster.
#[derive(Clone, Debug)]
struct Served {
    store: Arc<Store>,
    crash: Arc<Crash>,
}

/// A cluster's place at the server, given up when it is dropped.
#[derive(Debug)]
pub(crate) struct Registered {
    key: u64,
    shared: Weak<Shared>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.clusters().by_key.remove(&self.key);
        }
    }
}

impl Shared {
    fn clusters(&self) -> std::sync::MutexGuard<'_, Clusters> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SimulatedHost {
    pub(crate) fn register(&self, store: Arc<Store>, crash: Arc<Crash>) -> Registered {
        let mut clusters = self.shared.clusters();
        let key = clusters.next;
        clusters.next += 1;
        clusters.by_key.insert(key, Served { store, crash });
        Registered { key, shared: Arc::downgrade(&self.shared) }
    }

    /// The address of a cluster, without a slash at its end. Begins to serve when it is first asked for.
    pub(crate) async fn base(&self, registered: &Registered) -> io::Result<String> {
        let port = self.shared.port.get_or_try_init(|| serve(Arc::downgrade(&self.shared))).await?;
        Ok(format!("http://{}:{port}/{}", Ipv4Addr::LOCALHOST, registered.key))
    }
}

async fn serve(shared: Weak<Shared>) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        // Ends with the runtime. An error of accept is that of one connection.
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Too many open files, most likely: trying again at once would only keep a core busy.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let shared = shared.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(shared.clone(), request));
                // A connection that ends badly is the client's matter, or was meant to.
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    Ok(port)
}

/// The connection is to be dropped.
#[derive(Debug, thiserror::Error)]
#[error("the simulator dropped the connection")]
struct Dropped;

async fn answer(
    shared: Weak<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let (key, path) = path.split_once('/').ok_or(Dropped)?;
    let key: u64 = key.parse().map_err(|_| Dropped)?;
    let cluster = shared.upgrade().and_then(|shared| shared.clusters().by_key.get(&key).cloned());
    let cluster = cluster.ok_or(Dropped)?;
    if let Some((of, call)) = path.split_once(gateway::SERVICE) {
        let (gateway_of, _) = Server::parse(&format!("{of}/rest")).ok_or(Dropped)?;
        return Ok(gateway::answer(cluster, gateway_of, call, request).await);
    }
    let Served { store, crash } = cluster;
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let (asked_of, path) = Server::parse(path).ok_or(Dropped)?;
    let prefix = format!("/{key}/{asked_of}");
    let asked = Asked {
        method: parts.method,
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        json: parts
            .headers
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")),
        body,
        prefix,
    };
    match reply::reply(&store, &crash, asked_of, &asked) {
        Reply::Answer(answer) => Ok(answer.into_response().map(Body::new)),
        Reply::Drop => Err(Dropped),
        Reply::Silence => {
            let never: Infallible = std::future::pending().await;
            match never {}
        }
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    /// A broker's management port.
    Management(BrokerId),
    /// The REST port of the gateway in a broker.
    Embedded(BrokerId),
    /// The REST port of a standalone gateway.
    Standalone(GatewayIndex),
    /// The management port of a receiver.
    Receiver(ReceiverIndex),
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Management(broker) => write!(f, "brokers/{broker}"),
            Self::Embedded(broker) => write!(f, "brokers/{broker}/rest"),
            Self::Standalone(index) => write!(f, "gateways/{index}/rest"),
            Self::Receiver(index) => write!(f, "receivers/{index}"),
        }
    }
}

impl Server {
    /// From `brokers/1/actuator/cluster` to broker 1's management port and `/actuator/cluster`.
    fn parse(path: &str) -> Option<(Self, &str)> {
        let (kind, rest) = path.split_once('/')?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (number, path) = rest.split_at_checked(end)?;
        let number: u16 = number.parse().ok()?;
        let below_rest =
            path.strip_prefix("/rest").filter(|it| it.is_empty() || it.starts_with('/'));
        match (kind, below_rest) {
            ("brokers", Some(path)) => Some((Self::Embedded(BrokerId(number)), path)),
            ("brokers", None) => Some((Self::Management(BrokerId(number)), path)),
            ("gateways", Some(path)) => Some((Self::Standalone(GatewayIndex(number)), path)),
            ("receivers", None) => Some((Self::Receiver(ReceiverIndex(number)), path)),
            _ => None,
        }
    }
}
