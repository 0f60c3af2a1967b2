//! A table of the configuration, read key by key; what is wrong is written down, and reading goes on.

use std::cell::RefCell;
use std::env;
use std::fmt::Display;
use std::fs;
use std::str::FromStr;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;
use toml::{Table, Value};

use super::Mistake;

/// All mistakes of one configuration.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Vec<Mistake>>);

impl Mistakes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn take(&self) -> Vec<Mistake> {
        self.0.take()
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Section<'a> {
    path: String,
    folder: Utf8PathBuf,
    table: Table,
    mistakes: &'a Mistakes,
}

impl<'a> Section<'a> {
    /// The whole file; relative paths start at that folder.
    pub(super) fn root(table: Table, folder: Utf8PathBuf, mistakes: &'a Mistakes) -> Self {
        Self { path: String::new(), folder, table, mistakes }
    }

    /// Where this table is in the file.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Writes down what is wrong with a key.
    pub(super) fn mistake(&self, key: &str, what: impl Display) {
        self.mistake_at(&self.at(key), what);
    }

    pub(super) fn mistake_at(&self, at: &str, what: impl Display) {
        let mistake = Mistake { at: at.to_owned(), what: what.to_string() };
        self.mistakes.0.borrow_mut().push(mistake);
    }

    /// A key that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.mistake(key, "it is missing");
        }
        read(self, key)
    }

    /// Whether a key is there.
    #[cfg(feature = "kafka")]
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// Strings.
    #[cfg(feature = "kafka")]
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        self.typed(key, "a list of strings", |value| {
            value.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        })
    }

    /// A whole number of that kind.
    #[cfg(feature = "kafka")]
    pub(super) fn number<T: TryFrom<i64>>(&mut self, key: &str) -> Option<T> {
        self.typed(key, "a whole number in range", |value| {
            value.as_integer().and_then(|number| T::try_from(number).ok())
        })
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.mistake(key, format!("expected one of {}, got \"{text}\"", words.join(", ")));
        }
        found
    }

    /// A string that is read as something else.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.text(key)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistake(key, format!("{error}, got \"{text}\""));
                None
            }
        }
    }

    /// A path; a relative one starts at the folder of the configuration.
    pub(super) fn file(&mut self, key: &str) -> Option<Utf8PathBuf> {
        let text = self.text(key)?;
        Some(self.folder.join(Utf8Path::new(&text)))
    }

    /// A length of time such as `20s`.
    pub(super) fn duration(&mut self, key: &str) -> Option<Duration> {
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        self.measured(key, &units, "a length of time such as `20s`").map(Duration::from_millis)
    }

    /// A size in bytes such as `64MiB`.
    pub(super) fn size(&mut self, key: &str) -> Option<usize> {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
        let size = self.measured(key, &units, "a size such as `64MiB`")?;
        usize::try_from(size).ok()
    }

    /// A table.
    pub(super) fn section(&mut self, key: &str) -> Option<Section<'a>> {
        let table = self.typed(key, "a table", |value| value.as_table().cloned())?;
        Some(Section {
            path: self.at(key),
            folder: self.folder.clone(),
            table,
            mistakes: self.mistakes,
        })
    }

    /// A secret, from the file `<key>_file` or the environment's variable `<key>_env`. Never from the text itself.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        let (in_file, in_env) = (format!("{key}_file"), format!("{key}_env"));
        match (self.file(&in_file), self.text(&in_env)) {
            (Some(path), None) => match fs::read_to_string(&path) {
                Ok(text) => self.not_empty(&in_file, text.trim_end_matches(['\r', '\n'])),
                Err(error) => {
                    self.mistake(&in_file, format!("could not read \"{path}\": {error}"));
                    None
                }
            },
            (None, Some(name)) => match env::var(&name) {
                Ok(text) => self.not_empty(&in_env, &text),
                Err(error) => {
                    self.mistake(&in_env, format!("\"{name}\": {error}"));
                    None
                }
            },
            (Some(_), Some(_)) | (None, None) => {
                self.mistake(key, format!("expected exactly one of `{in_file}` and `{in_env}`"));
                None
            }
        }
    }

    /// The end of the table: what is left in it is known to nobody.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            self.mistake(key, "there is no such setting here");
        }
    }

    fn not_empty(&self, key: &str, text: &str) -> Option<SecretString> {
        if text.is_empty() {
            self.mistake(key, "it holds nothing");
            return None;
        }
        Some(SecretString::from(text))
    }

    fn measured(&mut self, key: &str, units: &[(&str, u64)], expected: &str) -> Option<u64> {
        let text = self.text(key)?;
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let value = units
            .iter()
            .find(|(name, _)| *name == unit)
            .and_then(|(_, factor)| number.parse::<u64>().ok()?.checked_mul(*factor));
        if value.is_none() {
            self.mistake(key, format!("expected {expected}, got \"{text}\""));
        }
        value
    }

    fn typed<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.table.remove(key)?;
        let found = value.type_str();
        let read = read(value);
        if read.is_none() {
            self.mistake(key, format!("expected {expected}, got this {found}"));
        }
        read
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
