//! WatchConsentChanges: what changes arrives at once and once, its messages join, and its cursors are those of the pages.

use assent_proto::v1::watch_consent_changes_request::Position;
use assent_proto::v1::watch_consent_changes_response::Event;
use assent_proto::v1::{
    ChangeBatch, ChangeCheckpoint, Effect, Purpose, WatchConsentChangesRequest, WatchConsentChangesResponse,
};
use assent_tests::{apply, every_app};
use tonic::{Code, Streaming};

use super::*;

/// A stream that is read.
pub(super) struct Watch {
    told: Streaming<WatchConsentChangesResponse>,
    /// The last position that its messages covered; absent: it has not spoken.
    covered: Option<u64>,
}

impl Watch {
    pub(super) async fn begin(client: &Client, request: WatchConsentChangesRequest) -> Self {
        let begun = client.changes().watch_consent_changes(request).await.expect("a stream begins");
        Self::on(begun.into_inner(), None)
    }

    /// A stream that goes on from where another one ended, if it is said.
    pub(super) const fn on(told: Streaming<WatchConsentChangesResponse>, covered: Option<u64>) -> Self {
        Self { told, covered }
    }

    /// What it says next, which joins what it said before; `None`: it has ended in order.
    pub(super) async fn hear(&mut self) -> Result<Option<Event>, Status> {
        let Some(told) = self.told.message().await? else { return Ok(None) };
        let event = told.event.expect("it says something");
        let (after, through, head) = match &event {
            Event::Batch(batch) => (batch.covered_after, batch.covered_through, batch.head_position),
            Event::Checkpoint(point) => (point.covered_after, point.covered_through, point.head_position),
        };
        assert!(self.covered.is_none_or(|covered| covered == after), "a gap or an overlap");
        assert!(after <= through && through <= head, "{after} {through} {head}");
        self.covered = Some(through);
        Ok(Some(event))
    }

    pub(super) async fn next(&mut self) -> Event {
        self.hear().await.expect("a stream goes on").expect("and does not end")
    }

    pub(super) async fn batch(&mut self) -> ChangeBatch {
        match self.next().await {
            Event::Batch(batch) => batch,
            Event::Checkpoint(_) => panic!("a checkpoint where something was to come"),
        }
    }

    pub(super) async fn checkpoint(&mut self) -> ChangeCheckpoint {
        match self.next().await {
            Event::Checkpoint(checkpoint) => checkpoint,
            Event::Batch(batch) => panic!("nothing was to come: {batch:?}"),
        }
    }
}

pub(super) fn from_edge(edge: CursorEdge) -> WatchConsentChangesRequest {
    let position = Some(Position::Edge(edge.into()));
    WatchConsentChangesRequest { position, ..WatchConsentChangesRequest::default() }
}

pub(super) fn from_cursor(cursor: &str) -> WatchConsentChangesRequest {
    let position = Some(Position::Cursor(cursor.to_owned()));
    WatchConsentChangesRequest { position, ..WatchConsentChangesRequest::default() }
}

#[apply(every_app)]
async fn what_changes_arrives_at_once_and_once(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    say(app, "anna", Answer::Refuse, marketing()).await;
    let mut watch = Watch::begin(client, from_edge(CursorEdge::Latest)).await;
    let begun = watch.checkpoint().await;
    assert_eq!((begun.covered_after, begun.covered_through, begun.head_position), (1, 1, 1));
    // No clock moves on until it comes: it comes because somebody is told.
    let mut cursor = String::new();
    for (who, position) in [("bruno", 2), ("chloe", 3), ("dario", 4)] {
        say(app, who, Answer::Refuse, marketing()).await;
        let batch = watch.batch().await;
        assert_eq!((people(&batch.changes), batch.covered_through), (vec![who.to_owned()], position));
        cursor = batch.next_cursor;
    }
    // Either call goes on where the other stopped.
    let page = read(client, after(&begun.cursor)).await;
    assert_eq!((people(&page.changes).len(), page.covered_through), (3, 4));
    assert!(read(client, after(&cursor)).await.changes.is_empty());
    let mut on = Watch::begin(client, from_cursor(&page.next_cursor)).await;
    on.checkpoint().await;
    say(app, "elena", Answer::Refuse, marketing()).await;
    assert_eq!(people(&on.batch().await.changes), ["elena"]);
    assert_eq!(people(&watch.batch().await.changes), ["elena"], "and who watched on sees it too");
}

