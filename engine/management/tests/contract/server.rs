//! A very small HTTP server that does what it is told, rightly or wrongly.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zeebe_management::BaseUrl;

/// What came in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// What goes out.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// An answer.
    Body(u16, String),
    /// A redirect.
    Moved(u16, String),
    /// Nothing, with the connection left open.
    Silence,
    /// Nothing, with the connection closed.
    HangUp,
    /// The head of an answer, then the connection is closed.
    HalfAnAnswer,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Body(status, body.to_string())
    }
}

#[derive(Debug)]
pub(crate) struct Server {
    address: BaseUrl,
    received: Arc<Mutex<Vec<Received>>>,
    abandoned: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that answers each request as it is told.
    pub(crate) async fn start(reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = BaseUrl::loopback(listener.local_addr().expect("an address").port());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (tell, abandoned) = watch::channel(false);
        let (log, reply, tell) = (Arc::clone(&received), Arc::new(reply), Arc::new(tell));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, reply, tell) = (Arc::clone(&log), Arc::clone(&reply), Arc::clone(&tell));
                tokio::spawn(async move { serve(stream, &log, &*reply, &tell).await });
            }
        });
        Self { address, received, abandoned, task }
    }

    /// A server with one answer for all.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub(crate) fn address(&self) -> BaseUrl {
        self.address.clone()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panics while it holds the log").clone()
    }

    /// Ends when a client has left a [`Reply::Silence`].
    pub(crate) async fn abandoned(&mut self) {
        self.abandoned.wait_for(|left| *left).await.expect("the server runs");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address where nobody listens.
pub(crate) async fn deserted() -> BaseUrl {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    BaseUrl::loopback(listener.local_addr().expect("an address").port())
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Received>>,
    reply: &(impl Fn(&Received) -> Reply + ?Sized),
    abandoned: &watch::Sender<bool>,
) {
    let Ok(Some(received)) = read(&mut stream).await else { return };
    let reply = reply(&received);
    log.lock().expect("no test panics while it holds the log").push(received);
    let head = match reply {
        Reply::Body(status, body) => format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ),
        Reply::Moved(status, to) => format!(
            "HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
        Reply::Silence => {
            let _ended = stream.read(&mut [0; 1]).await;
            abandoned.send_replace(true);
            return;
        }
        Reply::HangUp => return,
        Reply::HalfAnAnswer => {
            "HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{\"version\":".to_owned()
        }
    };
    // A client that has gone is what some tests are about.
    let _gone = stream.write_all(head.as_bytes()).await;
    let _gone = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> io::Result<Option<Received>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(received) = parse(&bytes) {
            return Ok(Some(received));
        }
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(chunk.get(..count).unwrap_or_default()),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Received> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut request = lines.next()?.split(' ');
    let length: usize = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Some(0), |(_, length)| length.parse().ok())?;
    let body = body.get(..length)?;
    Some(Received {
        method: request.next()?.to_owned(),
        path: request.next()?.to_owned(),
        body: (!body.is_empty()).then(|| serde_json::from_str(body).expect("a JSON body")),
    })
}
