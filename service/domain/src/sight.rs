//! What could be seen of a person about a target, and what was: the same for whoever waits for it and for whoever asks
//! whether it was ever done.
//!
//! The order is erased, ceiling, consent and mode, then the recorded match. Candidates come unjudged and are opened by
//! the one door, so nothing matches that may not be read. Deliberately not here: what follows from it
//! ([`crate::wait_block`], [`crate::engagement`]), and finding the candidates (the store's).

mod standing;
mod window;

use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::context::{Context, MessageInPlay};
use crate::id::{CampaignId, GoalId, MessageId, WebsiteId};
use crate::interaction::{Behaviour, Interaction, InteractionKind};
use crate::mode::Sent;
use crate::policy::Applicable;
use crate::time::{Instant, Zone};
use crate::verdict::{Case, Person, Unjudged, Use, judge};

pub use standing::Unseen;
pub(crate) use standing::{Standing, standing};
pub use window::Window;

/// What something was done about.
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

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The kinds; any of them matches. A send is never looked for.
    pub kinds: &'a [InteractionKind],
    /// Whether the link looked for is a functional one: always served, never stored, so never seen.
    pub functional_link: bool,
    /// Within which window.
    pub window: Window,
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

/// A recorded interaction about the target (its link already compared, where one is looked for: a link
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
}

/// The earliest candidate that matches, of the kinds that may be read now, and not after `until`.
pub(crate) fn first_match<'a, R>(
    asked_for: Use,
    sought: &Sought<'_>,
    known: &Known<'_>,
    candidates: impl IntoIterator<Item = Unjudged<Candidate<'a, R>>>,
    until: Instant,
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
            && sought.kinds.contains(&kind)
            && sought.window.contains(occurred_at)
            && occurred_at <= until
            && candidate.sent.could_show(kind)
            && readable(&candidate.context, kind)
    };
    let case = Case {
        asked_for,
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
