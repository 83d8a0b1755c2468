//! StreamInteractions: batches one after the other, without waiting for the answer to the one before.
//!
//! Two sides work at once. One reads a batch when the window is open and there is room for it, and puts it on the lane; the other
//! acknowledges batch after batch, in the order in which they were read. Deliberately not here: how a batch is read, judged and
//! told (as one of RecordInteractions is), and who shares its transaction (the lane).

mod intake;
mod room;
mod sent;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use assent_proto::v1::stream_interactions_response::Event;
use assent_proto::v1::{
    InteractionWindow, InteractionsAcknowledged, RecordInteractionsResult, StreamInteractionsRequest,
    StreamInteractionsResponse,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tracing::Instrument;

use super::lanes::Lanes;
use super::record::{Items, read};
use super::recorder::Fates;
use crate::caller::{Call, Deadline};
use crate::context::SharedContext;
use crate::entropy::scattered;
use crate::failure::{Failure, Outcome, Thing, Violation};
use crate::feed::outlet::{Outflow, Outlet, outlet};
use crate::feed::stream::AGE;
use crate::server::answer::{Broken, Checked, Inbound};
use crate::wire::status::of_item;
use intake::Intake;
use room::{Room, Rooms};
use sent::Sent;

pub(super) use room::Hall;

/// How long a caller may send nothing while nothing is left to acknowledge.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// The field that numbers a batch.
const SEQ: &str = "seq";

/// What a caller reads.
pub(super) type Acknowledgements = Outflow<StreamInteractionsResponse>;

/// Begins a stream. It cannot fail before it begins: whatever is wrong is told of a batch.
pub(super) fn stream(
    context: &SharedContext,
    lanes: &Lanes,
    hall: &Hall,
    call: Call,
    inbound: Inbound<StreamInteractionsRequest>,
) -> Acknowledgements {
    let (outlet, outflow) = outlet();
    let window = context.interactions.stream_window_batches;
    let course = Course {
        context: SharedContext::clone(context),
        lanes: lanes.clone(),
        rooms: hall.rooms_of(call.tenant()),
        window,
        free: Arc::new(Semaphore::new(window)),
        through: watch::Sender::new(0),
        call,
    };
    let work = async move {
        let ended = tokio::select! {
            ended = course.run(Intake::of(inbound), &outlet) => ended,
            () = outlet.gone() => return,
        };
        outlet.conclude(ended, &course.call.id);
    };
    tokio::spawn(work.in_current_span());
    outflow
}

/// One stream.
struct Course {
    context: SharedContext,
    lanes: Lanes,
    rooms: Rooms,
    window: usize,
    /// How many more batches may be read before one is acknowledged.
    free: Arc<Semaphore>,
    /// The last batch that is known to be recorded or refused, as all before it are.
    through: watch::Sender<u64>,
    call: Call,
}

/// A batch that was read and is not acknowledged.
struct Taken<A> {
    seq: u64,
    /// Its answer, until `deadline`. Absent with a failure: it can never be recorded as it is.
    answer: Outcome<(Items, A)>,
    deadline: Deadline,
    /// What it takes up until it is acknowledged.
    held: (OwnedSemaphorePermit, Room),
}

impl Course {
    /// Goes on until the caller has sent everything, or the stream is over for another reason, and all that was read is
    /// acknowledged.
    async fn run(
        &self,
        mut intake: Intake<StreamInteractionsRequest>,
        outlet: &Outlet<StreamInteractionsResponse>,
    ) -> Result<(), Broken> {
        let (taken, comes) = mpsc::channel(self.window);
        let begin = |call, deadline| self.lanes.begin(self.call.tenant(), call, deadline);
        let reading = async {
            let ended = self.take_all(&mut intake, &begin, &taken).await;
            // The other side ends when it has acknowledged what is there.
            drop(taken);
            Ok(ended)
        };
        let (read, ()) = tokio::try_join!(reading, self.acknowledge_all(comes, outlet))?;
        read
    }

    /// Ends when nothing more is to be read.
    async fn is_over(&self) {
        let age = scattered(AGE, self.context.entropy.as_ref());
        tokio::select! {
            () = self.context.stopping.cancelled() => {}
            () = self.context.clock.sleep(age) => {}
        }
    }

    /// Reads batch after batch and puts them on the lane, until there are no more.
    async fn take_all<A>(
        &self,
        intake: &mut Intake<StreamInteractionsRequest>,
        begin: &impl Fn(super::record::RecordCall, Deadline) -> A,
        taken: &mpsc::Sender<Taken<A>>,
    ) -> Result<(), Broken> {
        let mut sent = Sent::default();
        let mut is_over = pin!(self.is_over());
        for seq in 1.. {
            let next = async {
                let Ok(of_window) = Arc::clone(&self.free).acquire_owned().await else { return Ok(None) };
                let next = self.next(intake).await?;
                Ok::<_, Broken>(next.map(|(batch, room)| (of_window, batch, room)))
            };
            // What was read is dealt with, also when nothing more is.
            let next = tokio::select! {
                biased;
                () = &mut is_over => return Ok(()),
                next = next => next?,
            };
            let Some((of_window, batch, mut room)) = next else { return Ok(()) };
            let (batch, wrong) = in_step(seq, batch)?;
            let read = if wrong.is_empty() {
                read(&batch.profile_table, &batch.interactions, self.context.clock.now())
            } else {
                Err(wrong.into())
            };
            room.keep(read.as_ref().map_or(0, |_| batch.interactions.len()));
            drop(batch);
            if let Ok((_, record)) = &read {
                if let Some(before) = sent.before(record) {
                    // Its sender lives as long as this stream.
                    let _ = self.through.subscribe().wait_for(|through| *through >= before).await;
                }
                sent.add(seq, record, *self.through.borrow());
            }
            let deadline = self.deadline();
            let answer = read.map(|(items, record)| (items, begin(record, deadline)));
            let batch = Taken { seq, answer, deadline, held: (of_window, room) };
            // There is a place for as many as the window lets in.
            if taken.try_send(batch).is_err() {
                return Err(Failure::internal("a stream took more than its window").into());
            }
        }
        Ok(())
    }

    /// The next batch, as it was sent, and the room for it. `None`: there are no more, or the caller has sent nothing for too long
    /// while nothing is left to acknowledge.
    async fn next(
        &self,
        intake: &mut Intake<StreamInteractionsRequest>,
    ) -> Result<Option<(Checked<StreamInteractionsRequest>, Room)>, Broken> {
        loop {
            tokio::select! {
                biased;
                () = intake.stirs() => {}
                () = self.context.clock.sleep(IDLE_MAX) => {
                    // One is the batch that is waited for.
                    let under_way = u32::try_from(self.window.saturating_sub(1)).unwrap_or(u32::MAX);
                    if self.free.available_permits() == self.window.saturating_sub(1) {
                        return Ok(None);
                    }
                    // It counts from when the last one was acknowledged.
                    let all_acknowledged = self.free.acquire_many(under_way);
                    tokio::select! {
                        biased;
                        () = intake.stirs() => {}
                        _ = all_acknowledged => continue,
                    }
                }
            }
            // What is not there yet takes up no room: many may wait for what their callers do next.
            let room = self.rooms.one().await;
            match intake.look() {
                Some(Ok(Some(batch))) => return Ok(Some((batch, room))),
                Some(Ok(None)) => return Ok(None),
                Some(Err(broken)) => return Err(broken),
                None => {}
            }
        }
    }

    /// When a batch that is read now is given up. Its caller's deadline ends the whole stream, wherever it is.
    fn deadline(&self) -> Deadline {
        Deadline(self.context.clock.monotonic().saturating_add(self.context.limits.max_call))
    }

    /// Tells the window, then acknowledges each batch in order.
    async fn acknowledge_all<A: Future<Output = Outcome<Fates>>>(
        &self,
        mut comes: mpsc::Receiver<Taken<A>>,
        outlet: &Outlet<StreamInteractionsResponse>,
    ) -> Result<(), Broken> {
        let clock = self.context.clock.as_ref();
        let batches = u32::try_from(self.window).unwrap_or(u32::MAX);
        let place = outlet.place(clock).await.map_err(Failure::from)?;
        place.send(event(Event::Window(InteractionWindow { batches })));
        while let Some(Taken { seq, answer, deadline, held }) = comes.recv().await {
            let results = match answer {
                Ok((items, answer)) => self.results(items, answer, deadline).await,
                Err(failure) => Err(failure),
            };
            let mut acknowledged = InteractionsAcknowledged { through_seq: seq, ..Default::default() };
            match results {
                Ok(results) => acknowledged.results = results,
                Err(failure) if is_for_good(&failure) => {
                    acknowledged.error = Some(of_item(&failure, &self.call.id)?);
                }
                Err(failure) => return Err(failure.into()),
            }
            self.through.send_replace(seq);
            let place = outlet.place(clock).await.map_err(Failure::from)?;
            place.send(event(Event::Acknowledged(acknowledged)));
            drop(held);
        }
        Ok(())
    }

    async fn results(
        &self,
        items: Items,
        answer: impl Future<Output = Outcome<Fates>>,
        deadline: Deadline,
    ) -> Outcome<Vec<RecordInteractionsResult>> {
        let clock = self.context.clock.as_ref();
        let fates = tokio::select! {
            biased;
            fates = answer => fates?,
            () = clock.sleep(deadline.left(clock)) => return Err(Failure::DeadlineExceeded),
        };
        items.told(fates, &self.call)
    }
}

/// A batch whose number is the next one; any other ends the stream, with all that is wrong with it.
fn in_step(
    seq: u64,
    (batch, mut wrong): Checked<StreamInteractionsRequest>,
) -> Outcome<Checked<StreamInteractionsRequest>> {
    if batch.seq == seq {
        return Ok((batch, wrong));
    }
    wrong.retain(|wrong| wrong.field != SEQ);
    let mut violations = vec![Violation::new(SEQ, format!("is out of step; expected: {seq}"))];
    violations.extend(wrong.into_iter().map(|wrong| {
        let text = wrong.description();
        Violation { path: wrong.field, text }
    }));
    Err(Failure::Invalid(violations))
}

/// Whether what fails so fails again, however often it is sent.
const fn is_for_good(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Invalid(_) | Failure::BatchTooLarge { .. } | Failure::Unknown(Thing::ProfileTable)
    )
}

const fn event(event: Event) -> StreamInteractionsResponse {
    StreamInteractionsResponse { event: Some(event) }
}
