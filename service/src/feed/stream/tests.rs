use std::collections::VecDeque;
use std::sync::Mutex;

use assent_domain::time::Instant;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;

use super::*;
use crate::clock::{Clock, ManualClock};

/// Tells what it is given, then waits as long as it may; its checkpoint is how often it has read.
struct Given {
    clock: Arc<ManualClock>,
    stopping: CancellationToken,
    messages: Arc<Mutex<VecDeque<Outcome<Option<String>>>>>,
    reads: usize,
    /// After how many reads there is no more; absent: there always is.
    last: Option<usize>,
}

impl Telling for Given {
    type Message = String;

    async fn read_on(&mut self, until: Duration) -> Outcome<Option<String>> {
        self.reads += 1;
        let next = self.messages.lock().unwrap().pop_front();
        let Some(next) = next else {
            let left = until.saturating_sub(self.clock.monotonic());
            tokio::select! {
                () = self.clock.sleep(left) => {}
                () = self.stopping.cancelled() => {}
            }
            return Ok(None);
        };
        next
    }

    fn checkpoint(&mut self) -> String {
        format!("checkpoint {}", self.reads)
    }

    fn is_over(&self) -> bool {
        self.last.is_some_and(|last| self.reads >= last)
    }
}

struct Told {
    clock: Arc<ManualClock>,
    stopping: CancellationToken,
    work: JoinHandle<Outcome<()>>,
    outflow: Outflow<String>,
}

impl Told {
    /// A stream that lasts that long and tells those messages first.
    fn of(lasts: Duration, messages: impl IntoIterator<Item = Outcome<Option<String>>>) -> Self {
        let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
        let stopping = CancellationToken::new();
        let course = Course { clock: clock.clone(), stopping: stopping.clone(), ends_at: lasts };
        let messages = Arc::new(Mutex::new(messages.into_iter().collect()));
        let mut given =
            Given { clock: clock.clone(), stopping: stopping.clone(), messages, reads: 0, last: None };
        let (outlet, outflow) = outlet();
        let work = tokio::spawn(async move { course.tell(&mut given, &outlet).await });
        Self { clock, stopping, work, outflow }
    }

    async fn next(&mut self) -> Option<String> {
        Some(self.outflow.next().await?.unwrap())
    }

    async fn sleeps_until(&self, end: Duration) {
        while !self.clock.sleeps_until(end) {
            tokio::task::yield_now().await;
        }
    }
}

const LONG: Duration = Duration::from_secs(600);

fn said(text: &str) -> Outcome<Option<String>> {
    Ok(Some(text.to_owned()))
}

