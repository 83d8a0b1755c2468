//! How many calls are worked on at once: one more is turned away at once, with the advice to come back.
//!
//! Waiting in a queue would only make the caller's deadline pass in here. Health is always answered.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::around::{Around, Inner, Next, Request, Response};
use super::ending::at_the_end;
use super::methods::Access;
use super::opening::opened;
use crate::failure::Failure;
use crate::wire::status::status;

/// Turns calls away that are too many.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
}

impl Admission {
    /// Lets that many in at once.
    pub(crate) fn new(calls: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(calls)) }
    }
}

impl Around for Admission {
    async fn around<S: Inner>(&self, request: Request, next: Next<S>) -> Response {
        let (call, called) = opened(&request);
        if called.0.is_some_and(|method| method.access == Access::Public) {
            return next.run(request).await;
        }
        match Arc::clone(&self.places).try_acquire_owned() {
            // The place is kept until the whole answer was sent: a stream works until its end.
            Ok(place) => at_the_end(next.run(request).await, move |_| drop(place)),
            Err(_) => status(&Failure::Overloaded, &call).into_http(),
        }
    }
}
