//! One who follows the changes of a story, and looks now and then only: pages join, versions rise, and whoever comes too late is
//! told so, and never without reason.

use std::sync::atomic::{AtomicU64, Ordering};

use assent_proto::v1::get_cursor_request::Start;
use tonic_types::StatusExt;

use super::*;

/// How long a change can be read after it was recorded.
const KEPT: Micros = 30 * DAY;

/// How often a follower was told that it comes too late.
static EXPIRED: AtomicU64 = AtomicU64::new(0);

/// How often a follower was told that it comes too late.
pub(in super::super) fn expired_seen() -> u64 {
    EXPIRED.load(Ordering::Relaxed)
}

/// How far the changes were read.
#[derive(Debug, Default)]
pub(super) struct Follower {
    cursor: String,
    position: u64,
    /// When it had read all that there was.
    caught_up: Micros,
    /// Whether somebody was erased who had been erased before: what told of the first time is emptied then.
    erased_again: bool,
    versions: BTreeMap<String, u64>,
}

impl Telling<'_> {
    /// Begins to follow. The ledger goes by the latest time that it ever saw, and each story has a time of its own: of those before
    /// it nothing counts.
    pub(super) async fn begin_to_follow(&mut self) {
        let ours = &self.app.ours().id;
        let forget = ["feed_head", "ledger"].map(|table| {
            format!("UPDATE {table} SET recorded_up_to = 0 WHERE tenant = '{ours}' AND recorded_up_to > 0;")
        });
        self.app.look().await.run(&forget.concat()).await.expect("the time is forgotten");
        let begun = self.edge(v1::CursorEdge::Latest).await.expect("a cursor");
        self.follower = Follower { cursor: begun.cursor, position: begun.position, ..Follower::default() };
    }

    async fn edge(&self, edge: v1::CursorEdge) -> Result<v1::GetCursorResponse, Difference> {
        let request = v1::GetCursorRequest { start: Some(Start::Edge(edge.into())), filter: None };
        Ok(self.client.changes().get_cursor(request).await.map_err(called)?.into_inner())
    }

    /// Time passes. When the story begins there is nothing to read.
    pub(super) const fn passes(&mut self, now: Micros) {
        if self.now == 0 {
            self.follower.caught_up = now;
        }
    }

    /// Somebody is about to be erased.
    pub(super) fn may_hide(&mut self, who: usize) {
        self.follower.erased_again |= self.model.records.lives[who].erased.is_some();
    }

    /// Reads all that came.
    pub(super) async fn follow(&mut self) -> Result<(), Difference> {
        let mut expired = 0;
        loop {
            let oldest = self.edge(v1::CursorEdge::Earliest).await?.oldest_position;
            let cursor = self.follower.cursor.clone();
            let request = v1::ReadConsentChangesRequest {
                cursor,
                page_size: 3,
                ..v1::ReadConsentChangesRequest::default()
            };
            match self.client.changes().read_consent_changes(request).await {
                Ok(page) => {
                    let after = self.follower.position;
                    same("read on past what is trimmed", after, &oldest, &(after + 1), oldest <= after + 1)?;
                    let page = page.into_inner();
                    self.take(&page)?;
                    if page.caught_up {
                        (self.follower.caught_up, self.follower.erased_again) = (self.now, false);
                        return Ok(());
                    }
                }
                Err(status) => {
                    // Housekeeping that is at work may go on meanwhile, but not for ever.
                    expired += 1;
                    same("expired", &status, &expired, &"less often", expired < 10)?;
                    self.begin_where_told(&status)?;
                }
            }
        }
    }

    fn take(&mut self, page: &v1::ReadConsentChangesResponse) -> Result<(), Difference> {
        let Follower { position, versions, cursor, .. } = &mut self.follower;
        same("pages join", &cursor, &page.covered_after, &*position, page.covered_after == *position)?;
        let mut last = *position;
        for change in &page.changes {
            let in_order = change.position > last && change.position <= page.covered_through;
            same("position", change, &change.position, &last, in_order)?;
            last = change.position;
            let who = change.profile.as_ref().expect("whose it is").id.clone();
            let before = versions.insert(who, change.profile_version);
            let rises = before.is_none_or(|before| change.profile_version > before);
            same("version", change, &change.profile_version, &before, rises)?;
        }
        (*position, *cursor) = (page.covered_through, page.next_cursor.clone());
        Ok(())
    }

    /// Too late: that can be only where what was not read yet is older than what is kept, or emptied.
    fn begin_where_told(&mut self, status: &tonic::Status) -> Result<(), Difference> {
        let Some(info) = status.get_details_error_info() else { return Err(called(status.clone())) };
        let expired = info.reason == "CURSOR_EXPIRED" && status.code() == tonic::Code::OutOfRange;
        same("changes are read", &self.follower, status, &"a page", expired)?;
        let Follower { position, caught_up, erased_again, .. } = self.follower;
        let late = self.now - caught_up >= KEPT || erased_again;
        same("expired", caught_up, &self.now, &"kept still", late)?;
        let fact = |name: &str| info.metadata.get(name).cloned().unwrap_or_default();
        let oldest: u64 = fact("oldest_position").parse().unwrap_or_default();
        let told = fact("position") == position.to_string() && oldest > position + 1;
        same("what is expired", position, &info.metadata, &"its position and the oldest", told)?;
        (self.follower.cursor, self.follower.position) = (fact("oldest_cursor"), oldest - 1);
        EXPIRED.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
