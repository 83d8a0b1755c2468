//! Erasing a person: the one transition after which nothing of them is on record but that it was.

use super::Profile;
use crate::answer::State;
use crate::change::{Change, Effect, Line, Saved};
use crate::command::Stamp;
use crate::record::Body;
use crate::scope::Series;
use crate::time::{Instant, Span};

/// How long an erasure's own record names the person, so that whoever follows the changes can erase them too.
pub const ERASED_NAMED: Span = Span::from_days(30);

/// What an erasure did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// When the person was erased: grants and notices that took effect by then count no more.
    pub at: Instant,
    /// The record to store, with the change that readers follow; absent: the person was erased already and lived no
    /// new life since, so that the erasure only moves.
    pub saved: Option<Saved>,
}

impl Profile {
    /// Erases the person. What is on record of them is to be emptied by whoever saves this.
    ///
    /// Its change has a line for each series, those included that read `UNKNOWN`: a reader may hold more of the person
    /// than answers. Somebody nobody has heard of is erased like everybody else.
    #[must_use]
    pub fn erase(self, stamp: &mut Stamp<'_>) -> (Self, Erased) {
        let at = self.recording_time(stamp.now);
        if self.is_erased() {
            let mut profile = self;
            profile.subject.row.erased_at = profile.subject.row.erased_at.max(Some(at));
            profile.subject.row.last_recorded_at = Some(at);
            return (profile, Erased { at, saved: None });
        }
        let before = self.states();
        let record = self.record(Body::Erasure, Vec::new(), stamp);
        let lines = Series::ALL.into_iter().zip(before).map(|(series, old)| Line {
            series,
            effect: Effect::Erased,
            old,
            new: State::Unknown,
        });
        let (id, profile_version) = (record.id, record.profile_version);
        let change = Change { record: id, profile_version, lines: lines.collect() };
        let mut row = self.subject.row;
        row.version = profile_version;
        row.last_recorded_at = Some(at);
        row.erased_at = Some(at);
        let profile = Self::of(row, Vec::new());
        (profile, Erased { at, saved: Some(Saved { record, change: Some(change), removals: Vec::new() }) })
    }
}
