//! Wait blocks: did this profile do one of those things about a target within its window?
//!
//! Evaluation is pure and read-only. Its candidates come unjudged and are opened by the one door, so a
//! wait block never matches what may not be read. Not here: finding the candidates (the store's), and
//! registering blocks (later).

mod exit;
mod window;

use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::context::{Context, MessageInPlay};
use crate::id::{CampaignId, GoalId, MessageId, WebsiteId};
use crate::interaction::{Behaviour, Interaction, InteractionKind};
use crate::mode::Sent;
use crate::policy::Applicable;
use crate::record::PolicyVersion;
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Case, Person, Unjudged, Use, judge};

pub use exit::ExitReason;
pub use window::Window;

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A message: what names it.
    Message(MessageId),
    /// A campaign: what names it, or a message of it.
    Campaign(CampaignId),
    /// A website: what names it, or a message or campaign of it, or a message of such a campaign.
    Website(WebsiteId),
    /// A goal: what reached it.
    Goal(GoalId),
}

/// When the window starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// At an instant.
    At(Instant),
    /// At the latest known send of its message ([`Known::started_by`]) not after `entered_at`; none known: at `entered_at`, told as `SEND_UNKNOWN`.
    FromSend {
        /// When the profile entered the block.
        entered_at: Instant,
    },
}

/// When the window ends. At the end is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// At an instant.
    At(Instant),
    /// That long after its start.
    After(Span),
}

/// When exits are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExitPolicy {
    /// All at deadline + late grace, so that timing tells nothing.
    #[default]
    AtDeadline,
    /// All but the timeout as things stand now.
    Immediate,
}

/// How long after the deadline a late arrival is still waited for: 10 minutes unless set, at most 24 h.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LateGrace(Span);

impl LateGrace {
    /// The longest: 24 h.
    pub const MAX: Self = Self(Span::from_days(1));

    /// That long; `None` if negative or longer than [`Self::MAX`].
    #[must_use]
    pub fn new(span: Span) -> Option<Self> {
        (Span::from_micros(0)..=Self::MAX.0).contains(&span).then_some(Self(span))
    }

    /// The length.
    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }
}

impl Default for LateGrace {
    fn default() -> Self {
        Self(Span::from_minutes(10))
    }
}

/// What is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'a> {
    /// The kinds awaited; any of them matches. A send is never awaited.
    pub kinds: &'a [InteractionKind],
    /// Whether the link awaited is a functional one: always served, never stored, so never seen.
    pub functional_link: bool,
    /// When the window starts.
    pub start: Start,
    /// When it ends.
    pub end: End,
    /// When exits are told.
    pub exit: ExitPolicy,
    /// How long after the deadline late arrivals are waited for.
    pub late_grace: LateGrace,
}

impl Definition<'_> {
    /// The window, and whether the send it should start from is unknown. `started_by` is what
    /// [`Known::started_by`] is.
    #[must_use]
    pub fn window(&self, started_by: &[Instant]) -> (Window, bool) {
        Window::of(self, started_by)
    }
}

/// A message of the target that went out to this profile.
#[derive(Clone, Copy, Debug)]
pub struct SendOnRecord<'a> {
    /// The message, if it was declared.
    pub message: Option<MessageInPlay<'a>>,
    /// The mode it went out with.
    pub sent: Sent,
    /// When.
    pub at: Instant,
}

/// A recorded interaction about the target (its link already compared, where one is awaited: a link
/// filters clicks only).
pub struct Candidate<'a, R> {
    /// What it is.
    pub interaction: Interaction,
    /// What is declared around it, beside what is around the target.
    pub context: Context<'a>,
    /// The mode its message went out with: of several sends the latest not after it.
    pub sent: Sent,
    /// What the caller knows it by.
    pub row: R,
}

impl<R> Behaviour for Candidate<'_, R> {
    fn interaction(&self) -> Interaction {
        self.interaction
    }
}

/// What is known.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The profile.
    pub person: Person<'a>,
    /// The target's policies.
    pub policies: Applicable<'a>,
    /// The profile table's zone.
    pub table_zone: &'a Zone,
    /// What is declared around the target.
    pub target: Context<'a>,
    /// The sends to this profile of every message that leads to the target.
    pub sends: &'a [SendOnRecord<'a>],
    /// When the message that the window starts from went out to this profile, wherever it leads; none
    /// for a window that starts at an instant.
    pub started_by: &'a [Instant],
}

