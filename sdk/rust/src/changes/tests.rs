//! A stream over a bookmark, against a service that answers from a script.

mod bookmark;
mod hand_over;
mod snapshot;
mod stores;
mod stream;
mod watch;

use assent_proto::v1;
use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{ChangeStream, CursorStore, Next, StreamChanges, TakenPage};

/// A stream from the earliest on, which does not wait.
fn stream<S: CursorStore>(service: &Scripted, store: S) -> ChangeStream<S> {
    let query = StreamChanges::from_earliest().max_wait(std::time::Duration::ZERO);
    service.client().changes().stream(query, store)
}

async fn page<S: CursorStore>(stream: &mut ChangeStream<S>) -> TakenPage<'_, S> {
    stream.next().await.unwrap().page().unwrap()
}

/// What a service says of a cursor that has outlived its retention.
fn expired() -> tonic::Status {
    let facts = [("position", "1"), ("oldest_position", "7"), ("oldest_cursor", "6")];
    let facts = facts.map(|(name, fact)| (name.to_owned(), fact.to_owned()));
    let details = ErrorDetails::with_error_info("CURSOR_EXPIRED", "assent", facts);
    failure(Code::OutOfRange, "CURSOR_EXPIRED", details)
}
