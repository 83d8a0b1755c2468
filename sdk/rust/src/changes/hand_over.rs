//! From a snapshot to the changes after it: when it is told to, a stream drops its cursor, gives everybody who is on record,
//! and goes on from where the snapshot began.

use std::fmt;
use std::ops::Deref;

use super::{
    Bookmark, ChangeStream, CursorStore, CursorStoreError, ProfileSnapshot, Snapshot, SnapshotNeeded,
    SnapshotPiece, SnapshotQuery, StreamError,
};

/// A snapshot that a stream goes on from. Each part is acknowledged as a page of changes is; the stream's bookmark lies in the
/// snapshot until its end is acknowledged, and so it is gone on with after a crash.
///
/// Who takes the snapshot in place of what they held drops, at its end, everybody who was in none of its parts: who was erased
/// is not in it. Of the changes that follow only those with a greater
/// [`profile_version`](super::ConsentChange::profile_version) than the one held are news.
///
/// ```no_run
/// use assent_sdk::{ChangeStream, FileCursors, Next, StreamChanges, StreamError};
///
/// # fn apply_if_greater(_: &assent_sdk::ConsentChange) {}
/// # fn hold(_: &assent_sdk::ProfileSnapshot) {}
/// # fn drop_who_was_not_held() {}
/// # fn forget_who_was_held() {}
/// async fn take_over(stream: &mut ChangeStream<FileCursors>) -> Result<(), StreamError> {
///     let mut copy = stream.hand_over().await?; // goes on with one that is not ended
///     loop {
///         match copy.next().await {
///             Ok(Some(part)) => {
///                 part.iter().for_each(hold);
///                 if part.is_last() {
///                     drop_who_was_not_held();
///                 }
///                 part.acknowledge().await?;
///             }
///             Ok(None) => return Ok(()),
///             Err(StreamError::SnapshotLost(why)) => {
///                 println!("{why}");
///                 forget_who_was_held();
///                 copy.begin_anew().await?;
///             }
///             Err(error) => return Err(error),
///         }
///     }
/// }
///
/// # async fn follow(client: assent_sdk::Client) -> Result<(), StreamError> {
/// let mut stream = client.changes().stream(StreamChanges::from_snapshot(), FileCursors::at("crm.cursor"));
/// loop {
///     match stream.next().await? {
///         Next::Page(page) => {
///             page.changes.iter().for_each(apply_if_greater);
///             page.acknowledge().await?;
///         }
///         Next::SnapshotNeeded(why) => {
///             println!("{why}");
///             take_over(&mut stream).await?; // the stream never does that by itself
///         }
///     }
/// }
/// # }
/// ```
pub struct HandOver<'a, S> {
    stream: &'a mut ChangeStream<S>,
    /// Absent: to be begun after what was acknowledged.
    snapshot: Option<Snapshot>,
    /// Whether the part that was given last was acknowledged.
    acknowledged: bool,
    over: bool,
}

impl<S: CursorStore> ChangeStream<S> {
    /// Hands over to a snapshot: drops the cursor and gives everybody who is on record, page by page; the stream then goes on
    /// with the changes since the snapshot began. An unfinished snapshot is gone on with.
    ///
    /// # Errors
    ///
    /// [`StreamError::Store`] where it cannot be kept that a snapshot has begun; the cursor is then not dropped.
    pub async fn hand_over(&mut self) -> Result<HandOver<'_, S>, StreamError> {
        self.stand_loaded().await?;
        if !matches!(self.at, Some(Bookmark::InSnapshot { .. })) {
            self.go_to(Bookmark::in_snapshot(None)).await?;
        }
        Ok(HandOver { stream: self, snapshot: None, acknowledged: true, over: false })
    }
}

impl<'a, S: CursorStore> HandOver<'a, S> {
    /// Leaves the snapshot for a new one, from its beginning: forget what this one gave.
    ///
    /// # Errors
    ///
    /// What the store says; the snapshot is then not left.
    pub async fn begin_anew(&mut self) -> Result<(), CursorStoreError> {
        self.stream.go_to(Bookmark::in_snapshot(None)).await?;
        (self.snapshot, self.acknowledged, self.over) = (None, true, false);
        Ok(())
    }

    /// The next part; `None` after the last one was acknowledged. A part that is dropped without being acknowledged is asked for
    /// again, and given as it reads then.
    ///
    /// # Errors
    ///
    /// [`StreamError::SnapshotLost`], until it is [begun anew](Self::begin_anew); [`StreamError::Call`], after which asking
    /// again is safe.
    pub async fn next(&mut self) -> Result<Option<TakenPart<'_, 'a, S>>, StreamError> {
        if self.over {
            return Ok(None);
        }
        if !self.acknowledged {
            self.snapshot = None;
        }
        let snapshot = match &mut self.snapshot {
            Some(snapshot) => snapshot,
            none => {
                let mut query = SnapshotQuery::everything().filter(self.stream.query.filter.clone());
                if let Some(Bookmark::InSnapshot { resume_token: Some(token) }) = &self.stream.at {
                    query = query.resume(token.clone());
                }
                none.insert(super::Changes { caller: &self.stream.caller }.snapshot(query))
            }
        };
        let piece = match snapshot.next().await {
            Ok(piece) => piece,
            Err(error) => return Err(StreamError::SnapshotLost(SnapshotNeeded::told(error)?)),
        };
        let (profiles, bookmark) = match piece {
            SnapshotPiece::Page(page) => (page.profiles, Bookmark::in_snapshot(Some(page.resume_token))),
            SnapshotPiece::End(end) => (Vec::new(), Bookmark::at(end.cursor, end.position)),
        };
        self.acknowledged = false;
        Ok(Some(TakenPart { profiles, bookmark, hand_over: self }))
    }
}

impl<S> fmt::Debug for HandOver<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandOver")
            .field("stream", &self.stream)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

/// Some of the people on record, in the order of table and id, or the snapshot's end. Reads as a list of people; an empty one
/// that is not the last tells how far the snapshot has come.
#[derive(Debug)]
#[must_use = "a part that is not acknowledged is given again"]
pub struct TakenPart<'h, 'a, S> {
    profiles: Vec<ProfileSnapshot>,
    bookmark: Bookmark,
    hand_over: &'h mut HandOver<'a, S>,
}

impl<S: CursorStore> TakenPart<'_, '_, S> {
    /// Whether everybody was given: whoever was in no part is not on record.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self.bookmark, Bookmark::At { .. })
    }

    /// What to save with what was done, in a transaction of one's own ([`OwnTransaction`](super::OwnTransaction)).
    #[must_use]
    pub const fn bookmark(&self) -> &Bookmark {
        &self.bookmark
    }

    /// Says that these people have been dealt with; of the last part, that the snapshot has.
    ///
    /// # Errors
    ///
    /// What the store says; the part is then given again.
    pub async fn acknowledge(self) -> Result<Bookmark, CursorStoreError> {
        self.hand_over.stream.go_to(self.bookmark.clone()).await?;
        self.hand_over.acknowledged = true;
        self.hand_over.over = matches!(self.bookmark, Bookmark::At { .. });
        Ok(self.bookmark)
    }
}

impl<S> Deref for TakenPart<'_, '_, S> {
    type Target = [ProfileSnapshot];

    fn deref(&self) -> &[ProfileSnapshot] {
        &self.profiles
    }
}