#[apply(every_app)]
async fn a_stream_from_the_oldest_tells_what_the_pages_tell(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    for (who, answer) in [
        ("anna", Answer::Grant),
        ("bruno", Answer::Refuse),
        ("anna", Answer::Withdraw),
        ("chloe", Answer::Grant),
    ] {
        say(app, who, answer, story::everything()).await;
    }
    let page = read(client, after(&earliest(client, None).await)).await;
    for size in [0, 1, 3, 9_999] {
        let request = WatchConsentChangesRequest { batch_size: size, ..from_edge(CursorEdge::Earliest) };
        let mut watch = Watch::begin(client, request).await;
        let begun = watch.checkpoint().await;
        assert_eq!((begun.covered_through, begun.head_position), (0, 4));
        let mut told = Vec::new();
        while told.len() < page.changes.len() {
            let batch = watch.batch().await;
            let most = if size == 0 { 1_000 } else { size as usize };
            assert!((1..=most).contains(&batch.changes.len()));
            assert_eq!(batch.head_position, 4);
            told.extend(batch.changes);
        }
        assert_eq!(told, page.changes);
    }
}

#[apply(every_app)]
async fn a_stream_tells_what_passes_its_filter_alone(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let filter = ChangeFilter {
        purposes: vec![Purpose::Tracking.into()],
        effects: vec![Effect::Withdrawn.into()],
        ..ChangeFilter::default()
    };
    let request = WatchConsentChangesRequest { filter: Some(filter), ..from_edge(CursorEdge::Latest) };
    let mut watch = Watch::begin(client, request).await;
    watch.checkpoint().await;
    say(app, "anna", Answer::Grant, story::everything()).await;
    say(app, "bruno", Answer::Withdraw, marketing()).await;
    say(app, "anna", Answer::Withdraw, story::everything()).await;
    let batch = watch.batch().await;
    assert_eq!(people(&batch.changes), ["anna"]);
    assert_eq!(batch.changes[0].lines.len(), 6, "nothing of marketing");
    assert_eq!((batch.covered_after, batch.covered_through), (0, 3), "it covers what it passed by");
}

#[apply(every_app)]
async fn a_cursor_of_a_stream_is_for_one_tenant_and_one_filter(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let cursor = Watch::begin(client, from_edge(CursorEdge::Latest)).await.checkpoint().await.cursor;
    let refused_with = async |request: WatchConsentChangesRequest| {
        let status = client.changes().watch_consent_changes(request).await.expect_err("no stream");
        let reason = status.get_details_error_info().expect("an error has a reason").reason;
        (status.code(), reason)
    };
    let no = |reason: &str| (Code::InvalidArgument, reason.to_owned());
    let filter = Some(ChangeFilter { exclude_origin: Some("crm".to_owned()), ..ChangeFilter::default() });
    let other = WatchConsentChangesRequest { filter: filter.clone(), ..from_cursor(&cursor) };
    assert_eq!(refused_with(other).await, no("CURSOR_FILTER_MISMATCH"));
    let read_on = ReadConsentChangesRequest { filter, ..after(&cursor) };
    assert_eq!(refused(client, read_on).await.1, "CURSOR_FILTER_MISMATCH");
    for wrong in ["nonsense", &cursor[1..]] {
        assert_eq!(refused_with(from_cursor(wrong)).await, no("CURSOR_MALFORMED"));
    }
    assert_eq!(refused_with(WatchConsentChangesRequest::default()).await.1, "FIELD_INVALID");
    assert_eq!(refused_with(from_edge(CursorEdge::Unspecified)).await.1, "FIELD_INVALID");
}
