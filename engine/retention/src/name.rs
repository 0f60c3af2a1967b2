//! Names of the indices that a bundled exporter makes: `audit_process-instance_8.6.0_2026-11-23`.

use jiff::civil::Date;

/// What the name of an exporter's index says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated<'a> {
    /// What its records are about, in the exporter's word: `process-instance`.
    pub value_type: &'a str,
    /// The version of the brokers that wrote them.
    pub version: &'a str,
    /// The UTC day that its records are of.
    pub day: Date,
}

/// Reads a name; `None` where no exporter of that prefix makes such a name, whatever else it begins with.
pub fn dated<'a>(prefix: &str, name: &'a str) -> Option<Dated<'a>> {
    let rest = name.strip_prefix(prefix)?.strip_prefix('_')?;
    let mut parts = rest.split('_');
    let (value_type, version, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_word = |text: &str, more: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(&b))
    };
    let fits = parts.next().is_none()
        && is_word(value_type, b"-")
        && value_type.starts_with(|c: char| c.is_ascii_lowercase())
        && is_word(version, b".-")
        && version.starts_with(|c: char| c.is_ascii_digit());
    if !fits {
        return None;
    }
    let parsed = Date::strptime("%Y-%m-%d", day).ok()?;
    // A day in another spelling is not what an exporter writes.
    (parsed.to_string() == day).then_some(Dated { value_type, version, day: parsed })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::{Dated, dated};

    #[test]
    fn the_name_of_an_index_says_what_it_holds_and_of_which_day() {
        let expected =
            Dated { value_type: "process-instance", version: "8.6.0", day: date(2026, 11, 23) };
        assert_eq!(dated("audit", "audit_process-instance_8.6.0_2026-11-23"), Some(expected));
        let of_a_dash = dated("audit-two", "audit-two_job_8.9.0-alpha1_2026-01-02");
        let expected = Dated { value_type: "job", version: "8.9.0-alpha1", day: date(2026, 1, 2) };
        assert_eq!(of_a_dash, Some(expected));
    }

    #[rstest]
    #[case::another_prefix("other_job_8.6.0_2026-11-23")]
    #[case::a_longer_prefix("audit-two_job_8.6.0_2026-11-23")]
    #[case::a_prefix_of_the_prefix("aud_job_8.6.0_2026-11-23")]
    #[case::no_day("audit_job_8.6.0")]
    #[case::no_version("audit_job_2026-11-23")]
    #[case::something_behind("audit_job_8.6.0_2026-11-23_copy")]
    #[case::no_such_day("audit_job_8.6.0_2026-02-30")]
    #[case::another_spelling("audit_job_8.6.0_2026-2-3")]
    #[case::a_month("audit_job_8.6.0_2026-11")]
    #[case::bare("audit_refused")]
    #[case::empty_parts("audit___2026-11-23")]
    #[case::a_word_for_a_version("audit_job_latest_2026-11-23")]
    fn every_other_name_is_somebody_elses(#[case] name: &str) {
        assert_eq!(dated("audit", name), None);
    }
}
