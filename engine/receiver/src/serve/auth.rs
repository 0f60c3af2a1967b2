//! Whether an exporter shows what it must.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Credential;

/// Knows the one credential that is let in, by its hash.
#[derive(Clone)]
pub struct Guard {
    wanted: [u8; 32],
}

impl Guard {
    /// Lets in who shows that credential.
    pub fn new(credential: &Credential) -> Self {
        let shown = format!("{}:{}", credential.username, credential.password.expose_secret());
        Self { wanted: Sha256::digest(shown.as_bytes()).into() }
    }

    /// Whether the headers of a request show it. Takes the same time however near a wrong one is: hashes are compared,
    /// and all of them.
    pub fn lets_in(&self, headers: &HeaderMap) -> bool {
        let shown = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .and_then(|(_, text)| BASE64_STANDARD.decode(text.trim()).ok())
            .unwrap_or_default();
        let shown: [u8; 32] = Sha256::digest(&shown).into();
        shown.ct_eq(&self.wanted).into()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::SecretString;

    use super::*;

    #[rstest]
    #[case::right(Some("Basic emVlYmU6cGFzczp3b3Jk"), true)]
    #[case::scheme_in_capitals(Some("BASIC emVlYmU6cGFzczp3b3Jk"), true)]
    #[case::wrong(Some("Basic emVlYmU6cGFzczp3b3Jj"), false)]
    #[case::empty(Some("Basic "), false)]
    #[case::no_base64(Some("Basic %%%"), false)]
    #[case::other_scheme(Some("Bearer emVlYmU6cGFzczp3b3Jk"), false)]
    #[case::none(None, false)]
    fn only_the_one_credential_is_let_in(#[case] header: Option<&str>, #[case] let_in: bool) {
        let password = SecretString::from("pass:word");
        let guard = Guard::new(&Credential { username: "zeebe".to_owned(), password });
        let headers = header.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect();
        assert_eq!(guard.lets_in(&headers), let_in);
    }
}
