//! Something a profile did, or a send to it; what became of it, and how it is shown again.

mod id;
mod outcome;
#[cfg(test)]
mod tests;
mod what;

pub use id::{InteractionId, InteractionIdError};
pub use outcome::{Disposition, InteractionOutcome, LastDevice, RecordedInteraction};
pub use what::{Click, Goal, LinkMode, Money, PixelMode, What};

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::profile;
use crate::time::Instant;

/// Something a profile did, or a send to it. It carries ids only, each 1 to 128 bytes of UTF-8 without control characters;
/// what stands behind them is declared by [`Settings`](crate::Settings).
///
/// ```
/// use assent_sdk::{Click, Interaction};
///
/// let at = "2026-11-21T09:30:00Z".parse()?;
/// let click = Interaction::email_click("ada", at, Click::in_message("spring").link("offer")).device("phone");
/// # Ok::<(), assent_sdk::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interaction {
    /// With `occurred_at` it makes the interaction safe to send again.
    pub id: InteractionId,
    /// When it occurred; at most 5 minutes ahead of the server's clock. A send may lie at most 10 years back; what a person
    /// did and is older than its policy would keep it is discarded.
    pub occurred_at: Instant,
    /// Whose it is. Absent: the request names nobody (a pixel shared by all recipients); a send must name somebody.
    pub profile: Option<String>,
    /// What was done.
    pub what: What,
    /// The campaign it belongs to, if not its message's own. Absent: none beside that.
    pub campaign_id: Option<String>,
    /// True: a machine did it (a proxy, a prefetch, a scanner). It is stored flagged and never counts as human. The same id
    /// sent again without the flag makes it human; never the reverse.
    pub automated: bool,
    /// The device it was done with, as the caller names it, 1 to 256 bytes. Kept only as the profile's last device, where the
    /// scope [`Device`](crate::Scope::Device) permits. Absent: not known.
    pub device: Option<String>,
    /// The user agent it was done with, 1 to 1,024 bytes. Kept only as the profile's last one, where the same scope permits.
    /// Absent: not known.
    pub user_agent: Option<String>,
}

impl Interaction {
    /// Something that profile did, with a new id.
    pub(crate) fn new(profile: impl Into<String>, occurred_at: Instant, what: What) -> Self {
        Self {
            id: InteractionId::new(),
            occurred_at,
            profile: Some(profile.into()),
            what,
            campaign_id: None,
            automated: false,
            device: None,
            user_agent: None,
        }
    }

    /// An email was opened.
    #[must_use]
    pub fn email_open(profile: impl Into<String>, at: Instant, message_id: impl Into<String>) -> Self {
        Self::new(profile, at, What::EmailOpen { message_id: message_id.into() })
    }

    /// A link in an email was clicked.
    #[must_use]
    pub fn email_click(profile: impl Into<String>, at: Instant, click: Click) -> Self {
        Self::new(profile, at, What::EmailClick(click))
    }

    /// A link in an SMS message was clicked.
    #[must_use]
    pub fn sms_click(profile: impl Into<String>, at: Instant, click: Click) -> Self {
        Self::new(profile, at, What::SmsClick(click))
    }

    /// A website was visited; a message that led there is named by [`Self::led_by`].
    #[must_use]
    pub fn website_visit(profile: impl Into<String>, at: Instant, website_id: impl Into<String>) -> Self {
        Self::new(profile, at, What::WebsiteVisit { website_id: website_id.into(), message_id: None })
    }

    /// A transaction reached a goal.
    #[must_use]
    pub fn transaction_goal(profile: impl Into<String>, at: Instant, goal: Goal) -> Self {
        Self::new(profile, at, What::TransactionGoal(goal))
    }

    /// A message was sent to the profile, with that pixel and those links: they bound what can come back of it.
    #[must_use]
    pub fn message_sent(
        profile: impl Into<String>,
        at: Instant,
        message_id: impl Into<String>,
        pixel: PixelMode,
        links: LinkMode,
    ) -> Self {
        let what =
            What::MessageSent { message_id: message_id.into(), pixel: Some(pixel), links: Some(links) };
        Self::new(profile, at, what)
    }

    /// Names nobody: what came of it was the same for all recipients.
    #[must_use]
    pub fn of_nobody(mut self) -> Self {
        self.profile = None;
        self
    }

    /// Gives it the caller's own id.
    #[must_use]
    pub const fn id(mut self, id: InteractionId) -> Self {
        self.id = id;
        self
    }

    /// Names the message that led to a visit or a goal; of any other kind it changes nothing.
    #[must_use]
    pub fn led_by(mut self, id: impl Into<String>) -> Self {
        match &mut self.what {
            What::WebsiteVisit { message_id, .. } | What::TransactionGoal(Goal { message_id, .. }) => {
                *message_id = Some(id.into());
            }
            What::EmailOpen { .. } | What::EmailClick(_) | What::SmsClick(_) | What::MessageSent { .. } => {}
        }
        self
    }

    /// Names the campaign it belongs to, if not its message's own.
    #[must_use]
    pub fn campaign(mut self, id: impl Into<String>) -> Self {
        self.campaign_id = Some(id.into());
        self
    }

    /// Says that a machine did it.
    #[must_use]
    pub const fn automated(mut self) -> Self {
        self.automated = true;
        self
    }

    /// Says with which device.
    #[must_use]
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }

    /// Says with which user agent.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    pub(crate) fn into_wire(self) -> v1::Interaction {
        v1::Interaction {
            interaction_id: self.id.to_string(),
            occurred_at: Some(self.occurred_at.into_wire()),
            profile: self.profile.map(profile::key),
            what: Some(self.what.into_wire()),
            campaign_id: self.campaign_id,
            automated: self.automated,
            device: self.device,
            user_agent: self.user_agent,
        }
    }

    pub(crate) fn from_wire(wire: v1::Interaction) -> Result<Self> {
        let id = wire.interaction_id.parse();
        Ok(Self {
            id: id.map_err(|_| Error::unintelligible("interaction.interaction_id"))?,
            occurred_at: Instant::promised(wire.occurred_at, "interaction.occurred_at")?,
            profile: wire.profile.map(|key| key.id),
            what: What::from_wire(wire.what)?,
            campaign_id: wire.campaign_id,
            automated: wire.automated,
            device: wire.device,
            user_agent: wire.user_agent,
        })
    }
}
