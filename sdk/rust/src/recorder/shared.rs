//! What the recorder's callers and its task share: what waits, the account, and whether it goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, oneshot, watch};

use super::lanes::{Due, Held, Lanes, Measure};
use super::options::RecorderOptions;
use super::report::{RecorderReport, ShutdownReport};
use super::ticket::{NotRecorded, NotTakenReason, Ticket, Unrecorded};
use super::weight::Weight;
use crate::ambient::{self, Deadline, Moment};
use crate::error::Error;
use crate::interaction::Interaction;

/// What was sent and is not acknowledged, of one profile table, in order.
pub(super) type Sent = (Arc<str>, Vec<Held>);

pub(super) struct Shared {
    state: Mutex<State>,
    /// Room for so many interactions more.
    places: Semaphore,
    /// Room for so many bytes more.
    bytes: Semaphore,
    /// Wakes the task: there is something to send, or nothing will come any more.
    pub(super) bell: Notify,
    /// When the task has to stop at the latest. Absent: never.
    cut: watch::Sender<Option<Deadline>>,
    ended: watch::Sender<bool>,
    pub(super) options: RecorderOptions,
}

#[derive(Default)]
struct State {
    waiting: Lanes,
    /// Next to `waiting` and `in_flight`, which are told of what is held.
    account: RecorderReport,
    in_flight: usize,
    /// Whether more is taken.
    closed: bool,
    /// What ended it before it was shut down.
    fatal: Option<Arc<Error>>,
    unrecorded: Vec<Unrecorded>,
    /// Whether nobody is left who could ask for a report.
    abandoned: bool,
}

/// What the task does next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// When something leaves. Absent: nothing waits but what was put aside.
    pub(super) due: Option<Due>,
    /// When the next of what was put aside waits like the rest again.
    pub(super) recall: Option<Deadline>,
    /// Whether nothing will come any more.
    pub(super) closed: bool,
}

impl Plan {
    /// Whether nothing is left to send, now or later.
    pub(super) const fn is_done(&self) -> bool {
        self.closed && self.due.is_none() && self.recall.is_none()
    }
}

impl Shared {
    pub(super) fn new(options: RecorderOptions) -> Self {
        Self {
            state: Mutex::default(),
            places: Semaphore::new(options.max_items),
            bytes: Semaphore::new(options.max_bytes),
            bell: Notify::new(),
            cut: watch::Sender::new(None),
            ended: watch::Sender::new(false),
            options,
        }
    }

    /// Nothing that is done under it panics, and each step leaves the account whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room, and takes it.
    pub(super) async fn room(&self, weight: Weight) -> Result<(), NotTakenReason> {
        let bytes = self.fits(weight)?;
        let place = self.places.acquire().await.map_err(|_| self.why_closed())?;
        // Held beside the place: who comes later with less waits behind.
        let bytes = self.bytes.acquire_many(bytes).await.map_err(|_| self.why_closed())?;
        place.forget();
        bytes.forget();
        Ok(())
    }

    /// Takes room if there is any.
    pub(super) fn try_room(&self, weight: Weight) -> Result<(), NotTakenReason> {
        use tokio::sync::TryAcquireError::{Closed, NoPermits};
        let why = |error| match error {
            NoPermits => NotTakenReason::Full,
            Closed => self.why_closed(),
        };
        let bytes = self.fits(weight)?;
        let place = self.places.try_acquire().map_err(why)?;
        let bytes = self.bytes.try_acquire_many(bytes).map_err(why)?;
        place.forget();
        bytes.forget();
        Ok(())
    }

    fn fits(&self, weight: Weight) -> Result<u32, NotTakenReason> {
        if weight.memory > self.options.max_bytes || weight.wire > crate::batch::BYTES {
            return Err(NotTakenReason::TooLarge);
        }
        u32::try_from(weight.memory).map_err(|_| NotTakenReason::TooLarge)
    }

    fn why_closed(&self) -> NotTakenReason {
        self.lock().why_closed()
    }

