//! What the C library calls back for: its log, and a token.

use std::error::Error;
use std::fs;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use camino::Utf8PathBuf;
use rdkafka::ClientContext;
use rdkafka::client::OAuthToken;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use serde::Deserialize;
use tracing::{debug, warn};

use super::settings::{Connection, Sasl};

/// What the library is called back with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    token: Option<Utf8PathBuf>,
}

impl Context {
    pub(crate) fn of(connection: &Connection) -> Self {
        let token = match &connection.sasl {
            Some(Sasl::Token { file }) => Some(file.clone()),
            None | Some(Sasl::Password { .. }) => None,
            #[cfg(feature = "kerberos")]
            Some(Sasl::Kerberos { .. }) => None,
        };
        Self { token }
    }
}

impl ClientContext for Context {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error
            | RDKafkaLogLevel::Warning => warn!(facility, "{message}"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
                debug!(facility, "{message}");
            }
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // What matters to somebody comes again as the error of what was tried.
        debug!(%error, reason, "Kafka");
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        let file = self.token.as_ref().ok_or("no token is set")?;
        let text = fs::read_to_string(file).map_err(|error| format!("\"{file}\": {error}"))?;
        Ok(token(text.trim())?)
    }
}

impl ConsumerContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = ();

    // A record that is not delivered breaks its transaction, which is what is looked at.
    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
}

/// Reads who a token is of, and until when. Whether it is true is for the brokers to say.
fn token(text: &str) -> Result<OAuthToken, String> {
    let claims = text.split('.').nth(1).ok_or("the token is no JWT")?;
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(claims.trim_end_matches('='))
        .map_err(|_| "the token is no JWT: its claims are not base64")?;
    let Claims { sub, exp } = serde_json::from_slice(&claims)
        .map_err(|_| "the token is no JWT with `sub` and `exp`".to_owned())?;
    Ok(OAuthToken {
        token: text.to_owned(),
        principal_name: sub,
        lifetime_ms: exp.saturating_mul(1_000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_whose_it_is_and_until_when() {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"sub":"zeebe","exp":1795400485}"#);
        let read = token(&format!("head.{claims}.signature")).unwrap();
        assert_eq!(read.principal_name, "zeebe");
        assert_eq!(read.lifetime_ms, 1_795_400_485_000);
        let empty = BASE64_URL_SAFE_NO_PAD.encode("{}");
        for wrong in ["secret".to_owned(), "a.%.c".to_owned(), format!("a.{empty}.c")] {
            let told = token(&wrong).err().unwrap();
            assert!(told.starts_with("the token is no JWT") && !told.contains("secret"), "{told}");
        }
    }
}
