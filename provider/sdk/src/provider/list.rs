//! List resources: all objects of a type that there are, whoever made them.

use std::ops::ControlFlow;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::value::Value;

/// One type of list resource. It has the name of the managed resource whose objects it lists, which must have an identity.
#[async_trait]
pub trait ListResource: Send + Sync {
    /// The managed type's name in HCL, with the provider's prefix.
    fn type_name(&self) -> &str;

    /// Schema of what says where to look.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; any part may still be unknown, and the provider not configured yet.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Finds the objects, and gives each as soon as it is found, until that breaks off.
    async fn list(&self, call: Call, question: ListQuestion, found: Finds) -> Vec<Diagnostic>;
}

/// What [`ListResource::list`] is asked.
#[derive(Clone, Debug)]
pub struct ListQuestion {
    /// Where to look.
    pub config: Value,
    /// Whether the state of each object is wanted too.
    pub objects: Objects,
}

/// Whether the state of each object that is found is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objects {
    /// Its identity and name will do.
    NotWanted,
    /// The state as a read would find it.
    Wanted,
}

/// One object that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What a person calls it.
    pub name: String,
    /// Its identity, wholly known.
    pub identity: Value,
    /// Its state, where it was wanted.
    pub object: Option<Value>,
    /// What a person is told about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Takes what is found, as far as the client wants more.
#[derive(Debug)]
pub struct Finds {
    client: mpsc::Sender<Found>,
    left: Option<u64>,
}

impl Finds {
    /// Takes at most `limit` objects; all where it is none. The other end hears each at once.
    pub fn new(limit: Option<u64>) -> (Self, mpsc::Receiver<Found>) {
        let (client, heard) = mpsc::channel(64);
        (Self { client, left: limit }, heard)
    }

    /// Gives one object to the client. Breaks off where it wants no more: its limit is reached, or it has gone.
    pub async fn give(&mut self, found: Found) -> ControlFlow<()> {
        if self.left == Some(0) || self.client.send(found).await.is_err() {
            return ControlFlow::Break(());
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        if self.left == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
