//! Which files hold a text: to see that a secret is where it must be, and nowhere else.

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// Folders that are passed over: what brokers write of their work is large and knows no settings, and what a client has
/// installed was there before.
const PASSED_OVER: [&str; 2] = ["data", ".terraform"];

/// Every file below a folder that holds the text.
pub fn holders(folder: &Utf8Path, text: &str) -> Result<Vec<Utf8PathBuf>> {
    let mut holders = Vec::new();
    for entry in folder.read_dir_utf8().with_context(|| format!("{folder}"))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && !PASSED_OVER.contains(&entry.file_name()) {
            holders.extend(self::holders(path, text)?);
        } else if kind.is_file() {
            let bytes = std::fs::read(path).with_context(|| format!("{path}"))?;
            if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
                holders.push(path.to_owned());
            }
        }
    }
    holders.sort();
    Ok(holders)
}
