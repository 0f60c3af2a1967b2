use zeebe_target::{ApplyId, LeftBehind};

use super::*;

fn journal(events: &[(&str, Event)]) -> Vec<Entry> {
    events
        .iter()
        .map(|(apply, event)| Entry {
            at: "2026-11-23T04:00:00Z".parse().unwrap(),
            apply: ApplyId((*apply).to_owned()),
            event: event.clone(),
        })
        .collect()
}

fn began() -> Event {
    Event::Began { purpose: "update".to_owned(), steps: Vec::new() }
}

fn ended() -> Event {
    Event::Ended { outcome: "all 2 steps are done".to_owned() }
}

fn failed() -> Event {
    Event::Failed { step: 1, why: "timed out".to_owned(), left_behind: LeftBehind::Traceable }
}

#[test]
fn an_apply_without_an_end_was_cut_off() {
    assert_eq!(last_apply(&[]), LastApply::None);
    assert_eq!(last_apply(&journal(&[("a", began()), ("a", ended())])), LastApply::Ended);
    assert_eq!(
        last_apply(&journal(&[("a", began()), ("a", ended()), ("b", began())])),
        LastApply::CutOff
    );
}

#[test]
fn an_apply_that_failed_counts_as_cut_off_until_another_ended() {
    let failed = [("a", began()), ("a", failed()), ("a", ended())];
    assert_eq!(last_apply(&journal(&failed)), LastApply::CutOff);
    let mended = [failed.as_slice(), &[("b", began()), ("b", ended())]].concat();
    assert_eq!(last_apply(&journal(&mended)), LastApply::Ended);
}