#[tokio::test]
async fn a_stream_begins_with_a_checkpoint_and_tells_what_there_is_at_once() {
    let mut told = Told::of(LONG, [said("one"), Ok(None), said("two")]);
    for expected in ["checkpoint 0", "one", "checkpoint 2", "two"] {
        assert_eq!(told.next().await.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_stream_is_never_silent_for_ten_seconds() {
    let mut told = Told::of(LONG, []);
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 0"));
    for turn in 1..4_u32 {
        told.sleeps_until(SILENCE_MAX * turn).await;
        told.clock.advance(SILENCE_MAX);
        assert_eq!(told.next().await, Some(format!("checkpoint {turn}")));
    }
    assert!(SILENCE_MAX < Duration::from_secs(10));
}

#[tokio::test]
async fn a_stream_ends_with_a_checkpoint_when_it_is_old() {
    let lasts = SILENCE_MAX + Duration::from_secs(3);
    let mut told = Told::of(lasts, []);
    told.next().await;
    told.sleeps_until(SILENCE_MAX).await;
    told.clock.advance(SILENCE_MAX);
    told.next().await;
    told.sleeps_until(lasts).await;
    told.clock.advance(Duration::from_secs(3));
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 2"), "of the look that its age ended");
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 2"), "the last word");
    assert_eq!(told.next().await, None);
    assert!(told.work.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_stream_ends_with_a_checkpoint_when_the_service_stops() {
    let mut told = Told::of(LONG, []);
    told.next().await;
    told.sleeps_until(SILENCE_MAX).await;
    told.stopping.cancel();
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 1"));
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 1"));
    assert_eq!(told.next().await, None);
}

/// Its look takes until it is let go.
struct Stuck(Option<tokio::sync::oneshot::Receiver<Outcome<Option<String>>>>);

impl Telling for Stuck {
    type Message = String;

    async fn read_on(&mut self, _: Duration) -> Outcome<Option<String>> {
        match self.0.take() {
            Some(let_go) => let_go.await.unwrap(),
            None => std::future::pending().await,
        }
    }

    fn checkpoint(&mut self) -> String {
        "no further".to_owned()
    }
}

/// A stream of that age whose first look ends when it is told how; both, and its clock.
fn stuck(lasts: Duration) -> (Told, tokio::sync::oneshot::Sender<Outcome<Option<String>>>) {
    let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
    let stopping = CancellationToken::new();
    let course = Course { clock: clock.clone(), stopping: stopping.clone(), ends_at: lasts };
    let (let_go, look) = tokio::sync::oneshot::channel();
    let (outlet, outflow) = outlet();
    let work = tokio::spawn(async move { course.tell(&mut Stuck(Some(look)), &outlet).await });
    (Told { clock, stopping, work, outflow }, let_go)
}

#[tokio::test]
async fn a_stream_speaks_while_its_look_takes_long_and_the_look_goes_on() {
    let (mut told, let_go) = stuck(LONG);
    assert_eq!(told.next().await.as_deref(), Some("no further"));
    for spoken in [SILENCE_MAX + LATE, SILENCE_MAX * 2 + LATE, SILENCE_MAX * 3 + LATE] {
        told.sleeps_until(spoken).await;
        told.clock.advance(spoken - told.clock.monotonic());
        assert_eq!(told.next().await.as_deref(), Some("no further"));
    }
    assert!(SILENCE_MAX + LATE < Duration::from_secs(10));
    let_go.send(said("found at last")).unwrap();
    assert_eq!(told.next().await.as_deref(), Some("found at last"));
}

#[tokio::test]
async fn what_a_look_that_takes_long_fails_of_is_told() {
    let (mut told, let_go) = stuck(LONG);
    told.next().await;
    told.sleeps_until(SILENCE_MAX + LATE).await;
    told.clock.advance(SILENCE_MAX + LATE);
    assert_eq!(told.next().await.as_deref(), Some("no further"));
    let_go.send(Err(Failure::Stopping)).unwrap();
    assert_eq!(told.next().await, None);
    assert!(matches!(told.work.await.unwrap(), Err(Failure::Stopping)));
}

#[tokio::test]
async fn a_stream_that_is_old_does_not_wait_for_its_look() {
    let lasts = SILENCE_MAX * 2;
    let (mut told, _let_go) = stuck(lasts);
    told.next().await;
    for spoken in [SILENCE_MAX + LATE, lasts + LATE] {
        told.sleeps_until(spoken).await;
        told.clock.advance(spoken - told.clock.monotonic());
        assert_eq!(told.next().await.as_deref(), Some("no further"));
    }
    assert_eq!(told.next().await, None);
    assert!(told.work.await.unwrap().is_ok());
}

#[tokio::test]
async fn what_has_an_end_ends_with_it() {
    let told = Told::of(LONG, []);
    let (outlet, mut outflow) = outlet();
    let course = Course { clock: told.clock.clone(), stopping: told.stopping.clone(), ends_at: LONG };
    let messages = Arc::new(Mutex::new(VecDeque::from([said("one"), said("the end"), said("never")])));
    let (clock, stopping) = (told.clock.clone(), told.stopping.clone());
    let mut given = Given { clock, stopping, messages, reads: 0, last: Some(2) };
    let work = tokio::spawn(async move { course.tell(&mut given, &outlet).await });
    for expected in ["checkpoint 0", "one", "the end"] {
        assert_eq!(outflow.next().await.unwrap().unwrap(), expected);
    }
    assert!(outflow.next().await.is_none(), "without a checkpoint after it");
    assert!(work.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_fault_ends_a_stream_after_what_was_told() {
    let mut told = Told::of(LONG, [said("one"), Err(Failure::Stopping), said("never")]);
    assert_eq!(told.next().await.as_deref(), Some("checkpoint 0"));
    assert_eq!(told.next().await.as_deref(), Some("one"));
    assert_eq!(told.next().await, None);
    assert!(matches!(told.work.await.unwrap(), Err(Failure::Stopping)));
}

#[tokio::test]
async fn nothing_is_read_before_there_is_room_for_it() {
    let messages = Arc::new(Mutex::new(VecDeque::from([said("one"), said("two"), said("three")])));
    let told = Told::of(LONG, []);
    let (outlet, mut outflow) = outlet();
    let course = Course { clock: told.clock.clone(), stopping: told.stopping.clone(), ends_at: LONG };
    let mut given = Given {
        clock: told.clock.clone(),
        stopping: told.stopping.clone(),
        messages: Arc::clone(&messages),
        reads: 0,
        last: None,
    };
    let work = tokio::spawn(async move { course.tell(&mut given, &outlet).await });
    let left = || messages.lock().unwrap().len();
    // The first word waits: who would tell more sleeps until the reader is cut.
    told.sleeps_until(Duration::from_secs(60)).await;
    assert_eq!(left(), 3, "what would wait is not read yet");
    assert_eq!(outflow.next().await.unwrap().unwrap(), "checkpoint 0");
    while left() == 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(left(), 2, "one waits, and no more is read");
    told.clock.advance(Duration::from_secs(60));
    assert!(matches!(work.await.unwrap(), Err(Failure::ReaderTooSlow)));
    assert_eq!(left(), 2);
}
