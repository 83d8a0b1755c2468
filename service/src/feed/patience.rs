//! How long a read may look and wait: the caller's wish, the service's limit, the deadline, a stream's next word, and the
//! end of the service, whichever comes first.

use std::time::Duration;

use super::news::Following;
use crate::caller::Call;
use crate::context::Context;

/// How much before its deadline a call stops looking and waiting, at most: what it found must still be told.
const LAST_WORD: Duration = Duration::from_millis(500);

/// When a read ends, on the clock's monotonic side.
pub(crate) struct Patience {
    waits_until: Duration,
    looks_until: Duration,
}

impl Patience {
    /// The patience of a call that asked to wait for `max_wait`.
    pub(crate) fn of(context: &Context, call: &Call, max_wait: Duration) -> Self {
        let now = context.clock.monotonic();
        let left = call.deadline.left(context.clock.as_ref());
        let looks_until = now.saturating_add(left.saturating_sub(LAST_WORD.min(left / 4)));
        let waits_until = now.saturating_add(max_wait.min(context.limits.max_wait));
        Self { waits_until: waits_until.min(looks_until), looks_until }
    }

    /// The patience of a stream that has to tell something by `until`, on the clock's monotonic side.
    pub(crate) const fn until(until: Duration) -> Self {
        Self { waits_until: until, looks_until: until }
    }

    /// Whether there is time to look further.
    pub(crate) fn looks_on(&self, context: &Context) -> bool {
        !context.stopping.is_cancelled() && context.clock.monotonic() < self.looks_until
    }

    /// Whether it is time to answer.
    pub(crate) fn is_over(&self, context: &Context) -> bool {
        context.stopping.is_cancelled() || context.clock.monotonic() >= self.waits_until
    }

    /// Waits until there is something to look for, whichever replica wrote it, or until it is time for a last look.
    pub(crate) async fn wait(&self, context: &Context, following: &mut Following) {
        let left = self.waits_until.saturating_sub(context.clock.monotonic());
        tokio::select! {
            () = following.news() => {}
            () = context.clock.sleep(left) => {}
            () = context.stopping.cancelled() => {}
        }
    }
}
