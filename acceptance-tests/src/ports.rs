//! Blocks of free ports. A block belongs to one test at a time, across all test processes of this machine, by a lock
//! that dies with its holder.

use std::{
    env,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
};

use anyhow::{Context, Result, bail};

/// The first ports that may be handed out: below the ports that Linux gives to clients by itself.
const LOWEST: u16 = 20_000;
/// The end of them.
const HIGHEST: u16 = 32_000;
/// Ports of one block: ten brokers of ten ports each.
const BLOCK: u16 = 100;
/// Standalone gateways start so far above a cluster's first port.
const GATEWAYS: u16 = 1_000;

/// A block of ports, held until it is dropped.
#[derive(Debug)]
pub(crate) struct PortBlock {
    /// The first of the block.
    pub(crate) first: u16,
    _lock: File,
}

impl PortBlock {
    /// Takes a block whose ports are all free, with those of its standalone gateways.
    pub(crate) fn take() -> Result<Self> {
        let locks = env::temp_dir().join("zeebe-platform-test-ports");
        fs::create_dir_all(&locks)
            .with_context(|| format!("could not make the folder \"{}\"", locks.display()))?;
        let (lowest, highest) = range()?;
        // A block's gateways have ports in the next thousand, so every other thousand has blocks.
        let firsts = (lowest..highest)
            .step_by(usize::from(2 * GATEWAYS))
            .flat_map(|thousand| (thousand..thousand + GATEWAYS).step_by(usize::from(BLOCK)));
        for first in firsts {
            let lock = File::create(locks.join(first.to_string()))?;
            if lock.try_lock().is_err() {
                continue;
            }
            let gateways = first + GATEWAYS;
            if (first..first + BLOCK).chain(gateways..gateways + BLOCK).all(is_free) {
                return Ok(Self { first, _lock: lock });
            }
        }
        bail!("no free block of {BLOCK} ports between {lowest} and {highest}")
    }
}

/// Whether nothing listens on that port of the loopback address.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The range to take blocks from; `ZEEBE_TEST_PORTS=28000-29000` narrows it.
fn range() -> Result<(u16, u16)> {
    let Ok(text) = env::var("ZEEBE_TEST_PORTS") else { return Ok((LOWEST, HIGHEST)) };
    let (lowest, highest) =
        text.split_once('-').context("ZEEBE_TEST_PORTS is not of the form 28000-29000")?;
    Ok((lowest.parse()?, highest.parse()?))
}
