use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::record::tests::record;

fn batch(positions: &[u64]) -> Batch {
    at_times(&positions.iter().map(|position| (*position, time(*position))).collect::<Vec<_>>())
}

fn at_times(records: &[(u64, i64)]) -> Batch {
    let records = records.iter().map(|(position, time)| record(1, *position, *time));
    Batch::of(records).unwrap().remove(0)
}

fn time(position: u64) -> i64 {
    i64::try_from(position).unwrap() * 1_000
}

fn positions(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.position).collect()
}

#[test]
fn what_is_at_or_below_the_mark_is_dropped_and_the_rest_moves_it() {
    let first = fresh(None, batch(&[3, 4, 7])).unwrap();
    assert_eq!((positions(&first.records), first.dropped, first.gaps), (vec![3, 4, 7], 0, 1));
    let grown = fresh(first.mark, batch(&[4, 7, 8, 10])).unwrap();
    assert_eq!((positions(&grown.records), grown.dropped, grown.gaps), (vec![8, 10], 2, 1));
    assert_eq!(grown.mark, Some(Mark { position: 10, timestamp: 10_000 }));
    let again = fresh(grown.mark, batch(&[8, 10])).unwrap();
    assert_eq!((positions(&again.records), again.dropped, again.gaps), (vec![], 2, 0));
    assert_eq!(again.mark, grown.mark);
}

#[test]
fn the_time_of_the_mark_is_the_latest_that_was_written() {
    let written = fresh(None, at_times(&[(1, 50_000), (2, 20_000)])).unwrap();
    assert_eq!(written.mark, Some(Mark { position: 2, timestamp: 50_000 }));
    assert!(fresh(written.mark, at_times(&[(1, 50_000), (2, 20_000)])).is_ok());
}

#[test]
fn a_written_position_with_a_later_record_is_no_duplicate() {
    let mark = Some(Mark { position: 500, timestamp: 1_000_000 });
    let error = fresh(mark, at_times(&[(1, 1_010_001), (2, 1_020_000)])).unwrap_err();
    assert_eq!((error.position, error.later), (1, 10_001));
    assert!(fresh(mark, at_times(&[(1, 1_010_000)])).is_ok(), "clocks may differ a little");
}

/// One thing that happens to an exporter between two bulks.
#[derive(Clone, Debug)]
enum Event {
    /// Sends its next so many records, and hears the answer.
    Sends(usize),
    /// Sends them, they are written, and the answer is lost.
    LosesAnswer(usize),
    /// Sends some, and they are not written.
    IsRefused,
    /// A snapshot is taken: a restart begins after what is acknowledged now.
    Snapshot,
    /// The broker restarts: all since the snapshot comes again.
    Restarts,
    /// An old leader's bulk arrives late: from where it was, so many records.
    OldLeader(usize, usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let count = 1..6_usize;
    vec(
        prop_oneof![
            4 => count.clone().prop_map(Event::Sends),
            2 => count.clone().prop_map(Event::LosesAnswer),
            2 => Just(Event::IsRefused),
            1 => Just(Event::Snapshot),
            2 => Just(Event::Restarts),
            1 => (0..8_usize, count).prop_map(|(back, count)| Event::OldLeader(back, count)),
        ],
        0..60,
    )
}

proptest! {
    /// Whatever an exporter goes through, each position that it got acknowledged is written once, in order.
    #[test]
    fn every_position_is_written_once_and_ascending(gaps in vec(1..4_u64, 1..80), events in events()) {
        let log: Vec<u64> = gaps.iter().scan(0, |position, gap| { *position += gap; Some(*position) }).collect();
        let (mut acknowledged, mut snapshot) = (0, 0);
        let mut mark = None;
        let mut written: Vec<u64> = Vec::new();
        let mut write = |from: usize, count: usize, mark: &mut Option<Mark>| {
            let to = (from + count).min(log.len());
            if from >= to { return from; }
            let fresh = fresh(*mark, batch(&log[from..to])).unwrap();
            written.extend(positions(&fresh.records));
            *mark = fresh.mark;
            to
        };
        for event in events {
            match event {
                Event::Sends(count) => acknowledged = write(acknowledged, count, &mut mark),
                Event::LosesAnswer(count) => { write(acknowledged, count, &mut mark); }
                Event::IsRefused => {}
                Event::Snapshot => snapshot = acknowledged,
                Event::Restarts => acknowledged = snapshot,
                // It was the leader once, so it begins at or before what is acknowledged.
                Event::OldLeader(back, count) => { write(acknowledged.saturating_sub(back), count, &mut mark); }
            }
        }
        let end = log.len();
        write(acknowledged, end, &mut mark);
        prop_assert_eq!(written, log);
    }
}
