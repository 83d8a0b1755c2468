//! ConsentChangeService from outside: what other systems follow, and how they notice that they cannot go on.

use std::time::Duration;

use assent_proto::v1::{
    self, Answer, ChangeFilter, ConsentChange, Coverage, CursorEdge, GetCursorResponse,
    ReadConsentChangesRequest, ReadConsentChangesResponse, get_cursor_request::Start,
};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::story;
use tonic::Status;
use tonic_types::StatusExt;

mod cursor;
mod export;
mod failed_over;
mod filter;
mod follow;
mod moved;
mod replicas;
mod restored;
mod snapshot;
mod stream;
mod together;
mod trimmed;
mod wait;
mod watch;
mod watch_ends;
mod watch_sdk;
mod watchers;

/// Gives our tenant its table; `legacy` asks for no evidence, so that a test speaks of nothing else.
async fn settled(app: &TestApp) {
    put_table(app.client(), story::people()).await;
}

async fn put_table(client: &Client, id: String) {
    let mut table = story::profile_table(id, "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    client.settings().put_profile_table(put).await.expect("a table is stored");
}

fn marketing() -> Option<Coverage> {
    Some(Coverage { marketing: true, tracking: None })
}

/// Records what one person says, a change of [`story::people`], and lets a microsecond pass: what different people say
/// at the same instant has no order.
async fn say(app: &TestApp, who: &str, answer: Answer, coverage: Option<Coverage>) {
    let mut item = story::item(who, answer, START, None);
    let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event else { panic!("an answer") };
    given.coverage = coverage;
    store(app.client(), story::batch(vec![item])).await;
    app.advance(Duration::from_micros(1));
}

async fn store(client: &Client, batch: v1::UpsertConsentsRequest) {
    let answer = client.consents().upsert_consents(batch).await.expect("a batch is answered").into_inner();
    for result in answer.results {
        let stored = matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_)));
        assert!(stored, "{result:?}");
    }
}

async fn cursor_at(client: &Client, start: Start, filter: Option<ChangeFilter>) -> GetCursorResponse {
    let request = v1::GetCursorRequest { start: Some(start), filter };
    client.changes().get_cursor(request).await.expect("a cursor").into_inner()
}

async fn earliest(client: &Client, filter: Option<ChangeFilter>) -> String {
    cursor_at(client, Start::Edge(CursorEdge::Earliest.into()), filter).await.cursor
}

/// A request to read everything after a cursor that was made without a filter.
fn after(cursor: &str) -> ReadConsentChangesRequest {
    ReadConsentChangesRequest { cursor: cursor.to_owned(), ..ReadConsentChangesRequest::default() }
}

async fn read(client: &Client, request: ReadConsentChangesRequest) -> ReadConsentChangesResponse {
    client.changes().read_consent_changes(request).await.expect("a page").into_inner()
}

/// The reason of the error that a read ends with.
async fn refused(client: &Client, request: ReadConsentChangesRequest) -> (Status, String) {
    let status = client.changes().read_consent_changes(request).await.expect_err("no page");
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    (status, reason)
}

/// Who changed, in order.
fn people(changes: &[ConsentChange]) -> Vec<String> {
    let ids = changes.iter().map(|change| &change.profile.as_ref().expect("a person").id);
    ids.map(|id| id.rsplit('-').next().expect("a word").to_owned()).collect()
}
