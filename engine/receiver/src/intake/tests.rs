use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::*;
use crate::mark::Mark;
use crate::record::{Record, tests::record};
use crate::sink::{Log, SinkError};

/// A sink in memory that writes when it is let, and fails when it is told.
#[derive(Clone, Default)]
struct Memory {
    state: Arc<State>,
}

struct State {
    written: Mutex<Vec<u64>>,
    mark: Mutex<Option<Mark>>,
    opened: AtomicUsize,
    /// An append takes one; closed, it fails after it wrote.
    let_through: Semaphore,
    begun: Semaphore,
    ambiguous: AtomicUsize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            written: Mutex::default(),
            mark: Mutex::default(),
            opened: AtomicUsize::new(0),
            let_through: Semaphore::new(0),
            begun: Semaphore::new(0),
            ambiguous: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl Sink for Memory {
    async fn prepare(&self) -> Result<(), SinkError> {
        Ok(())
    }

    async fn open(&self, _: PartitionId) -> Result<Box<dyn Log>, SinkError> {
        self.state.opened.fetch_add(1, Ordering::SeqCst);
        let mark = *self.state.mark.lock().unwrap();
        Ok(Box::new(Open { state: Arc::clone(&self.state), mark }))
    }

    async fn probe(&self) -> Result<(), SinkError> {
        Ok(())
    }
}

struct Open {
    state: Arc<State>,
    mark: Option<Mark>,
}

#[async_trait]
impl Log for Open {
    fn mark(&self) -> Option<Mark> {
        self.mark
    }

    async fn append(&mut self, records: Vec<Record>, mark: Mark) -> Result<(), SinkError> {
        self.state.begun.add_permits(1);
        self.state.let_through.acquire().await.unwrap().forget();
        let positions = records.iter().map(|record| record.position);
        self.state.written.lock().unwrap().extend(positions);
        *self.state.mark.lock().unwrap() = Some(mark);
        let ambiguous = &self.state.ambiguous;
        if ambiguous.load(Ordering::SeqCst) > 0 {
            ambiguous.fetch_sub(1, Ordering::SeqCst);
            return Err(SinkError::failed("hear the answer", "it was lost"));
        }
        self.mark = Some(mark);
        Ok(())
    }
}

fn intake(memory: &Memory, deadline: Duration) -> Arc<Intake> {
    let metrics = Arc::new(Metrics::new("payments"));
    Arc::new(Intake::new(Arc::new(memory.clone()), metrics, deadline))
}

fn batches(positions: &[u64]) -> Vec<Batch> {
    Batch::of(positions.iter().map(|position| record(1, *position, 1))).unwrap()
}

fn written(memory: &Memory) -> Vec<u64> {
    memory.state.written.lock().unwrap().clone()
}

const LONG: Duration = Duration::from_mins(10);

#[tokio::test]
async fn a_bulk_is_answered_for_when_it_is_durable_and_what_came_before_is_dropped() {
    let memory = Memory::default();
    memory.state.let_through.add_permits(9);
    let intake = intake(&memory, LONG);
    assert_eq!(intake.take(batches(&[3, 5]), Instant::now()).await, Ok(()));
    assert_eq!(intake.take(batches(&[3, 5, 8]), Instant::now()).await, Ok(()));
    assert_eq!(intake.take(batches(&[5, 8]), Instant::now()).await, Ok(()));
    assert_eq!(written(&memory), [3, 5, 8]);
    assert_eq!(memory.state.opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_append_whose_answer_is_lost_is_resolved_by_the_mark_and_not_written_twice() {
    let memory = Memory::default();
    memory.state.let_through.add_permits(9);
    memory.state.ambiguous.store(1, Ordering::SeqCst);
    let intake = intake(&memory, LONG);
    assert_eq!(
        intake.take(batches(&[3, 5]), Instant::now()).await,
        Err(IntakeError::Sink("could not hear the answer: it was lost".to_owned()))
    );
    assert_eq!(intake.take(batches(&[3, 5, 8]), Instant::now()).await, Ok(()));
    assert_eq!(written(&memory), [3, 5, 8]);
    assert_eq!(memory.state.opened.load(Ordering::SeqCst), 2, "the mark was read again");
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_no_yes_and_the_writing_goes_on() {
    let memory = Memory::default();
    let intake = intake(&memory, Duration::from_secs(20));
    let late = intake.take(batches(&[3, 5]), Instant::now()).await;
    assert_eq!(late, Err(IntakeError::Late(Duration::from_secs(20))));
    memory.state.let_through.add_permits(9);
    assert_eq!(intake.take(batches(&[3, 5, 8]), Instant::now()).await, Ok(()));
    assert_eq!(written(&memory), [3, 5, 8]);
}

#[tokio::test(start_paused = true)]
async fn what_came_slowly_has_only_the_rest_of_the_time() {
    let memory = Memory::default();
    let intake = intake(&memory, Duration::from_secs(20));
    let before = Instant::now();
    let began = before - Duration::from_secs(15);
    let late = intake.take(batches(&[3]), began).await;
    assert_eq!(late, Err(IntakeError::Late(Duration::from_secs(20))));
    assert_eq!(before.elapsed().as_secs(), 5);
    memory.state.let_through.add_permits(1);
    intake.close().await;
}

#[tokio::test]
async fn who_stops_waiting_does_not_stop_the_writing_and_what_was_not_begun_is_left_out() {
    let memory = Memory::default();
    let intake = intake(&memory, LONG);
    let take = |positions: &'static [u64]| {
        let intake = Arc::clone(&intake);
        tokio::spawn(async move { intake.take(batches(positions), Instant::now()).await })
    };
    let first = take(&[3, 5]);
    memory.state.begun.acquire().await.unwrap().forget();
    // Behind the first two more may wait, and no third.
    let mut waiting = Box::pin(intake.take(batches(&[3, 5, 8]), Instant::now()));
    assert!(futures::poll!(&mut waiting).is_pending());
    let mut waiting_too = Box::pin(intake.take(batches(&[3, 5, 8, 9]), Instant::now()));
    assert!(futures::poll!(&mut waiting_too).is_pending());
    let partition = PartitionId::new(1).unwrap();
    assert_eq!(intake.take(batches(&[3]), Instant::now()).await, Err(IntakeError::Busy(partition)));
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    drop(waiting);
    memory.state.let_through.add_permits(9);
    assert_eq!(waiting_too.await, Ok(()));
    // The first was begun and is written; the second was not begun; the third is whole.
    assert_eq!(written(&memory), [3, 5, 8, 9]);
}

#[tokio::test]
async fn a_closed_intake_finishes_what_was_begun_and_takes_no_more() {
    let memory = Memory::default();
    let intake = intake(&memory, LONG);
    let mut begun = Box::pin(intake.take(batches(&[3]), Instant::now()));
    assert!(futures::poll!(&mut begun).is_pending());
    let closing = async {
        memory.state.begun.acquire().await.unwrap().forget();
        memory.state.let_through.add_permits(1);
        intake.close().await;
    };
    let ((), outcome) = futures::join!(closing, begun);
    assert_eq!(outcome, Ok(()));
    assert_eq!(intake.take(batches(&[4]), Instant::now()).await, Err(IntakeError::Stopping));
    assert_eq!(written(&memory), [3]);
}
