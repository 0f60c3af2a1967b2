//! Addresses of clusters: `local:///srv/zeebe/payments`.

use crate::error::OpenError;

/// An address, by the target that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id<'a> {
    /// The cluster's own directory on this machine.
    Local(&'a str),
    /// The directory that the simulated cluster is kept in.
    Simulated(&'a str),
}

/// Reads an address.
pub(crate) fn parse(id: &str) -> Result<Id<'_>, OpenError> {
    let wrong = || OpenError::Id { id: id.to_owned() };
    let (scheme, root) = id.split_once("://").ok_or_else(wrong)?;
    if !root.starts_with('/') || root.split('/').any(|part| part == "..") {
        return Err(wrong());
    }
    match scheme {
        "local" => Ok(Id::Local(root)),
        "simulated" => Ok(Id::Simulated(root)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Id, parse};

    #[rstest]
    #[case("local:///srv/zeebe/payments", Some(Id::Local("/srv/zeebe/payments")))]
    #[case("simulated:///tmp/x", Some(Id::Simulated("/tmp/x")))]
    #[case("local://srv/zeebe", None)]
    #[case("local:///srv/../etc", None)]
    #[case("cloud:///x", None)]
    #[case("payments", None)]
    fn an_address_names_target_and_place(#[case] id: &str, #[case] expected: Option<Id<'_>>) {
        assert_eq!(parse(id).ok(), expected);
    }
}
