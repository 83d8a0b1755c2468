//! What everybody on record reads, and from where to follow the changes then.

use std::fmt;

use assent_proto::v1;
use assent_proto::v1::snapshot_consents_response::Event;
use tonic::Streaming;

use super::{ChangeFilter, Changes, Cursor};
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::profile;
use crate::scope::Series;
use crate::state::Standing;
use crate::trace::CallSpan;
use crate::watch::{Course, Watch};

/// How far a snapshot has come: opaque, for this tenant and one filter only, at most 1,024 bytes. Keep it as text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumeToken(String);

impl ResumeToken {
    /// The token of a text that was kept.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text, to keep.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(opaque)")
    }
}

/// Of whom and of what to tell, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SnapshotQuery {
    filter: ChangeFilter,
    resume: Option<ResumeToken>,
    page_size: u32,
}

impl SnapshotQuery {
    /// A new snapshot of everybody and everything, with pages of at most 500 people.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Of whom and of which series to tell: its profile tables, purposes and scopes count. Effects and an excluded origin leave
    /// nothing out of a snapshot, but the cursor at its end is for reading with the same filter.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Goes on after that page of a snapshot with the same filter, instead of beginning a new one.
    #[must_use]
    pub fn resume(mut self, token: ResumeToken) -> Self {
        self.resume = Some(token);
        self
    }

    /// The most people of a page; over 1,000 is taken as 1,000, 0 as 500.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }

    fn into_wire(self) -> v1::SnapshotConsentsRequest {
        v1::SnapshotConsentsRequest {
            filter: self.filter.into_wire(),
            resume_token: self.resume.map(|token| token.0),
            page_size: self.page_size,
        }
    }
}

/// What one person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileSnapshot {
    /// The profile table.
    pub profile_table: String,
    /// The person.
    pub profile: String,
    /// The profile's version with its last record so far: of the changes after the snapshot's cursor only those with a greater
    /// one are news.
    pub profile_version: u64,
    /// Each series that the filter asks for, in their order.
    pub standings: Vec<Standing>,
}

impl ProfileSnapshot {
    fn from_wire(wire: v1::ProfileSnapshot) -> Result<Self> {
        Ok(Self {
            profile_table: wire.profile_table,
            profile: profile::named(wire.profile, "profiles.profile")?,
            profile_version: wire.profile_version,
            standings: wire.standings.into_iter().map(Standing::from_wire).collect(),
        })
    }

    /// What one series reads. `None`: the filter leaves it out, or the service does not know it.
    #[must_use]
    pub fn standing(&self, series: Series) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.series == series)
    }
}

/// Some of the people on record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotPage {
    /// The people, in the order of table and id, each once in a snapshot and as it read when the page was made up; nobody who
    /// was erased. Empty: the snapshot tells how far it has come.
    pub profiles: Vec<ProfileSnapshot>,
    /// Where to go on after this page. Save it after the people have been dealt with.
    pub resume_token: ResumeToken,
}

/// The end of a snapshot: everybody was given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotEnd {
    /// From where to read the changes, with the same filter: from before the first page. Reading on from it ends with
    /// [`Reason::CursorDiverged`](crate::Reason::CursorDiverged) or
    /// [`Reason::CursorAheadOfHead`](crate::Reason::CursorAheadOfHead) too where the service lost something that a page showed.
    pub cursor: Cursor,
    /// The position of that cursor.
    pub position: u64,
}

/// A piece of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotPiece {
    /// Some of the people.
    Page(SnapshotPage),
    /// There are no more.
    End(SnapshotEnd),
}

