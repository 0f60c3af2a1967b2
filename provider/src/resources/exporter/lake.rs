//! A lake as a sink: from configuration to the wish, and from the wish to the state.

use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path, Required};
use zeebe_spec::{ExporterName, LakeBucket, LakePlace, LakeSink, SecretPurpose, StoreKey};

use super::model;
use super::{record, spec};
use crate::resources::choice::{Missing, only};
use crate::resources::key::{Key, NamedKey};

/// The lake that a configuration says; `None` where what is wrong with it was told.
pub(super) fn spec(
    lake: &model::Lake,
    exporter: &ExporterName,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<LakeSink>, NotYetKnown> {
    let model::Lake { directory, s3, seal_after, seal_size, records } = lake;
    let at = Path::attribute("lake");
    let directory = directory.known()?.cloned().map(LakePlace::Directory);
    let (named, s3) = match s3.known()? {
        None => (false, None),
        Some(place) => (true, bucket(place, exporter, wrong)?.map(LakePlace::S3)),
    };
    if named && s3.is_none() {
        return Ok(None);
    }
    let places: Vec<LakePlace> = [directory, s3].into_iter().flatten().collect();
    let place = only(&at, &["directory", "s3"], places, Missing::IsWrong, wrong);
    let (seal_after, seal_size) = (seal_after.known()?.cloned(), seal_size.known()?.cloned());
    let records = spec::records(records)?;
    Ok(place.map(|place| LakeSink { place, seal_after, seal_size, records }))
}

fn bucket(
    place: &model::LakeBucket,
    exporter: &ExporterName,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<LakeBucket>, NotYetKnown> {
    let model::LakeBucket {
        bucket,
        prefix,
        region,
        endpoint,
        addressing,
        access_key,
        secret_key,
        ca,
    } = place;
    let mut source = |which: StoreKey, key: &Required<Key>| {
        let NamedKey { at, purpose, key } = named(exporter, which, key.known()?);
        key.source(&at, purpose, wrong)
    };
    let keys = (source(StoreKey::Access, access_key)?, source(StoreKey::Secret, secret_key)?);
    let (bucket, region) = (bucket.known()?.clone(), region.known()?.clone());
    let (prefix, endpoint) = (prefix.known()?.cloned(), endpoint.known()?.cloned());
    let (addressing, ca) = (addressing.known()?.copied(), ca.known()?.cloned());
    let (Some(access_key), Some(secret_key)) = keys else { return Ok(None) };
    Ok(Some(LakeBucket {
        bucket,
        prefix,
        region,
        endpoint,
        addressing,
        access_key,
        secret_key,
        ca,
    }))
}

/// Every key that a configuration has.
pub(super) fn keys<'a>(
    exporter: &ExporterName,
    lake: &'a Optional<model::Lake>,
) -> Vec<NamedKey<'a>> {
    let Some(bucket) = lake.as_known().and_then(|lake| lake.s3.as_known()) else {
        return Vec::new();
    };
    [(StoreKey::Access, &bucket.access_key), (StoreKey::Secret, &bucket.secret_key)]
        .into_iter()
        .filter_map(|(which, key)| Some(named(exporter, which, key.as_known()?)))
        .collect()
}

fn named<'a>(exporter: &ExporterName, which: StoreKey, key: &'a Key) -> NamedKey<'a> {
    let name = if which == StoreKey::Access { "access_key" } else { "secret_key" };
    let at = Path::attribute("lake").then("s3").then(name);
    NamedKey { at, purpose: SecretPurpose::ExporterKey(exporter.clone(), which), key }
}

/// The configuration that says this lake.
pub(super) fn imported(sink: &LakeSink) -> model::Lake {
    let LakeSink { place, seal_after, seal_size, records } = sink.clone();
    let (directory, s3) = match place {
        LakePlace::Directory(directory) => (Some(directory), None),
        LakePlace::S3(bucket) => (None, Some(imported_bucket(bucket))),
    };
    model::Lake {
        directory: directory.into(),
        s3: s3.into(),
        seal_after: seal_after.into(),
        seal_size: seal_size.into(),
        records: record::records(&records).into(),
    }
}

fn imported_bucket(place: LakeBucket) -> model::LakeBucket {
    let LakeBucket { bucket, prefix, region, endpoint, addressing, access_key, secret_key, ca } =
        place;
    model::LakeBucket {
        bucket: Required::of(bucket),
        prefix: prefix.into(),
        region: Required::of(region),
        endpoint: endpoint.into(),
        addressing: addressing.into(),
        access_key: Required::of(access_key.into()),
        secret_key: Required::of(secret_key.into()),
        ca: ca.into(),
    }
}
