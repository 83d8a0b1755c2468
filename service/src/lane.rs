//! A lane: calls of one tenant that come at the same time share one transaction.
//!
//! What waits when a batch ends is the next batch; so an idle lane runs a single call at once, and the busier it
//! is the more calls share a commit. Nothing is timed, and nothing is left of a tenant that has no call under way.
//!
//! Deliberately not here: what a call is, and how a batch is stored; the verbs say so by their [`Work`].

mod traffic;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assent_domain::id::TenantId;
use tokio::sync::oneshot;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::{Instrument, Span};

use crate::caller::Deadline;
use crate::clock::SharedClock;
use crate::failure::{Failure, Outcome};

pub use traffic::Traffic;

/// The most items of a batch, all its calls counted; a single call with more is a batch of its own.
pub const ITEMS_MAX: usize = 1000;

/// What is done with the calls of a lane.
pub trait Work: Send + Sync + 'static {
    /// One call.
    type Call: Send;
    /// What its caller is told.
    type Answer: Send;

    /// How many items a call counts for.
    fn weight(&self, call: &Self::Call) -> usize;

    /// Does the work on a batch, which is never empty and in the order of arrival, and answers each call in that
    /// order, once what it did is committed. `until` is when the last of the callers stops waiting.
    ///
    /// It is dropped when no caller waits any more.
    fn run(
        &self,
        tenant: &TenantId,
        calls: Vec<Self::Call>,
        until: Deadline,
    ) -> impl Future<Output = Vec<Outcome<Self::Answer>>> + Send;
}

/// The lane of every tenant, for one kind of work. Clones are the same lane.
pub struct Lane<W: Work> {
    shared: Arc<Shared<W>>,
    writers: TaskTracker,
}

impl<W: Work> Clone for Lane<W> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), writers: self.writers.clone() }
    }
}

struct Shared<W: Work> {
    work: W,
    writers_max: usize,
    clock: SharedClock,
    traffic: Traffic,
    queues: Mutex<HashMap<TenantId, Queue<W>>>,
}

/// The calls of one tenant that wait, and how many writers take from them. Without a writer it does not exist.
struct Queue<W: Work> {
    waiting: VecDeque<Waiting<W>>,
    writers: usize,
}

/// A call that waits for its batch, and who waits for its answer.
struct Waiting<W: Work> {
    call: W::Call,
    weight: usize,
    caller: Caller<W>,
}

struct Caller<W: Work> {
    deadline: Deadline,
    span: Span,
    answer: oneshot::Sender<Outcome<W::Answer>>,
}

impl<W: Work> Lane<W> {
    /// A lane on which at most `writers` batches of a tenant are at work at once. It reports its calls to `traffic`, and its
    /// writers are tasks of `tasks`: who stops the service waits for them.
    #[must_use]
    pub fn new(work: W, writers: usize, clock: SharedClock, traffic: Traffic, tasks: TaskTracker) -> Self {
        let writers_max = writers.max(1);
        let shared = Shared { work, writers_max, clock, traffic, queues: Mutex::default() };
        Self { shared: Arc::new(shared), writers: tasks }
    }

    /// Passes a call along, and waits for its answer. Who gives up waiting takes back a call that is not at work
    /// yet; one that is may be stored all the same.
    ///
    /// # Errors
    /// What the work says; [`Failure::DeadlineExceeded`] when it came too late to be worked on; an internal
    /// failure when the work panicked.
    pub async fn pass(&self, tenant: &TenantId, call: W::Call, deadline: Deadline) -> Outcome<W::Answer> {
        self.begin(tenant, call, deadline).await
    }

    /// As [`Lane::pass`], for who does something else meanwhile: the call is on the lane at once, and not only when its answer is
    /// waited for. Who drops what this gives has given up waiting.
    pub fn begin(
        &self,
        tenant: &TenantId,
        call: W::Call,
        deadline: Deadline,
    ) -> impl Future<Output = Outcome<W::Answer>> + Send + use<W> {
        self.shared.traffic.came(self.shared.clock.monotonic());
        let (answer, answered) = oneshot::channel();
        let weight = self.shared.work.weight(&call);
        let caller = Caller { deadline, span: Span::current(), answer };
        if self.shared.push(tenant, Waiting { call, weight, caller }) {
            let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
            self.writers.spawn(async move { shared.write(&tenant).await });
        }
        // Writers end early only with the runtime itself.
        async move { answered.await.unwrap_or(Err(Failure::Stopping)) }
    }
}

