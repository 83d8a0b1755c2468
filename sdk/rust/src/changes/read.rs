//! Reads one page of changes.

use std::time::Duration;

use assent_proto::v1;

use super::{ChangeFilter, Changes, Cursor};
use crate::call::Caller;
use crate::error::Result;
use crate::evidence::{Basis, Source};
use crate::notice::NoticeId;
use crate::policy::PolicyVersion;
use crate::profile;
use crate::state::SeriesChange;
use crate::time::{self, Instant};
use crate::word::Word;

/// Where to go on, what to read, and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadChanges {
    pub(super) cursor: Cursor,
    pub(super) filter: ChangeFilter,
    pub(super) page_size: u32,
    pub(super) max_wait: Duration,
}

impl ReadChanges {
    /// On from that cursor, everything, 1,000 changes at most, without waiting.
    #[must_use]
    pub fn from_cursor(cursor: Cursor) -> Self {
        Self { cursor, filter: ChangeFilter::everything(), page_size: 0, max_wait: Duration::ZERO }
    }

    /// The filter that the cursor was made for.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// The most changes wanted; over 5,000 is taken as 5,000, 0 as 1,000.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }

    /// How long to wait when there is nothing to read, at most 30 seconds.
    #[must_use]
    pub const fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }
}

/// One effective change of one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentChange {
    /// The record that made it, a UUID: the change's own id, the same whenever it is read.
    pub record_id: String,
    /// Its number in the tenant's ledger. Grows from change to change, with gaps.
    pub position: u64,
    /// The profile table.
    pub profile_table: String,
    /// The person.
    pub profile: String,
    /// The profile's version with this change: a reader that applies only what is greater than what it has is never set back.
    pub profile_version: u64,
    /// When the server recorded it.
    pub recorded_at: Instant,
    /// When it takes effect; never later than `recorded_at`.
    pub effective_at: Instant,
    /// What it did to each series, in their order: those lines that passed the filter.
    pub lines: Vec<SeriesChange>,
    /// On what ground a grant is held to be one. Absent for anything but a grant.
    pub basis: Option<Basis>,
    /// How the answer was collected. Absent: not known, or not an answer.
    pub method: Option<String>,
    /// Where it comes from. Absent: not known.
    pub source: Option<Source>,
    /// The text that the person read. Absent: not known.
    pub notice: Option<NoticeId>,
    /// The policies in force for this profile when it was recorded.
    pub policies: Vec<PolicyVersion>,
    /// The system that sent it. Absent: not said.
    pub origin: Option<String>,
}

impl ConsentChange {
    pub(crate) fn from_wire(wire: v1::ConsentChange) -> Result<Self> {
        Ok(Self {
            record_id: wire.record_id,
            position: wire.position,
            profile_table: wire.profile_table,
            profile: profile::named(wire.profile, "changes.profile")?,
            profile_version: wire.profile_version,
            recorded_at: Instant::promised(wire.recorded_at, "changes.recorded_at")?,
            effective_at: Instant::promised(wire.effective_at, "changes.effective_at")?,
            lines: wire.lines.into_iter().map(SeriesChange::from_wire).collect(),
            basis: (wire.basis != 0).then(|| Basis::from_wire(wire.basis)),
            method: wire.method,
            source: wire.source.map(Source::from_wire),
            notice: wire.notice_id.as_deref().and_then(NoticeId::from_wire),
            policies: wire.policies.into_iter().map(PolicyVersion::from_wire).collect(),
            origin: wire.origin,
        })
    }
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangePage {
    /// The changes, in the order of their positions. May be empty, also when there is more to read.
    pub changes: Vec<ConsentChange>,
    /// Where to go on. Save it after the changes have been dealt with.
    pub next_cursor: Cursor,
    /// Whether everything was read that was there. False: ask again at once.
    pub caught_up: bool,
    /// The position after which this page begins.
    pub covered_after: u64,
    /// The last position that this page covers: every change between both that passes the filter is on it.
    pub covered_through: u64,
    /// The position of the ledger's end when the page was read.
    pub head_position: u64,
}

impl Changes<'_> {
    /// Reads on from a cursor; waits for something to read, if asked to.
    ///
    /// # Errors
    ///
    /// [`Reason::CursorMalformed`](crate::Reason::CursorMalformed),
    /// [`Reason::CursorFilterMismatch`](crate::Reason::CursorFilterMismatch);
    /// [`Reason::CursorExpired`](crate::Reason::CursorExpired) where what comes next has outlived its retention
    /// (`oldest_cursor` among [`Error::fact`](crate::Error::fact) is of the oldest that is left);
    /// [`Reason::CursorDiverged`](crate::Reason::CursorDiverged) and
    /// [`Reason::CursorAheadOfHead`](crate::Reason::CursorAheadOfHead) where the service lost part of its history.
    pub async fn read(self, query: ReadChanges) -> Result<ChangePage> {
        read(self.caller, query).await
    }
}

pub(super) async fn read(caller: &Caller, query: ReadChanges) -> Result<ChangePage> {
    let max_wait = (!query.max_wait.is_zero()).then(|| time::into_wire(query.max_wait));
    let message = v1::ReadConsentChangesRequest {
        cursor: query.cursor.as_str().to_owned(),
        filter: query.filter.into_wire(),
        page_size: query.page_size,
        max_wait,
    };

    let answer = caller
        .patient(message, query.max_wait, |request| {
            let mut client = caller.changes();
            async move { client.read_consent_changes(request).await }
        })
        .await?;

    Ok(ChangePage {
        changes: answer.changes.into_iter().map(ConsentChange::from_wire).collect::<Result<_>>()?,
        next_cursor: Cursor::from_text(answer.next_cursor),
        caught_up: answer.caught_up,
        covered_after: answer.covered_after,
        covered_through: answer.covered_through,
        head_position: answer.head_position,
    })
}
