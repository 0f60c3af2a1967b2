//! Clients: what each tells a provider that it can, and which calls it never makes. Facts of the protocol's
//! definitions and of the clients' sources at each release.

use std::fmt;

use zeebe_proto::tfplugin6::ClientCapabilities;

/// Who the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// The original.
    Terraform,
    /// The fork.
    OpenTofu,
}

/// A client, by its minor version 1.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub product: Product,
    /// The x of 1.x.
    pub minor: u16,
}

/// What a client may have beside the calls that all have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Asks for the plan of a destruction.
    PlanDestroy,
    /// Does without the schema where another instance told it.
    SchemaOptional,
    /// `provider::` functions.
    Functions,
    /// `moved` between types.
    Move,
    /// Ephemeral resources.
    Ephemeral,
    /// Write-only attributes.
    WriteOnly,
    /// Identities of resources.
    Identity,
    /// List resources.
    Lists,
    /// Actions.
    Actions,
    /// Configuration made from a state.
    GenerateConfig,
    /// Private data of the first plan, given back to the second.
    PlannedPrivate,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::PlanDestroy,
        Self::SchemaOptional,
        Self::Functions,
        Self::Move,
        Self::Ephemeral,
        Self::WriteOnly,
        Self::Identity,
        Self::Lists,
        Self::Actions,
        Self::GenerateConfig,
        Self::PlannedPrivate,
    ];

    /// The first minor of Terraform that has it.
    pub fn in_terraform(self) -> u16 {
        match self {
            Self::PlanDestroy => 3,
            Self::SchemaOptional => 6,
            Self::Functions | Self::Move => 8,
            Self::Ephemeral => 10,
            Self::WriteOnly => 11,
            Self::Identity => 12,
            Self::Lists | Self::Actions | Self::GenerateConfig => 14,
            Self::PlannedPrivate => 16,
        }
    }

    /// The first minor of `OpenTofu` that has it.
    pub fn in_opentofu(self) -> Option<u16> {
        match self {
            Self::PlanDestroy | Self::SchemaOptional => Some(6),
            Self::Functions => Some(7),
            Self::Move => Some(10),
            Self::Ephemeral | Self::WriteOnly => Some(11),
            Self::Identity => Some(12),
            Self::Lists | Self::Actions | Self::GenerateConfig | Self::PlannedPrivate => None,
        }
    }
}

impl Profile {
    /// The newest client.
    pub const NEWEST: Self = Self { product: Product::Terraform, minor: 16 };

    /// Every client that there is data about.
    pub fn all() -> impl Iterator<Item = Self> {
        let terraform = (3..=16).map(|minor| Self { product: Product::Terraform, minor });
        let opentofu = (6..=12).map(|minor| Self { product: Product::OpenTofu, minor });
        terraform.chain(opentofu)
    }

    /// The client of a name such as `terraform-1.5`.
    pub fn of(name: &str) -> Option<Self> {
        Self::all().find(|profile| profile.to_string() == name)
    }

    /// Whether it has something.
    pub fn has(self, feature: Feature) -> bool {
        match self.product {
            Product::Terraform => self.minor >= feature.in_terraform(),
            Product::OpenTofu => feature.in_opentofu().is_some_and(|since| self.minor >= since),
        }
    }

    /// What it says of itself in every call that can carry it.
    pub fn capabilities(self) -> ClientCapabilities {
        ClientCapabilities {
            // Only experimental builds and Stacks allow deferral; a client of a pipeline does not.
            deferral_allowed: false,
            write_only_attributes_allowed: self.has(Feature::WriteOnly),
            store_planned_private: self.has(Feature::PlannedPrivate),
            computed_blocks_allowed: self.has(Feature::PlannedPrivate),
        }
    }

    /// The version that it sends when it configures a provider.
    pub fn version(self) -> String {
        format!("1.{}.0", self.minor)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let product = match self.product {
            Product::Terraform => "terraform",
            Product::OpenTofu => "opentofu",
        };
        write!(formatter, "{product}-1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_the_name_that_it_shows() {
        assert_eq!(Profile::all().count(), 21);
        assert!(Profile::all().all(|profile| Profile::of(&profile.to_string()) == Some(profile)));
        assert_eq!(Profile::of("terraform-1.2"), None);
    }

    #[test]
    fn what_a_client_has_follows_from_its_version() {
        let features = |name: &str| {
            let profile = Profile::of(name).unwrap();
            Feature::ALL.into_iter().filter(|feature| profile.has(*feature)).count()
        };
        assert_eq!(features("terraform-1.3"), 1);
        assert_eq!(features("terraform-1.11"), 6);
        assert_eq!(features("terraform-1.16"), Feature::ALL.len());
        assert_eq!(features("opentofu-1.12"), 7);
    }
}
