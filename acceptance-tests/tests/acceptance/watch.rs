//! A look at a cluster ten times a second while something else changes it: how many brokers were down at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use acceptance_tests::Cluster;
use anyhow::{Result, anyhow};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// A watch that goes on until [`Watch::end`].
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Each set of brokers that were down at one time, and how often.
    pub(crate) down: BTreeMap<BTreeSet<u16>, usize>,
}

impl Watch {
    /// Watches so many brokers.
    pub(crate) fn over(cluster: &Cluster, brokers: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, cluster) = (Arc::clone(&stop), cluster.clone());
        let thread = thread::spawn(move || {
            let mut seen = Seen::default();
            while !stopped.load(Ordering::SeqCst) {
                let down = (0..brokers).filter(|broker| is_down(&cluster, *broker)).collect();
                *seen.down.entry(down).or_default() += 1;
                thread::sleep(PAUSE);
            }
            seen
        });
        Self { stop, thread }
    }

    /// What was seen until now.
    pub(crate) fn end(self) -> Result<Seen> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().map_err(|_| anyhow!("the watch panicked"))
    }
}

impl Seen {
    /// The most brokers that were down at once.
    pub(crate) fn most_down(&self) -> usize {
        self.down.keys().map(BTreeSet::len).max().unwrap_or(0)
    }
}

/// A broker that refuses connections on the port that the others reach it by is down. One that takes them and is not
/// done with its recovery yet is what the gate before the next step is for.
fn is_down(cluster: &Cluster, broker: u16) -> bool {
    let port = cluster.first_port + 10 * broker + 2;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err()
}
