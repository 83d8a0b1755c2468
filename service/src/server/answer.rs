//! From a request to its verb and back: the one door through which every method goes.
//!
//! It finds who calls, checks the message against the contract's limits, runs the verb, and turns a
//! failure into its status. So no method can forget one of them.

use std::future::Future;

use assent_proto::validate::Validate;
use tonic::{Request, Response, Status};

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