    /// Takes an interaction for which there is room.
    pub(super) fn take(
        &self,
        table: &str,
        interaction: Box<Interaction>,
        weight: Weight,
    ) -> Result<Ticket, (NotTakenReason, Box<Interaction>)> {
        let (tell, told) = oneshot::channel();
        let mut state = self.lock();
        if state.closed {
            return Err((state.why_closed(), interaction));
        }
        let number = state.account.taken;
        state.account.taken += 1;
        state.account.held_bytes += count(weight.memory);
        let held = Held { number, interaction, weight, taken: Moment::now(), sent: false, faults: 0, tell };
        let wake = state.waiting.push(table, held, measure(&self.options));
        drop(state);
        if wake {
            self.bell.notify_one();
        }
        Ok(Ticket(told))
    }

    /// What there is to do, for a task whose batches are of that measure.
    pub(super) fn plan(&self, measure: Measure) -> Plan {
        let mut state = self.lock();
        state.waiting.recall();
        Plan { due: state.waiting.due(measure), recall: state.waiting.recalled(), closed: state.closed }
    }

    /// The next batch; it is in flight from now on.
    pub(super) fn batch(&self, measure: Measure, at_once: bool) -> Option<Sent> {
        let mut state = self.lock();
        let at_once = at_once || state.closed;
        let (table, items) = state.waiting.batch(measure, at_once)?;
        state.in_flight += items.len();
        state.account.resent += count(items.iter().filter(|held| held.sent).count());
        Some((table, items))
    }

    /// Lets what was in flight wait again, before everything else.
    pub(super) fn put_back(&self, flight: impl DoubleEndedIterator<Item = Sent>) {
        let mut state = self.lock();
        for (table, items) in flight.rev() {
            state.in_flight -= items.len();
            state.waiting.put_back(table, items);
        }
    }

    /// Lets those that were in flight wait for a time of their own.
    pub(super) fn set_aside(&self, until: Deadline, table: &Arc<str>, items: impl Iterator<Item = Held>) {
        let mut state = self.lock();
        for held in items {
            state.in_flight -= 1;
            state.waiting.set_aside(until, Arc::clone(table), held);
        }
    }

    /// Lets other tables go before that one until then.
    pub(super) fn put_behind(&self, table: Arc<str>, until: Deadline) {
        self.lock().waiting.put_behind(table, until);
    }

