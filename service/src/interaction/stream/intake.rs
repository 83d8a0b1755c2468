//! What a caller sends, as it comes: something is known to be there before it is read.
//!
//! So a stream that has no room for a batch leaves it where it is, at its caller's end or in the transport's bounded windows, and
//! one whose caller is silent holds no room for what may come.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use assent_proto::validate::Validate;
use tokio::sync::Notify;

use crate::server::answer::{Broken, Checked, Inbound};

/// The reading end of a stream.
pub(super) struct Intake<Q> {
    inbound: Inbound<Q>,
    stir: Arc<Stir>,
    waker: Waker,
}

/// Woken by the transport when there is more to read.
struct Stir(Notify);

impl Wake for Stir {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

impl<Q: Validate> Intake<Q> {
    pub(super) fn of(inbound: Inbound<Q>) -> Self {
        let stir = Arc::new(Stir(Notify::new()));
        // It has not been looked at yet.
        stir.0.notify_one();
        Self { inbound, waker: Waker::from(Arc::clone(&stir)), stir }
    }

    /// Waits until there may be something to read that was not looked at.
    pub(super) async fn stirs(&mut self) {
        self.stir.0.notified().await;
    }

    /// The next message, with what is wrong with it; `Ok(None)`: there are no more; `None`: not all of it is there.
    pub(super) fn look(&mut self) -> Option<Result<Option<Checked<Q>>, Broken>> {
        match self.inbound.poll_next(&mut Context::from_waker(&self.waker)) {
            Poll::Ready(next) => {
                // There may be another one behind it.
                self.stir.0.notify_one();
                Some(next)
            }
            Poll::Pending => None,
        }
    }
}
