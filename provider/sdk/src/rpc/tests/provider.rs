//! Lamps: a provider with one of each of the newer families.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::call::Call;
use crate::provider::{Deferral, MovedState, Progress, Provider, Renewed};
use crate::typed::{
    self, Change, Creation, Deed, Deletion, Ephemeral, Gathered, Had, Identified, Listing, Managed,
    Outcome, Planned, PlannedChange, Reading, Unconfigured,
};
use crate::{
    Attributes, Computed, Defaulted, Diagnostic, Optional, Path, Required, Resource, Secret,
};

/// A lamp.
#[derive(Clone, Debug, Resource)]
#[resource(name = "sample_lamp", version = 1)]
pub(super) struct Lamp {
    /// Where it stands.
    pub(super) place: Required<String>,
    /// What it takes.
    #[attribute(default = 40)]
    pub(super) watts: Defaulted<i64>,
    /// Used, never stored.
    #[attribute(write_only)]
    pub(super) key: Optional<Secret>,
    /// Its address.
    #[attribute(stable)]
    pub(super) id: Computed<String>,
}

/// What tells a lamp from every other.
#[derive(Clone, Debug, Attributes)]
pub(super) struct LampIdentity {
    /// Its address.
    pub(super) id: Required<String>,
}

/// Where to look for lamps.
#[derive(Clone, Debug, Attributes)]
pub(super) struct House {
    /// Its name.
    pub(super) house: Required<String>,
}

/// What to do with a switch.
#[derive(Clone, Debug, Attributes)]
pub(super) struct What {
    /// As it says.
    pub(super) what: Required<String>,
}

/// A key for a while.
#[derive(Clone, Debug, Attributes)]
pub(super) struct Key {
    /// What it opens.
    pub(super) door: Required<String>,
    /// The key.
    pub(super) key: Computed<Secret>,
}

/// A provider with one of each.
pub(super) fn offered() -> Provider {
    watched().0
}

/// The same, and what ended its endless list.
pub(super) fn watched() -> (Provider, oneshot::Receiver<&'static str>) {
    let (ended, told) = oneshot::channel();
    let provider = Provider::new(Unconfigured::new("Lamps."))
        .with_resource(typed::identified(Lamps))
        .with_list(typed::list(EveryLamp { ended: Mutex::new(Some(ended)) }))
        .with_action(typed::action(Switch))
        .with_ephemeral(typed::ephemeral(Keys));
    (provider, told)
}

fn at(place: &str) -> Lamp {
    Lamp {
        place: Required::of(place.to_owned()),
        watts: Defaulted::of(40),
        key: Optional::null(),
        id: Computed::of(format!("lamps/{place}")),
    }
}

pub(super) struct Lamps;

#[async_trait]
impl Managed for Lamps {
    type Model = Lamp;

    async fn plan(&self, _call: &Call, change: Change<Lamp>) -> Planned<Lamp> {
        let unclear = change.config.place.is_unknown();
        Planned { deferred: unclear.then_some(Deferral::ConfigUnknown), ..change.as_planned() }
    }

    async fn create(&self, _call: &Call, creation: Creation<Lamp>) -> Outcome<Lamp> {
        let place = creation.planned.place.as_known().cloned().unwrap_or_default();
        if place == "cellar" {
            let dark = Diagnostic::error("it is dark here", "Bring a lamp.");
            return Outcome::there(creation.planned).with(dark);
        }
        Outcome::there(at(&place))
    }

    async fn read(&self, _call: &Call, reading: Reading<Lamp>) -> Outcome<Lamp> {
        Outcome::there(reading.prior)
    }

    async fn update(&self, _call: &Call, change: PlannedChange<Lamp>) -> Outcome<Lamp> {
        Outcome::there(change.planned)
    }

    async fn delete(&self, _call: &Call, _deletion: Deletion<Lamp>) -> Outcome<Lamp> {
        Outcome::gone()
    }

    async fn import(&self, _call: &Call, id: &str) -> Outcome<Lamp> {
        Outcome::there(at(id.trim_start_matches("lamps/")))
    }

