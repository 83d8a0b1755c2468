//! The cursor moves when a page was dealt with, and not before.

mod snapshot;
mod watch;

use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{Cursor, Reason};

fn cursors(service: &Scripted) -> Vec<String> {
    service.seen().into_iter().map(|seen| seen.cursor).collect()
}

#[tokio::test]
async fn an_acknowledged_page_is_followed_by_the_next() {
    let service = Scripted::start().await;
    let mut follow = service.client().changes().follow(Cursor::from_text("0"));
    let kept = follow.next().await.unwrap().acknowledge();
    assert_eq!(kept.as_str(), "1");
    assert_eq!(follow.cursor(), &kept);
    assert_eq!(follow.next().await.unwrap().covered_after, 1);
    assert_eq!(cursors(&service), ["0", "1"]);
}

#[tokio::test]
async fn a_page_that_was_not_acknowledged_is_given_again() {
    let service = Scripted::start().await;
    let mut follow = service.client().changes().follow(Cursor::from_text("0"));
    drop(follow.next().await.unwrap());
    drop(follow.next().await.unwrap());
    assert_eq!(follow.cursor().as_str(), "0");
    assert_eq!(cursors(&service), ["0", "0"]);
}

#[tokio::test]
async fn an_error_leaves_the_cursor_where_it_was() {
    let service = Scripted::start().await;
    let mut follow = service.client().changes().follow(Cursor::from_text("0"));
    follow.next().await.unwrap().acknowledge();
    service.fail([failure(Code::DataLoss, "CURSOR_DIVERGED", ErrorDetails::new())]);
    let error = follow.next().await.map(|_| ()).unwrap_err();
    assert_eq!(error.reason(), Some(Reason::CursorDiverged));
    assert_eq!(follow.cursor().as_str(), "1");
}

#[tokio::test]
async fn a_long_poll_has_its_wait_on_top_of_an_attempts_time() {
    let service = Scripted::start().await;
    let client = service.client();
    let wait = std::time::Duration::from_secs(20);
    drop(client.changes().follow(Cursor::from_text("0")).max_wait(wait).next().await.unwrap());
    assert_eq!(service.seen()[0].header("grpc-timeout"), "30000000u");
}
