//! The recorder's task: begins a stream when there is something to send, begins another where one ended or broke, and waits in
//! between as the client's [`Retry`](crate::Retry) says, but without end.

use std::collections::VecDeque;
use std::sync::Arc;

use super::lanes::Measure;
use super::shared::{Sent, Shared, measure};
use crate::ambient::{self, Deadline};
use crate::call::Caller;
use crate::error::{Cause, Error, Reason};

/// After how many acknowledgements in a row larger batches are tried again, where something took no larger ones.
const GROWS_AFTER: u32 = 256;

pub(super) struct Task {
    pub(super) shared: Arc<Shared>,
    pub(super) caller: Caller,
    pub(super) measure: Measure,
    /// What is sent over the stream that is open and not acknowledged, in order.
    pub(super) flight: VecDeque<Sent>,
    /// Failures since a batch was acknowledged last.
    pub(super) failures: u32,
    /// Streams that ended in order since, with something on its way, and acknowledged nothing.
    pub(super) barren: u32,
    /// Batches that were acknowledged since a message was too large last.
    pub(super) fitted: u32,
    /// Whether only one batch is sent at a time, until it is known what became of it.
    pub(super) one_by_one: bool,
    /// Whether the rest between two attempts was cut short because nothing will come any more.
    hurried: bool,
    /// What ended it for good.
    fatal: Option<Arc<Error>>,
}

impl Task {
    pub(super) fn new(shared: Arc<Shared>, caller: Caller) -> Self {
        let measure = measure(&shared.options);
        let flight = VecDeque::new();
        Self {
            shared,
            caller,
            measure,
            flight,
            failures: 0,
            barren: 0,
            fitted: 0,
            one_by_one: false,
            hurried: false,
            fatal: None,
        }
    }

    /// Records until there is nothing left to wait for, or until it is told to stop.
    pub(super) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            () = shared.cut() => {}
            () = self.work() => {}
        }
    }

    async fn work(&mut self) {
        while self.wanted().await {
            let Err(error) = self.stream().await else { continue };
            if is_for_good(&error) {
                self.fatal = Some(error);
                return;
            }
            self.rest(error).await;
        }
    }

    /// Waits for something to send; false: nothing will come any more.
    async fn wanted(&self) -> bool {
        loop {
            let plan = self.shared.plan(self.measure);
            if plan.due.is_some() || plan.is_done() {
                return plan.due.is_some();
            }
            tokio::select! {
                () = self.shared.bell.notified() => {}
                () = wait_until(plan.recall), if plan.recall.is_some() => {}
            }
        }
    }

    /// What is on its way is larger than something takes: it is sent in smaller batches. One that is too large by itself fails alone, if
    /// nothing else was on its way and it is the service that says so: anything in between may mean how much it takes in a time.
    /// Whether it did.
    pub(super) fn make_smaller(&mut self, error: &Arc<Error>) -> bool {
        self.fitted = 0;
        let Some((_, items)) = self.flight.front() else { return false };
        if items.len() > 1 {
            let wire = items.iter().map(|held| held.weight.wire).sum::<usize>();
            self.measure.bytes = self.measure.bytes.min(wire / 2);
            return false;
        }
        let alone = self.flight.len() == 1;
        self.one_by_one = !alone;
        if !alone || error.server_request_id().is_none() {
            return false;
        }
        if let Some((table, items)) = self.flight.pop_front() {
            self.failed(&table, items, error);
        }
        true
    }

    /// A batch was acknowledged: what did not take larger ones may do so by now.
    pub(super) fn fits(&mut self) {
        self.fitted += 1;
        if self.fitted >= GROWS_AFTER {
            self.fitted = 0;
            let most = self.shared.options.batch_bytes;
            self.measure.bytes = self.measure.bytes.saturating_mul(2).min(most);
        }
    }

    /// What a stream left unacknowledged waits again.
    pub(super) fn put_back(&mut self) {
        self.shared.put_back(std::mem::take(&mut self.flight).into_iter());
    }

    /// Leaves the service alone after a failure, and gives up meanwhile what has grown too old.
    async fn rest(&mut self, error: Arc<Error>) {
        self.failures = self.failures.saturating_add(1);
        self.shared.write(|account| account.trouble = Some(Arc::clone(&error)));
        let retry = &self.caller.manner.retry;
        let until = Deadline::after(retry.wait_always(self.failures, &error, ambient::fraction()));
        loop {
            let old = self.shared.options.give_up_after;
            if let Some(old) = old {
                self.shared.give_up(old, &error);
            }
            let next = old.and_then(|old| self.shared.oldest_after(old));
            if until.passed() {
                return;
            }
            let wake = next.map_or(until, |next| next.min(until));
            tokio::select! {
                () = ambient::wait(wake.left()) => {}
                () = self.shared.bell.notified() => {
                    // The last chance is not slept through.
                    if self.shared.plan(self.measure).closed && !std::mem::replace(&mut self.hurried, true) {
                        return;
                    }
                }
            }
        }
    }
}

pub(super) async fn wait_until(wake: Option<Deadline>) {
    if let Some(wake) = wake {
        ambient::wait(wake.left()).await;
    }
}

/// However the task ends, also with its runtime, what it held is accounted for.
impl Drop for Task {
    fn drop(&mut self) {
        let flight = std::mem::take(&mut self.flight);
        self.shared.end(flight.into_iter(), self.fatal.take());
    }
}

/// Whether no later attempt can go better with this client: it may not call, or the service does not know the call.
fn is_for_good(error: &Error) -> bool {
    match error.cause() {
        Cause::Refused(reason) => {
            matches!(reason, Reason::CredentialMissing | Reason::CredentialUnknown | Reason::RoleMissing)
        }
        Cause::Unexplained(code) => ["UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"].contains(code),
        Cause::OptionsWrong => true,
        _ => false,
    }
}
