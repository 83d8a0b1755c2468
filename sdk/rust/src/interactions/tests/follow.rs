//! Reading what was recorded: the cursor moves when a page was dealt with, and not before.

use std::collections::HashMap;
use std::time::Duration;

use assent_proto::v1;
use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{InteractionCursor, InteractionFilter, InteractionKind, ReadInteractions, Reason};

fn cursors(service: &Scripted) -> Vec<String> {
    service.seen().into_iter().map(|seen| seen.cursor).collect()
}

#[tokio::test]
async fn an_acknowledged_page_is_followed_by_the_next() {
    let service = Scripted::start().await;
    let mut follow = service.client().interactions().follow(None);
    assert_eq!(follow.cursor(), None);
    let kept = follow.next().await.unwrap().acknowledge();
    assert_eq!(follow.cursor(), Some(&kept));
    assert_eq!(follow.next().await.unwrap().left_out, Some(1));
    assert_eq!(cursors(&service), ["EARLIEST", "1"]);
    let mut again = service.client().interactions().follow(Some(kept));
    drop(again.next().await.unwrap());
    drop(again.next().await.unwrap());
    assert_eq!(cursors(&service)[2..], ["1", "1"], "what was not acknowledged is given again");
}

#[tokio::test]
async fn an_error_leaves_the_cursor_where_it_was() {
    let service = Scripted::start().await;
    let mut follow = service.client().interactions().follow(Some(InteractionCursor::from_text("4")));
    let mut details = ErrorDetails::new();
    let facts = HashMap::from([("oldest_cursor".to_owned(), "9".to_owned())]);
    details.set_error_info("CURSOR_EXPIRED", "assent", facts);
    service.fail([failure(Code::OutOfRange, "CURSOR_EXPIRED", details)]);
    let error = follow.next().await.map(|_| ()).unwrap_err();
    assert_eq!(error.reason(), Some(Reason::CursorExpired));
    assert_eq!(InteractionCursor::oldest_left(&error).unwrap().as_str(), "9");
    assert_eq!(follow.cursor().unwrap().as_str(), "4");
    service.fail([failure(Code::DataLoss, "CURSOR_DIVERGED", ErrorDetails::new())]);
    let error = follow.next().await.map(|_| ()).unwrap_err();
    assert_eq!(
        (error.reason(), InteractionCursor::oldest_left(&error)),
        (Some(Reason::CursorDiverged), None)
    );
}

#[tokio::test]
async fn a_read_begins_at_either_end_and_its_wait_is_on_top_of_an_attempts_time() {
    let service = Scripted::start().await;
    let client = service.client();
    let latest = ReadInteractions::from_latest().max_wait(Duration::from_secs(20));
    assert_eq!(client.interactions().read(latest).await.unwrap().next_cursor.as_str(), "1");
    client.interactions().read(ReadInteractions::from_earliest()).await.unwrap();
    assert_eq!(cursors(&service), ["LATEST", "EARLIEST"]);
    assert_eq!(service.seen()[0].header("grpc-timeout"), "30000000u");
}

#[test]
fn a_filter_says_all_that_it_was_made_of() {
    assert_eq!(InteractionFilter::everything().into_wire(), None);
    let filter = InteractionFilter::everything().profile_tables(["t"]).campaigns(["c"]);
    let wire = v1::InteractionFilter {
        profile_tables: vec!["t".to_owned()],
        campaign_ids: vec!["c".to_owned()],
        kinds: vec![v1::InteractionKind::Send.into()],
    };
    assert_eq!(filter.kinds([InteractionKind::Send]).into_wire(), Some(wire));
}
