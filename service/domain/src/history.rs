//! A profile's history: its records folded into what each series reads at any instant.
//!
//! Answers are ordered by effective time, on a tie the more protective last, then by the records'
//! own bytes; so the order of arrival never matters. The last one counts, but an objection is
//! replaced only by a later grant.

use crate::answer::{Kind, State};
use crate::canonical::encode;
use crate::evidence::{Basis, Items};
use crate::id::RecordId;
use crate::policy::GrantRule;
use crate::record::{Body, Country, Record};
use crate::scope::{Coverage, Series};
use crate::time::{Day, Instant, Span};

pub(crate) mod bytes;
mod notice;

pub use notice::{NoticeItem, NoticeItems, Told};

/// What one answer (or expiry) says of one series, with what is needed to weigh it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it takes effect.
    pub effective: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it says.
    pub kind: Kind,
    /// The record.
    pub record: RecordId,
    /// On what ground a grant is one.
    pub basis: Option<Basis>,
    /// The items of evidence it provides.
    pub provided: Items,
    /// Whether one act covered mail and tracking.
    pub joint: bool,
}

impl Entry {
    /// Whether it is a grant that this rule accepts: its basis, its evidence, and one act for mail
    /// and tracking only where that is permitted.
    #[must_use]
    pub fn proves(&self, rule: &GrantRule) -> bool {
        self.kind == Kind::Granted
            && self.basis.is_some_and(|basis| rule.bases.contains(&basis))
            && rule.demands.without(self.provided).is_empty()
            && (rule.joint || !self.joint)
    }
}

/// A request on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When it takes effect.
    pub effective: Instant,
    /// The record.
    pub record: RecordId,
    /// For what.
    pub coverage: Coverage,
}

/// The current run of equal answers.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What they say.
    pub kind: Kind,
    /// The earliest effective time: in force since.
    pub since: Instant,
    /// The latest effective time: last confirmed. Of what ran out, that of the grants that did.
    pub last_confirmed: Instant,
    /// The answers of the run, in order; the last is the one in force.
    pub entries: &'a [Entry],
}

impl Run<'_> {
    /// What of a run of grants stands unbroken where they run out: it ended as often as none was confirmed in time, whether
    /// or not that is on record.
    #[must_use]
    pub fn unbroken(self, expires_after: Option<Span>) -> Self {
        let (Kind::Granted, Some(span)) = (self.kind, expires_after) else { return self };
        let ran_out = |pair: &[Entry]| pair[0].effective.plus(span) <= pair[1].effective;
        let start = self.entries.windows(2).rposition(ran_out).map_or(0, |place| place + 1);
        Self { since: self.entries[start].effective, entries: &self.entries[start..], ..self }
    }
}

/// What a series reads at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// In force since; absent for `UNKNOWN`.
    pub since: Option<Instant>,
    /// Last confirmed; absent for `UNKNOWN` and `INFORMED`.
    pub last_confirmed: Option<Instant>,
    /// The record in force; absent for `UNKNOWN`.
    pub record: Option<RecordId>,
}

/// The answers of one series, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(Vec<Entry>);

