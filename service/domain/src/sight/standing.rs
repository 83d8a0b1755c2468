//! What could be seen at all: erased, ceiling, consent and mode, in this order.

use super::{Known, SendOnRecord, Sought};
use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::context::{Context, MessageInPlay};
use crate::interaction::InteractionKind;
use crate::message::Channel;
use crate::policy::Policy;
use crate::scope::{Scope, Series};
use crate::time::Instant;
use crate::verdict::Life;

/// Why something could not have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unseen {
    /// Not permitted, or no mode could show it, or the message carries no tracking, or the link is a functional one.
    NotTrackable,
    /// Consent was there in the window and is withdrawn, refused or objected now.
    ConsentWithdrawn,
    /// A ceiling forbids every kind that is looked for.
    TrackingDisabled,
    /// The person was erased.
    ProfileErased,
}

impl Unseen {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::NotTrackable, Self::ConsentWithdrawn, Self::TrackingDisabled, Self::ProfileErased];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotTrackable => "NOT_TRACKABLE",
            Self::ConsentWithdrawn => "CONSENT_WITHDRAWN",
            Self::TrackingDisabled => "TRACKING_DISABLED",
            Self::ProfileErased => "PROFILE_ERASED",
        }
    }
}

/// Which of the kinds that are looked for could be seen.
pub(crate) struct Standing<'a> {
    /// Those that could.
    pub(crate) open: Vec<InteractionKind>,
    /// Why the others could not and which policy said so; absent: all could.
    pub(crate) closed: Option<(Unseen, &'a Policy)>,
}

/// Which kinds could be seen at `now`.
pub(crate) fn standing<'a>(sought: &Sought<'_>, known: &Known<'a>, now: Instant) -> Standing<'a> {
    let table = known.policies.table();
    let none = |why| Standing { open: Vec::new(), closed: Some((why, table)) };
    if known.person.life == Life::Erased {
        return none(Unseen::ProfileErased);
    }
    let kinds: Vec<(InteractionKind, Scope)> =
        sought.kinds.iter().filter_map(|kind| kind.scope().map(|scope| (*kind, scope))).collect();
    let ceiling = |kind| known.target.ceiling(kind, &known.policies, now);
    if !kinds.is_empty() && kinds.iter().all(|(kind, _)| ceiling(*kind) >= Ceiling::Anonymous) {
        return none(Unseen::TrackingDisabled);
    }
    if kinds.is_empty() {
        return none(Unseen::NotTrackable);
    }

    let mut open = Vec::new();
    let mut closed = Vec::new();
    for (kind, scope) in kinds {
        match kind_stands(sought, known, kind, scope, ceiling(kind), now) {
            Ok(()) => open.push(kind),
            Err(found) => closed.push(found),
        }
    }
    // The first that closed names the reason, a withdrawn one before all others.
    let withdrawn = closed.iter().find(|(why, _)| *why == Unseen::ConsentWithdrawn);
    Standing { open, closed: withdrawn.or_else(|| closed.first()).copied() }
}

fn kind_stands<'a>(
    sought: &Sought<'_>,
    known: &Known<'a>,
    kind: InteractionKind,
    scope: Scope,
    ceiling: Ceiling,
    now: Instant,
) -> Result<(), (Unseen, &'a Policy)> {
    let table = known.policies.table();
    // A link filters clicks alone, a functional one too: it is never stored.
    let is_click = matches!(kind, InteractionKind::EmailClick | InteractionKind::SmsClick);
    if sought.functional_link && is_click
        || ceiling >= Ceiling::Anonymous
        || !could_show(sought, known, kind, now)
        || !sought.window.has_permitted(known, scope, ceiling)
    {
        return Err((Unseen::NotTrackable, table));
    }
    let history = known.person.history;
    let denies = |policy: &&Policy| !look(policy, history, scope, now, ceiling).permits();
    let Some(denying) = known.policies.iter().find(denies) else { return Ok(()) };
    let run = history.answers(Series::Tracking(scope)).run(now);
    let why = if run.is_some_and(|run| run.kind.denies()) {
        Unseen::ConsentWithdrawn
    } else {
        Unseen::NotTrackable
    };
    Err((why, denying))
}

/// Whether a message on its way to the target could have shown `kind`: its class carries tracking, its
/// ceilings let it be recorded, and it went out with a mode that tells. Modes bound opens and clicks
/// alone; where no send before the window's end is known, the target's own message decides.
fn could_show(sought: &Sought<'_>, known: &Known<'_>, kind: InteractionKind, now: Instant) -> bool {
    let carries = |message: Option<MessageInPlay<'_>>| {
        let context = Context { message, ..Context::default() };
        context.message().is_none_or(|message| {
            message.class.may_carry_tracking()
                && !(kind == InteractionKind::EmailOpen && message.channel == Channel::Sms)
        }) && context.ceiling(kind, &known.policies, now) < Ceiling::Anonymous
    };
    let bounded =
        matches!(kind, InteractionKind::EmailOpen | InteractionKind::EmailClick | InteractionKind::SmsClick);
    let before: Vec<&SendOnRecord<'_>> =
        known.sends.iter().filter(|send| bounded && send.at < sought.window.deadline).collect();
    carries(known.target.message)
        && (before.is_empty()
            || before.iter().any(|send| send.sent.could_show(kind) && carries(send.message)))
}
