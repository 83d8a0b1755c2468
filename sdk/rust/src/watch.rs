//! Streams that have no end: begun anew by themselves, after what was given last, where the service ends one, stops, or cannot
//! be reached for a moment.
//!
//! Deliberately not here: what a stream tells.

use std::fmt;
use std::time::Duration;

use tonic::Streaming;

use crate::ambient;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::trace::CallSpan;

/// How long the service may be silent, which speaks every ten seconds, before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place<C> {
    /// On from a cursor.
    After(C),
    /// From the oldest that is left.
    Earliest,
    /// After the newest.
    Latest,
}

impl<C> Place<C> {
    /// The cursor, if it is one.
    pub(crate) const fn cursor(&self) -> Option<&C> {
        match self {
            Self::After(cursor) => Some(cursor),
            Self::Earliest | Self::Latest => None,
        }
    }
}

/// What is watched, and how far it was given.
pub(crate) trait Course: Send {
    /// A message of the stream.
    type Message: Send;
    /// What its reader is given.
    type Batch;

    /// Begins a stream after what was given last.
    fn begin(
        &self,
        caller: &Caller,
    ) -> impl Future<Output = Result<(Streaming<Self::Message>, CallSpan)>> + Send;

    /// Reads what was told, and moves on after it.
    fn take(&mut self, told: Self::Message) -> Result<Self::Batch>;
}

/// A stream that goes on.
pub(crate) struct Watch<C: Course> {
    caller: Caller,
    pub(crate) course: C,
    stream: Option<Begun<C::Message>>,
    /// Failures since the service last said something.
    failures: u32,
}

struct Begun<M> {
    messages: Streaming<M>,
    call: CallSpan,
    /// Whether it has said anything.
    spoke: bool,
}

impl<C: Course> Watch<C> {
    /// Asks nothing of the service before the first [`Watch::next`].
    pub(crate) fn of(caller: &Caller, course: C) -> Self {
        Self { caller: caller.clone(), course, stream: None, failures: 0 }
    }

    /// What the service says next. An ended stream is begun anew, a broken one as the client's [`Retry`](crate::Retry) says.
    /// Dropping this future before it is done loses nothing.
    pub(crate) async fn next(&mut self) -> Result<C::Batch> {
        loop {
            let error = match self.heard().await? {
                Ok(told) => {
                    self.failures = 0;
                    return self.course.take(told).inspect_err(|_| self.stream = None);
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
    async fn heard(&mut self) -> Result<std::result::Result<C::Message, Option<Error>>> {
        let begun = match &mut self.stream {
            Some(begun) => begun,
            none => {
                let (messages, call) = self.course.begin(&self.caller).await?;
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

impl<C: Course + fmt::Debug> fmt::Debug for Watch<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("course", &self.course)
            .field("begun", &self.stream.is_some())
            .finish_non_exhaustive()
    }
}
