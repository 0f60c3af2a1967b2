//! What today's provider makes of what a release stored.

use serde_json::{Value as Json, json};
use terraform_provider_zeebe::provider;
use tf_sdk::call::Call;
use tf_sdk::codec::json;
use tf_sdk::provider::{
    ApplyQuestion, ManagedResource, PlanAnswer, PlanQuestion, Provider, ReadQuestion, StoredState,
};
use tf_sdk::types::Type;
use tf_sdk::{Diagnostic, Value};
use zeebe_engine::Engine;

use crate::place::Place;
use crate::recorded::{self, Recorded, Stored};

fn today() -> Provider {
    provider(Engine::new().unwrap())
}

fn resource<'p>(provider: &'p Provider, object: &Stored) -> &'p dyn ManagedResource {
    provider.resources().find(|it| it.type_name() == object.type_name).unwrap()
}

fn texts(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|it| format!("{}: {}: {}", it.path, it.summary, it.detail)).collect()
}

async fn upgraded(resource: &dyn ManagedResource, version: i64, attributes: &Json) -> Value {
    let stored = StoredState { version, json: attributes.to_string().into_bytes() };
    let upgraded = resource.upgrade(Call::detached(), stored).await;
    upgraded.unwrap_or_else(|told| panic!("{:?}", texts(&told)))
}

/// Read, plan: what the plan says, and the refreshed state.
async fn planned(
    resource: &dyn ManagedResource,
    recorded: &Recorded,
    object: &Stored,
    state: Value,
) -> (PlanAnswer, Value) {
    let question = ReadQuestion { state, private: object.private.clone() };
    let read = resource.read(Call::detached(), question).await;
    assert_eq!(texts(&read.diagnostics), Vec::<String>::new());
    let config = config(resource, recorded, object);
    let question = PlanQuestion {
        prior: read.state.clone(),
        proposed: config.clone(),
        config,
        prior_private: read.private,
        planned_private: Vec::new(),
    };
    let answer = resource.plan(Call::detached(), question).await;
    assert!(
        !answer.diagnostics.iter().any(Diagnostic::is_error),
        "{:?}",
        texts(&answer.diagnostics)
    );
    assert_eq!(answer.requires_replace, []);
    (answer, read.state)
}

fn config(resource: &dyn ManagedResource, recorded: &Recorded, object: &Stored) -> Value {
    let wished = recorded.wished(object).to_string();
    json::decode(wished.as_bytes(), resource.schema().ty()).unwrap()
}

/// Sees that the plan is empty; a creation that was kept is finished first, as it should be.
async fn converges(
    resource: &dyn ManagedResource,
    recorded: &Recorded,
    object: &Stored,
    state: Value,
) {
    let what = format!("{} {} {}", recorded.release, recorded.variant, object.name);
    let (answer, read) = planned(resource, recorded, object, state).await;
    let unfinished = read.member("status").member("phase") == &Value::text("provisioning");
    assert_eq!(unfinished, recorded.variant == "kept", "{what}");
    if !unfinished {
        // A state that was imported says the defaults, and so does every plan.
        assert_eq!(answer.planned, read, "{what}");
        return;
    }
    let question = ApplyQuestion {
        prior: read,
        planned: answer.planned,
        config: config(resource, recorded, object),
        planned_private: answer.private,
    };
    let applied = resource.apply(Call::detached(), question).await;
    assert_eq!(texts(&applied.diagnostics), Vec::<String>::new());
    let (answer, read) = planned(resource, recorded, object, applied.state).await;
    assert_eq!(answer.planned, read, "{what}");
}

#[tokio::test]
async fn what_every_release_stored_is_read_and_planned_without_a_change() {
    let provider = today();
    for recorded in recorded::all() {
        let _place = Place::of(&recorded);
        for object in recorded.stored() {
            let resource = resource(&provider, &object);
            let state = upgraded(resource, object.version, &object.attributes).await;
            converges(resource, &recorded, &object, state).await;
        }
    }
}

