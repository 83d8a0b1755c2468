//! When to try again. Every call of the contract is safe to repeat: reads by nature, mutations by their request id, etag
//! or content; so only the error decides.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::error::Error;

/// How often, and after what waits, a call is tried again when its error passes by itself.
///
/// The wait before attempt n + 1 is drawn evenly from the upper half of `base` · 2^(n-1), at most `max_wait`; where the
/// service says how long it wants to be left alone (RetryInfo), never less than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    base: Duration,
    max_wait: Duration,
}

impl Retry {
    /// One attempt, whatever happens.
    #[must_use]
    pub const fn never() -> Self {
        Self { attempts: 1, base: Duration::ZERO, max_wait: Duration::ZERO }
    }

    /// That many attempts in all (0 counts as 1).
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest of the first waits; each following one may be twice as long.
    #[must_use]
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The longest wait of our own; one that the service asks for may be longer.
    #[must_use]
    pub const fn max_wait(mut self, max_wait: Duration) -> Self {
        self.max_wait = max_wait;
        self
    }

    /// How long to wait after `attempts` failed ones, the last with `error`; `None`: give up. `fraction` is random, of
    /// [0, 1). A wait that would outlast `left` is not begun: the caller learns the error at once.
    pub(crate) fn wait_after(
        &self,
        attempts: u32,
        error: &Error,
        fraction: f64,
        left: Duration,
    ) -> Option<Duration> {
        if attempts >= self.attempts || !error.passes() {
            return None;
        }
        let drawn = self.drawn(attempts, fraction);
        // Added and not chosen between, or everybody who was asked for the same wait would come back together.
        let wait = error.retry_after().map_or(drawn, |asked| asked.saturating_add(drawn));
        (wait < left).then_some(wait)
    }

    /// How long to wait after `failures` of work that is never given up, the last with `error`. Where nothing was to be tried
    /// again, as by default: work that is never given up is tried again nevertheless.
    pub(crate) fn wait_always(&self, failures: u32, error: &Error, fraction: f64) -> Duration {
        let waits = !self.base.is_zero() && !self.max_wait.is_zero();
        let drawn = if waits { *self } else { Self::default() }.drawn(failures, fraction);
        error.retry_after().map_or(drawn, |asked| asked.saturating_add(drawn))
    }

    fn drawn(&self, attempts: u32, fraction: f64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        let longest = self.base.saturating_mul(1 << doublings).min(self.max_wait);
        longest.mul_f64(0.5 + fraction / 2.0)
    }
}

impl Default for Retry {
    /// Five attempts; waits from 100 ms, at most 5 s.
    fn default() -> Self {
        Self { attempts: 5, base: Duration::from_millis(100), max_wait: Duration::from_secs(5) }
    }
}
