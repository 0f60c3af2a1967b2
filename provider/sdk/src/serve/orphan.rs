//! A client that was killed cannot say goodbye: its last connection is closed, and the process has another parent.

use std::os::unix::process::parent_id;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How often the parent is looked at while nothing is connected.
const LOOK: Duration = Duration::from_millis(250);

/// Returns once the process that had the id `client` is gone.
pub(crate) async fn client_is_gone(client: u32, mut open: watch::Receiver<usize>) {
    loop {
        // The sender lives as long as the process serves.
        if open.wait_for(|open| *open == 0).await.is_err() {
            return;
        }
        if parent_id() != client {
            return;
        }
        // A new connection ends the wait early.
        let _ = timeout(LOOK, open.wait_for(|open| *open > 0)).await;
    }
}
