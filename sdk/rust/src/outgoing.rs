//! What goes out over a stream that the caller feeds, one message after the other.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tonic::codegen::tokio_stream::Stream;

/// The messages of a channel, taken when the transport has room for them.
pub(crate) struct Outgoing<M>(pub(crate) mpsc::Receiver<M>);

impl<M> Stream for Outgoing<M> {
    type Item = M;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}
