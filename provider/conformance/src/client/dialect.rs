//! Protocol 5 spoken with the messages of protocol 6: those that both have carry the same fields under the
//! same numbers, but for the schema's, and the service and some of its calls have other names.

use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::http::{Request, Uri, uri};
use tonic::transport::Channel;

/// A channel that calls a provider's service by the names of the protocol that the provider chose.
#[derive(Clone, Debug)]
pub struct Dialect {
    channel: Channel,
    protocol: u32,
}

impl Dialect {
    /// The version of the protocol that is spoken.
    pub fn protocol(&self) -> u32 {
        self.protocol
    }

    /// The channel, spoken to in a version of the protocol.
    pub fn new(channel: Channel, protocol: u32) -> Self {
        Self { channel, protocol }
    }
}

/// The name of a call in protocol 5.
fn in_protocol_5(call: &str) -> &str {
    match call {
        "GetProviderSchema" => "GetSchema",
        "ValidateProviderConfig" => "PrepareProviderConfig",
        "ValidateResourceConfig" => "ValidateResourceTypeConfig",
        "ValidateDataResourceConfig" => "ValidateDataSourceConfig",
        "ConfigureProvider" => "Configure",
        "StopProvider" => "Stop",
        other => other,
    }
}

fn renamed(uri: &Uri) -> Option<Uri> {
    let call = uri.path().strip_prefix("/tfplugin6.Provider/")?;
    let mut parts = uri::Parts::from(uri.clone());
    parts.path_and_query = format!("/tfplugin5.Provider/{}", in_protocol_5(call)).parse().ok();
    Uri::from_parts(parts).ok()
}

impl GrpcService<Body> for Dialect {
    type ResponseBody = Body;
    type Error = tonic::transport::Error;
    type Future = <Channel as GrpcService<Body>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        GrpcService::poll_ready(&mut self.channel, context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let (5, Some(uri)) = (self.protocol, renamed(request.uri())) {
            *request.uri_mut() = uri;
        }
        let answer: <Channel as GrpcService<Body>>::Future =
            GrpcService::call(&mut self.channel, request);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_gets_the_name_that_protocol_5_has_for_it() {
        let named = |call: &str| {
            let uri = format!("http://localhost/tfplugin6.Provider/{call}").parse().ok()?;
            Some(renamed(&uri)?.path().to_owned())
        };
        assert_eq!(named("StopProvider").as_deref(), Some("/tfplugin5.Provider/Stop"));
        assert_eq!(named("ReadResource").as_deref(), Some("/tfplugin5.Provider/ReadResource"));
        let other = "http://localhost/plugin.GRPCController/Shutdown".parse().ok();
        assert_eq!(other.as_ref().and_then(renamed), None);
    }
}
