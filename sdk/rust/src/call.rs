//! One logical call: the same message, sent until it is answered, or fails for good, or the time for it is over.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use assent_proto::v1::audience_service_client::AudienceServiceClient;
use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::privacy_service_client::PrivacyServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::wait_block_service_client::WaitBlockServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::ambient::{self, Deadline};
use crate::error::{Error, Result};
use crate::options::MESSAGE_BYTES;
use crate::retry::Retry;
use crate::trace::{CallSpan, Telling};

/// What every call needs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) channel: Channel,
    pub(crate) manner: Arc<Manner>,
}

/// How calls are made.
pub(crate) struct Manner {
    /// `Bearer <key>`, marked as not to be shown or indexed.
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) retry: Retry,
}

/// The way that every attempt takes.
pub(crate) type Way = InterceptedService<Channel, Telling>;

/// A client of one service with the limits of the contract.
macro_rules! limited {
    ($caller:expr, $client:ident) => {{
        $client::new($caller.way())
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES)
    }};
}

impl Caller {
    pub(crate) fn way(&self) -> Way {
        InterceptedService::new(self.channel.clone(), Telling)
    }

    pub(crate) fn audience(&self) -> AudienceServiceClient<Way> {
        limited!(self, AudienceServiceClient)
    }

    pub(crate) fn consents(&self) -> ConsentServiceClient<Way> {
        limited!(self, ConsentServiceClient)
    }

    pub(crate) fn changes(&self) -> ConsentChangeServiceClient<Way> {
        limited!(self, ConsentChangeServiceClient)
    }

    pub(crate) fn interactions(&self) -> InteractionServiceClient<Way> {
        limited!(self, InteractionServiceClient)
    }

    pub(crate) fn privacy(&self) -> PrivacyServiceClient<Way> {
        limited!(self, PrivacyServiceClient)
    }

    pub(crate) fn settings(&self) -> SettingsServiceClient<Way> {
        limited!(self, SettingsServiceClient)
    }

    pub(crate) fn wait_blocks(&self) -> WaitBlockServiceClient<Way> {
        limited!(self, WaitBlockServiceClient)
    }

    /// Makes a call of one message to and fro.
    pub(crate) async fn unary<Q, A, F>(&self, message: Q, send: impl Fn(Request<Q>) -> F) -> Result<A>
    where
        Q: Clone,
        F: Future<Output = std::result::Result<Response<A>, Status>>,
    {
        self.patient(message, Duration::ZERO, send).await
    }

    /// Makes a call that the service may keep waiting for `patience` beyond what it takes otherwise.
    pub(crate) async fn patient<Q, A, F>(
        &self,
        message: Q,
        patience: Duration,
        send: impl Fn(Request<Q>) -> F,
    ) -> Result<A>
    where
        Q: Clone,
        F: Future<Output = std::result::Result<Response<A>, Status>>,
    {
        self.repeat(&CallSpan::open(), message, patience, Bound::Answer, send).await
    }

    /// Begins a stream from the service, and gives the span that lasts as long as it. What breaks once it has begun is the
    /// reader's to deal with.
    pub(crate) async fn stream<Q, A, F>(
        &self,
        message: Q,
        send: impl Fn(Request<Q>) -> F,
    ) -> Result<(A, CallSpan)>
    where
        Q: Clone,
        F: Future<Output = std::result::Result<Response<A>, Status>>,
    {
        let call = CallSpan::open();
        let begun = self.repeat(&call, message, Duration::ZERO, Bound::Beginning, send).await?;
        Ok((begun, call))
    }

    /// Tries once to begin a stream, and gives the span that lasts as long as it. When to try again is the caller's to say.
    pub(crate) async fn stream_once<Q, A, F>(
        &self,
        message: Q,
        send: impl FnOnce(Request<Q>) -> F,
    ) -> Result<(A, CallSpan)>
    where
        F: Future<Output = std::result::Result<Response<A>, Status>>,
    {
        let call = CallSpan::open();
        let sent = call.around(send(self.request(&call, message)));
        let begun = match tokio::time::timeout(self.manner.attempt_timeout, sent).await {
            Ok(begun) => begun.map_err(|status| Error::from_status(&status)),
            Err(_) => Err(Error::deadline_passed()),
        };
        call.tried(1);
        match begun {
            Ok(begun) => Ok((begun.into_inner(), call)),
            Err(error) => {
                call.failed(&error);
                Err(error.after(1))
            }
        }
    }

    async fn repeat<Q, A, F>(
        &self,
        call: &CallSpan,
        message: Q,
        patience: Duration,
        bound: Bound,
        send: impl Fn(Request<Q>) -> F,
    ) -> Result<A>
    where
        Q: Clone,
        F: Future<Output = std::result::Result<Response<A>, Status>>,
    {
        let deadline = Deadline::after(self.manner.call_timeout.saturating_add(patience));
        let attempt_time = self.manner.attempt_timeout.saturating_add(patience);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let time = attempt_time.min(deadline.left());
            let mut request = self.request(call, message.clone());
            if matches!(bound, Bound::Answer) {
                request.set_timeout(time);
            }
            // The transport stops an attempt on its own; this holds also where no connection is to be had.
            let error = match call.around(tokio::time::timeout(time, send(request))).await {
                Ok(Ok(response)) => {
                    call.tried(attempts);
                    return Ok(response.into_inner());
                }
                Ok(Err(status)) => Error::from_status(&status),
                Err(_) => Error::deadline_passed(),
            };
            match self.manner.retry.wait_after(attempts, &error, ambient::fraction(), deadline.left()) {
                Some(wait) => ambient::wait(wait).await,
                None => {
                    call.tried(attempts);
                    call.failed(&error);
                    return Err(error.after(attempts));
                }
            }
        }
    }

    /// A request with all that goes beside its message.
    fn request<Q>(&self, call: &CallSpan, message: Q) -> Request<Q> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.manner.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request.extensions_mut().insert(call.clone());
        request
    }
}

/// What the time of an attempt bounds.
#[derive(Clone, Copy)]
enum Bound {
    /// The whole answer; the service is told.
    Answer,
    /// The beginning of a stream, which then lasts as long as it has something to say.
    Beginning,
}
