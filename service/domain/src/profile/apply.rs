//! Applying a command: which answers count, what is told of them, what is stored and exported.

use super::Profile;
use super::weigh::{Weighed, WeighedFacts};
use crate::answer::State;
use crate::change::{Applied, Change, Effect, FactsOutcome, Line, Outcome, Saved, SeriesOutcome};
use crate::command::{Command, Said, Stamp, Terms};
use crate::record::{Body, PolicyVersion, Record};
use crate::refusal::Refusal;
use crate::removal::removals;
use crate::scope::{Coverage, Series};
use crate::time::{Instant, Span};

impl Profile {
    /// Applies one item: facts first, then what was said. Gives the profile after it, with the
    /// outcomes to tell and the records to store; a refused item leaves the profile as it was.
    ///
    /// # Errors
    /// A [`Refusal`] naming every problem: see [`crate::evidence::check_grant`] and
    /// [`crate::evidence::check_notice`]. Refusals, withdrawals and objections are never refused
    /// for missing evidence.
    pub fn apply(
        self,
        command: &Command,
        terms: &Terms<'_>,
        mut stamp: Stamp<'_>,
    ) -> (Self, Result<Applied, Refusal>) {
        if let Some(answered) = self.answer_erased(command, terms, &mut stamp) {
            return (self, answered);
        }
        match self.weigh(command, terms, stamp.now) {
            Err(refusal) => (self, Err(refusal)),
            Ok(Weighed { facts, said }) => {
                let mut applied = Applied::default();
                let profile = self.take_facts(facts, terms, &mut stamp, &mut applied);
                let profile = profile.take_said(said, terms, &mut stamp, &mut applied);
                (profile, Ok(applied))
            }
        }
    }

    fn take_facts(
        self,
        facts: Option<WeighedFacts>,
        terms: &Terms<'_>,
        stamp: &mut Stamp<'_>,
        applied: &mut Applied,
    ) -> Self {
        let Some(facts) = facts else { return self };
        let mut profile = self;
        if let Some(changed) = facts.changed {
            let policies = (terms.policies)(facts.after);
            let policies = policies.iter().map(|policy| policy.named()).collect();
            let record = profile.record(Body::Facts(changed), policies, stamp);
            profile = profile.with(record.clone());
            applied.saved.push(Saved { record, change: None, removals: Vec::new() });
        }
        applied.facts = Some(FactsOutcome { outcome: facts.outcome, facts: profile.history().facts() });
        profile
    }

    fn take_said(
        self,
        said: Option<Said>,
        terms: &Terms<'_>,
        stamp: &mut Stamp<'_>,
        applied: &mut Applied,
    ) -> Self {
        let Some(said) = said else { return self };
        let mut profile = self;
        let expires_after = terms.expires_after(profile.history().facts());
        let sent = said.coverage();
        let fresh = profile.fresh_coverage(&said, expires_after, profile.recording_time(stamp.now));
        let mut outcomes = [Outcome::Unchanged; Series::COUNT];
        if let Some(fresh) = fresh {
            if matches!(said, Said::Answer(_)) {
                let (after, expired) = profile.expire(terms, stamp);
                profile = after;
                applied.saved.extend(expired);
            }
            let before = profile;
            let record = before.record(said.stored_as(fresh), before.policies(terms), stamp);
            let states = before.states();
            let told = told_before(&before, &record.body);
            profile = before.with(record.clone());
            for series in covered(fresh) {
                let place = series.index();
                let before = (states[place], told[place]);
                outcomes[place] = profile.outcome(&record, series, before, expires_after);
            }
            let change = profile.change(&record, &states, |series| {
                !matches!(record.body, Body::Request(_)) && outcomes[series.index()] != Outcome::Superseded
            });
            let policies = (terms.policies)(profile.history().facts());
            let removals = removals(&record, profile.history(), &policies, terms.zone);
            applied.saved.push(Saved { record, change, removals });
        }
        let at = profile.recording_time(stamp.now);
        applied.outcomes = covered(sent)
            .map(|series| SeriesOutcome {
                series,
                outcome: outcomes[series.index()],
                standing: profile.history().standing(series, at, expires_after),
            })
            .collect();
        profile
    }

