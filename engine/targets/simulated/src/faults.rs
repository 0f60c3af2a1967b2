//! Faults: what shall go wrong, as a document `faults.json` beside the cluster's state, so that tests and
//! people with an HCL file set them in the same way.
//!
//! ```json
//! { "answers": [{ "method": "PATCH", "path": "/actuator/cluster", "when": { "times": 3 }, "with": "conflict" }],
//!   "ensures": [{ "component": "broker 1", "timing": "after", "left_behind": "unknown" }],
//!   "trouble": { "stuck_until_restart": 1 } }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_plan::component::ComponentId;
use zeebe_spec::{BrokerId, PartitionId};
use zeebe_target::LeftBehind;

use crate::model::{Configuration, Exporting, Flapping, Model, Operation, Random, RestoreTrouble};

/// What shall go wrong. What has gone wrong as often as it should is taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Answers of the management API and of gateways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswerFault>,
    /// Components that are to be made so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ensures: Vec<EnsureFault>,
    /// What goes wrong inside the cluster, from the next moment on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<TroubleAhead>,
    /// Which mutation, counted from 0 in each process, kills the whole process that simulates, as `kill -9`
    /// would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_at_mutation: Option<u32>,
}

/// One answer, or some, that go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFault {
    /// Only requests with this method; nothing said means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests for this path, without its query; nothing said means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only requests to this broker; nothing said means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<BrokerId>,
    /// When and how often.
    #[serde(default)]
    pub when: Disturbance,
    /// What happens in place of the answer.
    pub with: InsteadOfAnswer,
}

/// When and how often a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disturbance {
    /// How many calls that match go well first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls then go wrong.
    #[serde(default = "once")]
    pub times: u32,
    /// How likely each of them goes wrong, in percent.
    #[serde(default = "surely")]
    pub chance: u8,
}

const fn once() -> u32 {
    1
}

const fn surely() -> u8 {
    100
}

impl Default for Disturbance {
    fn default() -> Self {
        Self { skip: 0, times: once(), chance: surely() }
    }
}

/// What happens in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsteadOfAnswer {
    /// 409, nothing done: another change is said to be under way.
    Conflict,
    /// HTTP 200 with a body that says 500, nothing done.
    EnvelopeWithError,
    /// 500, nothing done.
    InternalError,
    /// 401, nothing done: credentials are asked for.
    Unauthenticated,
    /// 502, nothing done.
    GatewayError,
    /// 504, and it was done.
    GatewayTimeout,
    /// The connection is dropped, nothing done.
    DropBefore,
    /// It is done, and then the connection is dropped.
    DropAfter,
    /// Nothing done, and no answer until the client gives up.
    SilenceBefore,
    /// It is done, and there is no answer until the client gives up.
    SilenceAfter,
}

/// One deed at a component, or some, that go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsureFault {
    /// Only this component; nothing said means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentId>,
    /// When and how often.
    #[serde(default)]
    pub when: Disturbance,
    /// Before or after its effect.
    pub timing: Timing,
    /// What it says that it left behind.
    pub left_behind: LeftBehind,
}

/// Before or after an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Nothing was done.
    Before,
    /// It was done all the same.
    After,
}

/// What shall go wrong inside the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TroubleAhead {
    /// The change under way, or the next one, stands still until this broker was restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck_until_restart: Option<BrokerId>,
    /// The change under way, or the next one, is given up (FAILED) after so many operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails_after: Option<usize>,
    /// Leaders come and go for so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flapping_for: Option<u64>,
    /// How long each of them stays, in milliseconds.
    #[serde(default = "flapping_every")]
    pub flapping_every: u64,
    /// Brokers that are healthy so many milliseconds later than they should be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slow: BTreeMap<BrokerId, u64>,
    /// Partitions that what is deployed from then on never reaches, as camunda/camunda#63712 has it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lagging: BTreeSet<PartitionId>,
    /// Exporters whose sinks take nothing from then on; all others' do. They and the others of their partitions get
    /// no further, and stay enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sinks_down: Option<BTreeSet<String>>,
    /// Exporters that brokers do not disable before they were restarted, as camunda/camunda#38724 has it; all others
    /// are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck_exporters: Option<BTreeSet<String>>,
    /// Somebody pauses exporting through the management API, or lets it go on, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exporting: Option<Exporting>,
    /// Whether backups that are begun from then on fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_backups: Option<bool>,
    /// How restores go wrong from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<RestoreTrouble>,
    /// Somebody else's change is under way for so many milliseconds; waits for a cluster to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_change: Option<u64>,
    /// Brokers whose processes die.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub killed: Vec<BrokerId>,
}