/// Where a profile stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitState<R> {
    /// It may still change.
    Waiting,
    /// A recorded, human interaction occurred in the window.
    Matched(R),
    /// Out of the one exit branch; the reason is for people and reports.
    Exited(ExitReason),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation<R> {
    /// Where the profile stands.
    pub state: WaitState<R>,
    /// When to look again: deadline + late grace; only while waiting.
    pub next_check_at: Option<Instant>,
    /// The instant it was evaluated for.
    pub evaluated_at: Instant,
    /// The window that was looked at.
    pub window: Window,
    /// Whether the window starts at `entered_at` because no send is known (`SEND_UNKNOWN`).
    pub send_unknown: bool,
    /// The policy that decided; the table's where none did.
    pub policy: PolicyVersion,
}

/// Evaluates one block for one profile. `as_of` moves only window and timeout and is never later than
/// `now`: erasure, ceilings and consent are looked at now, so a past instant never shows more than now.
/// Order: erased, ceiling, consent and mode, recorded match, timeout.
pub fn evaluate<'a, R>(
    definition: &Definition<'_>,
    known: &Known<'_>,
    candidates: impl IntoIterator<Item = Unjudged<Candidate<'a, R>>>,
    as_of: Instant,
    now: Instant,
) -> Evaluation<R> {
    let evaluated_at = as_of.min(now);
    let (window, send_unknown) = definition.window(known.started_by);
    let check_at = window.deadline.plus(definition.late_grace.span());
    let exit = exit::standing(definition, known, window, known.person.now(now));
    let (decided_by, kinds) = match &exit {
        Ok(kinds) => (known.policies.table(), kinds.as_slice()),
        Err((_, policy)) => (*policy, [].as_slice()),
    };

    let told = |state, next_check_at| Evaluation {
        state,
        next_check_at,
        evaluated_at,
        window,
        send_unknown,
        policy: decided_by.named(),
    };
    let due = evaluated_at >= check_at;
    if let Err((reason, _)) = exit {
        return if due || definition.exit == ExitPolicy::Immediate {
            told(WaitState::Exited(reason), None)
        } else {
            told(WaitState::Waiting, Some(check_at))
        };
    }
    if let Some(row) = first_match(known, kinds, candidates, window, evaluated_at, now) {
        return told(WaitState::Matched(row), None);
    }
    if due {
        told(WaitState::Exited(ExitReason::Timeout), None)
    } else {
        told(WaitState::Waiting, Some(check_at))
    }
}

/// The earliest candidate that matches, of the kinds that may be read now.
fn first_match<'a, R>(
    known: &Known<'_>,
    kinds: &[InteractionKind],
    candidates: impl IntoIterator<Item = Unjudged<Candidate<'a, R>>>,
    window: Window,
    evaluated_at: Instant,
    now: Instant,
) -> Option<R> {
    let at = known.person.now(now);
    // What is declared around the row binds it too; the policies are the target's.
    let readable = |context: &Context<'_>, kind: InteractionKind| {
        let ceiling = context.ceiling(kind, &known.policies, at);
        let permits = |scope, policy| look(policy, known.person.history, scope, at, ceiling).permits();
        ceiling < Ceiling::Anonymous
            && kind.scope().is_some_and(|scope| known.policies.iter().all(|policy| permits(scope, policy)))
    };
    let seen = |candidate: &Candidate<'a, R>| {
        let Interaction { kind, occurred_at, automated, .. } = candidate.interaction;
        !automated
            && kinds.contains(&kind)
            && window.contains(occurred_at)
            && occurred_at <= evaluated_at
            && candidate.sent.could_show(kind)
            && readable(&candidate.context, kind)
    };
    let case = Case {
        asked_for: Use::Wait,
        context: known.target,
        sent: Sent::default(),
        person: Some(known.person),
        policies: known.policies,
        table_zone: known.table_zone,
        now,
    };
    candidates
        .into_iter()
        .filter_map(|candidate| judge(candidate, &case).into_parts().0)
        .filter(seen)
        .min_by_key(|candidate| candidate.interaction.occurred_at)
        .map(|candidate| candidate.row)
}

#[cfg(test)]
mod tests;
