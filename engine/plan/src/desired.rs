//! Every detail that follows from a wish.

use serde::{Deserialize, Serialize};

/// Where a cluster's things are on its target; follows from the wish alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The cluster's address, enough to import it: `local:///srv/zeebe/payments`.
    pub id: String,
    /// The host that brokers bind to and reach each other by.
    pub host: String,
    /// The cluster's own directory, as its processes see it. A broker's data is in `brokers/<id>/data`
    /// under it, its logs in `brokers/<id>/logs`; a gateway's in `gateways/<index>/logs`.
    pub root: String,
}
