//! A lane: calls of one tenant that come at the same time share one transaction.
//!
//! What waits when the only batch at work ends is the next one; so an idle lane runs a single call at once, and the busier it
//! is the more calls share a commit. A transaction costs much by itself, so that another batch begins beside the one at work only
//! where enough waits to be worth it, or where the one at work is held up. Somebody looks after what waits meanwhile; nothing else is
//! timed, and soon nothing is left of a tenant that has no call under way.
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

/// How many items wait when they are worth another batch at once: when they cost as much as the transaction around them.
const WORTH_A_BATCH: usize = 32;

/// After how long a batch at work counts as held up, by a lock or a slow disk: others go by then.
const HELD_UP: Duration = Duration::from_millis(20);

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
}

impl<W: Work> Clone for Lane<W> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

struct Shared<W: Work> {
    work: W,
    writers_max: usize,
    writers: TaskTracker,
    clock: SharedClock,
    traffic: Traffic,
    queues: Mutex<HashMap<TenantId, Queue<W>>>,
}

/// The calls of one tenant that wait, and how many writers take from them. Without a writer it does not exist.
struct Queue<W: Work> {
    waiting: VecDeque<Waiting<W>>,
    /// The items of all that wait.
    items: usize,
    writers: usize,
    /// When each batch at work was taken.
    at_work: Vec<Duration>,
    /// Whether somebody looks after those that wait. Of a queue that ended and began anew several may.
    watched: bool,
}

/// What a writer does next.
enum Next<W: Work> {
    /// Works on this batch, taken then.
    Batch(Vec<Waiting<W>>, Duration),
    /// Ends: what waits is left to the writer at work, which somebody is to look after.
    Leave,
    /// Ends.
    End,
}

impl<W: Work> Queue<W> {
    /// Whether what waits is to be a batch although another is at work.
    fn is_worth_a_batch(&self, now: Duration) -> bool {
        !self.waiting.is_empty() && (self.items >= WORTH_A_BATCH || self.is_held_up(now))
    }

    fn is_held_up(&self, now: Duration) -> bool {
        self.at_work.iter().any(|taken| now.saturating_sub(*taken) >= HELD_UP)
    }

    /// How long until the oldest batch at work counts as held up.
    fn patience(&self, now: Duration) -> Duration {
        let oldest = self.at_work.iter().min().copied().unwrap_or(now);
        oldest.saturating_add(HELD_UP).saturating_sub(now)
    }

    /// Says whether somebody has to begin to look after those that wait, and notes that somebody does.
    fn claim_watch(&mut self) -> bool {
        let begins = !self.watched && !self.waiting.is_empty();
        self.watched |= begins;
        begins
    }
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
        let shared = Shared { work, writers_max, writers: tasks, clock, traffic, queues: Mutex::default() };
        Self { shared: Arc::new(shared) }
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
        self.shared.push(tenant, Waiting { call, weight, caller });
        // Writers end early only with the runtime itself.
        async move { answered.await.unwrap_or(Err(Failure::Stopping)) }
    }
}

impl<W: Work> Shared<W> {
    fn queues(&self) -> MutexGuard<'_, HashMap<TenantId, Queue<W>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a call last, and begins one more writer where that is worth it.
    fn push(self: &Arc<Self>, tenant: &TenantId, waiting: Waiting<W>) {
        let now = self.clock.monotonic();
        let mut queues = self.queues();
        if !queues.contains_key(tenant) {
            let (waiting, at_work) = (VecDeque::new(), Vec::new());
            queues.insert(tenant.clone(), Queue { waiting, items: 0, writers: 0, at_work, watched: false });
        }
        let Some(queue) = queues.get_mut(tenant) else { return };
        queue.items = queue.items.saturating_add(waiting.weight);
        queue.waiting.push_back(waiting);
        let may = queue.writers < self.writers_max;
        let one_more = queue.writers == 0 || may && queue.is_worth_a_batch(now);
        queue.writers += usize::from(one_more);
        let watch = may && !one_more && queue.claim_watch();
        drop(queues);
        if one_more {
            self.begin_writer(tenant);
        } else if watch {
            self.begin_watch(tenant);
        }
    }

    fn begin_writer(self: &Arc<Self>, tenant: &TenantId) {
        let (shared, tenant) = (Arc::clone(self), tenant.clone());
        self.writers.spawn(async move { shared.write(&tenant).await });
    }

    /// Nobody waits for its end: what it looks after has a writer, which is waited for.
    fn begin_watch(self: &Arc<Self>, tenant: &TenantId) {
        let (shared, tenant) = (Arc::clone(self), tenant.clone());
        tokio::spawn(async move { shared.watch(&tenant).await });
    }

    /// A writer: batch after batch, until nothing waits.
    async fn write(self: &Arc<Self>, tenant: &TenantId) {
        let mut done = None;
        loop {
            match self.take(tenant, done) {
                Next::Batch(batch, taken) => {
                    self.run(tenant, batch).await;
                    done = Some(taken);
                }
                Next::Leave => return self.begin_watch(tenant),
                Next::End => return,
            }
        }
    }

    /// Looks after what waits for a writer at work, until nothing waits: a writer that is held up is gone by.
    async fn watch(self: &Arc<Self>, tenant: &TenantId) {
        let mut patience = HELD_UP;
        loop {
            self.clock.sleep(patience).await;
            let now = self.clock.monotonic();
            let mut queues = self.queues();
            let Some(queue) = queues.get_mut(tenant) else { return };
            if queue.waiting.is_empty() {
                queue.watched = false;
                return;
            }
            let one_more = queue.writers < self.writers_max && queue.is_held_up(now);
            queue.writers += usize::from(one_more);
            // Of one that is held up already there is nothing to wait for but that nothing waits any more.
            patience = Some(queue.patience(now)).filter(|left| !left.is_zero()).unwrap_or(HELD_UP);
            drop(queues);
            if one_more {
                self.begin_writer(tenant);
            }
        }
    }

    /// The next batch: what waits, in order, but for those whose caller is gone or out of time. `done` is when the batch was taken
    /// that the writer has ended.
    fn take(&self, tenant: &TenantId, done: Option<Duration>) -> Next<W> {
        let now = self.clock.monotonic();
        let mut left_out = Vec::new();
        let mut batch = Vec::new();
        let mut items = 0_usize;
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(tenant) else { return Next::End };
        if let Some(place) = queue.at_work.iter().position(|taken| done == Some(*taken)) {
            queue.at_work.swap_remove(place);
        }
        if queue.writers > 1 && !queue.is_worth_a_batch(now) {
            queue.writers -= 1;
            return if queue.claim_watch() { Next::Leave } else { Next::End };
        }
        while let Some(next) = queue.waiting.pop_front() {
            if next.caller.answer.is_closed() || next.caller.is_late(now) {
                queue.items = queue.items.saturating_sub(next.weight);
                left_out.push(next);
                continue;
            }
            items = items.saturating_add(next.weight);
            if items > ITEMS_MAX && !batch.is_empty() {
                queue.waiting.push_front(next);
                break;
            }
            queue.items = queue.items.saturating_sub(next.weight);
            batch.push(next);
        }
        if batch.is_empty() {
            queue.writers -= 1;
            if queue.writers == 0 {
                queues.remove(tenant);
            }
        } else {
            queue.at_work.push(now);
        }
        drop(queues);
        for late in left_out {
            late.caller.tell(Err(Failure::DeadlineExceeded));
        }
        if batch.is_empty() { Next::End } else { Next::Batch(batch, now) }
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
