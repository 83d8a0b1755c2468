//! The outermost layer: gives the call its number and finds its method.

use std::sync::Arc;

use http::HeaderValue;

use super::around::{Around, Inner, Next, Request, Response};
use super::methods::{Method, Methods};
use crate::caller::CallId;
use crate::clock::SharedClock;
use crate::entropy::{self, SharedEntropy};

/// Gives the call its number and finds its method.
pub(crate) struct Opening {
    pub(crate) methods: Methods,
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
}

/// The method of a call; `None` for a path that is none.
#[derive(Clone)]
pub(crate) struct Called(pub(crate) Option<Arc<Method>>);

impl Called {
    /// Its name in metrics and spans: of a path that is no method, the same for all.
    pub(crate) fn name(&self) -> Arc<str> {
        self.0.as_ref().map_or_else(|| Arc::from("other"), |method| Arc::clone(&method.name))
    }
}

/// What [`Opening`] gave the call.
pub(crate) fn opened(request: &Request) -> (CallId, Called) {
    let id = request.extensions().get().cloned().unwrap_or_else(|| CallId(String::new()));
    (id, request.extensions().get().cloned().unwrap_or(Called(None)))
}

impl Around for Opening {
    async fn around<S: Inner>(&self, mut request: Request, next: Next<S>) -> Response {
        let id = entropy::uuid(self.clock.now(), self.entropy.as_ref()).to_string();
        let header = HeaderValue::from_str(&id);
        let called = Called(self.methods.at(request.uri().path()).cloned());
        request.extensions_mut().insert(CallId(id));
        request.extensions_mut().insert(called);
        let mut response = next.run(request).await;
        if let Ok(header) = header {
            response.headers_mut().insert("x-call-id", header);
        }
        response
    }
}
