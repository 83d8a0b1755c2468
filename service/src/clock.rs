//! The service's one source of time: telling it, waiting for it, and measuring how long a thing took.
//!
//! Everything that needs the time takes a [`Clock`], so that a test decides what time it is and never
//! has to sleep. Deliberately not here: calendar days and zones, which belong to the domain.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use assent_domain::time::{Instant, Span};
use tokio::sync::watch;

/// A wait that ends when its time has come. Dropping it gives the wait up.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync + 'static {
    /// The instant it is now, in microseconds.
    fn now(&self) -> Instant;

    /// Time passed since some fixed moment; it never goes back. For durations, never for dates.
    fn monotonic(&self) -> Duration;

    /// Waits for that long.
    fn sleep(&self, span: Duration) -> Sleep;

    /// Lets a moment pass between two tries at the same thing: not a wait for any time.
    fn pause(&self, span: Duration) -> Sleep {
        self.sleep(span)
    }

    /// Waits until that instant; an instant that is past ends the wait at once.
    fn sleep_until(&self, at: Instant) -> Sleep;
}

/// A clock that many may hold.
pub type SharedClock = Arc<dyn Clock>;

/// Measures how long something took.
#[derive(Clone)]
pub struct Stopwatch {
    clock: SharedClock,
    started: Duration,
}

impl Stopwatch {
    /// Starts measuring now.
    #[must_use]
    pub fn start(clock: &SharedClock) -> Self {
        Self { clock: Arc::clone(clock), started: clock.monotonic() }
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.monotonic().saturating_sub(self.started)
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// The machine's clock, its monotonic side starting at zero.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the machine's clock is read")]
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the machine's clock is read")]
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Instant::from_micros(micros).unwrap_or(Instant::MAX)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that waits by the machine's clock")]
    fn sleep(&self, span: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(span))
    }

    fn sleep_until(&self, at: Instant) -> Sleep {
        let micros = at.micros().saturating_sub(self.now().micros());
        self.sleep(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }
}

#[derive(Clone, Copy)]
struct Hands {
    now: Instant,
    monotonic: Duration,
}

/// A clock that stands still until it is advanced, and then wakes whoever waited for that time.
pub struct ManualClock {
    hands: watch::Sender<Hands>,
    /// When each sleep that is under way ends, on the monotonic side.
    ends: Mutex<Vec<Weak<Duration>>>,
}

impl ManualClock {
    /// A clock that stands at that instant.
    #[must_use]
    pub fn at(now: Instant) -> Self {
        let hands = watch::Sender::new(Hands { now, monotonic: Duration::ZERO });
        Self { hands, ends: Mutex::default() }
    }

    /// Moves the time forward and wakes every wait that is over.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.hands.send_modify(|hands| {
            hands.now = hands.now.plus(Span::from_micros(micros));
            hands.monotonic = hands.monotonic.saturating_add(by);
        });
    }

    /// Sets the date, backwards too; what was measured or slept by duration is not touched.
    pub fn set(&self, now: Instant) {
        self.hands.send_modify(|hands| hands.now = now);
    }

    /// How many waits are under way: a test that needs a sleeper waits for one before it advances.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        self.hands.receiver_count()
    }

    /// Whether somebody sleeps who will wake up just then, on the monotonic side: by an instant that nobody else
    /// waits for, a test knows a sleeper from the others.
    #[must_use]
    pub fn sleeps_until(&self, end: Duration) -> bool {
        self.sleep_until_then(end).is_some()
    }

    /// One sleep that is over just then, on the monotonic side; it is under way as long as it can be upgraded. By it a test
    /// knows somebody who sleeps on from one who sleeps anew.
    #[must_use]
    pub fn sleep_until_then(&self, end: Duration) -> Option<Weak<Duration>> {
        let ends = self.ends();
        ends.iter().find(|sleep| sleep.upgrade().is_some_and(|sleep| *sleep == end)).cloned()
    }

    fn ends(&self) -> MutexGuard<'_, Vec<Weak<Duration>>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, over: impl Fn(&Hands) -> bool + Send + Sync + 'static) -> Sleep {
        let mut seen = self.hands.subscribe();
        Box::pin(async move {
            // When the clock is gone nobody can advance it: the wait has no end, and is dropped with its task.
            if seen.wait_for(|hands| over(hands)).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.hands.borrow().now
    }

    fn monotonic(&self) -> Duration {
        self.hands.borrow().monotonic
    }

    fn sleep(&self, span: Duration) -> Sleep {
        let end = Arc::new(self.monotonic().saturating_add(span));
        let mut ends = self.ends();
        ends.retain(|sleep| sleep.strong_count() > 0);
        ends.push(Arc::downgrade(&end));
        self.wait(move |hands| hands.monotonic >= *end)
    }

    fn sleep_until(&self, at: Instant) -> Sleep {
        self.wait(move |hands| hands.now >= at)
    }

    /// Lets others go first; the time of tries is not the test's.
    fn pause(&self, _: Duration) -> Sleep {
        Box::pin(tokio::task::yield_now())
    }
}

#[cfg(test)]
mod tests;
