//! The trigger stream: it begins anew after what was given, and not before the service wants it.

use assent_proto::v1::{
    TriggerBatch, WatchCheckpoint, WatchInteractionsResponse, watch_interactions_response,
};
use tonic::{Code, Status};
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, Watched, failure};
use crate::{InteractionCursor, InteractionWatch, Reason, Retry, WatchInteractions};

fn checkpoint(cursor: &str) -> Watched {
    let checkpoint = WatchCheckpoint { cursor: cursor.to_owned() };
    Ok(WatchInteractionsResponse { event: Some(watch_interactions_response::Event::Checkpoint(checkpoint)) })
}

fn batch(next_cursor: &str, left_out: u32) -> Watched {
    let batch = TriggerBatch {
        interactions: Vec::new(),
        next_cursor: next_cursor.to_owned(),
        left_out: Some(left_out),
    };
    Ok(WatchInteractionsResponse { event: Some(watch_interactions_response::Event::Batch(batch)) })
}

fn slow() -> Status {
    failure(Code::Aborted, "READER_TOO_SLOW", ErrorDetails::new())
}

fn cursors(service: &Scripted) -> Vec<String> {
    service.seen().into_iter().map(|seen| seen.cursor).collect()
}

async fn next(watch: &mut InteractionWatch) -> (String, Option<u32>) {
    let batch = watch.next().await.unwrap();
    (batch.next_cursor.as_str().to_owned(), batch.left_out)
}

#[tokio::test]
async fn an_ended_stream_begins_anew_after_what_was_given() {
    let service = Scripted::start().await;
    service.stream([checkpoint("1"), batch("2", 10)]);
    service.stream([checkpoint("2"), batch("3", 11)]);
    let mut watch = service.client().interactions().watch(WatchInteractions::from_latest());
    assert_eq!(watch.cursor(), None);
    assert!(cursors(&service).is_empty(), "nothing is asked before it is wanted");
    for expected in [("1", None), ("2", Some(10)), ("2", None), ("3", Some(11))] {
        assert_eq!(next(&mut watch).await, (expected.0.to_owned(), expected.1));
    }
    assert_eq!(cursors(&service), ["LATEST", "2"]);
    assert_eq!(watch.cursor().unwrap().as_str(), "3");
    assert_eq!(service.seen()[0].header("grpc-timeout"), "", "a stream lasts as long as it lasts");
}

#[tokio::test]
async fn a_cut_or_broken_stream_goes_on_after_what_was_given() {
    let service = Scripted::start().await;
    service.stream([checkpoint("1"), Err(slow())]);
    service.stream([batch("2", 10), Err(failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new()))]);
    service.stream([batch("3", 10)]);
    let from = WatchInteractions::from_cursor(InteractionCursor::from_text("0"));
    let mut watch = service.client().interactions().watch(from);
    for expected in ["1", "2", "3"] {
        assert_eq!(next(&mut watch).await.0, expected);
    }
    assert_eq!(cursors(&service), ["0", "1", "2"]);
}

#[tokio::test]
async fn what_does_not_pass_is_told_and_the_cursor_stays() {
    let service = Scripted::start().await;
    service.stream([checkpoint("1"), Err(failure(Code::OutOfRange, "CURSOR_EXPIRED", ErrorDetails::new()))]);
    service.stream([batch("2", 10)]);
    let mut watch = service.client().interactions().watch(WatchInteractions::from_earliest());
    next(&mut watch).await;
    assert_eq!(watch.next().await.unwrap_err().reason(), Some(Reason::CursorExpired));
    assert_eq!(watch.cursor().unwrap().as_str(), "1");
    assert_eq!(next(&mut watch).await.0, "2", "asking again is safe");
    assert_eq!(cursors(&service), ["EARLIEST", "1"]);
}

#[tokio::test]
async fn it_gives_up_after_as_many_failures_as_it_may_have_in_a_row() {
    let service = Scripted::start().await;
    for _ in 0..3 {
        service.stream([Err(slow())]);
    }
    let retry = Retry::default().base(std::time::Duration::from_millis(1)).attempts(3);
    let client = crate::Client::connect_lazily(service.options().retry(retry)).unwrap();
    let mut watch = client.interactions().watch(WatchInteractions::from_earliest());
    let error = watch.next().await.unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(Reason::ReaderTooSlow), 3));
    assert_eq!(cursors(&service), ["EARLIEST"; 3]);
    for told in [Err(slow()), batch("2", 10)] {
        service.stream([told]);
    }
    assert_eq!(next(&mut watch).await.0, "2", "who asks again has as many tries again");
}

#[tokio::test]
async fn a_stream_that_says_nothing_is_no_stream() {
    let service = Scripted::start().await;
    service.stream([]);
    let mut watch = service.client().interactions().watch(WatchInteractions::from_earliest());
    assert!(watch.next().await.is_err());
    service.stream([Ok(WatchInteractionsResponse::default())]);
    assert!(watch.next().await.is_err(), "nor is one that says nothing that is known");
}
