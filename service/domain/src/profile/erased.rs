//! What an erased profile is told, and what opens a new life.
//!
//! What is deliberately not here: the erasure itself (`erase`), and the tombstone that remembers it (the store's).

use super::Profile;
use crate::answer::Answer;
use crate::change::Applied;
use crate::command::{Command, Said, Stamp, Terms};
use crate::evidence::Basis;
use crate::record::AnswerGiven;
use crate::refusal::Refusal;
use crate::time::Instant;

impl Profile {
    /// The answer that an erasure decides, if it decides this command's.
    ///
    /// Until a direct, explicit grant effective after the erasure opens a new life, everything but a
    /// refusal, withdrawal or objection gets `PROFILE_ERASED`; those get the ordinary answer and
    /// store nothing. In the new life a grant or notice effective not after the erasure still gets
    /// `PROFILE_ERASED`.
    pub(super) fn answer_erased(
        &self,
        command: &Command,
        terms: &Terms<'_>,
        stamp: &mut Stamp<'_>,
    ) -> Option<Result<Applied, Refusal>> {
        let erased_at = self.subject.row.erased_at?;
        let at = self.recording_time(stamp.now);
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
                Some(self.ordinary_answer(command, terms, stamp))
            }
            Some(Said::Answer(grant)) if opens_new_life(grant, erased_at, at) => None,
            _ => Some(Err(Refusal::ProfileErased)),
        }
    }

    /// What a profile that nobody has heard of would be told, so that the answer does not show that
    /// there was one.
    fn ordinary_answer(
        &self,
        command: &Command,
        terms: &Terms<'_>,
        stamp: &mut Stamp<'_>,
    ) -> Result<Applied, Refusal> {
        let stranger = Self::unknown(self.subject.row.table.clone(), self.subject.row.id.clone());
        let stamp = Stamp { now: stamp.now, origin: stamp.origin, next_id: &mut *stamp.next_id };
        let (_, answered) = stranger.apply(command, terms, stamp);
        answered.map(|mut answered| {
            answered.saved.clear();
            answered.outcomes.iter_mut().for_each(|outcome| outcome.standing.record = None);
            answered
        })
    }
}

fn opens_new_life(grant: &AnswerGiven, erased_at: Instant, now: Instant) -> bool {
    grant.direct() && grant.basis == Some(Basis::Explicit) && grant.effective(now) > erased_at
}
