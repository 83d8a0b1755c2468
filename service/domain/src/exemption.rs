//! What the law exempts: the last-open day and the anonymous campaign counter. Its conditions are
//! looked at now, whenever the interaction occurred.

use crate::answer::State;
use crate::consent::proven_state;
use crate::history::History;
use crate::interaction::{Interaction, InteractionKind};
use crate::message::SendingBasis;
use crate::mode::PixelMode;
use crate::policy::{CounterMode, Policy};
use crate::scope::{Scope, Series};
use crate::time::Instant;
use crate::verdict::Case;

/// Whether a human open may move the last-open day at all, recorded or exempt: an objection to
/// EMAIL_OPEN or to MARKETING, or MARKETING refused or withdrawn, stops it under every policy.
pub(crate) fn last_open_goes_on(policy: &Policy, history: &History, now: Instant) -> bool {
    let state = |series| proven_state(policy, history, series, now);
    !matches!(state(Series::Marketing), State::Refused | State::Withdrawn | State::Objected)
        && state(Series::Tracking(Scope::EmailOpen)) != State::Objected
}

/// Whether an open that may not be recorded may still move the last-open day: only where the policy
/// exempts it, only for mail the person asked for, only if the pixel that went out may.
pub(crate) fn last_open_is_exempt(
    policy: &Policy,
    case: &Case<'_>,
    interaction: Interaction,
    now: Instant,
) -> bool {
    let (Some(person), Some(message)) = (case.person, case.context.message()) else { return false };
    let state = |series| proven_state(policy, person.history, series, now);
    policy.last_open.exempt
        && interaction.kind == InteractionKind::EmailOpen
        && !interaction.automated
        && case.sent.pixel.is_some_and(PixelMode::may_write_last_open)
        && match message.basis {
            SendingBasis::RequestedService => true,
            SendingBasis::Consent => state(Series::Marketing) == State::Granted,
            SendingBasis::SoftOptIn | SendingBasis::LegalDuty | SendingBasis::LegitimateInterest => false,
        }
        && (policy.last_open.kept_on_tracking_refusal
            || !matches!(state(Series::Tracking(Scope::EmailOpen)), State::Refused | State::Withdrawn))
        && last_open_goes_on(policy, person.history, now)
}

/// Whether it may be counted anonymously: human opens (and clicks, where switched) of a declared
/// campaign; from a request that names a profile only by the controller's recorded choice, and not
/// after that person's objection to the kind.
pub(crate) fn counts_anonymously(
    policy: &Policy,
    case: &Case<'_>,
    interaction: Interaction,
    scope: Scope,
    now: Instant,
) -> bool {
    let countable = matches!(scope, Scope::EmailOpen | Scope::EmailClick | Scope::SmsClick);
    let needed = if case.person.is_some() { CounterMode::FromIdentified } else { CounterMode::SharedPixel };
    let objected = |history| proven_state(policy, history, Series::Tracking(scope), now) == State::Objected;
    countable
        && !interaction.automated
        && policy.counter.anonymous_kinds.contains(scope)
        && policy.counter.mode >= needed
        && case.context.campaign().is_some()
        && !case.sent.last_open_only(interaction.kind)
        && !case.person.is_some_and(|person| objected(person.history))
}
