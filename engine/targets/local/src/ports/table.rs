//! The kernel's table of TCP sockets.

use std::fs;
use std::io::{self, ErrorKind};

/// The state of a socket that listens, and of one that waits for late packets of a closed connection: the
/// latter keeps no server from listening.
const LISTEN: &str = "0A";
const TIME_WAIT: &str = "06";

/// A socket as the table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Socket {
    pub(super) port: u16,
    pub(super) inode: u64,
    state: State,
    address: Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Listens,
    Other,
}

/// Whether the address includes the loopback address of IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Address {
    Ours,
    Other,
}

impl Socket {
    /// Whether it keeps a server from listening on this port of the loopback address.
    pub(super) fn blocks(&self, port: u16) -> bool {
        self.port == port && self.state == State::Listens && self.address == Address::Ours
    }
}

/// All sockets of the machine, or of this network namespace.
pub(super) fn sockets() -> io::Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        match fs::read_to_string(table) {
            Ok(text) => sockets.extend(text.lines().skip(1).filter_map(parse)),
            // A machine without IPv6 has no table of it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sockets)
}

/// One line: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`.
pub(super) fn parse(line: &str) -> Option<Socket> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (address, port) = fields.get(1)?.split_once(':')?;
    let state = match *fields.get(3)? {
        LISTEN => State::Listens,
        TIME_WAIT => return None,
        _ => State::Other,
    };
    Some(Socket {
        port: u16::from_str_radix(port, 16).ok()?,
        inode: fields.get(9)?.parse().ok()?,
        state,
        address: address_of(address),
    })
}

/// The table writes each four bytes of an address as one number of this machine's byte order.
fn address_of(hexadecimal: &str) -> Address {
    let loopback = format!("{:08X}", u32::from_ne_bytes([127, 0, 0, 1]));
    let mapped = format!("0000000000000000{:08X}{loopback}", u32::from_be(0xFFFF));
    let every = hexadecimal.bytes().all(|digit| digit == b'0');
    if every || hexadecimal == loopback || hexadecimal == mapped {
        Address::Ours
    } else {
        Address::Other
    }
}