const fn flapping_every() -> u64 {
    4_000
}

impl Disturbance {
    /// Counts a call that matches; says whether it goes wrong.
    fn strikes(&mut self, seed: u64) -> bool {
        if let Some(rest) = self.skip.checked_sub(1) {
            self.skip = rest;
            return false;
        }
        let Some(rest) = self.times.checked_sub(1) else { return false };
        let drawn = Random::new(seed.wrapping_add(u64::from(self.times))).below(100);
        self.times = rest;
        drawn < u64::from(self.chance)
    }
}

impl Faults {
    /// Whether nothing is left to go wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a request; says what happens in place of its answer, if anything.
    pub(crate) fn answer(
        &mut self,
        method: &str,
        path: &str,
        broker: Option<BrokerId>,
        seed: u64,
    ) -> Option<InsteadOfAnswer> {
        let matches = |fault: &AnswerFault| {
            fault.method.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(method))
                && fault.path.as_deref().is_none_or(|it| it == path)
                && (fault.broker.is_none() || fault.broker == broker)
        };
        let fault = self.answers.iter_mut().find(|fault| matches(fault))?;
        let with = fault.with;
        let strikes = fault.when.strikes(seed);
        self.answers.retain(|fault| fault.when.times > 0);
        strikes.then_some(with)
    }

    /// Counts a deed at a component; says how it goes wrong, if it does.
    pub(crate) fn ensure(&mut self, id: ComponentId, seed: u64) -> Option<(Timing, LeftBehind)> {
        let matches = |fault: &EnsureFault| fault.component.is_none_or(|it| it == id);
        let fault = self.ensures.iter_mut().find(|fault| matches(fault))?;
        let how = (fault.timing, fault.left_behind);
        let strikes = fault.when.strikes(seed);
        self.ensures.retain(|fault| fault.when.times > 0);
        strikes.then_some(how)
    }

    /// Brings what shall go wrong inside the cluster into it. Says whether anything was brought.
    pub(crate) fn arm(&mut self, model: &mut Model) -> bool {
        let Some(ahead) = self.trouble.take() else { return false };
        let TroubleAhead {
            stuck_until_restart,
            fails_after,
            flapping_for,
            flapping_every,
            slow,
            lagging,
            sinks_down,
            stuck_exporters,
            exporting,
            failing_backups,
            restores,
            foreign_change,
            killed,
        } = ahead;
        let now = model.now();
        let trouble = model.trouble_mut();
        trouble.stuck_until_restart = stuck_until_restart.or(trouble.stuck_until_restart);
        trouble.fails_after = fails_after.or(trouble.fails_after);
        trouble.failing_backups = failing_backups.unwrap_or(trouble.failing_backups);
        trouble.restores = restores.or(trouble.restores);
        trouble.slow.extend(slow);
        trouble.lagging.extend(lagging);
        if let Some(period) = flapping_for {
            trouble.flapping = Some(Flapping {
                until: now.saturating_add(period),
                every: flapping_every,
                next: now,
            });
        }
        if let Some(down) = sinks_down {
            trouble.sinks_down = down;
        }
        if let Some(stuck) = stuck_exporters {
            model.set_stuck(stuck);
        }
        if let Some(exporting) = exporting {
            model.set_exporting(exporting);
        }
        for broker in killed {
            model.stop(broker);
        }
        if let Some(milliseconds) = foreign_change
            && !model.take_on_foreign(milliseconds)
        {
            // There is no cluster yet, or another change is under way: later.
            self.trouble =
                Some(TroubleAhead { flapping_every, foreign_change, ..TroubleAhead::default() });
        }
        true
    }
}

impl Model {
    /// Has somebody else's change be under way; `false` where none can be.
    fn take_on_foreign(&mut self, milliseconds: u64) -> bool {
        let coordinator = self.configuration().and_then(Configuration::coordinator);
        let Some(broker) = coordinator.filter(|broker| self.works(*broker)) else { return false };
        let foreign = Operation::Foreign { broker, milliseconds };
        self.take_on(vec![foreign], crate::model::Mode::Begin).is_ok()
    }
}
