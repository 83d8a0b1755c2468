//! The stream of changes: it begins anew after what was given, and its batches join. How it deals with failures is told by the
//! trigger stream's tests: both go by one machinery.

use assent_proto::v1;
use assent_proto::v1::watch_consent_changes_response::Event;
use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::changes::Watched;
use crate::scripted::{Scripted, failure};
use crate::{ChangeFilter, ChangeWatch, Cursor, Reason, WatchChanges};

fn told(event: Event) -> Watched {
    Ok(v1::WatchConsentChangesResponse { event: Some(event) })
}

fn checkpoint(position: u64) -> Watched {
    told(Event::Checkpoint(v1::ChangeCheckpoint {
        cursor: position.to_string(),
        covered_after: position,
        covered_through: position,
        head_position: 9,
    }))
}

fn batch(covered_after: u64, covered_through: u64) -> Watched {
    told(Event::Batch(v1::ChangeBatch {
        changes: Vec::new(),
        next_cursor: covered_through.to_string(),
        covered_after,
        covered_through,
        head_position: 9,
    }))
}

fn cursors(service: &Scripted) -> Vec<String> {
    service.seen().into_iter().map(|seen| seen.cursor).collect()
}

async fn next(watch: &mut ChangeWatch) -> (String, u64, u64) {
    let batch = watch.next().await.unwrap();
    assert_eq!(batch.head_position, 9);
    (batch.next_cursor.as_str().to_owned(), batch.covered_after, batch.covered_through)
}

#[tokio::test]
async fn an_ended_or_broken_stream_of_changes_goes_on_after_what_was_given() {
    let service = Scripted::start().await;
    service.stream_changes([checkpoint(1), batch(1, 4)]);
    service
        .stream_changes([checkpoint(4), Err(failure(Code::Aborted, "READER_TOO_SLOW", ErrorDetails::new()))]);
    service.stream_changes([checkpoint(4), batch(4, 6)]);
    let mut watch = service.client().changes().watch(WatchChanges::from_latest());
    assert_eq!(watch.cursor(), None);
    assert!(cursors(&service).is_empty(), "nothing is asked before it is wanted");
    for (after, through) in [(1, 1), (1, 4), (4, 4), (4, 4), (4, 6)] {
        assert_eq!(next(&mut watch).await, (through.to_string(), after, through));
    }
    assert_eq!(watch.cursor(), Some(&Cursor::from_text("6")));
    assert_eq!(cursors(&service), ["LATEST", "4", "4"]);
    assert_eq!(service.seen()[0].header("grpc-timeout"), "", "a stream lasts as long as it lasts");
}

#[tokio::test]
async fn a_batch_that_does_not_join_the_one_before_is_not_given() {
    let service = Scripted::start().await;
    service.stream_changes([checkpoint(1), batch(1, 4), batch(5, 6)]);
    service.stream_changes([checkpoint(4), batch(4, 6)]);
    let mut watch = service.client().changes().watch(WatchChanges::from_earliest());
    for through in [1, 4] {
        assert_eq!(next(&mut watch).await.2, through);
    }
    assert!(watch.next().await.is_err(), "position 5 is missing");
    assert_eq!(watch.cursor().unwrap().as_str(), "4");
    assert_eq!(next(&mut watch).await.2, 4, "asking again is safe");
    assert_eq!(next(&mut watch).await.2, 6);
    assert_eq!(cursors(&service), ["EARLIEST", "4"]);
}

#[tokio::test]
async fn what_does_not_pass_by_itself_is_told_and_the_cursor_stays() {
    let service = Scripted::start().await;
    service.stream_changes([
        checkpoint(1),
        Err(failure(Code::DataLoss, "CURSOR_DIVERGED", ErrorDetails::new())),
    ]);
    let from = WatchChanges::from_cursor(Cursor::from_text("1")).filter(ChangeFilter::everything());
    let mut watch = service.client().changes().watch(from);
    next(&mut watch).await;
    assert_eq!(watch.next().await.unwrap_err().reason(), Some(Reason::CursorDiverged));
    assert_eq!(watch.cursor().unwrap().as_str(), "1");
}
