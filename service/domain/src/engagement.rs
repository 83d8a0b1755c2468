//! Engagement: has this profile opened, clicked, visited or reached something?
//!
//! Asked in order to target, so that consent is looked at now, and whoever could not have been seen is no non-opener:
//! that is not known. Pure and read-only. Not here: what could be seen, and what was ([`crate::sight`]); who was not
//! seen for long ([`crate::inactivity`]).

use crate::interaction::InteractionKind;
use crate::policy::Applicable;
use crate::record::PolicyVersion;
use crate::sight::{Candidate, Known, Sought, Standing, Unseen, Window, first_match, standing};
use crate::time::Instant;
use crate::verdict::{Unjudged, Use};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The kinds; any of them is a yes. A send is never asked for.
    pub kinds: &'a [InteractionKind],
    /// Whether the link asked about is a functional one: always served, never stored, so never seen.
    pub functional_link: bool,
    /// Within which window; absent: ever.
    pub window: Option<Window>,
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engagement<R> {
    /// It was, by a person, and is on record: the earliest of it.
    Yes(R),
    /// It was not: it could have been seen and was not. With a reason: it could not have been seen, and the policy
    /// answers no all the same.
    No(Option<Unseen>),
    /// It could not have been seen.
    NotKnown(Unseen),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<R> {
    /// Whether it was done.
    pub engagement: Engagement<R>,
    /// The policy that decided: the one that denied; where none did, the table's.
    pub policy: PolicyVersion,
}

/// Answers one question about one profile. Order: erased, ceiling, consent and mode, recorded match, no.
///
/// Of several kinds one that matches is a yes; a no says that none of them was done, so one that could not have been
/// seen leaves it unknown.
pub fn answer<'a, R>(
    question: &Question<'_>,
    known: &Known<'_>,
    candidates: impl IntoIterator<Item = Unjudged<Candidate<'a, R>>>,
    now: Instant,
) -> Answered<R> {
    let Question { kinds, functional_link, window } = *question;
    let window = window.unwrap_or(Window::EVER);
    let Standing { open, closed } =
        standing(&Sought { kinds, functional_link, window }, known, known.person.now(now));
    let sought = Sought { kinds: &open, functional_link, window };
    let matched = first_match(Use::Target, &sought, known, candidates, now, now);
    let engagement = match (matched, closed) {
        (Some(row), _) => Engagement::Yes(row),
        (None, None) => Engagement::No(None),
        (None, Some((unseen, _))) if answers_no(unseen, &known.policies) => Engagement::No(Some(unseen)),
        (None, Some((unseen, _))) => Engagement::NotKnown(unseen),
    };
    let decided_by = match (&engagement, closed) {
        (Engagement::No(Some(_)) | Engagement::NotKnown(_), Some((_, policy))) => policy,
        _ => known.policies.table(),
    };
    Answered { engagement, policy: decided_by.named() }
}

/// Whether a profile that could not be seen is a non-opener all the same (Actito's behaviour): where the policy says so
/// and no other applies. Of an erased person nothing is known under any policy.
fn answers_no(unseen: Unseen, policies: &Applicable<'_>) -> bool {
    unseen != Unseen::ProfileErased && policies.table().untracked_answers_no && policies.iter().count() == 1
}

#[cfg(test)]
mod tests;