impl Answers {
    /// All of them, in order of effect.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    fn until(&self, at: Instant) -> &[Entry] {
        &self.0[..self.0.partition_point(|entry| entry.effective <= at)]
    }

    /// The run of equal answers in force at `at`.
    #[must_use]
    pub fn run(&self, at: Instant) -> Option<Run<'_>> {
        run(self.until(at))
    }

    /// The run in force at `at` once grants that no record of their run proves are left out, with
    /// their expiry, and whether one was left out. What stood before such a run decides.
    pub fn proven_run(
        &self,
        at: Instant,
        expires_after: Option<Span>,
        proves: impl Fn(&Entry) -> bool,
    ) -> (Option<Run<'_>>, bool) {
        let mut entries = self.until(at);
        let mut left_out = false;
        loop {
            let found = run(entries);
            // A run of grants is always the tail of what it was folded from, and so is an expiry.
            let mut before = entries;
            let mut granted = found;
            if let Some(expired) = found.filter(|run| run.kind == Kind::Expired) {
                before = &before[..before.len() - expired.entries.len()];
                granted = run(before);
            }
            match granted.map(|run| run.unbroken(expires_after)) {
                Some(grants) if grants.kind == Kind::Granted && !grants.entries.iter().any(&proves) => {
                    left_out = true;
                    entries = &before[..before.len() - grants.entries.len()];
                }
                _ => return (found, left_out),
            }
        }
    }

    /// An expiry says that one grant ran out. Where a later grant of the same series took effect
    /// before that instant (it arrived after the expiry was written), the expiry counts no more:
    /// had the grant arrived in time, the expiry would not have been written.
    fn drop_outlived(&mut self, records: &[&Record]) {
        let grant_of = |expiry: RecordId| {
            records.iter().find_map(|record| match &record.body {
                Body::Expiry(expired) if record.id == expiry => Some(expired.grant),
                _ => None,
            })
        };
        let grants: Vec<(RecordId, Instant)> = (self.0.iter())
            .filter(|entry| entry.kind == Kind::Granted)
            .map(|entry| (entry.record, entry.effective))
            .collect();
        self.0.retain(|entry| {
            if entry.kind != Kind::Expired {
                return true;
            }
            let ended = grant_of(entry.record).and_then(|id| grants.iter().find(|(grant, _)| *grant == id));
            ended.is_none_or(|(_, since)| {
                !grants.iter().any(|(_, later)| since < later && *later < entry.effective)
            })
        });
    }

    /// The latest refusal, withdrawal or objection that takes effect after `after` and not after `until`.
    #[must_use]
    pub fn latest_denial(&self, after: Instant, until: Instant) -> Option<&Entry> {
        self.until(until).iter().rev().take_while(|entry| entry.effective > after).find(|e| e.kind.denies())
    }

    /// Whether a refusal, withdrawal or objection took effect by `at` and no grant since: an expiry ends only grants.
    #[must_use]
    pub fn denied_at(&self, at: Instant) -> bool {
        let said = self.until(at).iter().rev().find(|entry| entry.kind != Kind::Expired);
        said.is_some_and(|entry| entry.kind.denies())
    }

    /// When the first grant after `after` takes effect.
    #[must_use]
    pub fn next_grant(&self, after: Instant) -> Option<Instant> {
        let later = &self.0[self.0.partition_point(|entry| entry.effective <= after)..];
        later.iter().find(|entry| entry.kind == Kind::Granted).map(|entry| entry.effective)
    }
}

/// Folds answers in order.
fn run(entries: &[Entry]) -> Option<Run<'_>> {
    let mut start = 0;
    let mut end = 0;
    let mut current: Option<Kind> = None;
    // When what ran out was last confirmed: only a grant can.
    let mut ran_out = None;
    for (place, entry) in entries.iter().enumerate() {
        match (current, entry.kind) {
            (Some(kind), next) if kind == next => {}
            // An objection is replaced only by a later grant, and only a grant can run out.
            (Some(Kind::Objected), next) if next != Kind::Granted => continue,
            (kind, Kind::Expired) if kind != Some(Kind::Granted) => continue,
            (_, next) => {
                ran_out = (next == Kind::Expired).then(|| entries[end - 1].effective);
                current = Some(next);
                start = place;
            }
        }
        end = place + 1;
    }
    let kind = current?;
    // Answers between that belong to no run (a refusal after an objection) lie inside the slice;
    // they are of another kind and never first or last.
    let entries = &entries[start..end];
    let (first, last) = (entries.first()?, entries.last()?);
    Some(Run { kind, since: first.effective, last_confirmed: ran_out.unwrap_or(last.effective), entries })
}

/// What is known of a profile beside its answers: as of now, whatever instant is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The day the address was collected.
    pub collected_on: Option<Day>,
    /// The country whose rules apply.
    pub jurisdiction: Option<Country>,
}

/// Everything on record about one profile in its present life.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct History {
    series: [Answers; Series::COUNT],
    notices: Vec<Told>,
    requests: Vec<Asked>,
    facts: Facts,
}

