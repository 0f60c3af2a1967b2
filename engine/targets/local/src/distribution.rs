//! Has a product version at hand: fetched once, checked, unpacked once for all clusters of this user.
//!
//! ```text
//! mvn, path or address ─▶ archive ─▶ checksum ─▶ unpacked beside its place ─▶ renamed into it
//! ```
//!
//! Nothing is unpacked that does not hash to what it must, and nothing is in the cache's place that is not
//! whole: a kill leaves a folder with another name, which the next to come takes away.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use zeebe_spec::{Checksum, Distribution, LocalTarget, MavenCoordinates, Source, Version};
use zeebe_target::Call;

use crate::environment::LocalEnvironment;

pub(crate) mod archive;
pub(crate) mod cache;
pub(crate) mod checksum;
pub(crate) mod maven;
pub(crate) mod tool;
pub(crate) mod url;

use crate::distribution::archive::ArchiveError;
use crate::distribution::cache::Cache;
use crate::distribution::checksum::{ChecksumError, KNOWN, known};
use crate::distribution::maven::MavenError;
use crate::distribution::url::UrlError;

/// The official distribution.
const DEFAULT_COORDINATES: &str = "io.camunda:camunda-zeebe";

/// A distribution that is not at hand.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DistributionError {
    #[error("checksum of version {0} is not known")]
    NoChecksum(Version),
    #[error("could not fetch the distribution with Maven")]
    Maven(#[source] MavenError),
    #[error("could not fetch the distribution")]
    Url(#[source] UrlError),
    #[error("could not read the archive \"{path}\"")]
    Read {
        path: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Checksum(ChecksumError),
    #[error("could not unpack the distribution")]
    Archive(#[source] ArchiveError),
    #[error("could not keep the distribution in \"{folder}\"")]
    Cache {
        folder: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cancelled")]
    Cancelled,
}

impl DistributionError {
    /// What was expected, what was found, what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoChecksum(_) => {
                let known: Vec<&str> = KNOWN.iter().map(|(version, _)| *version).collect();
                format!(
                    "Every distribution is checked before it is run, and this engine knows the checksums of \
                     {DEFAULT_COORDINATES} {} alone. Get the archive from a source that you trust and set \
                     `distribution.sha256` to what `sha256sum <archive>` prints; an archive that Maven has fetched \
                     lies under ~/.m2/repository.",
                    known.join(" and ")
                )
            }
            Self::Maven(error) => error.advice(),
            Self::Url(error) => error.advice(),
            Self::Read { .. } => {
                "Set `distribution.path` to a tar.gz archive that may be read, or leave `distribution` out to have \
                 it fetched with Maven."
                    .to_owned()
            }
            Self::Checksum(error) => error.advice(),
            Self::Archive(_) => {
                "The archive has the checksum that it should have, so it was made this way: expected a tar.gz of \
                 files, folders and links that stay within it, in one folder at its top, with `bin/` in that."
                    .to_owned()
            }
            Self::Cache { .. } => {
                "Free some space there or give it back to its owner, or set ZEEBE_PLATFORM_CACHE to another folder."
                    .to_owned()
            }
            Self::Cancelled => "What was begun is taken up by the next run.".to_owned(),
        }
    }
}

/// What is run, where it comes from, and where it is kept.
#[derive(Debug)]
pub(crate) struct Distributions {
    given: Option<Distribution>,
    cache: Cache,
    environment: LocalEnvironment,
}

impl Distributions {
    pub(crate) fn new(
        target: &LocalTarget,
        cache: &Utf8Path,
        environment: &LocalEnvironment,
    ) -> Self {
        Self {
            given: target.distribution.clone(),
            cache: Cache::new(cache.join("distributions")),
            environment: environment.clone(),
        }
    }

    /// What the archive of a version must hash to. The user's checksum belongs to the version that they
    /// wish; while a cluster is on its way there, its components have run others, whose checksums are in
    /// their records.
    pub(crate) fn checksum(
        &self,
        version: &Version,
        recorded: &[(Version, Checksum)],
    ) -> Result<Checksum, DistributionError> {
        let given = self.given.as_ref().and_then(|distribution| distribution.sha256.clone());
        let is_anothers = |checksum: &Checksum| {
            KNOWN
                .iter()
                .any(|(other, sum)| *other != version.to_string() && *sum == checksum.as_str())
                || recorded.iter().any(|(other, sum)| other != version && sum == checksum)
        };
        given
            .filter(|checksum| !is_anothers(checksum))
            .or_else(|| {
                let of_this = recorded.iter().find(|(other, _)| other == version);
                of_this.map(|(_, checksum)| checksum.clone())
            })
            .or_else(|| known(version))
            .ok_or_else(|| DistributionError::NoChecksum(version.clone()))
    }

    /// The unpacked distribution, if it is at hand.
    pub(crate) fn at_hand(
        &self,
        checksum: &Checksum,
    ) -> Result<Option<Utf8PathBuf>, DistributionError> {
        self.cache.home(checksum)
    }

    /// What stands in the way of fetching a version, as far as a look can tell. Touches nothing.
    pub(crate) fn look(
        &self,
        version: &Version,
        checksum: &Checksum,
    ) -> Result<(), DistributionError> {
        if self.at_hand(checksum)?.is_some() {
            return Ok(());
        }
        match self.source() {
            Source::Maven(_) => {
                maven::program(&self.environment).map(drop).map_err(DistributionError::Maven)
            }
            Source::Url(address) => {
                url::program(&address, &self.environment).map(drop).map_err(DistributionError::Url)
            }
            Source::Path(path) => {
                let path = Utf8PathBuf::from(path.as_str());
                let call = Call::quiet();
                let file = archive::open(&path)
                    .map_err(|source| DistributionError::Read { path: path.clone(), source })?;
                checksum::check(file, &path, version, checksum, &call)
                    .map_err(|error| read_error(path, error))
            }
        }
    }

    /// Has a version at hand: the folder that its launchers are in `bin` of.
    pub(crate) async fn prepare(
        &self,
        version: &Version,
        checksum: &Checksum,
        call: &Call,
    ) -> Result<Utf8PathBuf, DistributionError> {
        if let Some(home) = self.at_hand(checksum)? {
            return Ok(home);
        }
        let place = self.cache.claim(checksum, call).await?;
        // Another engine may have been at it until now.
        if let Some(home) = self.at_hand(checksum)? {
            return Ok(home);
        }
        let archive = match self.source() {
            Source::Path(path) => Utf8PathBuf::from(path.as_str()),
            Source::Maven(coordinates) => {
                let coordinates =
                    coordinates.map_or(DEFAULT_COORDINATES.to_owned(), MavenCoordinates::into);
                maven::fetch(&coordinates, version, &place.download(), &self.environment, call)
                    .await
                    .map_err(DistributionError::Maven)?
            }
            Source::Url(address) => {
                url::fetch(&address, &place.download(), &self.environment, call)
                    .await
                    .map_err(DistributionError::Url)?
            }
        };
        let (version, checksum, call) = (version.clone(), checksum.clone(), call.clone());
        let cache = self.cache.clone();
        let work = move || {
            let file = archive::open(&archive)
                .map_err(|source| DistributionError::Read { path: archive.clone(), source })?;
            let again = file
                .try_clone()
                .map_err(|source| DistributionError::Read { path: archive.clone(), source })?;
            checksum::check(again, &archive, &version, &checksum, &call)
                .map_err(|error| read_error(archive.clone(), error))?;
            call.progress.say(&format!("unpacking the distribution of {version}"));
            archive::unpack(file, &place.content(), &call.cancel).map_err(|error| match error {
                ArchiveError::Cancelled => DistributionError::Cancelled,
                other @ (ArchiveError::Unpack { .. }
                | ArchiveError::Outside(_)
                | ArchiveError::Kind { .. }
                | ArchiveError::NoLaunchers) => DistributionError::Archive(other),
            })?;
            place.complete()?;
            cache.home(&checksum)?.ok_or(DistributionError::Archive(ArchiveError::NoLaunchers))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            Err(broken) => Err(DistributionError::Cache {
                folder: self.cache.folder().to_owned(),
                source: io::Error::other(broken),
            }),
        }
    }

    fn source(&self) -> Source {
        match &self.given {
            Some(distribution) => distribution.source.clone(),
            None => Source::Maven(None),
        }
    }
}

fn read_error(path: Utf8PathBuf, error: checksum::CheckError) -> DistributionError {
    match error {
        checksum::CheckError::Read(source) => DistributionError::Read { path, source },
        checksum::CheckError::Wrong(error) => DistributionError::Checksum(error),
        checksum::CheckError::Cancelled => DistributionError::Cancelled,
    }
}
