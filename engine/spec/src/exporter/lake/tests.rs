use super::*;

fn folder(path: &str) -> LakePlace {
    LakePlace::Directory(path.parse().unwrap())
}

fn bucket(name: &str, prefix: Option<&str>, endpoint: Option<&str>) -> LakePlace {
    let key = SecretSource::EnvironmentVariable("KEY".to_owned());
    LakePlace::S3(LakeBucket {
        bucket: name.parse().unwrap(),
        prefix: prefix.map(|prefix| prefix.parse().unwrap()),
        region: "eu-west-1".parse().unwrap(),
        endpoint: endpoint.map(|endpoint| endpoint.parse().unwrap()),
        addressing: None,
        access_key: key.clone(),
        secret_key: key,
        ca: None,
    })
}

#[test]
fn lakes_overlap_where_one_lies_within_the_other() {
    let near = Some("http://127.0.0.1:8333");
    for (one, other, overlap) in [
        (folder("/srv/lake"), folder("/srv/lake"), true),
        (folder("/srv/lake"), folder("/srv/lake/payments"), true),
        (folder("/srv/lake"), folder("/srv/lakes"), false),
        (bucket("lake", None, None), bucket("lake", Some("a"), None), true),
        (bucket("lake", Some("a"), None), bucket("lake", Some("a/"), None), true),
        (bucket("lake", Some("a"), None), bucket("lake", Some("a/b"), None), true),
        (bucket("lake", Some("a"), None), bucket("lake", Some("ab"), None), false),
        (bucket("lake", None, None), bucket("pond", None, None), false),
        (bucket("lake", None, near), bucket("lake", None, None), false),
        (bucket("lake", None, near), bucket("lake", None, Some("http://127.0.0.1:8333/")), true),
        (folder("/lake"), bucket("lake", None, None), false),
    ] {
        assert_eq!(one.overlaps(&other), overlap, "{one:?} {other:?}");
        assert_eq!(other.overlaps(&one), overlap, "{other:?} {one:?}");
    }
}

#[test]
fn every_bound_that_is_broken_is_told() {
    let lake = |after: &str, size: &str| LakeSink {
        place: folder("/srv/lake"),
        seal_after: Some(zeebe_scalar::parse_text(after.to_owned()).unwrap()),
        seal_size: Some(zeebe_scalar::parse_text(size.to_owned()).unwrap()),
        records: RecordsSpec::default(),
    };
    let told = |lake: &LakeSink| {
        lake.mistakes().iter().map(|m| format!("{}: {}", m.at, m.detail)).collect::<Vec<_>>()
    };
    assert_eq!(told(&lake("1s", "1KiB")), Vec::<String>::new());
    assert_eq!(told(&lake("24h", "1GiB")), Vec::<String>::new());
    assert_eq!(
        told(&lake("25h", "1500B")),
        [
            "lake.seal_after: Expected 1s to 24h, got 25h.",
            "lake.seal_size: Expected 1KiB to 1GiB in whole KiB, got 1500B."
        ]
    );
    assert_eq!(told(&lake("999ms", "2GiB")).len(), 2);
}

#[test]
fn a_prefix_has_no_empty_part() {
    for good in ["payments", "payments/", "clusters/payments", "a.b/c_d-e/"] {
        assert!(good.parse::<LakePrefix>().is_ok(), "{good}");
    }
    for bad in ["", "/", "/a", "a//b", "a//", "..", "a/../b", "a b"] {
        assert!(bad.parse::<LakePrefix>().is_err(), "{bad}");
    }
}
