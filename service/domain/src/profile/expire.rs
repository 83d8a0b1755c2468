//! A grant that ran out becomes a record of its own, once.

use super::Profile;
use crate::answer::{Kind, State};
use crate::change::Saved;
use crate::command::{Stamp, Terms};
use crate::id::RecordId;
use crate::record::{Body, GrantExpired};
use crate::scope::{Coverage, ScopeSet, Series, TrackingCoverage};
use crate::time::{Instant, Span};

impl Profile {
    /// Writes the expiry of each grant that has run out by now and has no such record yet. The
    /// answer that follows is then told and exported against what was read before it, `EXPIRED`.
    #[must_use]
    pub fn expire(self, terms: &Terms<'_>, stamp: &mut Stamp<'_>) -> (Self, Vec<Saved>) {
        let Some(span) = terms.expires_after(self.subject.history.facts()) else { return (self, Vec::new()) };
        let mut profile = self;
        let mut saved = Vec::new();
        while let Some(expired) = profile.next_expired(span, profile.recording_time(stamp.now)) {
            let before = profile.states();
            let record = profile.record(Body::Expiry(expired), profile.policies(terms), stamp);
            profile = profile.with(record.clone());
            let change = profile.change(&record, &before, |_| true);
            saved.push(Saved { record, change, removals: Vec::new() });
        }
        (profile, saved)
    }

    /// The expiry of the first grant that ran out, for all the series that it confirmed last.
    fn next_expired(&self, span: Span, now: Instant) -> Option<GrantExpired> {
        let mut ended: Option<(RecordId, Instant)> = None;
        let mut marketing = false;
        let mut scopes = ScopeSet::NONE;
        for series in Series::ALL {
            let Some(run) = self.subject.history.answers(series).run(now) else { continue };
            let end = run.last_confirmed.plus(span);
            if run.kind != Kind::Granted || end > now {
                continue;
            }
            let Some(grant) = run.entries.last().map(|entry| entry.record) else { continue };
            if *ended.get_or_insert((grant, end)) == (grant, end) {
                match series {
                    Series::Marketing => marketing = true,
                    Series::Tracking(scope) => scopes = scopes.with(scope),
                }
            }
        }
        let (grant, expired_at) = ended?;
        let coverage = Coverage::new(marketing, TrackingCoverage::Scopes(scopes))?;
        Some(GrantExpired { coverage, grant, expired_at })
    }

    /// What each series reads by the records alone, at the time of the last of them.
    pub(super) fn states(&self) -> [State; Series::COUNT] {
        let at = self.subject.row.last_recorded_at.unwrap_or(Instant::MIN);
        Series::ALL.map(|series| self.subject.history.standing(series, at, None).state)
    }
}
