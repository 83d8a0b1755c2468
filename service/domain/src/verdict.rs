//! The one door: [`judge`] is the only place where consent is interpreted.
//!
//! What the store reads comes as [`Unjudged`], which only `judge` opens; what it writes or counts goes
//! in as [`Judged`], which only `judge` makes. So consent cannot be forgotten: forgetting it does not
//! compile.
//!
//! ```compile_fail
//! use assent_domain::interaction::Interaction;
//! fn smuggle(interaction: Interaction, verdict: assent_domain::verdict::Verdict)
//!     -> assent_domain::verdict::Judged<Interaction>
//! {
//!     assent_domain::verdict::Judged { subject: interaction, verdict }
//! }
//! ```
//!
//! ```compile_fail
//! fn peek<T>(row: assent_domain::verdict::Unjudged<T>) -> T {
//!     row.0
//! }
//! ```
//!
//! Not here: what a policy demands ([`crate::policy`]), who never answered (`default`), what
//! the law exempts (`exemption`).

mod case;
mod ruling;

use crate::ceiling::Ceiling;
use crate::context::Context;
use crate::interaction::{Behaviour, Interaction, InteractionKind};
use crate::message::Channel;
use crate::mode::Sent;
use crate::policy::{Applicable, OnWithdrawal, Policy};
use crate::reason::Reason;
use crate::record::PolicyVersion;
use crate::removal::Turn;
use crate::scope::{Scope, Series};
use crate::time::{Day, Instant, Span, Zone};

pub use case::{Case, Life, Person, Use};
use ruling::{Allowed, Question};

/// What the service does with an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// It is recorded (or shown, where recorded rows are read).
    Record,
    /// Only what the law exempts is written.
    Exempt,
    /// Nothing is written (or shown).
    Discard,
}

impl Disposition {
    /// Its name in logs and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "RECORD",
            Self::Exempt => "EXEMPT",
            Self::Discard => "DISCARD",
        }
    }
}

/// What is written beside a recorded row, or instead of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Effects {
    /// The day the last-open day moves to, unless it is newer; in the zone of the policy that decided.
    pub last_open: Option<Day>,
    /// Whether the anonymous counter of the campaign goes up. Never beside a row: statistics have it already.
    pub count: bool,
    /// Whether last device and last user agent may be updated.
    pub device: bool,
}

impl Effects {
    /// Nothing.
    pub const NONE: Self = Self { last_open: None, count: false, device: false };
}

/// What was decided, why, and by which policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What to do.
    pub disposition: Disposition,
    /// What to write beside the row or instead of it.
    pub effects: Effects,
    /// Why.
    pub reason: Reason,
    /// The policy that decided: the one that wrote least, on a tie the table's, else the first by id.
    pub policy: PolicyVersion,
}

impl Verdict {
    fn discard(reason: Reason, policy: &Policy) -> Self {
        Self { disposition: Disposition::Discard, effects: Effects::NONE, reason, policy: policy.named() }
    }
}

/// Something nobody has judged yet. Anybody can make one; only [`judge`] opens it.
pub struct Unjudged<T>(T);

impl<T> Unjudged<T> {
    /// Wraps what was read or has arrived.
    #[must_use]
    pub const fn new(subject: T) -> Self {
        Self(subject)
    }

    /// The same with more, or otherwise, around it; it stays unjudged.
    #[must_use]
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Unjudged<U> {
        Unjudged(with(self.0))
    }

    /// What is held, told to the person whom it is about: they are told everything, whatever consent permits others (GDPR,
    /// article 15). For no other use.
    #[must_use]
    pub fn disclosed(self) -> T {
        self.0
    }
}

/// Something with its verdict. Only [`judge`] makes one.
pub struct Judged<T> {
    subject: T,
    verdict: Verdict,
}

impl<T> Judged<T> {
    /// The verdict.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What may be recorded (or shown); `None` under every other disposition.
    #[must_use]
    pub fn recorded(&self) -> Option<&T> {
        (self.verdict.disposition == Disposition::Record).then_some(&self.subject)
    }

    /// What has exempt effects, with them; `None` under every other disposition.
    #[must_use]
    pub fn exempted(&self) -> Option<(&T, Effects)> {
        (self.verdict.disposition == Disposition::Exempt).then_some((&self.subject, self.verdict.effects))
    }

