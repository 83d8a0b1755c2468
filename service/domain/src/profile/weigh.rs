//! Weighing a command before anything of it is applied: the facts, then the evidence.

use super::Profile;
use crate::answer::Answer;
use crate::change::Outcome;
use crate::command::{Command, FactsSent, Said, Terms};
use crate::evidence::{check_grant, check_notice, check_request};
use crate::history::Facts;
use crate::record::FactsChanged;
use crate::refusal::{Fault, Problem, Refusal};
use crate::time::Instant;

/// A command that no rule refuses.
pub(super) struct Weighed {
    /// The facts, if some were sent.
    pub(super) facts: Option<WeighedFacts>,
    /// What was said, in the form in which it is stored.
    pub(super) said: Option<Said>,
}

/// Facts that may be applied.
pub(super) struct WeighedFacts {
    /// What to tell.
    pub(super) outcome: Outcome,
    /// What to store; nothing if they are on record.
    pub(super) changed: Option<FactsChanged>,
    /// What is known then.
    pub(super) after: Facts,
}

impl Profile {
    /// Names every problem of a command, or gives what of it is applied.
    pub(super) fn weigh(
        &self,
        command: &Command,
        terms: &Terms<'_>,
        now: Instant,
    ) -> Result<Weighed, Refusal> {
        let said = command.said.clone().map(|said| as_stored(said, terms));
        let mut problems = Vec::new();
        let facts = command.facts.as_ref().and_then(|sent| self.weigh_facts(sent, &mut problems));
        let known = facts.as_ref().map_or_else(|| self.subject.history.facts(), |facts| facts.after);
        problems.extend(said.as_ref().map(|said| demanded(said, known, terms, now)).unwrap_or_default());
        if problems.is_empty() { Ok(Weighed { facts, said }) } else { Err(Refusal::Demands(problems)) }
    }

    fn weigh_facts(&self, sent: &FactsSent, problems: &mut Vec<Problem>) -> Option<WeighedFacts> {
        let known = self.subject.history.facts();
        let after = Facts {
            collected_on: sent.collected_on.or(known.collected_on),
            jurisdiction: sent.jurisdiction.or(known.jurisdiction),
        };
        if after == known {
            return Some(WeighedFacts { outcome: Outcome::Unchanged, changed: None, after });
        }
        let Some(source) = sent.source.clone() else {
            problems.push(Problem { field: "facts.source", what: Fault::Missing, policy: None });
            // What was said is weighed by the facts all the same, so that every problem is named.
            return Some(WeighedFacts { outcome: Outcome::Unchanged, changed: None, after });
        };
        let outcome = if known == Facts::default() { Outcome::Created } else { Outcome::Changed };
        let FactsSent { collected_on, jurisdiction, .. } = *sent;
        Some(WeighedFacts {
            outcome,
            changed: Some(FactsChanged { collected_on, jurisdiction, source }),
            after,
        })
    }
}

/// What the rules find missing or wrong in what was said.
fn demanded(said: &Said, facts: Facts, terms: &Terms<'_>, now: Instant) -> Vec<Problem> {
    let policies = (terms.policies)(facts);
    match said {
        Said::Answer(given) if given.answer == Answer::Grant => {
            check_grant(given, terms.controller, terms.text_is_stored, &policies, now)
        }
        Said::Answer(_) => Vec::new(),
        Said::Notice(notice) => {
            check_notice(notice, facts.collected_on, terms.text_is_stored, &policies, terms.zone, now)
        }
        Said::Request(request) => check_request(request, terms.text_is_stored, now),
    }
}

/// What was said as it is stored: a grant on all scopes as the scopes of today, the table's
/// controller beside every answer, a basis only beside a grant.
fn as_stored(said: Said, terms: &Terms<'_>) -> Said {
    let Said::Answer(mut given) = said else { return said };
    given.evidence.controller = terms.controller.cloned();
    if given.answer == Answer::Grant {
        given.coverage = given.coverage.as_of_today();
    } else {
        given.basis = None;
    }
    Said::Answer(given)
}
