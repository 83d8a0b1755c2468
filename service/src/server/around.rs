//! What a layer is: something done around a call, written as one async function.
//!
//! Tower asks for a service, a layer and a future type each; this says it once for all of them.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::body::Body;
use tower::{Layer, Service, ServiceExt};

/// A call on its way in.
pub(crate) type Request = http::Request<Body>;
/// Its answer on the way out.
pub(crate) type Response = http::Response<Body>;

/// What lies further in.
pub(crate) trait Inner:
    Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
}

impl<S> Inner for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Something done around every call.
pub(crate) trait Around: Send + Sync + 'static {
    /// Takes the call, usually hands it to `next`, and gives the answer.
    fn around<S: Inner>(&self, request: Request, next: Next<S>) -> impl Future<Output = Response> + Send;
}

/// The rest of the way in.
pub(crate) struct Next<S>(S);

impl<S: Inner> Next<S> {
    /// Goes on inwards.
    pub(crate) async fn run(self, request: Request) -> Response {
        match self.0.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Makes a tower layer of it.
pub(crate) struct Layered<A>(Arc<A>);

impl<A> Clone for Layered<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A> Layered<A> {
    pub(crate) fn new(around: A) -> Self {
        Self(Arc::new(around))
    }
}

impl<A: Around, S> Layer<S> for Layered<A> {
    type Service = Wrapped<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Wrapped { around: Arc::clone(&self.0), inner: Arc::new(inner) }
    }
}

/// A service with something done around it. Every call takes a clone of what lies inside: shared, a clone is one layer and not all
/// that are below it.
pub(crate) struct Wrapped<A, S> {
    around: Arc<A>,
    inner: Arc<S>,
}

impl<A, S> Clone for Wrapped<A, S> {
    fn clone(&self) -> Self {
        Self { around: Arc::clone(&self.around), inner: Arc::clone(&self.inner) }
    }
}

impl<A: Around, S: Inner> Service<Request> for Wrapped<A, S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // `oneshot` waits for the inner service where it is called; nothing here is ever busy.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (around, next) = (Arc::clone(&self.around), Next(S::clone(&self.inner)));
        Box::pin(async move { Ok(around.around(request, next).await) })
    }
}
