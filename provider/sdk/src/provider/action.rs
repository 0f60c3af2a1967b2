//! Actions: something done once, that leaves no state.

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::value::Value;

/// One type of action.
#[async_trait]
pub trait Action: Send + Sync {
    /// The type's name in HCL, with the provider's prefix.
    fn type_name(&self) -> &str;

    /// Schema of the action.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; any part may still be unknown, and the provider not configured yet.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Has its say before the apply: warns, refuses. Parts may be unknown.
    async fn plan(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Does it; all of the configuration is known.
    async fn invoke(&self, call: Call, config: Value, progress: Progress) -> Vec<Diagnostic>;
}

/// Tells the person who waits how an action gets on.
#[derive(Clone, Debug)]
pub struct Progress(mpsc::UnboundedSender<String>);

impl Progress {
    /// Progress, and the end where it is heard.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (client, heard) = mpsc::unbounded_channel();
        (Self(client), heard)
    }

    /// One line. Lost where nobody listens any more.
    pub fn say(&self, line: impl Into<String>) {
        let _ = self.0.send(line.into());
    }
}