    /// What of the coverage is not on record yet; `None` when all of it is.
    fn fresh_coverage(&self, said: &Said, expires_after: Option<Span>, now: Instant) -> Option<Coverage> {
        let sent = said.coverage();
        let fresh = sent.only(|series| !self.has_on_record(said, series, expires_after, now))?;
        // One act for both purposes is evidence: a joint grant is never stored as if it were two.
        let keeps_act = !said.is_grant() || fresh.joint() == sent.joint();
        Some(if keeps_act { fresh } else { sent })
    }

    /// What happened to `series`, which read `old` before `record` and of which `told` says
    /// whether a notice or request like it was on record.
    fn outcome(
        &self,
        record: &Record,
        series: Series,
        (old, told): (State, bool),
        expires_after: Option<Span>,
    ) -> Outcome {
        let new = self.subject.history.standing(series, record.recorded_at, expires_after).state;
        let run = self.subject.history.answers(series).run(record.recorded_at);
        if !matches!(record.body, Body::Answer(_)) {
            return match run {
                Some(_) => Outcome::Superseded,
                None if told => Outcome::Renewed,
                None => Outcome::Created,
            };
        }
        let belongs = run.map(|run| run.unbroken(expires_after)).is_some_and(|run| {
            run.entries.iter().any(|entry| entry.record == record.id && entry.kind == run.kind)
        });
        match (old, belongs) {
            (State::Unknown, _) => Outcome::Created,
            // An old answer can matter without being the one that counts: a grant dated between an
            // objection and a withdrawal gives the withdrawal back its effect.
            _ if new != old => Outcome::Changed,
            (_, true) => Outcome::Renewed,
            (_, false) => Outcome::Superseded,
        }
    }

    /// The change that `record` made to the series that it covers, counts for and turned or renewed.
    pub(super) fn change(
        &self,
        record: &Record,
        before: &[State; Series::COUNT],
        counts: impl Fn(Series) -> bool,
    ) -> Option<Change> {
        let states = self.states();
        let lines: Vec<Line> = covered(record.coverage()?)
            .filter(|series| counts(*series))
            .map(|series| (series, before[series.index()], states[series.index()]))
            .filter(|(_, _, new)| *new != State::Unknown)
            .map(|(series, old, new)| Line { series, effect: Effect::of(old, new), old, new })
            .collect();
        let (id, profile_version) = (record.id, record.profile_version);
        (!lines.is_empty()).then_some(Change { record: id, profile_version, lines })
    }

    /// When a record made now is recorded: never before the profile's last one.
    pub(super) fn recording_time(&self, now: Instant) -> Instant {
        self.subject.row.last_recorded_at.map_or(now, |last| last.max(now))
    }

    pub(super) fn policies(&self, terms: &Terms<'_>) -> Vec<PolicyVersion> {
        let policies = (terms.policies)(self.subject.history.facts());
        policies.iter().map(|policy| policy.named()).collect()
    }

    pub(super) fn record(&self, body: Body, policies: Vec<PolicyVersion>, stamp: &mut Stamp<'_>) -> Record {
        Record {
            id: (stamp.next_id)(),
            table: self.subject.row.table.clone(),
            profile: self.subject.row.id.clone(),
            profile_version: self.subject.row.version.saturating_add(1),
            recorded_at: self.recording_time(stamp.now),
            origin: stamp.origin.cloned(),
            policies,
            body,
        }
    }
}

/// Of each series, whether a notice (or request) covering it was on record.
fn told_before(profile: &Profile, body: &Body) -> [bool; Series::COUNT] {
    Series::ALL.map(|series| match body {
        Body::Notice(_) => profile.history().notices().iter().any(|told| told.coverage.covers(series)),
        Body::Request(_) => profile.history().requests().iter().any(|asked| asked.coverage.covers(series)),
        Body::Answer(_) | Body::Facts(_) | Body::Expiry(_) | Body::Erasure => false,
    })
}

fn covered(coverage: Coverage) -> impl Iterator<Item = Series> {
    Series::ALL.into_iter().filter(move |series| coverage.covers(*series))
}
