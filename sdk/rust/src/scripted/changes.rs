//! What changed, from the script: a ledger of which a test says how long it is, and what is on the next pages.

use std::collections::VecDeque;
use std::pin::Pin;

use assent_proto::v1;
use assent_proto::v1::consent_change_service_server::ConsentChangeService;
use assent_proto::v1::watch_consent_changes_request::Position;
use tonic::{Request, Response, Status};

use super::{Answer, Copied, Scripted, Served, edge};

/// What a stream of changes tells.
pub(crate) type Watched = Result<v1::WatchConsentChangesResponse, Status>;

/// A ledger whose cursors are its positions, each of which holds a change unless the script says otherwise.
pub(crate) struct Ledger {
    /// Its end.
    pub(crate) head: u64,
    /// How many positions a page covers at most.
    pub(crate) looks: u64,
    /// What the next pages are, whatever was asked for.
    pages: VecDeque<v1::ReadConsentChangesResponse>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { head: 4, looks: 1, pages: VecDeque::new() }
    }
}

impl Scripted {
    /// Lets the ledger end there, and a page cover no more than so many positions.
    pub(crate) fn ledger(&self, head: u64, looks: u64) {
        let mut script = self.script.lock().unwrap();
        (script.ledger.head, script.ledger.looks) = (head, looks);
    }

    /// Gives this as the next page, whatever is asked for.
    pub(crate) fn page(&self, page: v1::ReadConsentChangesResponse) {
        self.script.lock().unwrap().ledger.pages.push_back(page);
    }

    /// The cursors, or edges, that were asked for, in order.
    pub(crate) fn cursors(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.cursor).collect()
    }
}

/// The change at a position: a yes of somebody for each position, whose name every tenth time has what a spreadsheet or a
/// separator would take for its own.
pub(crate) fn change(position: u64) -> v1::ConsentChange {
    let who =
        if position.is_multiple_of(10) { format!("=\"{position}\";é") } else { format!("p{position}") };
    let line = v1::SeriesChange {
        series: v1::Series::EmailOpen.into(),
        effect: v1::Effect::Granted.into(),
        old_state: v1::State::Unknown.into(),
        new_state: v1::State::Granted.into(),
    };
    let marketing = v1::SeriesChange { series: v1::Series::Marketing.into(), ..line };
    let at = i64::try_from(position).unwrap();
    let instant = Some(prost_types::Timestamp { seconds: 1_788_264_000 + at, nanos: 0 });
    v1::ConsentChange {
        record_id: format!("00000000-0000-7000-8000-{position:012}"),
        position,
        profile_table: "newsletter".to_owned(),
        profile: Some(v1::ProfileKey { id: who }),
        profile_version: 1,
        recorded_at: instant,
        effective_at: instant,
        lines: if position.is_multiple_of(3) { vec![marketing, line] } else { vec![line] },
        basis: v1::Basis::Explicit.into(),
        method: Some("checkbox".to_owned()),
        policies: vec![v1::PolicyVersion { id: "legacy".to_owned(), version: 1 }],
        ..v1::ConsentChange::default()
    }
}

#[tonic::async_trait]
impl ConsentChangeService for Served {
    async fn get_cursor(&self, request: Request<v1::GetCursorRequest>) -> Answer<v1::GetCursorResponse> {
        use v1::get_cursor_request::Start;
        let start = request.get_ref().start.unwrap();
        let seen = match start {
            Start::Edge(number) => edge(number),
            Start::RecordedAt(at) => at.seconds.to_string(),
        };
        self.see(&request, "", Vec::new(), &seen)?;
        let head = self.0.lock().unwrap().ledger.head;
        let position = match start {
            Start::Edge(number) if number == v1::CursorEdge::Latest as i32 => head,
            _ => 0,
        };
        Ok(Response::new(v1::GetCursorResponse {
            cursor: position.to_string(),
            position,
            head: Some(v1::LedgerHead { position: head, chain: vec![9; 32] }),
            head_recorded_at: None,
            oldest_position: 1,
        }))
    }

    /// Each page begins after the cursor, and ends where the ledger, the page's size or the looks at it end.
    async fn read_consent_changes(
        &self,
        request: Request<v1::ReadConsentChangesRequest>,
    ) -> Answer<v1::ReadConsentChangesResponse> {
        let asked = request.get_ref().clone();
        self.see(&request, "", Vec::new(), &asked.cursor)?;
        let mut script = self.0.lock().unwrap();
        if let Some(page) = script.ledger.pages.pop_front() {
            return Ok(Response::new(page));
        }
        let after: u64 = asked.cursor.parse().unwrap();
        let size = if asked.page_size == 0 { u64::MAX } else { asked.page_size.into() };
        let head = script.ledger.head;
        let through = after.saturating_add(script.ledger.looks.min(size)).min(head).max(after);
        Ok(Response::new(v1::ReadConsentChangesResponse {
            changes: (after + 1..=through).map(change).collect(),
            next_cursor: through.to_string(),
            covered_after: after,
            covered_through: through,
            caught_up: through >= head,
            head_position: head,
        }))
    }

    type WatchConsentChangesStream = Pin<Box<dyn tokio_stream::Stream<Item = Watched> + Send>>;

    /// Tells what was scripted, and ends.
    async fn watch_consent_changes(
        &self,
        request: Request<v1::WatchConsentChangesRequest>,
    ) -> Answer<Self::WatchConsentChangesStream> {
        let seen = match request.get_ref().position.clone().unwrap() {
            Position::Cursor(cursor) => cursor,
            Position::Edge(number) => edge(number),
        };
        self.see(&request, "", Vec::new(), &seen)?;
        let told = self.0.lock().unwrap().change_streams.pop_front().unwrap_or_default();
        Ok(Response::new(Box::pin(tokio_stream::iter(told))))
    }

    type SnapshotConsentsStream = Pin<Box<dyn tokio_stream::Stream<Item = Copied> + Send>>;

    async fn snapshot_consents(
        &self,
        request: Request<v1::SnapshotConsentsRequest>,
    ) -> Answer<Self::SnapshotConsentsStream> {
        let resumed = request.get_ref().resume_token.clone().unwrap_or_default();
        self.see(&request, "", Vec::new(), &resumed)?;
        let told = self.0.lock().unwrap().snapshots.pop_front().unwrap_or_default();
        Ok(Response::new(Box::pin(tokio_stream::iter(told))))
    }
}
