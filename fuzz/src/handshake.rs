//! The environment that a client starts a plugin in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// An environment, a variable a line, is refused or answered with one line.
pub fn handshake(bytes: &[u8]) {
    let variables: BTreeMap<&[u8], &[u8]> = bytes
        .split(|byte| *byte == 0)
        .filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b'=')?;
            Some((&line[..at], &line[at + 1..]))
        })
        .collect();
    let variable = |name: &str| {
        let value = variables.get(name.as_bytes())?;
        Some(OsString::from_vec(value.to_vec()))
    };
    let Ok(line) = tf_sdk::serve::greeting(variable) else { return };
    // A folder's own bars and line ends are the client's affair: it named the folder.
    let folder = variables.get(b"PLUGIN_UNIX_SOCKET_DIR".as_slice()).copied().unwrap_or_default();
    if !folder.iter().any(|byte| b"|\n".contains(byte)) {
        assert!([6, 7].contains(&line.split('|').count()), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
