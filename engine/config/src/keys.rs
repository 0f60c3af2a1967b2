//! The keys that each minor reads, from the tables in `keys/`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use zeebe_spec::Minor;

const LEGACY: &str = include_str!("keys/legacy.txt");
const UNIFIED: &str = include_str!("keys/unified.txt");
const SPRING: &str = include_str!("keys/spring.txt");

/// Every key of every minor; read once, because plans of a thousand clusters ask for them often.
static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    [LEGACY, UNIFIED, SPRING].into_iter().flat_map(str::lines).filter_map(row).collect()
});

/// The keys that took the place of older ones, by the older one as it is compared.
static SUCCESSORS: LazyLock<BTreeMap<String, Vec<&'static Key>>> = LazyLock::new(|| {
    let mut successors: BTreeMap<String, Vec<&'static Key>> = BTreeMap::new();
    for key in KEYS.iter() {
        for was in &key.was {
            successors.entry(comparable(was)).or_default().push(key);
        }
    }
    successors
});

/// One key of the product and the minors that read it.
#[derive(Debug)]
pub(crate) struct Key {
    /// As the documentation spells it; `[]` stands for an index, a last `*` for whatever follows.
    pub(crate) name: &'static str,
    /// The first minor that reads it, if not the first of all.
    since: Option<Minor>,
    /// The last minor that reads it, if not the last of all.
    until: Option<Minor>,
    /// The older keys that it took the place of.
    pub(crate) was: Vec<&'static str>,
    /// The name as it is compared.
    compared: String,
}

impl Key {
    /// Whether a minor knows it, though it may prefer a newer one.
    fn is_known_to(&self, minor: Minor) -> bool {
        self.since.is_none_or(|since| since <= minor)
            && self.until.is_none_or(|until| minor <= until)
    }

    /// Whether a minor reads it. An older key is read until a newer one has taken its place.
    pub(crate) fn is_read_by(&self, minor: Minor) -> bool {
        self.is_known_to(minor) && successor(self.name, minor).is_none()
    }

    /// Which minors read it, in words.
    pub(crate) fn span(&self) -> String {
        match (self.since, self.until) {
            (Some(since), Some(until)) if since == until => format!("{since} alone reads it"),
            (Some(since), Some(until)) => format!("{since} to {until} read it"),
            (Some(since), None) => format!("{since} is the first that does"),
            (None, Some(until)) => format!("{until} is the last that does"),
            (None, None) => "no supported version does".to_owned(),
        }
    }
}

/// The keys that a user's key means: the spelling is Spring's, so dashes and capitals do not count.
pub(crate) fn meant_by(given: &str) -> Vec<&'static Key> {
    let given = comparable(given);
    KEYS.iter().filter(|key| is_same(&key.compared, &given)).collect()
}

/// Whether a user's key means a pattern of the tables.
pub(crate) fn is_meant(pattern: &str, given: &str) -> bool {
    is_same(&comparable(pattern), &comparable(given))
}

fn is_same(pattern: &str, given: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => given.starts_with(start),
        None => given == pattern,
    }
}

/// A key without what Spring does not count: dashes, capitals, and which index it is.
fn comparable(key: &str) -> String {
    let mut plain = String::with_capacity(key.len());
    let mut within_index = false;
    for letter in key.chars() {
        match letter {
            '[' => {
                within_index = true;
                plain.push('[');
            }
            ']' => {
                within_index = false;
                plain.push(']');
            }
            '-' => {}
            _ if within_index => {}
            other => plain.push(other.to_ascii_lowercase()),
        }
    }
    plain
}

/// One line of a table; nothing for comments.
fn row(line: &'static str) -> Option<Key> {
    let mut words = line.split_ascii_whitespace().filter(|_| !line.starts_with('#'));
    let name = words.next()?;
    let mut key =
        Key { name, since: None, until: None, was: Vec::new(), compared: comparable(name) };
    while let Some(word) = words.next() {
        match word {
            "since" => key.since = words.next().and_then(minor),
            "until" => key.until = words.next().and_then(minor),
            "was" => key.was = words.by_ref().collect(),
            _ => return None,
        }
    }
    Some(key)
}

fn minor(text: &str) -> Option<Minor> {
    Minor::SUPPORTED.into_iter().find(|minor| minor.to_string() == text)
}

/// The newer key that a minor reads in the place of an older one.
pub(crate) fn successor(older: &str, minor: Minor) -> Option<&'static str> {
    SUCCESSORS
        .get(&comparable(older))?
        .iter()
        .find(|key| key.is_known_to(minor))
        .map(|key| key.name)
}

/// The newest key that took the place of an older one, in whichever minor. Keys of lists have none: each
/// index is a setting of its own.
pub(crate) fn newest(older: &str) -> Option<&'static str> {
    let newest = SUCCESSORS.get(&comparable(older))?.last()?;
    (!newest.name.contains(['[', '*'])).then_some(newest.name)
}

/// The key under which a minor reads a setting: `unified` where it does, else the older one.
pub(crate) fn form(minor: Minor, legacy: &'static str, unified: &'static str) -> &'static str {
    match successor(legacy, minor) {
        Some(newer) if newer == unified => unified,
        Some(_) | None => legacy,
    }
}

/// What kind of process reads a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Component {
    /// Brokers, with or without an embedded gateway.
    Broker,
    /// Standalone gateways.
    Gateway,
}

/// The only kind of process that reads a key, where there is only one.
pub(crate) fn component(key: &str) -> Option<Component> {
    let key = comparable(key);
    if key.starts_with("zeebe.gateway.") {
        Some(Component::Gateway)
    } else if ["zeebe.broker.", "camunda.data.", "camunda.processing.", "camunda.cluster.raft."]
        .iter()
        .any(|start| key.starts_with(start))
    {
        Some(Component::Broker)
    } else {
        None
    }
}

/// The key of a minor that is most like a mistaken one, if any is like it at all.
pub(crate) fn nearest(minor: Minor, given: &str) -> Option<&'static str> {
    let wanted = comparable(given);
    KEYS.iter()
        .filter(|key| key.is_read_by(minor) && !key.name.ends_with('*'))
        .map(|key| (strsim::damerau_levenshtein(&key.compared, &wanted), key))
        .filter(|(distance, _)| *distance <= wanted.len() / 3)
        .min_by_key(|(distance, key)| (*distance, Reverse(shared(&key.compared, &wanted))))
        .map(|(_, key)| key.name)
}

/// Every key of every minor.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
}

/// The first minor that reads a key.
pub(crate) fn first_reader(name: &str) -> Option<Minor> {
    let key = KEYS.iter().find(|key| key.name == name)?;
    Minor::SUPPORTED.into_iter().find(|minor| key.is_read_by(*minor))
}

/// How many letters two keys share at their beginning: of two keys as near, the one in the same branch.
fn shared(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests;
