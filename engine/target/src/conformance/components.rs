//! Rules of `observe` and `ensure`.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Observed, Wanted};
use zeebe_spec::DataOnDestroy;

use crate::conformance::{Fixture, ensured, expect, failed, is_stopped, run_of, running, seen};
use crate::target::Call;

/// At how many moments an engine is killed.
const MOMENTS: u32 = 5;

pub(super) async fn an_empty_place_has_no_component(fixture: &impl Fixture) -> Result<(), String> {
    let found = seen(fixture).await.map_err(failed)?;
    expect(found == Observed::Absent, found)
}

pub(super) async fn what_was_ensured_is_observed(fixture: &impl Fixture) -> Result<(), String> {
    let process = fixture.process();
    ensured(fixture, &running(&process)).await.map_err(failed)?;
    let found = seen(fixture).await.map_err(failed)?;
    let Some(run) = run_of(&found) else {
        return Err(format!("{found:?}"));
    };
    let wanted = Observed::Present(ComponentState {
        condition: Condition::Running(run.to_owned()),
        version: process.version.clone(),
        fingerprint: process.fingerprint(),
    });
    expect(found == wanted, (&found, wanted))?;
    let processes = fixture.processes().await;
    expect(processes == 1, format!("{processes} processes"))
}

pub(super) async fn ensuring_twice_is_ensuring_once(fixture: &impl Fixture) -> Result<(), String> {
    let wanted = running(&fixture.process());
    ensured(fixture, &wanted).await.map_err(failed)?;
    let once = seen(fixture).await.map_err(failed)?;
    ensured(fixture, &wanted).await.map_err(failed)?;
    let twice = seen(fixture).await.map_err(failed)?;
    expect(once == twice && run_of(&once).is_some(), (once, twice))?;
    let processes = fixture.processes().await;
    expect(processes == 1, format!("{processes} processes"))
}

pub(super) async fn another_fingerprint_is_another_run(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let mut process = fixture.process();
    ensured(fixture, &running(&process)).await.map_err(failed)?;
    let before = seen(fixture).await.map_err(failed)?;
    process.settings.insert("ZEEBE_CONFORMANCE".to_owned(), "another".to_owned());
    ensured(fixture, &running(&process)).await.map_err(failed)?;
    let after = seen(fixture).await.map_err(failed)?;
    let differ = run_of(&after).is_some() && run_of(&after) != run_of(&before);
    expect(differ, (&before, &after))?;
    let Observed::Present(state) = after else {
        return Err("not present".to_owned());
    };
    expect(state.fingerprint == process.fingerprint(), state)?;
    let processes = fixture.processes().await;
    expect(processes == 1, format!("{processes} processes"))
}

pub(super) async fn a_stopped_component_keeps_its_data_and_starts_over_it(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let wanted = running(&fixture.process());
    ensured(fixture, &wanted).await.map_err(failed)?;
    let before = seen(fixture).await.map_err(failed)?;
    fixture.mark().await;
    for _ in 0..2 {
        ensured(fixture, &Wanted::Stopped).await.map_err(failed)?;
        let stopped = seen(fixture).await.map_err(failed)?;
        expect(is_stopped(&stopped), stopped)?;
        let processes = fixture.processes().await;
        expect(processes == 0, format!("{processes} processes"))?;
    }
    ensured(fixture, &wanted).await.map_err(failed)?;
    let after = seen(fixture).await.map_err(failed)?;
    expect(run_of(&after).is_some() && run_of(&after) != run_of(&before), (before, after))?;
    expect(fixture.is_marked().await, "the data is gone")
}

pub(super) async fn a_component_that_died_is_stopped_and_is_started_again(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let wanted = running(&fixture.process());
    ensured(fixture, &wanted).await.map_err(failed)?;
    fixture.mark().await;
    fixture.kill().await;
    let dead = seen(fixture).await.map_err(failed)?;
    expect(is_stopped(&dead), dead)?;
    ensured(fixture, &wanted).await.map_err(failed)?;
    let after = seen(fixture).await.map_err(failed)?;
    expect(run_of(&after).is_some(), after)?;
    expect(fixture.is_marked().await, "the data is gone")
}

