//! What an erased profile is told, and what opens a new life.
//!
//! What is deliberately not here: the erasure itself, and the tombstone that remembers it.

use super::Profile;
use crate::answer::Answer;
use crate::change::{Applied, FactsOutcome, Outcome, SeriesOutcome};
use crate::command::{Command, Said};
use crate::evidence::Basis;
use crate::history::{Facts, Standing};
use crate::record::AnswerGiven;
use crate::refusal::Refusal;
use crate::scope::Series;
use crate::time::Instant;

impl Profile {
    /// The answer that an erasure decides, if it decides this command's.
    ///
    /// Until a direct, explicit grant effective after the erasure opens a new life, everything but a
    /// refusal, withdrawal or objection gets `PROFILE_ERASED`; those get the ordinary answer and
    /// store nothing. In the new life a grant or notice effective not after the erasure still gets
    /// `PROFILE_ERASED`.
    pub(super) fn answer_erased(&self, command: &Command, now: Instant) -> Option<Result<Applied, Refusal>> {
        let erased_at = self.row.erased_at?;
        let at = self.recording_time(now);
        if !self.is_erased() {
            let of_old_life = match command.said.as_ref()? {
                Said::Answer(given) => given.answer == Answer::Grant && given.effective(at) <= erased_at,
                Said::Notice(notice) => notice.notified_at.map_or(at, |told| told.min(at)) <= erased_at,
                Said::Request(_) => false,
            };
            return of_old_life.then_some(Err(Refusal::ProfileErased));
        }
        match &command.said {
            Some(Said::Answer(given)) if given.answer != Answer::Grant => {
                Some(Ok(ordinary_answer(command, given, at)))
            }
            Some(Said::Answer(grant)) if opens_new_life(grant, erased_at, at) => None,
            _ => Some(Err(Refusal::ProfileErased)),
        }
    }
}

fn opens_new_life(grant: &AnswerGiven, erased_at: Instant, now: Instant) -> bool {
    grant.direct() && grant.basis == Some(Basis::Explicit) && grant.effective(now) > erased_at
}

/// What a profile that nobody has heard of would be told, so that the answer does not show that
/// there was one.
fn ordinary_answer(command: &Command, given: &AnswerGiven, now: Instant) -> Applied {
    let at = given.effective(now);
    let standing = Standing {
        state: given.answer.kind().state(),
        since: Some(at),
        last_confirmed: Some(at),
        record: None,
    };
    let facts = command.facts.as_ref().map(|sent| FactsOutcome {
        outcome: Outcome::Created,
        facts: Facts { collected_on: sent.collected_on, jurisdiction: sent.jurisdiction },
    });
    let outcomes = Series::ALL
        .into_iter()
        .filter(|series| given.coverage.covers(*series))
        .map(|series| SeriesOutcome { series, outcome: Outcome::Created, standing })
        .collect();
    Applied { facts, outcomes, saved: Vec::new() }
}
