//! One stream: batches out as far as the service's window goes, acknowledgements in, until it ends.

use std::sync::Arc;
use std::time::Duration;

use assent_proto::v1;
use assent_proto::v1::record_interactions_result::Result as Wire;
use assent_proto::v1::stream_interactions_response::Event;
use tokio::sync::mpsc;
use tonic::Streaming;

use super::lanes::{Due, Held};
use super::report::RecorderReport;
use super::shared::count;
use super::task::{Task, wait_until};
use super::ticket::Judged;
use crate::ambient::{self, Deadline};
use crate::error::{Error, Reason, Result};
use crate::interaction::{Disposition, InteractionOutcome};
use crate::outgoing::Outgoing;
use crate::trace::CallSpan;

/// How long the service may take for an acknowledgement before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// How long the service may take to end a stream over which nothing is to come any more.
const END_MAX: Duration = Duration::from_secs(1);

/// For how long a profile table goes behind the others once a stream broke by it.
const BEHIND: Duration = Duration::from_secs(60);

struct Open {
    /// Absent: no more is sent over this stream.
    batches: Option<mpsc::Sender<v1::StreamInteractionsRequest>>,
    answers: Streaming<v1::StreamInteractionsResponse>,
    window: usize,
    /// The number of the batch that was sent last.
    sent: u64,
    /// The number of the batch that was acknowledged last.
    acknowledged: u64,
    /// When an acknowledgement is overdue; of no account where nothing is on its way.
    overdue: Deadline,
    /// When the end is overdue, once nothing more is sent or on its way.
    end: Option<Deadline>,
}

impl Task {
    /// Sends what there is over a new stream until it ends. What is not acknowledged then waits again. `Err`: it broke.
    pub(super) async fn stream(&mut self) -> std::result::Result<(), Arc<Error>> {
        let (mut open, call) = self.begin().await?;
        let ended = self.exchange(&mut open).await.map_err(Arc::new);
        let unanswered = !self.flight.is_empty() || self.shared.plan(self.measure).due.is_some();
        if let Err(error) = &ended {
            call.failed(error);
        }
        let mended = ended.as_ref().is_err_and(|error| self.make_room_for_others(error));
        self.put_back();
        if mended {
            return Ok(());
        }
        ended?;
        self.barren = if unanswered && open.acknowledged == 0 { self.barren + 1 } else { 0 };
        // Or a service that ends every stream at once would be asked again without end and without rest.
        if self.barren > 1 {
            let error = Error::unintelligible("an acknowledgement");
            call.failed(&error);
            return Err(Arc::new(error));
        }
        Ok(())
    }

    /// Acknowledgements come in order: what stands first on its way is mostly what the stream broke by. Whether that is out of the way.
    fn make_room_for_others(&mut self, error: &Arc<Error>) -> bool {
        match error.reason() {
            Some(Reason::MessageTooLarge) => self.make_smaller(error),
            Some(Reason::Internal) => {
                if let Some((table, _)) = self.flight.front() {
                    self.shared.put_behind(Arc::clone(table), Deadline::after(BEHIND));
                }
                false
            }
            _ => false,
        }
    }

    async fn begin(&self) -> Result<(Open, CallSpan)> {
        // One is on its way to the transport while the next gathers.
        let (batches, outgoing) = mpsc::channel(1);
        let caller = &self.caller;
        self.shared.write(|account| account.streams += 1);
        let begun = caller.stream_once(Outgoing(outgoing), |request| {
            let mut client = caller.interactions();
            async move { client.stream_interactions(request).await }
        });
        let (mut answers, call) = begun.await?;
        let time = caller.manner.attempt_timeout;
        let first = match tokio::time::timeout(time, answers.message()).await {
            Ok(Ok(first)) => {
                first.and_then(|first| first.event).ok_or_else(|| Error::unintelligible("window"))
            }
            Ok(Err(status)) => Err(Error::from_status(&status)),
            Err(_) => Err(Error::deadline_passed()),
        };
        let window = match first {
            Ok(Event::Window(window)) => usize::try_from(window.batches).unwrap_or(usize::MAX).max(1),
            Ok(Event::Acknowledged(_)) => return Err(Error::unintelligible("window")),
            Err(error) => {
                call.failed(&error);
                return Err(error);
            }
        };
        let overdue = Deadline::after(SILENCE_MAX);
        let batches = Some(batches);
        Ok((Open { batches, answers, window, sent: 0, acknowledged: 0, overdue, end: None }, call))
    }

