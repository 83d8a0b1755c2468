//! Whether what was sent is already on record: then nothing is stored again.
//!
//! It is compared with every record of the series in this life, history included, so that a list
//! sent again never restamps anything. Evidence left out counts as sent and equal.

use super::Profile;
use crate::answer::Answer;
use crate::command::Said;
use crate::evidence::{Evidence, Source};
use crate::id::RecordId;
use crate::record::{AnswerGiven, Body, NoticeGiven, RequestMade};
use crate::scope::{Coverage, Series, TrackingCoverage};
use crate::time::{Instant, Span};

impl Profile {
    /// Whether all that `said` says of `series` is on record.
    pub(super) fn has_on_record(
        &self,
        said: &Said,
        series: Series,
        expires_after: Option<Span>,
        now: Instant,
    ) -> bool {
        let mut bodies = self.records.iter().map(|record| (record.id, &record.body));
        match said {
            // A turn against being contacted or recorded is an act of its own, however often.
            Said::Answer(given) if given.answer != Answer::Grant && given.direct() => false,
            Said::Answer(given) => bodies.any(|(id, body)| {
                let same = matches!(body, Body::Answer(stored) if same_answer(given, stored, series));
                same && (!says_now(given) || self.is_in_force(id, series, expires_after, now))
            }),
            Said::Notice(notice) => bodies
                .any(|(_, body)| matches!(body, Body::Notice(stored) if same_notice(notice, stored, series))),
            Said::Request(request) => bodies.any(
                |(_, body)| matches!(body, Body::Request(stored) if same_request(request, stored, series)),
            ),
        }
    }

    /// Whether `record` belongs to the run in force, which has not run out.
    fn is_in_force(
        &self,
        record: RecordId,
        series: Series,
        expires_after: Option<Span>,
        now: Instant,
    ) -> bool {
        let run = self.subject.history.answers(series).run(now);
        run.is_some_and(|run| {
            let ran_out = expires_after.is_some_and(|span| run.last_confirmed.plus(span) <= now);
            !ran_out && run.entries.iter().any(|entry| entry.record == record)
        })
    }
}

/// A direct grant without a date says "now": if the person turned away since the record it
/// resembles, it is a new answer. A list without dates is only ever the list that was sent before.
fn says_now(given: &AnswerGiven) -> bool {
    given.decided_at.is_none() && given.direct()
}

/// Left out, or equal.
fn same<T: PartialEq>(sent: Option<&T>, stored: Option<&T>) -> bool {
    sent.is_none() || sent == stored
}

/// Whether `stored` covers the series as `sent` does. "All", where it is stored as such, covers
/// scopes that later releases add; a list of today's does not.
fn same_coverage(sent: Coverage, stored: Coverage, series: Series) -> bool {
    let all = |coverage: Coverage| coverage.tracking() == TrackingCoverage::All;
    stored.covers(series) && (series == Series::Marketing || !all(sent) || all(stored))
}

fn same_source(sent: Option<&Source>, stored: Option<&Source>) -> bool {
    sent.is_none_or(|sent| {
        stored.is_some_and(|stored| {
            sent.kind == stored.kind
                && same(sent.name.as_ref(), stored.name.as_ref())
                && same(sent.version.as_ref(), stored.version.as_ref())
        })
    })
}

fn same_answer(sent: &AnswerGiven, stored: &AnswerGiven, series: Series) -> bool {
    // One act for both purposes is evidence too, but only of a grant.
    let act = sent.answer != Answer::Grant || sent.coverage.joint() == stored.coverage.joint();
    sent.answer == stored.answer
        && act
        && same_coverage(sent.coverage, stored.coverage, series)
        && same(sent.basis.as_ref(), stored.basis.as_ref())
        && same(sent.decided_at.as_ref(), stored.decided_at.as_ref())
        && same_evidence(&sent.evidence, &stored.evidence)
}

/// The controller is not compared: it is never sent, but taken from the table.
fn same_evidence(sent: &Evidence, stored: &Evidence) -> bool {
    same(sent.method.as_ref(), stored.method.as_ref())
        && same_source(sent.source.as_ref(), stored.source.as_ref())
        && same(sent.notice.as_ref(), stored.notice.as_ref())
        && same(sent.language.as_ref(), stored.language.as_ref())
        && same(sent.actor.as_ref(), stored.actor.as_ref())
        && same(sent.proof_reference.as_ref(), stored.proof_reference.as_ref())
}

fn same_notice(sent: &NoticeGiven, stored: &NoticeGiven, series: Series) -> bool {
    same_coverage(sent.coverage, stored.coverage, series)
        && same(sent.notified_at.as_ref(), stored.notified_at.as_ref())
        && same(sent.text.as_ref(), stored.text.as_ref())
        && same(sent.conditions_unchanged.as_ref(), stored.conditions_unchanged.as_ref())
        && same(sent.withdrawal_offered.as_ref(), stored.withdrawal_offered.as_ref())
        && same(sent.justification.as_ref(), stored.justification.as_ref())
        && same(sent.proof_reference.as_ref(), stored.proof_reference.as_ref())
        && same_source(sent.source.as_ref(), stored.source.as_ref())
        && same(sent.sent_message.as_ref(), stored.sent_message.as_ref())
}

fn same_request(sent: &RequestMade, stored: &RequestMade, series: Series) -> bool {
    same_coverage(sent.coverage, stored.coverage, series)
        && same(sent.requested_at.as_ref(), stored.requested_at.as_ref())
        && same(sent.text.as_ref(), stored.text.as_ref())
        && same_source(sent.source.as_ref(), stored.source.as_ref())
        && same(sent.sent_message.as_ref(), stored.sent_message.as_ref())
}
