//! What a command that was answered before is told when it comes again: everything as it reads now.
//!
//! What is deliberately not here: what happened then. Whoever kept the outcomes tells them.

use super::Profile;
use crate::command::{Command, Stamp, Terms};
use crate::history::{Facts, Standing};
use crate::id::RecordId;
use crate::scope::Series;
use crate::time::{Instant, Span};

/// What a command is about, as it reads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Each series that it covers, in the order of [`Series::ALL`].
    pub standings: Vec<(Series, Standing)>,
    /// What is known of the profile.
    pub facts: Facts,
}

impl Profile {
    /// What an accepted command is about, as it reads now. A profile that is erased is answered as it was then:
    /// as one that nobody had heard of before.
    #[must_use]
    pub fn read_again(&self, command: &Command, terms: &Terms<'_>, now: Instant) -> Reading {
        // Nothing of the ordinary answer is stored, so its records need no ids of their own.
        let mut stamp = Stamp { now, origin: None, next_id: &mut || RecordId([0; 16]) };
        if self.is_erased()
            && let Some(Ok(ordinary)) = self.answer_erased(command, terms, &mut stamp)
        {
            let standings = ordinary.outcomes.iter().map(|told| (told.series, told.standing)).collect();
            return Reading { standings, facts: ordinary.facts.map(|told| told.facts).unwrap_or_default() };
        }
        let facts = self.subject.history.facts();
        let expires_after: Option<Span> = terms.expires_after(facts);
        let at = self.recording_time(now);
        let covered = command.said.as_ref().map(crate::command::Said::coverage);
        let standings = Series::ALL
            .into_iter()
            .filter(|series| covered.is_some_and(|coverage| coverage.covers(*series)))
            .map(|series| (series, self.subject.history.standing(series, at, expires_after)))
            .collect();
        Reading { standings, facts }
    }
}

#[cfg(test)]
mod tests {
    use crate::answer::{Answer, State};
    use crate::command::{Command, Terms};
    use crate::history::Facts;
    use crate::policy::Policy;
    use crate::profile::{Profile, ProfileFacts};
    use crate::sample::{Story, answer, at, facts, lenient};
    use crate::time::Zone;

    fn reads(profile: &Profile, command: &Command, minutes: i64) -> super::Reading {
        let (zone, policy) = (Zone::utc(), lenient());
        let policies = |_: Facts| -> Vec<&Policy> { vec![&policy] };
        let terms = Terms { controller: None, zone: &zone, policies: &policies, text_is_stored: &|_| false };
        profile.read_again(command, &terms, at(minutes))
    }

    #[test]
    fn a_command_that_comes_again_is_told_what_reads_now() {
        let mut story = Story::new();
        let grant =
            Command { facts: Some(facts("2026-01-01")), ..Command::answer(answer(Answer::Grant, at(1))) };
        story.apply(&grant, at(1)).unwrap();
        story.say(answer(Answer::Withdraw, at(2)), at(2));
        let reading = reads(&story.profile, &grant, 3);
        assert_eq!(reading.standings.len(), 6);
        assert!(reading.standings.iter().all(|(_, standing)| standing.state == State::Withdrawn));
        assert_eq!(reading.facts, story.profile.history().facts());
    }

    #[test]
    fn an_erased_profile_is_told_again_what_it_was_told() {
        let known = Profile::unknown(Story::new().profile.table().clone(), Story::new().profile.id().clone());
        let row = ProfileFacts {
            table: known.table().clone(),
            id: known.id().clone(),
            version: 3,
            last_recorded_at: Some(at(1)),
            erased_at: Some(at(1)),
        };
        let refusal = Command::answer(answer(Answer::Refuse, at(2)));
        let reading = reads(&Profile::of(row, Vec::new()), &refusal, 2);
        assert!(reading.standings.iter().all(|(_, standing)| standing.state == State::Refused));
    }
}
