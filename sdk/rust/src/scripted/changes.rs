//! The stream of changes, from the script.

use std::pin::Pin;

use assent_proto::v1;
use assent_proto::v1::watch_consent_changes_request::Position;
use tonic::{Request, Response, Status};

use super::{Answer, Served, edge};

/// What a stream of changes tells.
pub(crate) type Watched = Result<v1::WatchConsentChangesResponse, Status>;

pub(super) type Watch = Pin<Box<dyn tokio_stream::Stream<Item = Watched> + Send>>;

/// Tells what was scripted, and ends.
pub(super) fn watch(served: &Served, request: &Request<v1::WatchConsentChangesRequest>) -> Answer<Watch> {
    let seen = match request.get_ref().position.clone().unwrap() {
        Position::Cursor(cursor) => cursor,
        Position::Edge(number) => edge(number),
    };
    served.see(request, "", Vec::new(), &seen)?;
    let told = served.0.lock().unwrap().change_streams.pop_front().unwrap_or_default();
    Ok(Response::new(Box::pin(tokio_stream::iter(told))))
}
