//! What an archive must hash to.

use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use zeebe_spec::{Checksum, Version};
use zeebe_target::Call;

/// The archives of `io.camunda:camunda-zeebe` whose checksums were taken when they were tried.
pub(crate) const KNOWN: [(&str, &str); 2] = [
    ("8.5.8", "53ce62b008e61a87a3f7aed700065ad1352084a24c85771bc4e8300828bf95b4"),
    ("8.6.0", "5c699e86a6c9d290dd7b1f0b2ea648fb57fd1dacf1cab22c874219e58827ea45"),
];

const CHUNK: usize = 1 << 20;

/// An archive that is not the one that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("checksum of the distribution of {version} does not match")]
pub(crate) struct ChecksumError {
    pub(crate) version: Version,
    pub(crate) archive: Utf8PathBuf,
    pub(crate) expected: Checksum,
    pub(crate) got: String,
}

impl ChecksumError {
    pub(crate) fn advice(&self) -> String {
        let Self { version: _, archive, expected, got } = self;
        format!(
            "Expected {expected}, got {got} from {archive}. Nothing was unpacked. If you trust the archive, set \
             `distribution.sha256` to what it hashes to; if not, find out who changed it."
        )
    }
}

/// Why an archive was not found to be right.
#[derive(Debug)]
pub(crate) enum CheckError {
    Read(io::Error),
    Wrong(ChecksumError),
    Cancelled,
}

/// The checksum of a version that this engine knows.
pub(crate) fn known(version: &Version) -> Option<Checksum> {
    let version = version.to_string();
    let (_, checksum) = KNOWN.iter().find(|(known, _)| *known == version)?;
    Checksum::try_from((*checksum).to_owned()).ok()
}

/// Whether a file hashes to what it must.
pub(crate) fn check(
    file: File,
    path: &Utf8Path,
    version: &Version,
    expected: &Checksum,
    call: &Call,
) -> Result<(), CheckError> {
    call.progress.say(&format!("checking the distribution of {version}"));
    match digest(file, || call.cancel.is_cancelled()) {
        Err(error) => Err(CheckError::Read(error)),
        Ok(None) => Err(CheckError::Cancelled),
        Ok(Some(got)) if got == expected.as_str() => Ok(()),
        Ok(Some(got)) => Err(CheckError::Wrong(ChecksumError {
            version: version.clone(),
            archive: path.to_owned(),
            expected: expected.clone(),
            got,
        })),
    }
}

/// What a file hashes to, in hexadecimal digits; `None` where that was cancelled.
pub(crate) fn digest(mut file: File, cancelled: impl Fn() -> bool) -> io::Result<Option<String>> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        if cancelled() {
            return Ok(None);
        }
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => hash.update(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })))
}