    /// The verdict, and the subject unless it is discarded.
    #[must_use]
    pub fn into_parts(self) -> (Option<T>, Verdict) {
        let kept = self.verdict.disposition != Disposition::Discard;
        (kept.then_some(self.subject), self.verdict)
    }
}

/// Judges `subject`. Pure and total: the same question has the same answer, and every question has one.
#[must_use]
pub fn judge<T: Behaviour>(subject: Unjudged<T>, case: &Case<'_>) -> Judged<T> {
    let now = case.person.map_or(case.now, |person| person.now(case.now));
    let verdict = decide(subject.0.interaction(), case, now);
    Judged { subject: subject.0, verdict }
}

/// Judges `subject` in the case that its own ids lead to: what is declared around it, and how its message
/// went out.
#[must_use]
pub fn judge_in<'a, T: Behaviour>(subject: Unjudged<T>, case: impl FnOnce(&T) -> Case<'a>) -> Judged<T> {
    let case = case(&subject.0);
    judge(subject, &case)
}

/// Opens a person's last device if every policy lets it be read now: scope `DEVICE`, asked as for a recorded row of
/// that scope which occurred when the device was seen (`seen_at`). So it is kept no longer than interactions are.
#[must_use]
pub fn judge_device<T>(
    subject: Unjudged<T>,
    seen_at: impl FnOnce(&T) -> Instant,
    case: &Case<'_>,
) -> Option<T> {
    let person = case.person?;
    let now = person.now(case.now);
    let interaction = Interaction {
        kind: InteractionKind::EmailOpen,
        occurred_at: seen_at(&subject.0),
        functional: false,
        automated: false,
    };
    if erased(case, interaction) || past_retention(case, interaction, now).is_some() {
        return None;
    }
    let question = Question { case, interaction, scope: Scope::Device, ceiling: Ceiling::Default, now };
    let permits = |policy| question.consent(policy, person.history, Scope::Device).permits();
    case.policies.iter().all(permits).then_some(subject.0)
}

/// Whether one of these turns takes away what is on record because a policy erases in whose case it stands: a person's own
/// policies may keep what the country of a website has erased. It is not opened.
#[must_use]
pub fn is_erased_around<'a, T: Behaviour>(
    subject: &Unjudged<T>,
    turns: &[Turn],
    case: impl FnOnce(&T) -> Case<'a>,
) -> bool {
    let Interaction { kind, occurred_at, .. } = subject.0.interaction();
    let series = kind.scope().map(Series::Tracking);
    let before = |turn: &Turn| Some(turn.series) == series && occurred_at < turn.effective;
    turns.iter().any(before)
        && case(&subject.0).policies.iter().any(|policy| policy.on_withdrawal == OnWithdrawal::Erase)
}

/// What an interaction of `kind` with an undeclared message would meet if it were planned at `at`:
/// [`Person::now`], or a past instant, after which nothing is seen (facts and settings are as of now all
/// the same).
#[must_use]
pub fn verdict_for_kind(
    kind: InteractionKind,
    person: Person<'_>,
    policies: Applicable<'_>,
    table_zone: &Zone,
    at: Instant,
) -> Verdict {
    let case = Case {
        asked_for: Use::Plan,
        context: Context::default(),
        sent: Sent::default(),
        person: Some(person),
        policies,
        table_zone,
        now: at,
    };
    decide(Interaction { kind, occurred_at: at, functional: false, automated: false }, &case, at)
}

/// The lines of the judgement, in order: the first that applies decides.
fn decide(interaction: Interaction, case: &Case<'_>, now: Instant) -> Verdict {
    let interaction = match case.asked_for {
        Use::Plan => Interaction { occurred_at: now, ..interaction },
        _ => interaction,
    };
    // A mode is the mode of a send to somebody.
    let case = &Case { sent: case.person.map_or_else(Sent::default, |_| case.sent), ..*case };
    let table = case.policies.table();

    if erased(case, interaction) {
        return Verdict::discard(Reason::ProfileErased, table);
    }
    if let Some(policy) = outlived(case, interaction, now) {
        return Verdict::discard(Reason::TooOld, policy);
    }
    let Some(scope) = interaction.kind.scope() else {
        return Verdict {
            disposition: Disposition::Record,
            effects: Effects::NONE,
            reason: Reason::PermittedSend,
            policy: table.named(),
        };
    };
    if let Some(reason) = never_tracked(case, interaction) {
        return Verdict::discard(reason, table);
    }
    if let Some(policy) = too_old(case, interaction, now) {
        return Verdict::discard(Reason::TooOld, policy);
    }
    let declared = case.context.ceiling(interaction.kind, &case.policies, now);
    let ceiling = declared.max(case.sent.ceiling(interaction.kind));
    if ceiling == Ceiling::Never {
        return Verdict::discard(Reason::TrackingDisabled, table);
    }
    weigh(&Question { case, interaction, scope, ceiling, now })
}