pub(super) async fn a_deleted_component_leaves_nothing(
    fixture: &impl Fixture,
) -> Result<(), String> {
    ensured(fixture, &running(&fixture.process())).await.map_err(failed)?;
    fixture.mark().await;
    for _ in 0..2 {
        ensured(fixture, &Wanted::Absent(DataOnDestroy::Delete)).await.map_err(failed)?;
        let gone = seen(fixture).await.map_err(failed)?;
        expect(gone == Observed::Absent, gone)?;
    }
    expect(!fixture.is_marked().await, "the data is still there")?;
    let processes = fixture.processes().await;
    expect(processes == 0, format!("{processes} processes"))
}

pub(super) async fn a_component_that_is_taken_away_can_keep_its_data(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let wanted = running(&fixture.process());
    ensured(fixture, &wanted).await.map_err(failed)?;
    fixture.mark().await;
    for _ in 0..2 {
        ensured(fixture, &Wanted::Absent(DataOnDestroy::Keep)).await.map_err(failed)?;
        let gone = seen(fixture).await.map_err(failed)?;
        expect(gone == Observed::Absent || is_stopped(&gone), gone)?;
        let processes = fixture.processes().await;
        expect(processes == 0, format!("{processes} processes"))?;
    }
    ensured(fixture, &wanted).await.map_err(failed)?;
    let back = seen(fixture).await.map_err(failed)?;
    expect(run_of(&back).is_some(), back)?;
    expect(fixture.is_marked().await, "the data is gone")
}

pub(super) async fn an_ensure_that_was_cancelled_is_finished_by_the_next(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let wanted = running(&fixture.process());
    let target = fixture.open().await;
    target.prepare(&fixture.process().version, &Call::quiet()).await.map_err(failed)?;
    let cancel = CancellationToken::new();
    cancel.cancel();
    // It may have been done or not; what counts is that nothing stands half done in the way.
    let call = Call { cancel, ..Call::quiet() };
    let outcome = target.ensure(&fixture.component(), &wanted, &call).await;
    ensured(fixture, &wanted)
        .await
        .map_err(|error| format!("{}, after {outcome:?}", failed(error)))?;
    let after = seen(fixture).await.map_err(failed)?;
    expect(run_of(&after).is_some(), after)?;
    let processes = fixture.processes().await;
    expect(processes == 1, format!("{processes} processes"))
}

pub(super) async fn an_engine_that_was_killed_leaves_no_second_process(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let run = running(&fixture.process());
    for moment in 0..MOMENTS {
        for wanted in [&run, &Wanted::Stopped] {
            if !fixture.killed_while_ensuring(wanted, moment).await {
                return Ok(());
            }
            ensured(fixture, wanted).await.map_err(failed)?;
            let found = seen(fixture).await.map_err(failed)?;
            let runs = usize::from(*wanted == run);
            expect(run_of(&found).iter().count() == runs, (moment, &found))?;
            let processes = fixture.processes().await;
            expect(processes == runs, format!("{processes} processes at moment {moment}"))?;
        }
    }
    Ok(())
}

pub(super) async fn a_reach_names_every_broker_that_was_asked_for(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let ComponentId::Broker(broker) = fixture.component() else {
        return Ok(());
    };
    ensured(fixture, &running(&fixture.process())).await.map_err(failed)?;
    let asked = BTreeSet::from([broker]);
    let reach = fixture.open().await.reach(&asked, &Call::quiet()).await.map_err(failed)?;
    let named: BTreeSet<_> = reach.management.keys().copied().collect();
    expect(named == asked, &reach)?;
    let whole = |url: &String| url.starts_with("http") && !url.ends_with('/');
    expect(reach.management.values().chain(reach.rest.values()).all(whole), reach)
}

pub(super) async fn a_place_that_cannot_be_read_is_unclear_and_never_absent(
    fixture: &impl Fixture,
) -> Result<(), String> {
    ensured(fixture, &running(&fixture.process())).await.map_err(failed)?;
    fixture.hide().await;
    match seen(fixture).await {
        Err(_) | Ok(Observed::Unclear(_)) => Ok(()),
        Ok(found @ (Observed::Absent | Observed::Present(_))) => Err(format!("{found:?}")),
    }
}
