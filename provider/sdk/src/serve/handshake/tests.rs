use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use camino::{Utf8Path, Utf8PathBuf};
use rustls::pki_types::CertificateDer;

use super::{COOKIE, Multiplex, Wish, WishError, line};

fn read(variables: &[(&str, &str)]) -> Result<Wish, WishError> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    Wish::read(|name| variables.get(name).map(OsString::from))
}

#[test]
fn without_the_cookie_it_is_a_person() {
    let results = [read(&[]), read(&[(COOKIE.0, "")]), read(&[(COOKIE.0, "other")])];
    assert_eq!(results, [0, 1, 2].map(|_| Err(WishError::NotStartedByTerraform)));
}

#[test]
fn what_terraform_says_is_understood_in_any_order() {
    for versions in ["5,6", "6,5"] {
        let wish = read(&[
            COOKIE,
            ("PLUGIN_PROTOCOL_VERSIONS", versions),
            ("PLUGIN_MIN_PORT", "10000"),
            ("PLUGIN_CLIENT_CERT", "PEM"),
        ]);
        assert_eq!(
            wish,
            Ok(Wish {
                protocols: BTreeSet::from([5, 6]),
                client_certificate: Some("PEM".to_owned()),
                socket_folder: None,
                socket_group: None,
                multiplex: Multiplex::NotAsked,
            })
        );
    }
}

#[test]
fn what_other_clients_say_is_understood_too() {
    let wish = read(&[
        COOKIE,
        ("PLUGIN_PROTOCOL_VERSIONS", "5"),
        ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugins"),
        ("PLUGIN_UNIX_SOCKET_GROUP", "plugins"),
        ("PLUGIN_MULTIPLEX_GRPC", "true"),
    ])
    .unwrap();
    assert!(!wish.speaks_our_protocol());
    assert_eq!(
        wish,
        Wish {
            protocols: BTreeSet::from([5]),
            client_certificate: None,
            socket_folder: Some(Utf8PathBuf::from("/run/plugins")),
            socket_group: Some("plugins".to_owned()),
            multiplex: Multiplex::Asked,
        }
    );
}

#[test]
fn a_client_that_names_no_protocols_is_believed_to_speak_ours() {
    assert!(read(&[COOKIE]).unwrap().speaks_our_protocol());
}

#[test]
fn the_line_has_six_fields_and_a_seventh_where_it_was_asked_for() {
    let socket = Utf8Path::new("/tmp/p.sock");
    let certificate = CertificateDer::from(vec![1, 2, 3, 4]);
    let lines = [
        line(socket, Some(&certificate), Multiplex::NotAsked),
        line(socket, Some(&certificate), Multiplex::Asked),
        line(socket, None, Multiplex::NotAsked),
    ];
    assert_eq!(
        lines,
        [
            "1|6|unix|/tmp/p.sock|grpc|AQIDBA",
            "1|6|unix|/tmp/p.sock|grpc|AQIDBA|false",
            "1|6|unix|/tmp/p.sock|grpc|",
        ]
    );
}
