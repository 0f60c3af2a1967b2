//! Names of snapshots, which say how far everything was when they were taken.

/// What the name of a replica's snapshot says: `<index>-<term>-<processed>-<exported>`, and from 8.6 on the broker
/// that took it behind that (`29-1-181-104-0`, seen on 8.6.0; `19-1-129-54` on 8.5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotName {
    /// The index in the replica's log up to which the log may be cut.
    pub index: u64,
    /// The term in which that was written.
    pub term: u64,
    /// How far was processed.
    pub processed: i64,
    /// How far the slowest enabled exporter was, which is 0 where one had exported nothing; `None` where the
    /// replica had no exporter.
    pub exported: Option<i64>,
}

/// What the product writes as the exported position of a replica without exporters.
const NOTHING_TO_WAIT_FOR: i64 = i64::MAX;

impl SnapshotName {
    /// Takes a name apart; `None` for one of another form.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let index = parts.next()?.parse().ok()?;
        let term = parts.next()?.parse().ok()?;
        let processed = parts.next()?.parse().ok()?;
        let exported = parts.next()?.parse().ok()?;
        Some(Self {
            index,
            term,
            processed,
            exported: (exported != NOTHING_TO_WAIT_FOR).then_some(exported),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SnapshotName;

    const fn name(index: u64, term: u64, processed: i64, exported: Option<i64>) -> SnapshotName {
        SnapshotName { index, term, processed, exported }
    }

    #[test]
    fn the_names_of_both_minors_are_taken_apart() {
        assert_eq!(SnapshotName::parse("19-1-129-54"), Some(name(19, 1, 129, Some(54))));
        assert_eq!(SnapshotName::parse("29-1-181-104-0"), Some(name(29, 1, 181, Some(104))));
    }

    #[test]
    fn a_replica_without_exporters_has_nothing_exported() {
        let seen = SnapshotName::parse("6-1-10-9223372036854775807-0");
        assert_eq!(seen, Some(name(6, 1, 10, None)));
    }

    #[test]
    fn a_name_of_another_form_says_nothing() {
        for other in ["", "first", "10-1-40", "10-1-x-40", "10--40-40"] {
            assert_eq!(SnapshotName::parse(other), None, "{other}");
        }
    }
}
