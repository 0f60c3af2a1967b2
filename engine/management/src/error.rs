//! What may come back instead of an answer, told apart by what it says about the cluster.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use zeebe_spec::{BrokerId, Minor};

type BoxError = Box<dyn Error + Send + Sync>;

/// One call: its verb and where it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, `PATCH`.
    pub verb: &'static str,
    /// The whole address.
    pub url: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.url)
    }
}

/// Why an answer is not clear.
#[derive(Debug, thiserror::Error)]
pub enum Unclarity {
    /// No answer in time.
    #[error("no answer within {} ms", after.as_millis())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke after the request was under way.
    #[error("the connection broke before the answer was whole")]
    Dropped {
        /// What broke it.
        #[source]
        source: BoxError,
    },
    /// The broker could not say, most often because *it* did not reach the broker that decides (500, 502,
    /// 503, 504).
    #[error("the broker answered {status}: {message}")]
    Answered {
        /// The HTTP status.
        status: u16,
        /// In the product's words.
        message: String,
    },
}

/// Whether a call that failed may have changed the cluster all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It did nothing.
    None,
    /// It may have done what it was meant to. Look before asking again.
    Possible,
}

/// A call that brought no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// Nobody knows what the call did: see [`Unclarity`]. Never to be read as "failed" or as "absent".
    #[error("no clear answer to {call}")]
    Unclear {
        /// The call.
        call: Call,
        /// Why.
        #[source]
        why: Unclarity,
    },
    /// No connection: refused, no such host, or none within the connect timeout. Nothing was sent.
    #[error("nobody was reached by {call}")]
    NotReachable {
        /// The call.
        call: Call,
        /// What the system said.
        #[source]
        source: BoxError,
    },
    /// The product will not do this (4xx, but for 409).
    #[error("{call} was refused with {status}: {message}")]
    Refused {
        /// The call.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// In the product's words.
        message: String,
    },
    /// Another change of the cluster runs (409); the product answers so to a dry run too.
    #[error("{call} met another change that runs: {message}")]
    Conflict {
        /// The call.
        call: Call,
        /// In the product's words: they hold the whole running change.
        message: String,
    },
    /// HTTP 200 around a failure. Part of it may have been done: exporting may be paused on some brokers.
    #[error("{call} was answered with 200, and in it with {status}: {message}")]
    Envelope {
        /// The call.
        call: Call,
        /// The status inside.
        status: u16,
        /// In the product's words, if there were any.
        message: String,
    },
    /// This minor has no such call. Nothing was sent.
    #[error("zeebe {minor} has no {what}")]
    Unsupported {
        /// The minor.
        minor: Minor,
        /// What it has not.
        what: &'static str,
    },
    /// The call went well, and its answer was not understood.
    #[error("the answer to {call} was not understood at {path}")]
    Shape {
        /// The call.
        call: Call,
        /// Where in the answer, as `brokers[0].state`; `.` for the whole.
        path: String,
        /// What is wrong there.
        #[source]
        source: BoxError,
    },
    /// There is no address for this broker. Nothing was sent.
    #[error("broker {broker} has no management address")]
    NoAddress {
        /// The broker.
        broker: BrokerId,
    },
    /// There is no address to ask at all. Nothing was sent.
    #[error("the cluster has no {what} address")]
    NoAddresses {
        /// `management` or `gateway`.
        what: &'static str,
    },
    /// Several were asked, one after the other, and none gave an answer.
    #[error("none of {} addresses answered: {}", tried.len(), sentences(tried))]
    NobodyAnswered {
        /// What each said, in the order of asking.
        tried: Vec<Self>,
    },
}

fn sentences(errors: &[ManagementError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl ManagementError {
    /// Whether the call may have changed the cluster all the same, if it was one that changes.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Unclear { .. } | Self::Shape { .. } | Self::Envelope { .. } => Effect::Possible,
            Self::NotReachable { .. }
            | Self::Refused { .. }
            | Self::Conflict { .. }
            | Self::Unsupported { .. }
            | Self::NoAddress { .. }
            | Self::NoAddresses { .. } => Effect::None,
            Self::NobodyAnswered { tried } => {
                if tried.iter().any(|error| error.effect() == Effect::Possible) {
                    Effect::Possible
                } else {
                    Effect::None
                }
            }
        }
    }

    /// Whether it makes sense to ask another broker the same question.
    pub(crate) fn another_may_know(&self) -> bool {
        match self {
            Self::NotReachable { .. } | Self::Unclear { .. } | Self::Shape { .. } => true,
            Self::Refused { .. }
            | Self::Conflict { .. }
            | Self::Envelope { .. }
            | Self::Unsupported { .. }
            | Self::NoAddress { .. }
            | Self::NoAddresses { .. }
            | Self::NobodyAnswered { .. } => false,
        }
    }
}