/// What everybody on record reads, page by page. It goes on by itself, after the last page it gave, where the service ends it,
/// stops, or cannot be reached for a moment.
///
/// Whoever keeps each person's version, and applies of what comes after the cursor only changes with a greater one, holds in the
/// end what is on record. Whoever takes a snapshot in place of what they held drops everybody who is not in it.
///
/// ```no_run
/// use assent_sdk::{ResumeToken, SnapshotPiece, SnapshotQuery};
///
/// # async fn run(client: assent_sdk::Client, kept: Option<String>) -> assent_sdk::Result<()> {
/// # fn hold(_: &assent_sdk::ProfileSnapshot) {}
/// # fn keep(_: &str) {}
/// let mut query = SnapshotQuery::everything();
/// if let Some(kept) = kept {
///     query = query.resume(ResumeToken::from_text(kept)); // of one that this program did not bring to its end
/// }
/// let mut snapshot = client.changes().snapshot(query);
/// let cursor = loop {
///     match snapshot.next().await? {
///         SnapshotPiece::Page(page) => {
///             page.profiles.iter().for_each(hold);
///             keep(page.resume_token.as_str());
///         }
///         SnapshotPiece::End(end) => break end.cursor,
///     }
/// };
/// # drop(cursor);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Snapshot {
    stream: Watch<SnapshotQuery>,
    end: Option<SnapshotEnd>,
}

impl Changes<'_> {
    /// Begins a snapshot, or goes on with one. Nothing is asked of the service before the first [`Snapshot::next`].
    #[must_use]
    pub fn snapshot(self, query: SnapshotQuery) -> Snapshot {
        Snapshot { stream: Watch::of(self.caller, query), end: None }
    }
}

impl Snapshot {
    /// Where the snapshot goes on: after the last page that was given. Absent: none was, and it is a new one.
    #[must_use]
    pub const fn resume_token(&self) -> Option<&ResumeToken> {
        self.stream.course.resume.as_ref()
    }

    /// The next page, and after the last one the end, however often it is asked for. An ended stream is begun anew, a broken one
    /// as the client's [`Retry`](crate::Retry) says. Dropping this future before it is done loses nothing.
    ///
    /// # Errors
    ///
    /// [`Reason::CursorMalformed`](crate::Reason::CursorMalformed) and
    /// [`Reason::CursorFilterMismatch`](crate::Reason::CursorFilterMismatch) for the resume token;
    /// [`Reason::CursorExpired`](crate::Reason::CursorExpired): begin a new snapshot;
    /// [`Reason::CursorDiverged`](crate::Reason::CursorDiverged) and
    /// [`Reason::CursorAheadOfHead`](crate::Reason::CursorAheadOfHead) where the service lost part of its history since the
    /// snapshot began: drop what it gave. After any other asking again is safe.
    pub async fn next(&mut self) -> Result<SnapshotPiece> {
        if let Some(end) = &self.end {
            return Ok(SnapshotPiece::End(end.clone()));
        }
        let piece = self.stream.next().await?;
        if let SnapshotPiece::End(end) = &piece {
            self.end = Some(end.clone());
        }
        Ok(piece)
    }
}

impl Course for SnapshotQuery {
    type Message = v1::SnapshotConsentsResponse;
    type Batch = SnapshotPiece;

    async fn begin(&self, caller: &Caller) -> Result<(Streaming<Self::Message>, CallSpan)> {
        let begun = caller.stream(self.clone().into_wire(), |request| {
            let mut client = caller.changes();
            async move { client.snapshot_consents(request).await }
        });
        begun.await
    }

    fn take(&mut self, told: Self::Message) -> Result<SnapshotPiece> {
        let piece = read(told)?;
        if let SnapshotPiece::Page(page) = &piece {
            self.resume = Some(page.resume_token.clone());
        }
        Ok(piece)
    }
}

fn read(told: v1::SnapshotConsentsResponse) -> Result<SnapshotPiece> {
    Ok(match told.event.ok_or_else(|| Error::unintelligible("event"))? {
        Event::Page(page) => SnapshotPiece::Page(SnapshotPage {
            profiles: page.profiles.into_iter().map(ProfileSnapshot::from_wire).collect::<Result<_>>()?,
            resume_token: ResumeToken(page.resume_token),
        }),
        Event::End(end) => {
            SnapshotPiece::End(SnapshotEnd { cursor: Cursor::from_text(end.cursor), position: end.position })
        }
    })
}