/// A newer release that is taken back, or a fork of this one, may have stored more.
#[tokio::test]
async fn attributes_of_other_releases_are_left_out_wherever_they_stand() {
    let provider = today();
    for recorded in recorded::all() {
        let _place = Place::of(&recorded);
        for object in recorded.stored() {
            let resource = resource(&provider, &object);
            let mut richer = object.attributes.clone();
            let added = enrich(resource.schema().ty(), &mut richer);
            assert!(added > 1, "{added} in {} {}", recorded.variant, object.name);
            let plain = upgraded(resource, object.version, &object.attributes).await;
            for version in [0, object.version, object.version + 1] {
                assert_eq!(upgraded(resource, version, &richer).await, plain);
            }
            converges(resource, &recorded, &object, plain).await;
        }
    }
}

/// Adds an attribute that no release has to every object; says to how many.
fn enrich(ty: &Type, value: &mut Json) -> usize {
    let (Type::Object(object), Json::Object(members)) = (ty, value) else { return 0 };
    let mut added = 1;
    for (name, ty) in &object.attributes {
        added += members.get_mut(name).map_or(0, |member| enrich(ty, member));
    }
    members.insert("of_another_release".to_owned(), json!({ "nested": [1, "two", null, true] }));
    added
}

/// An older release may have stored less, or something else under the same name.
#[tokio::test]
async fn what_was_not_stored_or_cannot_be_read_is_null_and_found_by_the_next_look() {
    let provider = today();
    for recorded in recorded::all() {
        if recorded.release != recorded::NOW
            || !["everything", "exporting", "keeping"].contains(&recorded.variant.as_str())
        {
            continue;
        }
        let _place = Place::of(&recorded);
        for object in recorded.stored() {
            is_found_again(resource(&provider, &object), &object).await;
        }
    }
}

/// What the user wished for, which the book knows.
fn is_wish(object: &Stored, attribute: &str) -> bool {
    let known: &[&str] = match object.type_name.as_str() {
        "zeebe_cluster" => &["name", "version", "topology", "broker", "configuration", "target"],
        "zeebe_exporter" => &["id", "name", "enabled", "elasticsearch", "opensearch", "jar"],
        "zeebe_backup_schedule" => &["id", "cluster", "every", "daily_at", "keep"],
        "zeebe_retention" => &["id", "exporter", "minimum_age", "enforced_by"],
        other => panic!("what does the book know of a {other}?"),
    };
    known.contains(&attribute)
}

async fn is_found_again(resource: &dyn ManagedResource, object: &Stored) {
    let whole = upgraded(resource, object.version, &object.attributes).await;
    for name in object.attributes.as_object().unwrap().keys() {
        for instead in [None, Some(json!([{ "other": "shape" }]))] {
            let mut poorer = object.attributes.clone();
            match instead {
                None => poorer.as_object_mut().unwrap().remove(name),
                Some(instead) => poorer.as_object_mut().unwrap().insert(name.clone(), instead),
            };
            let state = upgraded(resource, object.version, &poorer).await;
            for (other, value) in whole.as_members().unwrap() {
                let expected = if other == name { &Value::Null } else { value };
                assert_eq!(state.member(other), expected, "{name}: {other}");
            }
            let question = ReadQuestion { state, private: object.private.clone() };
            let read = resource.read(Call::detached(), question).await;
            // Without its address nobody knows where to look for a cluster: that is told, and the state is kept. An
            // exporter's follows from its cluster and its name.
            let told = texts(&read.diagnostics);
            let lost = object.type_name == "zeebe_cluster" && name == "id";
            assert_eq!(told.is_empty(), !lost, "{} {name}: {told:?}", object.name);
            assert!(!read.state.is_null(), "{} {name}", object.name);
            if is_wish(object, name) {
                assert_eq!(read.state.member(name), whole.member(name), "{} {name}", object.name);
            }
        }
    }
}
