//! A lane: calls of one tenant that come at the same time share one transaction.
//!
//! What waits when a batch ends is the next batch; so an idle lane runs a single call at once, and the busier it
//! is the more calls share a commit. A batch costs about as much for one item as for fifty, so that another writer begins only
//! where enough waits to be worth a transaction of its own, or where the one at work is held up. No timer runs, and nothing is
//! left of a tenant that has no call under way.
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

/// How many items wait when they are worth another batch at once: what that costs besides them is a tenth of it then.
const WORTH_A_BATCH: usize = 32;

/// After how long without a new batch a tenant's writers count as held up, by a lock or a slow disk: others go by then.
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
    /// When a batch was taken last.
    taken: Duration,
    /// Whether somebody looks after those that wait.
    watched: bool,
}

/// What a writer does next.
enum Next<W: Work> {
    /// Works on this batch.
    Batch(Vec<Waiting<W>>),
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
        now.saturating_sub(self.taken) >= HELD_UP
    }

    /// Says whether somebody has to begin to look after those that wait.
    fn watch(&mut self) -> bool {
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
            let waiting = VecDeque::new();
            queues
                .insert(tenant.clone(), Queue { waiting, items: 0, writers: 0, taken: now, watched: false });
        }
        let Some(queue) = queues.get_mut(tenant) else { return };
        queue.items = queue.items.saturating_add(waiting.weight);
        queue.waiting.push_back(waiting);
        let may = queue.writers < self.writers_max;
        let one_more = queue.writers == 0 || may && queue.is_worth_a_batch(now);
        queue.writers += usize::from(one_more);
        let watch = may && !one_more && queue.watch();
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
        loop {
            match self.take(tenant) {
                Next::Batch(batch) => self.run(tenant, batch).await,
                Next::Leave => return self.begin_watch(tenant),
                Next::End => return,
            }
        }
    }

    /// Looks after what waits for a writer at work, until nothing waits: a writer that is held up is gone by.
    async fn watch(self: &Arc<Self>, tenant: &TenantId) {
        loop {
            self.clock.sleep(HELD_UP).await;
            let now = self.clock.monotonic();
            let mut queues = self.queues();
            let Some(queue) = queues.get_mut(tenant) else { return };
            if queue.waiting.is_empty() {
                queue.watched = false;
                return;
            }
            let one_more = queue.writers < self.writers_max && queue.is_held_up(now);
            queue.writers += usize::from(one_more);
            drop(queues);
            if one_more {
                self.begin_writer(tenant);
            }
        }
    }

    /// The next batch: what waits, in order, but for those whose caller is gone or out of time.
    fn take(&self, tenant: &TenantId) -> Next<W> {
        let now = self.clock.monotonic();
        let mut left_out = Vec::new();
        let mut batch = Vec::new();
        let mut items = 0_usize;
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(tenant) else { return Next::End };
        if queue.writers > 1 && !queue.is_worth_a_batch(now) {
            queue.writers -= 1;
            return if queue.watch() { Next::Leave } else { Next::End };
        }
        queue.taken = now;
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
        }
        drop(queues);
        for late in left_out {
            late.caller.tell(Err(Failure::DeadlineExceeded));
        }
        if batch.is_empty() { Next::End } else { Next::Batch(batch) }
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
