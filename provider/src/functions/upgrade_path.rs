//! `provider::zeebe::upgrade_path`: the minors between two versions.

use tf_sdk::Arguments;
use tf_sdk::provider::FunctionFault;
use tf_sdk::typed::PureFunction;
use zeebe_spec::{Version, upgrade_path};

/// The function.
#[derive(Clone, Copy, Debug)]
pub struct UpgradePath;

/// Its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Versions {
    /// The version that runs, as `8.5.8`.
    pub from: Version,
    /// The version that is wished, as `8.7.0`.
    pub to: Version,
}

impl PureFunction for UpgradePath {
    type Arguments = Versions;
    type Output = Vec<String>;

    const NAME: &'static str = "upgrade_path";
    const SUMMARY: &'static str = "The minors to go through from one version to another.";
    const DESCRIPTION: &'static str = "The product is upgraded one minor at a time. This gives the minors \
        to go through, in order, the last being that of the wished version; an empty list where only the \
        patch differs. A downgrade is an error.";

    fn call(&self, Versions { from, to }: Versions) -> Result<Vec<String>, FunctionFault> {
        upgrade_path(&from, &to)
            .map(|path| path.iter().map(ToString::to_string).collect())
            .map_err(|error| FunctionFault { text: error.to_string(), argument: Some(1) })
    }
}
