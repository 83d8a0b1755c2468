//! What others ask of a profile as a whole: its life, its time and its version.

use super::Profile;
use crate::time::Instant;
use crate::verdict::{Life, Person};

impl Profile {
    /// See [`Subject::life`](crate::subject::Subject::life).
    #[must_use]
    pub fn life(&self) -> Life {
        self.subject.life()
    }

    /// See [`Subject::opened`](crate::subject::Subject::opened).
    #[must_use]
    pub fn opened(&self) -> Option<(Instant, Instant)> {
        self.subject.opened()
    }

    /// The person that [`crate::verdict`] judges.
    #[must_use]
    pub fn person(&self) -> Person<'_> {
        self.subject.person()
    }

    /// See [`Subject::now`](crate::subject::Subject::now).
    #[must_use]
    pub fn now(&self, clock: Instant) -> Instant {
        self.subject.now(clock)
    }

    /// The version with the last record that counts in what is read as of `as_of` by what was known at
    /// `known_at` (absent: by all that is known); 0 when none does.
    #[must_use]
    pub fn version_read(&self, as_of: Instant, known_at: Option<Instant>) -> u64 {
        if known_at.is_none() && self.subject.row.last_recorded_at.is_none_or(|last| last <= as_of) {
            // The erasure of a former life counts too, though its records are gone.
            return self.subject.row.version;
        }
        let counts = |recorded_at, effective| {
            effective <= as_of && known_at.is_none_or(|known: Instant| recorded_at <= known)
        };
        self.records
            .iter()
            .filter(|record| counts(record.recorded_at, record.effective()))
            .map(|record| record.profile_version)
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use crate::answer::Answer;
    use crate::profile::{Profile, ProfileFacts};
    use crate::sample::{Story, answer, at};
    use crate::verdict::Life;

    fn erased_at(minutes: i64) -> Story {
        let mut story = Story::new();
        let row = ProfileFacts {
            table: story.profile.table().clone(),
            id: story.profile.id().clone(),
            version: 4,
            last_recorded_at: Some(at(minutes)),
            erased_at: Some(at(minutes)),
        };
        story.profile = Profile::of(row, Vec::new());
        story
    }

    #[test]
    fn a_profile_nobody_erased_lives_its_first_life() {
        let mut story = Story::new();
        assert_eq!(story.profile.life(), Life::NeverErased);
        story.say(answer(Answer::Grant, at(10)), at(10));
        assert_eq!(story.profile.life(), Life::NeverErased);
    }

    #[test]
    fn a_new_life_begins_with_the_grant_that_opened_it() {
        let mut story = erased_at(10);
        assert_eq!(story.profile.life(), Life::Erased);
        story.say(answer(Answer::Grant, at(20)), at(30));
        story.say(answer(Answer::Withdraw, at(40)), at(40));
        assert_eq!(story.profile.life(), Life::NewSince(at(20)));
    }

    #[test]
    fn a_clock_that_lags_reads_what_another_recorded() {
        let mut story = Story::new();
        story.say(answer(Answer::Grant, at(10)), at(10));
        assert_eq!(story.profile.now(at(9)), at(10));
        assert_eq!(story.profile.now(at(11)), at(11));
    }

    #[test]
    fn the_version_read_is_that_of_the_last_record_that_counts() {
        let mut story = Story::new();
        assert_eq!(story.profile.version_read(at(99), None), 0);
        story.say(answer(Answer::Grant, at(1)), at(10));
        story.say(answer(Answer::Withdraw, at(20)), at(20));
        assert_eq!(story.profile.version_read(at(20), None), 2);
        assert_eq!(story.profile.version_read(at(19), None), 1);
        assert_eq!(story.profile.version_read(at(20), Some(at(19))), 1);
        assert_eq!(story.profile.version_read(at(20), Some(at(9))), 0);
        assert_eq!(erased_at(10).profile.version_read(at(10), None), 4);
    }
}
