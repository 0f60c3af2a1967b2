//! How far long work is, for people who watch: one line that moves on a terminal, a line each elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;
use zeebe_engine::{Call, Progress};

enum Shown {
    Bar(ProgressBar),
    Lines,
}

impl Progress for Shown {
    fn say(&self, line: &str) {
        match self {
            Self::Bar(bar) => {
                if line.starts_with("step ") {
                    let before = bar.message();
                    if !before.is_empty() {
                        bar.println(format!("  {before}"));
                    }
                }
                bar.set_message(line.to_owned());
            }
            Self::Lines => {
                // Nobody is left to tell where stderr cannot be written.
                let _ = writeln!(stderr(), "{line}");
            }
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        match self {
            Self::Bar(bar) => bar.finish_and_clear(),
            Self::Lines => {}
        }
    }
}

/// A call that Ctrl-C cancels and that shows its progress.
pub(crate) fn call() -> Call {
    let cancel = CancellationToken::new();
    let interrupted = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let shown = if stderr().is_terminal() {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Shown::Bar(bar)
    } else {
        Shown::Lines
    };
    Call { cancel, progress: Arc::new(shown) }
}
