//! What a layer is: something done around a call, written as one async function.
//!
//! Tower asks for a service, a layer and a future type each; this says it once for all of them.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::body::Body;
use tower::{Layer, Service, ServiceExt};

/// A call on its way in.
pub(crate) type Request = http::Request<Body>;
/// Its answer on the way out.
pub(crate) type Response = http::Response<Body>;

/// What lies further in.
pub(crate) trait Inner:
    Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> Inner for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// Something done around every call.
pub(crate) trait Around: Clone + Send + Sync + 'static {
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
#[derive(Clone)]
pub(crate) struct Layered<A>(pub(crate) A);

impl<A: Around, S> Layer<S> for Layered<A> {
    type Service = Wrapped<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Wrapped { around: self.0.clone(), inner }
    }
}

/// A service with something done around it.
#[derive(Clone)]
pub(crate) struct Wrapped<A, S> {
    around: A,
    inner: S,
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
        let (around, next) = (self.around.clone(), Next(self.inner.clone()));
        Box::pin(async move { Ok(around.around(request, next).await) })
    }
}