    async fn exchange(&mut self, open: &mut Open) -> Result<()> {
        loop {
            let plan = self.shared.plan(self.measure);
            if plan.is_done() {
                // The service acknowledges what it has, and ends the stream.
                open.batches = None;
            }
            let window = if self.one_by_one { 1 } else { open.window };
            let room = self.flight.len() < window && open.batches.is_some();
            let due = plan.due.filter(|_| room);
            let at_once = self.flight.is_empty() || plan.closed;
            let send = due.is_some_and(|due| at_once || due == Due::Now);
            let leaves = match due {
                Some(Due::At(leaves)) if !send => Some(leaves),
                _ => None,
            };
            let overdue = (!self.flight.is_empty()).then_some(open.overdue);
            if open.batches.is_none() && self.flight.is_empty() {
                open.end.get_or_insert_with(|| Deadline::after(END_MAX));
            }
            let wake = leaves.into_iter().chain(overdue).chain(plan.recall).chain(open.end).min();
            tokio::select! {
                biased;
                told = open.answers.message() => match told {
                    Ok(Some(told)) => self.hear(open, told)?,
                    Ok(None) => return Ok(()),
                    Err(status) => return Err(Error::from_status(&status)),
                },
                room = room_in(open.batches.clone()), if send => match room {
                    Some(room) => self.send(open, room, at_once),
                    // The transport takes no more; the answers tell why.
                    None => open.batches = None,
                },
                () = wait_until(wake), if wake.is_some() => {
                    if overdue.is_some_and(Deadline::passed) {
                        return Err(Error::deadline_passed());
                    }
                    if open.end.is_some_and(Deadline::passed) {
                        return Ok(());
                    }
                }
                () = self.shared.bell.notified() => {}
            }
        }
    }

    /// Sends the next batch, if one is ready.
    fn send(&mut self, open: &mut Open, room: Room, at_once: bool) {
        let Some((table, items)) = self.shared.batch(self.measure, at_once) else { return };
        if self.flight.is_empty() {
            open.overdue = Deadline::after(SILENCE_MAX);
        }
        open.sent += 1;
        let interactions = items.iter().map(|held| held.interaction.as_ref().clone().into_wire()).collect();
        let batch =
            v1::StreamInteractionsRequest { seq: open.sent, profile_table: table.to_string(), interactions };
        self.flight.push_back((table, items));
        room.send(batch);
    }

    /// Takes an acknowledgement, which must be that of the oldest batch on its way.
    fn hear(&mut self, open: &mut Open, told: v1::StreamInteractionsResponse) -> Result<()> {
        let Some(Event::Acknowledged(told)) = told.event else {
            return Err(Error::unintelligible("acknowledged"));
        };
        let v1::InteractionsAcknowledged { through_seq, results, error } = told;
        let expected = open.acknowledged + 1;
        let Some((_, items)) = self.flight.front().filter(|_| through_seq == expected) else {
            return Err(Error::unintelligible("acknowledged.through_seq"));
        };
        let verdicts = match &error {
            Some(_) => Vec::new(),
            None if results.len() == items.len() => {
                results.into_iter().map(Verdict::of).collect::<Result<Vec<_>>>()?
            }
            None => return Err(Error::unintelligible("acknowledged.results, one for each interaction")),
        };
        let Some((table, items)) = self.flight.pop_front() else { return Ok(()) };
        open.acknowledged = expected;
        open.overdue = Deadline::after(SILENCE_MAX);
        (self.failures, self.barren, self.one_by_one) = (0, 0, false);
        self.fits();
        match error {
            Some(error) => self.failed(&table, items, &Arc::new(Error::of_item(&error))),
            None => self.judged(&table, items, verdicts),
        }
        Ok(())
    }

    /// Nothing of a batch can be recorded.
    pub(super) fn failed(&self, table: &str, items: Vec<Held>, error: &Arc<Error>) {
        self.shared.settle(items.iter(), |account| {
            account.failed += count(items.len());
            account.last_failure = Some(Arc::clone(error));
            account.trouble = None;
        });
        for held in items {
            held.fail(table, error);
        }
    }

