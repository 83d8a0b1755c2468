//! Telling a feed as a stream, whatever it carries: a checkpoint first, something at least every ten seconds, and a
//! checkpoint last. A stream ends by itself before it is old, so that readers spread over the replicas anew.
//!
//! Deliberately not here: what is read and how it is judged. Whoever tells reads on only when there is room for what it will
//! find, so that what waits for a slow reader was judged as late as can be.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::outlet::{Outflow, Outlet, Place, TooSlow, outlet};
use crate::caller::Call;
use crate::clock::SharedClock;
use crate::context::Context;
use crate::entropy::scattered;
use crate::failure::{Failure, Outcome};
use crate::server::answer::Broken;

/// How long a stream is silent at most. Ten seconds are promised; one is for the last look before it speaks.
const SILENCE_MAX: Duration = Duration::from_secs(9);

/// How long that look may take before the stream speaks without it: its turn may not come among many, and a database may be slow.
const LATE: Duration = Duration::from_millis(500);

/// How long a stream lasts, give or take half of it: a quarter of an hour at most.
pub(crate) const AGE: Duration = Duration::from_secs(10 * 60);

/// What a stream tells of.
pub(crate) trait Telling: Send + 'static {
    /// A message of the stream.
    type Message: Clone + Send + 'static;

    /// Reads on until there is something to tell, until the clock's monotonic side reads `until`, or until it has looked
    /// at enough. `None`: there is nothing to tell but a checkpoint.
    fn read_on(&mut self, until: Duration) -> impl Future<Output = Outcome<Option<Self::Message>>> + Send;

    /// Tells how far it has read. What it gives goes out, unless it is followed by what was read on from there.
    fn checkpoint(&mut self) -> Self::Message;

    /// Whether what was told last is the end of all there is to tell. A feed has none.
    fn is_over(&self) -> bool {
        false
    }
}

/// Begins a stream. It goes on as long as somebody reads it, at most as long as a stream lasts.
pub(crate) fn begin<T: Telling>(context: &Context, call: &Call, mut telling: T) -> Outflow<T::Message> {
    let course = Course {
        ends_at: context.clock.monotonic().saturating_add(scattered(AGE, context.entropy.as_ref())),
        clock: Arc::clone(&context.clock),
        stopping: context.stopping.clone(),
    };
    let ((outlet, outflow), id) = (outlet(), call.id.clone());
    let work = async move {
        let ended = tokio::select! {
            ended = course.tell(&mut telling, &outlet) => ended,
            () = outlet.gone() => return,
        };
        outlet.conclude(ended.map_err(Broken::Failed), &id);
    };
    tokio::spawn(work.in_current_span());
    outflow
}

/// When a stream speaks, and when it ends.
struct Course {
    clock: SharedClock,
    stopping: CancellationToken,
    /// On the clock's monotonic side.
    ends_at: Duration,
}

impl Course {
    async fn tell<T: Telling>(&self, telling: &mut T, outlet: &Outlet<T::Message>) -> Outcome<()> {
        let clock = self.clock.as_ref();
        // The first word: from where to begin again, whatever happens.
        outlet.place(clock).await?.send(telling.checkpoint());
        loop {
            let place = outlet.place(clock).await?;
            if self.stopping.is_cancelled() || clock.monotonic() >= self.ends_at {
                place.send(telling.checkpoint());
                return Ok(());
            }
            if !self.tell_next(telling, outlet, place).await? || telling.is_over() {
                return Ok(());
            }
        }
    }

    /// Tells what is read next. As long as a look does not come to its end, it tells that it has come no further, and the look goes on:
    /// of what it fails, the reader is told. `false`: the stream has become old meanwhile.
    async fn tell_next<T: Telling>(
        &self,
        telling: &mut T,
        outlet: &Outlet<T::Message>,
        place: Place<'_, T::Message>,
    ) -> Outcome<bool> {
        let clock = self.clock.as_ref();
        let until = clock.monotonic().saturating_add(SILENCE_MAX).min(self.ends_at);
        let (so_far, mut place) = (telling.checkpoint(), Some(place));
        let mut speaks_at = until.saturating_add(LATE);
        let read = {
            let mut reading = pin!(telling.read_on(until));
            loop {
                let silence = speaks_at.saturating_sub(clock.monotonic());
                tokio::select! {
                    biased;
                    read = &mut reading => break read?,
                    free = outlet.place(clock), if place.is_none() => place = Some(free?),
                    () = clock.sleep(silence), if place.is_some() => {
                        if let Some(place) = place.take() {
                            place.send(so_far.clone());
                        }
                        if clock.monotonic() >= self.ends_at {
                            return Ok(false);
                        }
                        let silence = clock.monotonic().saturating_add(SILENCE_MAX);
                        speaks_at = silence.min(self.ends_at.saturating_add(LATE));
                    }
                }
            }
        };
        let place = match place {
            Some(place) => place,
            None => outlet.place(clock).await?,
        };
        place.send(read.unwrap_or_else(|| telling.checkpoint()));
        Ok(true)
    }
}

impl From<TooSlow> for Failure {
    fn from(_: TooSlow) -> Self {
        Self::ReaderTooSlow
    }
}

#[cfg(test)]
mod tests;
