//! A stream of the service as its reader takes it: begun anew where the service ends it, stops, or cannot be reached for a
//! moment. Where it goes on, and what it tells, is its reader's to know.

use std::future::Future;
use std::time::Duration;

use tonic::Streaming;

use crate::ambient;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::trace::CallSpan;

/// How long the service may be silent, which speaks every ten seconds, before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A stream of those messages.
pub(crate) struct Resumed<M> {
    caller: Caller,
    stream: Option<Begun<M>>,
    /// Failures since the service last said something.
    failures: u32,
}

struct Begun<M> {
    messages: Streaming<M>,
    call: CallSpan,
    /// Whether it has said anything.
    spoke: bool,
}

impl<M> Resumed<M> {
    /// One that was not begun yet.
    pub(crate) const fn new(caller: Caller) -> Self {
        Self { caller, stream: None, failures: 0 }
    }

    /// Whether it is under way.
    pub(crate) const fn is_begun(&self) -> bool {
        self.stream.is_some()
    }

    /// Ends it: the next message is one of a stream that is begun anew.
    pub(crate) fn end(&mut self) {
        self.stream = None;
    }

    /// The next message; where there is no stream `begin` says how one is begun. An ended stream is begun anew, a broken one as
    /// the client's retry says. Dropping this future before it is done loses nothing.
    pub(crate) async fn next<B, F>(&mut self, begin: B) -> Result<M>
    where
        B: Fn(Caller) -> F,
        F: Future<Output = Result<(Streaming<M>, CallSpan)>>,
    {
        loop {
            let error = match self.heard(&begin).await? {
                Ok(told) => {
                    self.failures = 0;
                    return Ok(told);
                }
                // In order: after some minutes, or because the service stops.
                Err(None) => continue,
                Err(Some(error)) => error,
            };
            self.failures = self.failures.saturating_add(1);
            let retry = &self.caller.manner.retry;
            let wait = retry.wait_after(self.failures, &error, ambient::fraction(), Duration::MAX);
            match wait {
                Some(wait) => ambient::wait(wait).await,
                None => return Err(error.after(std::mem::take(&mut self.failures))),
            }
        }
    }

    /// The next message of the stream, which is begun where there is none; `Err`: why it is over.
    async fn heard<B, F>(&mut self, begin: B) -> Result<std::result::Result<M, Option<Error>>>
    where
        B: Fn(Caller) -> F,
        F: Future<Output = Result<(Streaming<M>, CallSpan)>>,
    {
        let begun = match &mut self.stream {
            Some(begun) => begun,
            none => {
                let (messages, call) = begin(self.caller.clone()).await?;
                none.insert(Begun { messages, call, spoke: false })
            }
        };
        let over = match tokio::time::timeout(SILENCE_MAX, begun.messages.message()).await {
            Ok(Ok(Some(told))) => {
                begun.spoke = true;
                return Ok(Ok(told));
            }
            // Who says nothing at all is not Assent, and would be asked again without end.
            Ok(Ok(None)) => (!begun.spoke).then(|| Error::unintelligible("the beginning of a stream")),
            Ok(Err(status)) => Some(Error::from_status(&status)),
            Err(_) => Some(Error::deadline_passed()),
        };
        if let Some(error) = &over {
            begun.call.failed(error);
        }
        self.stream = None;
        Ok(Err(over))
    }
}
