//! What a call may know beyond its question.

use tokio_util::sync::CancellationToken;
use zeebe_proto::tfplugin6;

/// One call of Terraform.
#[derive(Clone, Debug)]
pub struct Call {
    /// Ends when the person interrupts, or the client is gone: finish what must not stay half done, and answer with what is.
    pub cancelled: CancellationToken,
    /// What this client can handle.
    pub client: Client,
}

impl Call {
    /// A call that nobody cancels, of a client that can do nothing beyond the basics; for tests and for work of the provider's own.
    pub fn detached() -> Self {
        Self { cancelled: CancellationToken::new(), client: Client::default() }
    }
}

/// What a client can handle, and who it says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Abilities beyond the basics.
    pub abilities: Vec<Ability>,
    /// What the client named as its version when it configured the provider: for logs only, since other clients of the protocol name their own.
    pub version: Option<String>,
}

impl Client {
    /// Whether the client has an ability.
    pub fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
    }

    pub(crate) fn new(
        capabilities: Option<tfplugin6::ClientCapabilities>,
        version: Option<String>,
    ) -> Self {
        let tfplugin6::ClientCapabilities {
            deferral_allowed,
            write_only_attributes_allowed,
            store_planned_private,
            computed_blocks_allowed,
        } = capabilities.unwrap_or_default();
        let abilities = [
            (deferral_allowed, Ability::Deferral),
            (write_only_attributes_allowed, Ability::WriteOnly),
            (store_planned_private, Ability::PlannedPrivate),
            (computed_blocks_allowed, Ability::ComputedBlocks),
        ];
        let abilities =
            abilities.into_iter().filter_map(|(has, ability)| has.then_some(ability)).collect();
        Self { abilities, version }
    }
}

/// Something that not every client can handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// An answer that puts a change off.
    Deferral,
    /// Attributes that are never stored.
    WriteOnly,
    /// A plan's private data come back in the plan during the apply.
    PlannedPrivate,
    /// Nested blocks that the provider fills in.
    ComputedBlocks,
}
