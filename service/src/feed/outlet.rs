//! Where the messages of a stream go out to a reader who may be slow. One message waits at most; a reader who does not take
//! it in time is cut, and holds nothing from then on.
//!
//! What a reader can still be told then: HTTP/2 gives a stream's frames out in their order, so that a status never overtakes
//! what the reader has not taken, and the transport asks for no more while it holds some of that. The last word therefore
//! waits here, a few bytes, until the reader reads again or its connection ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_stream::Stream;
use tonic::Status;

use crate::caller::CallId;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::server::answer::Broken;
use crate::wire::status::status;

/// How long a message may wait for its reader.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);

/// Both ends of a way out.
pub(crate) fn outlet<M>() -> (Outlet<M>, Outflow<M>) {
    let (sender, waiting) = mpsc::channel(1);
    let (last_word, heard) = oneshot::channel();
    let waiting = Arc::new(Mutex::new(waiting));
    (Outlet { sender, waiting: Arc::downgrade(&waiting), last_word }, Outflow { waiting, heard })
}

/// The teller's end.
pub(crate) struct Outlet<M> {
    sender: mpsc::Sender<M>,
    /// What waits, as long as there is a reader.
    waiting: Weak<Mutex<mpsc::Receiver<M>>>,
    last_word: oneshot::Sender<Status>,
}

/// Room for one message.
pub(crate) type Place<'a, M> = mpsc::Permit<'a, M>;

/// The reader took nothing for too long, or is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

impl<M> Outlet<M> {
    /// Waits for room for one message: until the one before it was taken.
    ///
    /// # Errors
    /// When the reader takes too long.
    pub(crate) async fn place(&self, clock: &dyn Clock) -> Result<Place<'_, M>, TooSlow> {
        if let Ok(place) = self.sender.try_reserve() {
            return Ok(place);
        }
        tokio::select! {
            place = self.sender.reserve() => place.map_err(|_| TooSlow),
            () = clock.sleep(TAKEN_WITHIN) => Err(TooSlow),
        }
    }

    /// Ends when the reader is gone.
    pub(crate) async fn gone(&self) {
        self.sender.closed().await;
    }

    /// Says how the stream ended: after what waits, but to a reader who was too slow, in its place.
    pub(crate) fn conclude(self, ended: Result<(), Broken>, call: &CallId) {
        match ended {
            Ok(()) => {}
            Err(Broken::Failed(failure @ Failure::ReaderTooSlow)) => self.cut(status(&failure, call)),
            Err(Broken::Failed(failure)) => self.end(status(&failure, call)),
            Err(Broken::Transport(status)) => self.end(status),
        }
    }

    /// Tells a last word after what waits.
    pub(crate) fn end(self, status: Status) {
        // Where the reader is gone there is nobody to tell. Said before the sender goes, which ends what waits.
        let _ = self.last_word.send(status);
    }

    /// Drops what waits, and leaves a last word in its place.
    pub(crate) fn cut(self, status: Status) {
        if let Some(waiting) = self.waiting.upgrade() {
            let mut waiting = lock(&waiting);
            waiting.close();
            while waiting.try_recv().is_ok() {}
        }
        self.end(status);
    }
}

/// The reader's end.
pub struct Outflow<M> {
    waiting: Arc<Mutex<mpsc::Receiver<M>>>,
    heard: oneshot::Receiver<Status>,
}

impl<M> Stream for Outflow<M> {
    type Item = Result<M, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let told = ready!(lock(&self.waiting).poll_recv(cx));
        Poll::Ready(told.map(Ok).or_else(|| self.heard.try_recv().ok().map(Err)))
    }
}

fn lock<M>(waiting: &Mutex<mpsc::Receiver<M>>) -> MutexGuard<'_, mpsc::Receiver<M>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use assent_domain::time::Instant;
    use tokio_stream::StreamExt;

    use super::*;
    use crate::clock::ManualClock;

    fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()))
    }

    #[tokio::test]
    async fn a_last_word_is_heard_after_what_waits() {
        let (clock, (outlet, mut outflow)) = (clock(), outlet());
        outlet.place(clock.as_ref()).await.unwrap().send("one");
        outlet.end(Status::aborted("over"));
        assert_eq!(outflow.next().await.unwrap().unwrap(), "one");
        assert_eq!(outflow.next().await.unwrap().unwrap_err().message(), "over");
        assert!(outflow.next().await.is_none());
    }

    #[tokio::test]
    async fn without_a_last_word_it_ends_in_order() {
        let (clock, (outlet, mut outflow)) = (clock(), outlet());
        outlet.place(clock.as_ref()).await.unwrap().send("one");
        drop(outlet);
        assert_eq!(outflow.next().await.unwrap().unwrap(), "one");
        assert!(outflow.next().await.is_none());
    }

    #[tokio::test]
    async fn there_is_room_again_when_the_message_was_taken() {
        let (clock, (outlet, mut outflow)) = (clock(), outlet());
        outlet.place(clock.as_ref()).await.unwrap().send(1);
        assert_eq!(outflow.next().await.unwrap().unwrap(), 1);
        outlet.place(clock.as_ref()).await.unwrap().send(2);
        assert_eq!(outflow.next().await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_reader_who_takes_nothing_for_a_minute_is_cut_and_what_waited_is_let_go() {
        let (clock, (outlet, mut outflow)) = (clock(), outlet());
        let held = Arc::new(());
        outlet.place(clock.as_ref()).await.unwrap().send(Arc::clone(&held));
        let slow = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move {
                let slow = outlet.place(clock.as_ref()).await.map(drop);
                outlet.cut(Status::aborted("cut"));
                slow
            }
        });
        while !clock.sleeps_until(TAKEN_WITHIN) {
            tokio::task::yield_now().await;
        }
        clock.advance(TAKEN_WITHIN - Duration::from_micros(1));
        tokio::task::yield_now().await;
        assert!(!slow.is_finished());
        clock.advance(Duration::from_micros(1));
        assert_eq!(slow.await.unwrap(), Err(TooSlow));
        assert_eq!(Arc::strong_count(&held), 1, "it holds nothing");
        assert_eq!(outflow.next().await.unwrap().unwrap_err().message(), "cut");
        assert!(outflow.next().await.is_none());
    }

    #[tokio::test]
    async fn a_reader_who_is_gone_is_noticed() {
        let (outlet, outflow) = outlet::<()>();
        drop(outflow);
        outlet.gone().await;
        assert_eq!(outlet.place(clock().as_ref()).await.map(drop), Err(TooSlow));
        outlet.cut(Status::aborted("nobody hears"));
    }
}
