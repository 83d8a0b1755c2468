//! From a request to its verb and back: the one door through which every method goes.
//!
//! It finds who calls, checks the message against the contract's limits, runs the verb, and turns a
//! failure into its status. So no method can forget one of them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use assent_proto::validate::{Validate, Violation};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use crate::caller::{Call, CallId};
use crate::failure::{Failure, Outcome};
use crate::wire::status::status;

/// Answers `request` by `verb`.
///
/// # Errors
/// The status of whatever failed.
pub async fn answer<Q, A, F>(
    request: Request<Q>,
    verb: impl FnOnce(Call, Q) -> F,
) -> Result<Response<A>, Status>
where
    Q: Validate,
    F: Future<Output = Outcome<A>>,
{
    let call = call(&request)?;
    let id = call.id.clone();
    let message = request.into_inner();
    let wrong = message.violations();
    if !wrong.is_empty() {
        return Err(status(&Failure::from(wrong), &id));
    }
    match verb(call, message).await {
        Ok(answer) => Ok(Response::new(answer)),
        Err(failure) => Err(status(&failure, &id)),
    }
}

/// Answers a caller who sends a stream of messages by `verb`: each of them is checked as it is read.
///
/// # Errors
/// The status of whatever failed before the answer began.
pub async fn converse<Q, A, F>(
    request: Request<Streaming<Q>>,
    verb: impl FnOnce(Call, Inbound<Q>) -> F,
) -> Result<Response<A>, Status>
where
    Q: Validate,
    F: Future<Output = Result<A, Broken>>,
{
    let call = call(&request)?;
    let id = call.id.clone();
    match verb(call, Inbound(request.into_inner())).await {
        Ok(answer) => Ok(Response::new(answer)),
        Err(Broken::Failed(failure)) => Err(status(&failure, &id)),
        Err(Broken::Transport(status)) => Err(status),
    }
}

/// A message, and what is wrong with it.
pub type Checked<Q> = (Q, Vec<Violation>);

/// What a caller sends, message by message.
pub struct Inbound<Q>(Streaming<Q>);

/// Why a stream of messages ends before its caller ends it.
#[derive(Debug)]
pub enum Broken {
    /// The service gave up.
    Failed(Failure),
    /// The transport did: a message cannot be read, or is too long, or nobody is there any more.
    Transport(Status),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<Q: Validate> Inbound<Q> {
    /// The next message, if it is there, with what is wrong with it by the contract; `None`: there are no more. For who has to know
    /// of a message before it is read: where it is not there, `cx` is woken when more of it is.
    ///
    /// # Errors
    /// What the transport says.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Checked<Q>>, Broken>> {
        let message = ready!(Pin::new(&mut self.0).poll_next(cx)).transpose().map_err(Broken::Transport)?;
        Poll::Ready(Ok(message.map(|message| {
            let wrong = message.violations();
            (message, wrong)
        })))
    }

    /// The next message, which is as the contract asks; `None`: there are no more.
    ///
    /// # Errors
    /// What the transport says; [`Failure::Invalid`] or [`Failure::BatchTooLarge`] for one that is not.
    pub async fn next(&mut self) -> Result<Option<Q>, Broken> {
        let Some(message) = self.0.message().await.map_err(Broken::Transport)? else { return Ok(None) };
        let wrong = message.violations();
        if wrong.is_empty() { Ok(Some(message)) } else { Err(Failure::from(wrong).into()) }
    }
}

/// What the layers found out about a call.
///
/// # Errors
/// An internal error when the layers are not there.
pub fn call<Q>(request: &Request<Q>) -> Result<Call, Status> {
    let extensions = request.extensions();
    let found = (|| {
        let caller = extensions.get().cloned()?;
        Some(Call { caller, id: extensions.get().cloned()?, deadline: extensions.get().copied()? })
    })();
    found.ok_or_else(|| {
        let failure = Failure::internal("a method was reached around its layers");
        status(&failure, &CallId(String::new()))
    })
}