fn erased(case: &Case<'_>, interaction: Interaction) -> bool {
    case.person.is_some_and(|person| match person.life {
        Life::NeverErased => false,
        Life::Erased => true,
        Life::NewSince(grant) => interaction.occurred_at < grant,
    })
}

/// What carries no tracking whoever it is about: functional links, mail that asks or tells, an SMS's pixel.
fn never_tracked(case: &Case<'_>, interaction: Interaction) -> Option<Reason> {
    if interaction.functional {
        return Some(Reason::FunctionalLink);
    }
    let message = case.context.message()?;
    if !message.class.may_carry_tracking() {
        return Some(Reason::ConsentRequest);
    }
    (interaction.kind == InteractionKind::EmailOpen && message.channel == Channel::Sms)
        .then_some(Reason::NoPixel)
}

/// The policy with the shortest retention, if that has passed on arrival. A send is taken whenever it occurred.
fn too_old<'a>(case: &Case<'a>, interaction: Interaction, now: Instant) -> Option<&'a Policy> {
    if case.asked_for == Use::Record { past_retention(case, interaction, now) } else { None }
}

/// The same of a row on record, sends included: it is deleted soon, and shown to nobody until then.
fn outlived<'a>(case: &Case<'a>, interaction: Interaction, now: Instant) -> Option<&'a Policy> {
    if case.asked_for.writes() { None } else { past_retention(case, interaction, now) }
}

fn past_retention<'a>(case: &Case<'a>, interaction: Interaction, now: Instant) -> Option<&'a Policy> {
    let shortest = |policy: &&Policy| policy.interactions_kept_days.unwrap_or(u32::MAX);
    let policy = case.policies.iter().min_by_key(shortest)?;
    let kept = Span::from_days(i64::from(policy.interactions_kept_days?));
    (interaction.occurred_at < now.minus(kept)).then_some(policy)
}

/// Judges under each policy and takes what all allow.
fn weigh(question: &Question<'_>) -> Verdict {
    let case = question.case;
    let mut least = (case.policies.table(), question.rule(case.policies.table()));
    let mut recorded = Some(least.1).filter(|ruling| ruling.record).map(|ruling| ruling.allowed);
    let mut exempt = Some(least.1).filter(|ruling| !ruling.record).map(|ruling| ruling.allowed);
    for policy in case.policies.iter().skip(1) {
        let ruling = question.rule(policy);
        let side = if ruling.record { &mut recorded } else { &mut exempt };
        *side = Some(side.map_or(ruling.allowed, |allowed| allowed.and(ruling.allowed)));
        if ruling.weight() < least.1.weight() {
            least = (policy, ruling);
        }
    }
    let (policy, ruling) = least;
    // A policy that does not record keeps the row out: what is left is what all of those allow.
    // What stops the last-open day under a recording policy stops it here too.
    let (disposition, allowed) = match (exempt, recorded) {
        (None, recorded) => (Disposition::Record, recorded.unwrap_or_default()),
        (Some(exempt), recorded) => {
            let goes_on = recorded.is_none_or(|recorded| recorded.last_open);
            let allowed = Allowed { last_open: exempt.last_open && goes_on, ..exempt };
            let none = allowed == Allowed::default();
            (if none { Disposition::Discard } else { Disposition::Exempt }, allowed)
        }
    };
    let occurred_at = question.interaction.occurred_at;
    let effects = Effects {
        last_open: allowed.last_open.then(|| occurred_at.day_in(policy.zone_or(case.table_zone))),
        count: allowed.count,
        device: allowed.device,
    };
    Verdict { disposition, effects, reason: ruling.reason, policy: policy.named() }
}

#[cfg(test)]
pub(crate) mod tests;