impl History {
    /// Folds records in whatever order they come. Records of a life before an erasure must not be
    /// among them (erasure takes their bodies).
    #[must_use]
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut records: Vec<&Record> = records.into_iter().collect();
        // Bytes are written only where times are equal.
        records.sort_by(|a, b| a.effective().cmp(&b.effective()).then_with(|| encode(a).cmp(&encode(b))));
        let mut history = Self::default();
        for record in &records {
            history.take(record);
        }
        for answers in &mut history.series {
            // Stable: equal times keep the order of the records' bytes.
            answers.0.sort_by_key(|entry| (entry.effective, entry.kind));
            answers.drop_outlived(&records);
        }
        let mut facts: Vec<&Record> =
            records.into_iter().filter(|record| matches!(record.body, Body::Facts(_))).collect();
        facts.sort_by_key(|record| record.profile_version);
        for record in facts {
            if let Body::Facts(changed) = &record.body {
                history.facts.collected_on = changed.collected_on.or(history.facts.collected_on);
                history.facts.jurisdiction = changed.jurisdiction.or(history.facts.jurisdiction);
            }
        }
        history
    }

    fn take(&mut self, record: &Record) {
        let effective = record.effective();
        match &record.body {
            Body::Answer(given) => self.enter(
                given.coverage,
                &Entry {
                    effective,
                    recorded_at: record.recorded_at,
                    kind: given.answer.kind(),
                    record: record.id,
                    basis: given.basis,
                    provided: given.evidence.items(given.decided_at.is_some()),
                    joint: given.coverage.joint(),
                },
            ),
            Body::Expiry(expired) => self.enter(
                expired.coverage,
                &Entry {
                    effective,
                    recorded_at: record.recorded_at,
                    kind: Kind::Expired,
                    record: record.id,
                    basis: None,
                    provided: Items::NONE,
                    joint: false,
                },
            ),
            Body::Notice(notice) => self.notices.push(Told {
                effective,
                recorded_at: record.recorded_at,
                record: record.id,
                coverage: notice.coverage,
                items: NoticeItems::of(notice),
            }),
            Body::Request(request) => {
                self.requests.push(Asked { effective, record: record.id, coverage: request.coverage });
            }
            // Facts are read apart; what was erased is gone.
            Body::Facts(_) | Body::Erasure => {}
        }
    }

    fn enter(&mut self, coverage: Coverage, entry: &Entry) {
        for series in Series::ALL.into_iter().filter(|series| coverage.covers(*series)) {
            self.series[series.index()].0.push(entry.clone());
        }
    }

    /// The answers of one series.
    #[must_use]
    pub fn answers(&self, series: Series) -> &Answers {
        &self.series[series.index()]
    }

    /// The notices on record, in order of effect.
    #[must_use]
    pub fn notices(&self) -> &[Told] {
        &self.notices
    }

    /// The requests on record, in order of effect.
    #[must_use]
    pub fn requests(&self) -> &[Asked] {
        &self.requests
    }

    /// What is known of the profile.
    #[must_use]
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// What each series reads at `at`, in the order of [`Series::ALL`]: see [`History::standing`].
    #[must_use]
    pub fn standings(&self, at: Instant, expires_after: Option<Span>) -> [Standing; Series::COUNT] {
        Series::ALL.map(|series| self.standing(series, at, expires_after))
    }

    /// What `series` reads at `at`, whoever judges: the records' own sum, grants of any evidence
    /// included. A grant older than `expires_after` reads `EXPIRED`.
    #[must_use]
    pub fn standing(&self, series: Series, at: Instant, expires_after: Option<Span>) -> Standing {
        let run = self.answers(series).run(at);
        self.standing_of(series, run, at, expires_after)
    }

    /// What a run adds up to; without a run, what the notices say.
    #[must_use]
    pub fn standing_of(
        &self,
        series: Series,
        run: Option<Run<'_>>,
        at: Instant,
        expires_after: Option<Span>,
    ) -> Standing {
        let Some(run) = run.map(|run| run.unbroken(expires_after)) else {
            return self.unanswered(series, at);
        };
        let ran_out = expires_after.map(|span| run.last_confirmed.plus(span)).filter(|end| *end <= at);
        let (state, since) = match (run.kind, ran_out) {
            (Kind::Granted, Some(end)) => (State::Expired, end),
            (kind, _) => (kind.state(), run.since),
        };
        Standing {
            state,
            since: Some(since),
            last_confirmed: Some(run.last_confirmed),
            record: run.entries.last().map(|entry| entry.record),
        }
    }

    fn unanswered(&self, series: Series, at: Instant) -> Standing {
        // MARKETING never reads INFORMED.
        let told = self
            .notices
            .iter()
            .find(|told| series != Series::Marketing && told.effective <= at && told.coverage.covers(series));
        Standing {
            state: if told.is_some() { State::Informed } else { State::Unknown },
            since: told.map(|told| told.effective),
            last_confirmed: None,
            record: told.map(|told| told.record),
        }
    }
}

#[cfg(test)]
mod tests;
