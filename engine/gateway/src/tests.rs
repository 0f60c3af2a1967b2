use super::*;

#[test]
fn a_key_names_its_partition() {
    // Taken from real brokers: partition 1 begins at 2251799813685248.
    let started = |key| Started { key, version: 1 }.partition();
    assert_eq!(started(2_251_799_813_685_249), Some(PartitionId(1)));
    assert_eq!(started(6_755_399_441_055_793), Some(PartitionId(3)));
    assert_eq!(started(-1), None);
}

#[test]
fn a_wrong_address_is_named() {
    let error = Gateway::at("not an address").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"not an address\" is no address of a gateway, such as \"http://127.0.0.1:26500\""
    );
}

#[test]
fn what_may_have_been_done_is_unclear_and_never_refused() {
    let error = |code| GatewayError::of(Doing::Start, &Status::new(code, "text\nmore"));
    for code in [
        tonic::Code::Unavailable,
        tonic::Code::DeadlineExceeded,
        tonic::Code::Cancelled,
        tonic::Code::Internal,
        tonic::Code::Unknown,
    ] {
        assert!(matches!(error(code), GatewayError::Unclear { .. }), "{code:?}");
    }
    assert_eq!(
        error(tonic::Code::ResourceExhausted).to_string(),
        "the cluster does not start an instance now (ResourceExhausted: text)"
    );
    assert_eq!(
        error(tonic::Code::PermissionDenied).to_string(),
        "the gateway asks for credentials to start an instance (PermissionDenied: text)"
    );
}