    fn judged(&self, table: &Arc<str>, items: Vec<Held>, verdicts: Vec<Verdict>) {
        let judged = items.into_iter().zip(verdicts);
        let put_off = |(held, verdict): &(Held, Verdict)| verdict.is_put_off() && !self.is_old(held);
        let (later, done): (Vec<_>, Vec<_>) = judged.partition(put_off);
        // The account first: who is told finds himself in it.
        self.shared.settle(done.iter().map(|(held, _)| held), |account| {
            account.trouble = later.iter().find_map(|(_, verdict)| verdict.error());
            for (held, verdict) in &done {
                verdict.write(held, account);
            }
        });
        self.set_aside(table, later);
        for (held, verdict) in done {
            match verdict {
                Verdict::Judged(outcome) => {
                    let _ = held.tell.send(Ok(Judged { outcome, resent: held.sent }));
                }
                Verdict::Refused(error) => held.refuse(table, error),
                Verdict::PutOff(error) => held.fail(table, &error),
            }
        }
    }

    /// All of them wait together, so that they come back as one batch and not one by one.
    fn set_aside(&self, table: &Arc<str>, later: Vec<(Held, Verdict)>) {
        let faults = later.iter().map(|(held, _)| held.faults).max().unwrap_or_default().saturating_add(1);
        let Some(error) = later.iter().find_map(|(_, verdict)| verdict.error()) else { return };
        let wait = self.caller.manner.retry.wait_always(faults, &error, ambient::fraction());
        let later = later.into_iter().map(|(held, _)| Held { faults, ..held });
        self.shared.set_aside(Deadline::after(wait), table, later);
    }

    /// Whether one is not to be sent again any more.
    fn is_old(&self, held: &Held) -> bool {
        self.shared.options.give_up_after.is_some_and(|time| held.taken.plus(time).passed())
    }
}

/// The answer to one interaction.
enum Verdict {
    Judged(InteractionOutcome),
    Refused(Arc<Error>),
    /// It was not judged for a reason that may pass. Where nothing is to be sent again any more it is given up.
    PutOff(Arc<Error>),
}

impl Verdict {
    fn error(&self) -> Option<Arc<Error>> {
        match self {
            Self::Judged(_) => None,
            Self::Refused(error) | Self::PutOff(error) => Some(Arc::clone(error)),
        }
    }

    const fn is_put_off(&self) -> bool {
        matches!(self, Self::PutOff(_))
    }

    fn of(wire: v1::RecordInteractionsResult) -> Result<Self> {
        Ok(match wire.result.ok_or_else(|| Error::unintelligible("acknowledged.results.result"))? {
            Wire::Outcome(outcome) => Self::Judged(InteractionOutcome::from_wire(outcome)),
            Wire::Error(status) => {
                let error = Arc::new(Error::of_item(&status).of_one());
                if error.reason() == Some(Reason::Internal) {
                    Self::PutOff(error)
                } else {
                    Self::Refused(error)
                }
            }
        })
    }

    fn write(&self, held: &Held, account: &mut RecorderReport) {
        let column = match self {
            Self::Judged(outcome) => match outcome.disposition {
                Disposition::Recorded => &mut account.recorded,
                Disposition::Exempted => &mut account.exempted,
                Disposition::Discarded => &mut account.discarded,
                Disposition::Duplicate => {
                    account.duplicate_resent += u64::from(held.sent);
                    &mut account.duplicate
                }
                Disposition::Unrecognised(_) => &mut account.otherwise,
            },
            Self::Refused(error) => {
                account.last_refusal = Some(Arc::clone(error));
                &mut account.refused
            }
            Self::PutOff(error) => {
                account.last_failure = Some(Arc::clone(error));
                &mut account.failed
            }
        };
        *column += 1;
    }
}

/// Room for one batch on its way to the transport.
type Room = mpsc::OwnedPermit<v1::StreamInteractionsRequest>;

/// Waits for room; `None`: there will be none.
async fn room_in(batches: Option<mpsc::Sender<v1::StreamInteractionsRequest>>) -> Option<Room> {
    batches?.reserve_owned().await.ok()
}
