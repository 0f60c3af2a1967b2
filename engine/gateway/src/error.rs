//! Why a gateway did not do it, and what may have been done all the same.

use std::fmt;

use tonic::{Code, Status};

/// The address of a gateway that is none.
#[derive(Debug, thiserror::Error)]
#[error("\"{address}\" is no address of a gateway, such as \"http://127.0.0.1:26500\"")]
pub struct AddressError {
    /// What was given.
    pub address: String,
    /// What is wrong with it.
    #[source]
    pub source: Box<tonic::transport::Error>,
}

/// What a gateway was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Deploy a process.
    Deploy,
    /// Start an instance.
    Start,
    /// Delete a version of a process.
    Delete,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deploy => "deploy a process",
            Self::Start => "start an instance",
            Self::Delete => "delete a process",
        })
    }
}

/// Why a gateway did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// No answer, or one that says nothing about the effect: it may have been done.
    #[error("no clear answer to the call to {doing} ({what})")]
    Unclear {
        /// What was asked for.
        doing: Doing,
        /// What is known.
        what: String,
    },
    /// The cluster has too much to do, or cannot take it now; nothing was done.
    #[error("the cluster does not {doing} now ({what})")]
    Busy {
        /// What was asked for.
        doing: Doing,
        /// The product's words.
        what: String,
    },
    /// What the call names is not there; nothing was done.
    #[error("the call to {doing} names what is not there ({what})")]
    NotFound {
        /// What was asked for.
        doing: Doing,
        /// The product's words.
        what: String,
    },
    /// The gateway asks for credentials, or for others; nothing was done.
    #[error("the gateway asks for credentials to {doing} ({what})")]
    Credentials {
        /// What was asked for.
        doing: Doing,
        /// The product's words.
        what: String,
    },
    /// The product refused; nothing was done.
    #[error("the product refused to {doing} ({what})")]
    Refused {
        /// What was asked for.
        doing: Doing,
        /// The product's words.
        what: String,
    },
    /// The file was taken and holds no process.
    #[error("what was deployed is no process")]
    NoProcess,
}

impl GatewayError {
    pub(crate) fn of(doing: Doing, status: &Status) -> Self {
        let what = words(status);
        match status.code() {
            Code::ResourceExhausted => Self::Busy { doing, what },
            Code::NotFound => Self::NotFound { doing, what },
            Code::Unauthenticated | Code::PermissionDenied => Self::Credentials { doing, what },
            Code::InvalidArgument
            | Code::FailedPrecondition
            | Code::AlreadyExists
            | Code::OutOfRange
            | Code::Unimplemented => Self::Refused { doing, what },
            // `Unavailable` is also a connection that broke after the call had been taken.
            Code::Ok
            | Code::Unavailable
            | Code::Cancelled
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::Internal
            | Code::DataLoss => Self::Unclear { doing, what },
        }
    }
}

/// The product's message, or what is known of the connection.
fn words(status: &Status) -> String {
    let code = format!("{:?}", status.code());
    match status.message() {
        "" => code,
        // The product's messages run over several lines and repeat the request.
        message => {
            let first = message.lines().next().unwrap_or_default();
            format!("{code}: {}", first.chars().take(200).collect::<String>())
        }
    }
}