    async fn take_over(&self, _call: &Call, source: &MovedState) -> Outcome<Lamp> {
        if source.type_name != "old_candle" {
            return Outcome::failed(crate::provider::not_moved(&source.type_name, "sample_lamp"));
        }
        let candle: serde_json::Value = serde_json::from_slice(&source.json).unwrap();
        let lost = Diagnostic::warning("colour is not carried over", "Lamps have none.");
        Outcome::there(at(candle["place"].as_str().unwrap())).with(lost)
    }
}

impl Identified for Lamps {
    type Identity = LampIdentity;

    const IDENTITY_VERSION: i64 = 1;

    fn identity(state: &Lamp) -> LampIdentity {
        LampIdentity { id: state.id.clone().into_knowable().into() }
    }

    fn import_id(identity: &LampIdentity) -> Result<String, Vec<Diagnostic>> {
        Ok(identity.id.as_known().cloned().unwrap_or_default())
    }
}

struct EveryLamp {
    ended: Mutex<Option<oneshot::Sender<&'static str>>>,
}

#[async_trait]
impl Listing for EveryLamp {
    type Resource = Lamps;
    type Config = House;

    const DESCRIPTION: &'static str = "Every lamp of a house.";

    async fn list(
        &self,
        call: &Call,
        config: House,
        mut lamps: Gathered<Lamps>,
    ) -> Vec<Diagnostic> {
        let house = config.house.as_known().map_or("", String::as_str);
        assert!(house != "haunted", "as asked");
        let last = if house == "endless" { i64::MAX } else { 5 };
        for number in 0..last {
            if lamps.give(format!("lamp {number}"), &at(&number.to_string())).await.is_break() {
                break;
            }
            if house == "ruin" {
                return vec![Diagnostic::error("the roof came down", "Leave.")];
            }
        }
        if house == "endless" {
            call.cancelled.cancelled().await;
            if let Some(ended) = self.ended.lock().unwrap().take() {
                let _ = ended.send("nobody wants more");
            }
        }
        Vec::new()
    }
}

struct Switch;

#[async_trait]
impl Deed for Switch {
    type Config = What;

    const NAME: &'static str = "sample_switch";
    const DESCRIPTION: &'static str = "Switches lamps.";

    async fn validate(&self, _call: &Call, config: &What) -> Vec<Diagnostic> {
        if config.what.as_known().is_some_and(|what| what == "explode") {
            let told = Diagnostic::error("what is too dangerous", "Do something else.");
            return vec![told.at(Path::attribute("what"))];
        }
        Vec::new()
    }

    async fn invoke(&self, _call: &Call, config: What, progress: &Progress) -> Vec<Diagnostic> {
        progress.say("looking for the switch");
        let what = config.what.as_known().cloned().unwrap_or_default();
        assert!(what != "haunted", "as asked");
        if what == "broken" {
            return vec![Diagnostic::error("it is broken", "Mend it.")];
        }
        progress.say(what);
        Vec::new()
    }
}

struct Keys;

#[async_trait]
impl Ephemeral for Keys {
    type Model = Key;

    const NAME: &'static str = "sample_key";
    const DESCRIPTION: &'static str = "A key for a while.";

    async fn open(&self, _call: &Call, mut config: Key) -> Result<Had<Key>, Vec<Diagnostic>> {
        let door = config.door.as_known().cloned().unwrap_or_default();
        config.key.set(Secret::new(format!("secret of {door}")));
        Ok(Had {
            renew_at: Some(Timestamp::from_second(1_000).unwrap()),
            private: door.into_bytes(),
            ..Had::lasting(config)
        })
    }

    async fn renew(&self, _call: &Call, private: &[u8]) -> Result<Renewed, Vec<Diagnostic>> {
        let private = [private, b", again"].concat();
        Ok(Renewed { renew_at: None, private, diagnostics: Vec::new() })
    }

    async fn close(&self, _call: &Call, private: &[u8]) -> Vec<Diagnostic> {
        let door = String::from_utf8_lossy(private);
        vec![Diagnostic::warning(format!("gave back {door}"), "It is closed.")]
    }
}