    /// Writes into the account what became of a batch that was in flight; `write` must say it of each.
    pub(super) fn settle<'a>(
        &self,
        items: impl Iterator<Item = &'a Held>,
        write: impl FnOnce(&mut RecorderReport),
    ) {
        let (items, bytes) =
            items.fold((0, 0), |(items, bytes), held| (items + 1, bytes + held.weight.memory));
        let mut state = self.lock();
        state.in_flight -= items;
        state.account.held_bytes -= count(bytes);
        write(&mut state.account);
        drop(state);
        self.places.add_permits(items);
        self.bytes.add_permits(bytes);
    }

    pub(super) fn write(&self, write: impl FnOnce(&mut RecorderReport)) {
        write(&mut self.lock().account);
    }

    /// When the oldest that waits has been held for that long. Absent: nothing waits.
    pub(super) fn oldest_after(&self, time: Duration) -> Option<Deadline> {
        self.lock().waiting.oldest_after(time)
    }

    /// Gives up what waits and has been held for that long.
    pub(super) fn give_up(&self, time: Duration, error: &Arc<Error>) {
        loop {
            let mut state = self.lock();
            let Some((table, held)) = state.waiting.pop_older(time) else { return };
            let bytes = held.weight.memory;
            state.account.held_bytes -= count(bytes);
            state.account.failed += 1;
            state.account.last_failure = Some(Arc::clone(error));
            drop(state);
            self.places.add_permits(1);
            self.bytes.add_permits(bytes);
            held.fail(&table, error);
        }
    }

    pub(super) fn report(&self) -> RecorderReport {
        let state = self.lock();
        let mut report = state.account.clone();
        report.waiting = count(state.waiting.len());
        report.in_flight = count(state.in_flight);
        report
    }

    /// Takes nothing more, and stops at that time at the latest.
    pub(super) fn close(&self, by: Deadline) {
        self.lock().closed = true;
        self.places.close();
        self.bytes.close();
        self.cut.send_modify(|cut| *cut = Some(cut.map_or(by, |cut| cut.min(by))));
        self.bell.notify_one();
    }

    /// Nobody is left who could record or ask.
    pub(super) fn abandon(&self) {
        self.lock().abandoned = true;
        self.close(Deadline::after(Duration::ZERO));
    }

    /// Waits until the task has to stop.
    pub(super) async fn cut(&self) {
        let mut cut = self.cut.subscribe();
        loop {
            let by = *cut.borrow_and_update();
            let changed = async {
                // The sender is here.
                let _ = cut.changed().await;
            };
            match by {
                None => changed.await,
                Some(by) if by.passed() => return,
                Some(by) => tokio::select! {
                    () = changed => {}
                    () = ambient::wait(by.left()) => return,
                },
            }
        }
    }

    /// The task has ended: everything that is held is to be handed back.
    pub(super) fn end(&self, flight: impl DoubleEndedIterator<Item = Sent>, fatal: Option<Arc<Error>>) {
        self.put_back(flight);
        let mut state = self.lock();
        state.closed = true;
        let mut held = state.waiting.drain();
        held.sort_by_key(|(_, held)| held.number);
        let more = count(held.len());
        state.account.failed += more;
        state.account.held_bytes = 0;
        if let Some(error) = &fatal {
            state.account.trouble = Some(Arc::clone(error));
            if more > 0 {
                state.account.last_failure = Some(Arc::clone(error));
            }
        }
        state.fatal = fatal.clone();
        let mut told = Vec::with_capacity(held.len());
        for (table, held) in held {
            let (unrecorded, tell) = held.give_back(&table);
            state.unrecorded.push(unrecorded);
            told.push(tell);
        }
        let abandoned = state.abandoned;
        drop(state);
        self.places.close();
        self.bytes.close();
        let told = if abandoned { Vec::new() } else { told };
        for tell in told {
            let _ = tell.send(Err(NotRecorded::InShutdownReport { error: fatal.clone() }));
        }
        self.ended.send_replace(true);
    }

    /// Waits until everything was answered, or is to be handed back.
    pub(super) async fn ended(&self) {
        // The sender is here.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// How it ended; what is handed back is so once.
    pub(super) fn last_report(&self) -> ShutdownReport {
        let report = self.report();
        let mut state = self.lock();
        let unrecorded = std::mem::take(&mut state.unrecorded);
        ShutdownReport { report, unrecorded, error: state.fatal.clone() }
    }
}

impl State {
    fn why_closed(&self) -> NotTakenReason {
        self.fatal
            .as_ref()
            .map_or(NotTakenReason::ShutDown, |error| NotTakenReason::Failed(Arc::clone(error)))
    }
}

impl Held {
    fn give_back(self, table: &str) -> (Unrecorded, oneshot::Sender<super::ticket::Told>) {
        let Self { interaction, sent, tell, .. } = self;
        (Unrecorded { profile_table: table.to_owned(), interaction: *interaction, sent }, tell)
    }

    /// The service refused it alone.
    pub(super) fn refuse(self, table: &str, error: Arc<Error>) {
        let (unrecorded, tell) = self.give_back(table);
        let _ = tell.send(Err(NotRecorded::Refused { error, unrecorded: Box::new(unrecorded) }));
    }

    /// It is given up.
    pub(super) fn fail(self, table: &str, error: &Arc<Error>) {
        let (unrecorded, tell) = self.give_back(table);
        let error = Arc::clone(error);
        let _ = tell.send(Err(NotRecorded::Failed { error, unrecorded: Box::new(unrecorded) }));
    }
}

pub(super) const fn measure(options: &RecorderOptions) -> Measure {
    Measure { items: options.batch_items, bytes: options.batch_bytes, linger: options.linger }
}

/// A number of things in memory, which fits.
pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