impl<W: Work> Shared<W> {
    fn queues(&self) -> MutexGuard<'_, HashMap<TenantId, Queue<W>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a call last; says whether it takes one more writer.
    fn push(&self, tenant: &TenantId, waiting: Waiting<W>) -> bool {
        let mut queues = self.queues();
        if !queues.contains_key(tenant) {
            queues.insert(tenant.clone(), Queue { waiting: VecDeque::new(), writers: 0 });
        }
        let Some(queue) = queues.get_mut(tenant) else { return false };
        queue.waiting.push_back(waiting);
        let one_more = queue.writers < self.writers_max;
        queue.writers += usize::from(one_more);
        one_more
    }

    /// A writer: batch after batch, until nothing waits.
    async fn write(self: &Arc<Self>, tenant: &TenantId) {
        while let Some(batch) = self.take(tenant) {
            self.run(tenant, batch).await;
        }
    }

    /// The next batch: what waits, in order, but for those whose caller is gone or out of time. `None`: the
    /// writer that asked has ended.
    fn take(&self, tenant: &TenantId) -> Option<Vec<Waiting<W>>> {
        let now = self.clock.monotonic();
        let mut left_out = Vec::new();
        let mut batch = Vec::new();
        let mut items = 0_usize;
        let mut queues = self.queues();
        let queue = queues.get_mut(tenant)?;
        while let Some(next) = queue.waiting.pop_front() {
            if next.caller.answer.is_closed() || next.caller.is_late(now) {
                left_out.push(next);
                continue;
            }
            items = items.saturating_add(next.weight);
            if items > ITEMS_MAX && !batch.is_empty() {
                queue.waiting.push_front(next);
                break;
            }
            batch.push(next);
        }
        if batch.is_empty() {
            queue.writers -= 1;
            if queue.writers == 0 {
                queues.remove(tenant);
            }
        }
        drop(queues);
        for late in left_out {
            late.caller.tell(Err(Failure::DeadlineExceeded));
        }
        (!batch.is_empty()).then_some(batch)
    }

    /// Works on one batch, in a task of its own so that a panic ends nothing but the batch.
    async fn run(self: &Arc<Self>, tenant: &TenantId, batch: Vec<Waiting<W>>) {
        let (calls, mut callers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|Waiting { call, caller, .. }| (call, caller)).unzip();
        let Some(until) = callers.iter().map(|caller| caller.deadline).max() else { return };
        let span = shared_span(&callers);
        let (shared, tenant) = (Arc::clone(self), tenant.clone());
        let work = async move { shared.work.run(&tenant, calls, until).await };
        let mut work = AbortOnDropHandle::new(tokio::spawn(work.instrument(span)));
        let done = tokio::select! {
            done = &mut work => done,
            () = all_gone(&mut callers) => {
                work.abort();
                // The next batch begins when this one has let go of what it held.
                let _ = work.await;
                return;
            }
        };
        // The runtime has told of a panic already.
        let mut answers = done.unwrap_or_default().into_iter();
        for caller in callers {
            let unanswered = || Err(Failure::internal("a batch ended without an answer"));
            caller.tell(answers.next().unwrap_or_else(unanswered));
        }
    }
}

impl<W: Work> Caller<W> {
    fn is_late(&self, now: Duration) -> bool {
        self.deadline.0 <= now
    }

    fn tell(self, answer: Outcome<W::Answer>) {
        // Who is gone by now is not told.
        let _ = self.answer.send(answer);
    }
}

/// Waits until nobody waits for an answer.
async fn all_gone<W: Work>(callers: &mut [Caller<W>]) {
    for caller in callers {
        caller.answer.closed().await;
    }
}

/// The span of a batch stands under that of its first call and follows from the others'.
fn shared_span<W: Work>(callers: &[Caller<W>]) -> Span {
    let Some((first, others)) = callers.split_first() else { return Span::none() };
    let span = tracing::info_span!(parent: &first.span, "lane.batch", calls = callers.len());
    for other in others {
        span.follows_from(&other.span);
    }
    span
}

#[cfg(test)]
mod tests;
