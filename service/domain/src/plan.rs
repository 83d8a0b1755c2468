//! What a message may carry to one profile: which pixel, which links. Not storing is not enough, since the
//! request of an identified pixel is itself the regulated act; so it is asked before the send.
//!
//! Nothing is interpreted here: a mode is permitted if an open (a click) that arrived under it now would have
//! the effect that the mode is for, and [`judge`] says whether it would.

use crate::context::Context;
use crate::interaction::{Interaction, InteractionKind};
use crate::message::Channel;
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::Applicable;
use crate::reason::Reason;
use crate::record::PolicyVersion;
use crate::time::{Instant, Zone};
use crate::verdict::{Case, Disposition, Person, Unjudged, Use, Verdict, judge};

/// To whom a send is planned, of what, under which policies.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    /// The profile.
    pub person: Person<'a>,
    /// What is declared around the message.
    pub context: Context<'a>,
    /// The policies that judge.
    pub policies: Applicable<'a>,
    /// The profile table's zone, for policies without one of their own.
    pub table_zone: &'a Zone,
    /// The server's clock.
    pub now: Instant,
}

/// A mode that is permitted, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned<M> {
    /// The most telling mode that is permitted.
    pub mode: M,
    /// Why what the person does may be recorded, or why it may not.
    pub reason: Reason,
    /// The policy that decided.
    pub policy: PolicyVersion,
}

/// What a message may carry to one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The pixel.
    pub pixel: Planned<PixelMode>,
    /// The links.
    pub links: Planned<LinkMode>,
}

/// A mode was asked for that is above the plan. What is permitted stands with each mode that was; a mode is
/// never changed without a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbovePlan {
    /// The permitted pixel, if another was asked for that is above it.
    pub pixel: Option<Planned<PixelMode>>,
    /// The permitted links, if others were asked for that are above them.
    pub links: Option<Planned<LinkMode>>,
}

impl Plan {
    /// The plan of going out as `asked`; what is not asked for is as planned.
    ///
    /// # Errors
    /// When one of the modes is above the plan.
    pub fn going_out_as(self, asked: Sent) -> Result<Self, AbovePlan> {
        let above = AbovePlan {
            pixel: asked.pixel.and_then(|mode| self.pixel.refusing(mode)),
            links: asked.links.and_then(|mode| self.links.refusing(mode)),
        };
        if above.pixel.is_some() || above.links.is_some() {
            return Err(above);
        }
        Ok(self.with(asked))
    }

    /// The plan with those modes instead, whatever is permitted: for modes that were given before.
    #[must_use]
    pub fn with(self, modes: Sent) -> Self {
        Self { pixel: self.pixel.with(modes.pixel), links: self.links.with(modes.links) }
    }

    /// Its modes, as a send tells them.
    #[must_use]
    pub const fn sent(&self) -> Sent {
        Sent { pixel: Some(self.pixel.mode), links: Some(self.links.mode) }
    }
}

impl<M: Copy + Ord> Planned<M> {
    /// This plan, if `asked` is above it: modes are in order, the most telling first.
    fn refusing(&self, asked: M) -> Option<Self> {
        let Self { mode, reason, policy } = self;
        (asked < *mode).then(|| Self { mode: *mode, reason: *reason, policy: policy.clone() })
    }

    fn with(self, mode: Option<M>) -> Self {
        Self { mode: mode.unwrap_or(self.mode), ..self }
    }
}

/// Plans a send. Pure and total.
#[must_use]
pub fn plan(recipient: &Recipient<'_>) -> Plan {
    Plan { pixel: recipient.pixel(), links: recipient.links() }
}

impl Recipient<'_> {
    fn pixel(&self) -> Planned<PixelMode> {
        let identified = self.open_under(PixelMode::Identified);
        let permitted = |mode| match mode {
            PixelMode::Identified => identified.disposition == Disposition::Record,
            PixelMode::ExemptLastOpen => self.open_under(mode).effects.last_open.is_some(),
            // It names nobody, but it would be sent to somebody who is to be left alone.
            PixelMode::Shared => {
                identified.reason != Reason::ProfileErased && self.shared_open().effects.count
            }
            PixelMode::None => true,
        };
        let mode = PixelMode::ALL.into_iter().find(|mode| permitted(*mode)).unwrap_or(PixelMode::None);
        Planned { mode, reason: identified.reason, policy: identified.policy }
    }

    fn links(&self) -> Planned<LinkMode> {
        let channel = self.context.message().map_or(Channel::Email, |message| message.channel);
        let kind = match channel {
            Channel::Email => InteractionKind::EmailClick,
            Channel::Sms => InteractionKind::SmsClick,
        };
        let tracked = Sent { pixel: None, links: Some(LinkMode::Tracked) };
        let verdict = self.arriving(kind, Some(self.person), tracked);
        let mode = match verdict.disposition {
            Disposition::Record => LinkMode::Tracked,
            Disposition::Exempt | Disposition::Discard => LinkMode::Plain,
        };
        Planned { mode, reason: verdict.reason, policy: verdict.policy }
    }

    fn open_under(&self, pixel: PixelMode) -> Verdict {
        let sent = Sent { pixel: Some(pixel), links: None };
        self.arriving(InteractionKind::EmailOpen, Some(self.person), sent)
    }

    /// An open by a pixel that is the same for all: it names nobody, and this profile's policies judge it.
    fn shared_open(&self) -> Verdict {
        self.arriving(InteractionKind::EmailOpen, None, Sent::default())
    }

    /// The verdict on what a person did, if it arrived now.
    fn arriving(&self, kind: InteractionKind, person: Option<Person<'_>>, sent: Sent) -> Verdict {
        let now = self.person.now(self.now);
        let arriving = Interaction { kind, occurred_at: now, functional: false, automated: false };
        let case = Case {
            asked_for: Use::Plan,
            context: self.context,
            sent,
            person,
            policies: self.policies,
            table_zone: self.table_zone,
            now,
        };
        judge(Unjudged::new(arriving), &case).verdict().clone()
    }
}

#[cfg(test)]
mod tests;
