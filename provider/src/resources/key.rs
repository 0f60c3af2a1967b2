//! A key: where a process reads it when it starts, or the key itself, given once and kept at the target.

use secrecy::SecretString;
use tf_sdk::{Attributes, Diagnostic, NotYetKnown, Optional, Path, Secret};
use zeebe_spec::{Directory, KeptSecret, SecretPurpose, SecretSource, SecretVersion};

use crate::resources::choice::{Missing, missing, only, unnumbered};

/// A key: read at exactly one of the sources, or given once.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Key {
    /// An absolute path of a file that holds it and nothing else.
    pub file: Optional<Directory>,
    /// A variable of the environment that Terraform runs in.
    pub environment_variable: Optional<String>,
    /// The key itself: from Terraform 1.11 and OpenTofu 1.11 on, for which it may come from an ephemeral resource. It enters
    /// no state, plan or log. The cluster's target keeps it where its owner alone may read it, for what is started later,
    /// until nothing names it or there is another one.
    #[attribute(write_only)]
    pub key_wo: Optional<Secret>,
    /// The number of `key_wo`. Terraform does not remember the key, so it does not see that it is another one: with another
    /// number the new key is kept in place of the old one, and whoever is told it is restarted.
    pub key_wo_version: Optional<SecretVersion>,
}

/// A key that a configuration has: at its attribute, with what it is for.
#[derive(Debug)]
pub(crate) struct NamedKey<'a> {
    pub(crate) at: Path,
    pub(crate) purpose: SecretPurpose,
    pub(crate) key: &'a Key,
}

impl Key {
    /// Where it is; `None` where what is wrong with it was told.
    pub(crate) fn source(
        &self,
        at: &Path,
        purpose: SecretPurpose,
        wrong: &mut Vec<Diagnostic>,
    ) -> Result<Option<SecretSource>, NotYetKnown> {
        let Self { file, environment_variable, key_wo, key_wo_version } = self;
        let version = key_wo_version.known()?;
        if version.is_none() && !key_wo.is_null() {
            wrong.push(unnumbered("key", at));
            return Ok(None);
        }
        let kept =
            |version: &SecretVersion| SecretSource::Kept(KeptSecret { purpose, version: *version });
        let given: Vec<SecretSource> = [
            file.known()?.cloned().map(SecretSource::File),
            environment_variable.known()?.cloned().map(SecretSource::EnvironmentVariable),
            version.map(kept),
        ]
        .into_iter()
        .flatten()
        .collect();
        Ok(only(at, &["file", "environment_variable", "key_wo"], given, Missing::IsWrong, wrong))
    }
}

impl NamedKey<'_> {
    /// What a configuration gets wrong about it that a state, which remembers no key, does not.
    pub(crate) fn forgotten(&self) -> Option<Diagnostic> {
        let Key { key_wo, key_wo_version, .. } = self.key;
        (!key_wo_version.is_null() && key_wo.is_null()).then(|| missing("key", &self.at))
    }

    /// It itself, if it is given to be kept.
    pub(crate) fn given(self) -> Option<(KeptSecret, SecretString)> {
        let version = *self.key.key_wo_version.as_known()?;
        let key = self.key.key_wo.as_known()?;
        let name = KeptSecret { purpose: self.purpose, version };
        Some((name, SecretString::from(key.expose().to_owned())))
    }
}

/// The configuration that says where it is.
impl From<SecretSource> for Key {
    fn from(source: SecretSource) -> Self {
        let (file, environment_variable, version) = match source {
            SecretSource::File(file) => (Some(file), None, None),
            SecretSource::EnvironmentVariable(name) => (None, Some(name), None),
            SecretSource::Kept(kept) => (None, None, Some(kept.version)),
        };
        Self {
            file: file.into(),
            environment_variable: environment_variable.into(),
            key_wo: Optional::null(),
            key_wo_version: version.into(),
        }
    }
}
