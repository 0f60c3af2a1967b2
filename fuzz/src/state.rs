//! Stored states.

use futures::FutureExt;
use libfuzzer_sys::arbitrary::Unstructured;
use terraform_provider_zeebe::resources::cluster::Cluster;
use tf_sdk::call::Call;
use tf_sdk::codec::{json, msgpack};
use tf_sdk::provider::StoredState;
use tf_sdk::{Attributes, Model, Value};

use crate::config::cluster;
use crate::shapes::{self, Strange};

/// Whatever JSON was stored becomes a state of today's schema, and stays what it became.
pub fn state(bytes: &[u8]) {
    let Some((version, rest)) = bytes.split_first() else { return };
    let (version, is_json) = (i64::from(version % 3), version % 2 == 0);
    let ty = Cluster::schema().ty();
    let stored = if is_json {
        rest.to_vec()
    } else {
        let Ok(json) = shapes::json(&mut Unstructured::new(rest), ty, Strange::OtherShapes) else {
            return;
        };
        json.to_string().into_bytes()
    };
    let Some(state) = upgraded(version, stored) else {
        assert!(is_json, "a state in JSON was refused");
        return;
    };
    // What it lacks is told by the next look, which must not panic either.
    let _ = Cluster::decode_state(&state);
    msgpack::encode(&state, ty).expect("an upgraded state is one of the schema");
    let written = json::encode(&state, ty).expect("an upgraded state is wholly known");
    assert_eq!(upgraded(version, written), Some(state));
}

fn upgraded(version: i64, json: Vec<u8>) -> Option<Value> {
    let stored = StoredState { version, json };
    cluster().upgrade(Call::detached(), stored).now_or_never().expect("it waits for nothing").ok()
}
