//! What one policy says of one interaction: lines 5 to 9 of the judgement.

use super::case::{Case, Person, Use};
use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::exemption::{counts_anonymously, last_open_goes_on, last_open_is_exempt};
use crate::history::History;
use crate::interaction::{Interaction, InteractionKind};
use crate::policy::{OnWithdrawal, Policy};
use crate::reason::Reason;
use crate::removal::removed_by;
use crate::scope::{Scope, Series};
use crate::time::Instant;

/// What may be written beside, or instead of, the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Allowed {
    pub(super) last_open: bool,
    pub(super) count: bool,
    pub(super) device: bool,
}

impl Allowed {
    /// What both allow.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            last_open: self.last_open && other.last_open,
            count: self.count && other.count,
            device: self.device && other.device,
        }
    }

    /// How many.
    pub(super) fn len(self) -> u8 {
        u8::from(self.last_open) + u8::from(self.count) + u8::from(self.device)
    }
}

/// One policy's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) record: bool,
    pub(super) allowed: Allowed,
    pub(super) reason: Reason,
}

impl Ruling {
    /// How much it writes: a row weighs more than all exemptions.
    pub(super) fn weight(self) -> (bool, u8) {
        (self.record, self.allowed.len())
    }
}

/// An interaction on its way to a verdict.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) interaction: Interaction,
    pub(super) scope: Scope,
    pub(super) ceiling: Ceiling,
    pub(super) now: Instant,
}

impl Question<'_> {
    /// What `policy` says.
    pub(super) fn rule(&self, policy: &Policy) -> Ruling {
        let Some(person) = self.case.person else { return self.uncounted(policy, Reason::NoProfile) };
        if self.ceiling == Ceiling::Anonymous {
            return self.uncounted(policy, Reason::AnonymousOnly);
        }

        let consent = self.consent(policy, person.history, self.scope);
        let last_open_only = self.case.sent.last_open_only(self.interaction.kind);
        if consent.permits() && !last_open_only {
            let allowed = self.beside_the_row(policy, person);
            return Ruling { record: true, allowed, reason: consent };
        }

        let allowed = Allowed {
            last_open: self.writes() && last_open_is_exempt(policy, self.case, self.interaction, self.now),
            count: self.counts(policy),
            device: false,
        };
        let reason = if consent.permits() { Reason::LastOpenOnly } else { consent };
        Ruling { record: false, allowed, reason }
    }

    /// Nothing that names a profile: the anonymous counter at most.
    fn uncounted(&self, policy: &Policy, reason: Reason) -> Ruling {
        // Under a ceiling ANONYMOUS that is the reason, whether or not a profile is named.
        let reason = if self.ceiling == Ceiling::Anonymous { Reason::AnonymousOnly } else { reason };
        let allowed = Allowed { count: self.counts(policy), ..Allowed::default() };
        Ruling { record: false, allowed, reason }
    }

    fn writes(&self) -> bool {
        self.case.asked_for.writes()
    }

    fn counts(&self, policy: &Policy) -> bool {
        self.writes() && counts_anonymously(policy, self.case, self.interaction, self.scope, self.now)
    }

    fn beside_the_row(&self, policy: &Policy, person: Person<'_>) -> Allowed {
        if self.interaction.automated || !self.writes() {
            return Allowed::default();
        }
        Allowed {
            last_open: self.interaction.kind == InteractionKind::EmailOpen
                && last_open_goes_on(policy, person.history, self.now),
            count: false,
            device: self.consent(policy, person.history, Scope::Device).permits(),
        }
    }

    /// Consent at each instant that the use asks for. What a withdrawal took away stays away, whatever was granted since.
    pub(super) fn consent(&self, policy: &Policy, history: &History, scope: Scope) -> Reason {
        let at = |instant| look(policy, history, scope, instant, self.ceiling);
        let occurred_at = self.interaction.occurred_at;
        match self.case.asked_for {
            Use::Plan => at(self.now),
            Use::Record => {
                let now = at(self.now);
                if !now.permits() {
                    return now;
                }
                let then = at(occurred_at);
                if !then.permits() {
                    return then;
                }
                // What occurred before a denial and arrives after it is denied, whatever was granted in between.
                let answers = history.answers(Series::Tracking(scope));
                let denial = answers.latest_denial(occurred_at, self.now);
                let state =
                    denial.and_then(|denial| answers.run(denial.effective)).map(|run| run.kind.state());
                state.map_or(now, Reason::denied_by)
            }
            asked_for @ (Use::Wait | Use::Trigger | Use::Target | Use::Export | Use::Activity) => {
                let keeps = policy.on_withdrawal == OnWithdrawal::Keep;
                let shows_kept = keeps && matches!(asked_for, Use::Export | Use::Activity);
                let now = if shows_kept { Reason::PermittedKept } else { at(self.now) };
                if !now.permits() {
                    return now;
                }
                let removed = removed_by(policy, history, scope, occurred_at, self.now);
                removed.map_or(now, Reason::denied_by)
            }
        }
    }
}
