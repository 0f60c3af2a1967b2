//! Credentials, which no target of this release has.

use serde_json::json;
use tf_sdk::call::Call;

use crate::core::{Core, UNKNOWN, told, value};

#[tokio::test]
async fn a_target_without_a_sign_on_has_no_credentials_and_says_why() {
    let core = Core::new();
    let credentials = core.provider().ephemerals().next().unwrap();
    let config = |cluster: &str| value(credentials.schema().ty(), &json!({ "cluster": cluster }));
    for (cluster, summary) in [
        (core.id(), "no client credentials for "),
        ("local:///srv/zeebe/payments".to_owned(), "no client credentials for "),
        ("payments".to_owned(), "is not a cluster's address"),
    ] {
        let validated = credentials.validate(Call::detached(), config(&cluster)).await;
        let opened = credentials.open(Call::detached(), config(&cluster)).await.unwrap_err();
        assert_eq!(told(&core.directory, &validated), told(&core.directory, &opened));
        let told = told(&core.directory, &opened);
        assert!(told[0].starts_with("Error at `cluster`") && told[0].contains(summary), "{told:?}");
    }
    assert_eq!(credentials.validate(Call::detached(), config(UNKNOWN)).await, []);
    let renewed = credentials.renew(Call::detached(), b"lease".to_vec()).await.unwrap();
    assert_eq!((renewed.private, renewed.renew_at), (b"lease".to_vec(), None));
    assert_eq!(credentials.close(Call::detached(), Vec::new()).await, []);
}
