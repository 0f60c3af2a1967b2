use std::collections::BTreeSet;
use std::net::TcpListener;

use rstest::rstest;

use super::table::parse;
use super::{free_block, taken};

fn own_pid() -> i32 {
    i32::try_from(std::process::id()).unwrap()
}

#[rstest]
#[case("127.0.0.1:0")]
#[case("0.0.0.0:0")]
#[case("[::]:0")]
fn port_that_listens_is_taken_and_its_holder_named(#[case] address: &str) {
    let listener = TcpListener::bind(address).unwrap();
    let port = listener.local_addr().unwrap().port();
    let found = taken(&BTreeSet::from([port]), &BTreeSet::new()).unwrap();
    let holder = found.first().and_then(|taken| taken.holder.clone()).unwrap();
    assert_eq!((found.len(), found[0].port, holder.pid), (1, port, own_pid()));
    assert!(holder.command.contains("zeebe_target_local"), "{}", holder.command);
}

#[test]
fn port_that_an_own_process_holds_is_not_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(taken(&BTreeSet::from([port]), &BTreeSet::from([own_pid()])).unwrap(), []);
}

#[test]
fn port_of_the_other_loopback_address_is_free() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(taken(&BTreeSet::from([port]), &BTreeSet::new()).unwrap(), []);
}

#[test]
fn next_free_block_starts_a_whole_block_further() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let first = port - 25;
    let block = free_block(&BTreeSet::from([first, port])).unwrap().unwrap();
    assert_eq!((block - first) % 30, 0);
    assert!(block > first);
}

#[rstest]
#[case("   0: 0100007F:6784 00000000:0000 0A 0:0 00:0 0 0 0 4242 1", true)]
#[case("   0: 00000000:6784 00000000:0000 0A 0:0 00:0 0 0 0 4242 1", true)]
#[case("   0: 0000000000000000FFFF00000100007F:6784 0:0000 0A 0:0 00:0 0 0 0 4242 1", true)]
#[case("   0: 00000000000000000000000001000000:6784 0:0000 0A 0:0 00:0 0 0 0 4242 1", false)]
#[case("   0: 0100A8C0:6784 00000000:0000 0A 0:0 00:0 0 0 0 4242 1", false)]
#[case("   0: 0100007F:6784 0100007F:1234 01 0:0 00:0 0 0 0 4242 1", false)]
#[cfg(target_endian = "little")]
fn line_of_the_table_blocks_its_port_where_it_listens_on_our_address(
    #[case] line: &str,
    #[case] blocks: bool,
) {
    assert_eq!(parse(line).unwrap().blocks(0x6784), blocks);
}
