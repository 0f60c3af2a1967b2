use rstest::rstest;
use zeebe_scalar::parse_text;

use super::{AzureStore, BackupStore, FilesystemStore, S3Store, StoreMistake};
use crate::secret::SecretSource;
use crate::version::Minor;

fn s3(endpoint: Option<&str>, bucket: &str, base_path: Option<&str>) -> BackupStore {
    BackupStore::S3(S3Store {
        bucket: parse_text(bucket).unwrap(),
        base_path: base_path.map(|path| parse_text(path).unwrap()),
        region: None,
        endpoint: endpoint.map(|url| parse_text(url).unwrap()),
        addressing: None,
        compression: None,
        keys: None,
    })
}

fn filesystem() -> BackupStore {
    BackupStore::Filesystem(FilesystemStore { directory: parse_text("/srv/backups").unwrap() })
}

fn azure() -> AzureStore {
    AzureStore {
        container: parse_text("payments").unwrap(),
        endpoint: None,
        account_name: None,
        account_key: None,
        connection_string: None,
    }
}

fn key() -> SecretSource {
    SecretSource::File(parse_text("/run/secrets/key").unwrap())
}

fn at(mistakes: &[StoreMistake]) -> Vec<(&'static str, &'static str)> {
    mistakes.iter().map(|mistake| (mistake.at, mistake.summary)).collect()
}

#[rstest]
#[case::same_path(Some("payments"), Some("payments"), true)]
#[case::path_within_the_other(Some("payments"), Some("payments/two"), true)]
#[case::path_around_the_other(Some("payments/two"), Some("payments"), true)]
#[case::whole_bucket(None, Some("payments"), true)]
#[case::both_whole(None, None, true)]
#[case::other_path(Some("payments"), Some("orders"), false)]
#[case::only_the_beginning_of_a_word(Some("pay"), Some("payments"), false)]
fn stores_of_one_bucket_overlap_by_their_paths(
    #[case] one: Option<&str>,
    #[case] other: Option<&str>,
    #[case] overlap: bool,
) {
    let (one, other) = (s3(None, "backups", one), s3(None, "backups", other));
    assert_eq!((one.overlaps(&other), other.overlaps(&one)), (overlap, overlap));
}

#[test]
fn other_buckets_endpoints_and_kinds_do_not_overlap() {
    let one = s3(None, "backups", None);
    assert!(!one.overlaps(&s3(None, "others", None)));
    assert!(!one.overlaps(&s3(Some("http://127.0.0.1:9000"), "backups", None)));
    assert!(!one.overlaps(&filesystem()));
}

#[test]
fn filesystem_is_refused_before_the_minor_that_has_it() {
    for minor in Minor::SUPPORTED {
        let expected: &[_] =
            if minor < Minor::V8_7 { &[("filesystem", "version has no such store")] } else { &[] };
        assert_eq!(at(&filesystem().mistakes(minor)), expected, "{minor}");
        assert_eq!(at(&s3(None, "backups", None).mistakes(minor)), [], "{minor}");
    }
    assert_eq!(
        filesystem().mistakes(Minor::V8_6)[0].detail,
        "A store of the kind `filesystem` is there from 8.7 on, and the version is of 8.6. Choose another store, or \
         upgrade first."
    );
}

#[test]
fn azure_needs_an_endpoint_and_both_halves_of_an_account_or_a_connection_string_alone() {
    let of = |azure: AzureStore| at(&BackupStore::Azure(azure).mistakes(Minor::V8_6));
    let endpoint = || Some(parse_text("https://payments.blob.core.windows.net").unwrap());
    let name = || Some(parse_text("payments").unwrap());
    assert_eq!(of(azure()), [("azure.endpoint", "no endpoint")]);
    assert_eq!(of(AzureStore { endpoint: endpoint(), ..azure() }), []);
    assert_eq!(of(AzureStore { connection_string: Some(key()), ..azure() }), []);
    let account = AzureStore { endpoint: endpoint(), account_name: name(), ..azure() };
    assert_eq!(
        of(account.clone()),
        [("azure.account_key", "account without its key, or a key without its account")]
    );
    assert_eq!(of(AzureStore { account_key: Some(key()), ..account.clone() }), []);
    assert_eq!(
        of(AzureStore { account_key: Some(key()), connection_string: Some(key()), ..account }),
        [("azure.connection_string", "connection string beside what it says")]
    );
}
