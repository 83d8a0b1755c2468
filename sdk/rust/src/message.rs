//! A message, as it is declared.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::notice::NoticeId;
use crate::profile_table::Etag;
use crate::scope::Coverage;
use crate::time::Instant;
use crate::website::Ceiling;
use crate::word::{Word, words};

words! {
    /// Through what a message goes out.
    Channel = v1::Channel, "CHANNEL_" {
        /// Email.
        Email,
        /// SMS: it has no pixel.
        Sms,
    }
}

words! {
    /// What a message is for.
    MessageClass = v1::MessageClass, "MESSAGE_CLASS_" {
        /// It promotes something.
        Marketing,
        /// It serves a transaction.
        Transactional,
        /// The sender is legally bound to send it.
        ServiceLegal,
        /// It secures an account.
        Security,
        /// It asks for consent: it carries no tracking, an open of it proves nothing.
        ConsentRequest,
        /// It tells of tracking: it carries none.
        Notice,
    }
}

words! {
    /// On what ground a message is sent.
    SendingBasis = v1::SendingBasis, "SENDING_BASIS_" {
        /// The person granted marketing.
        Consent,
        /// A customer who did not object.
        SoftOptIn,
        /// The person asked for it.
        RequestedService,
        /// The law demands it.
        LegalDuty,
        /// The sender's own interest.
        LegitimateInterest,
    }
}

/// A message: one content for many profiles. It is fixed when it is first planned or sent, declared or not. One that nobody
/// declared is judged as the strictest: class marketing, basis soft opt-in, no campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Its id, 1 to 128 bytes of UTF-8 without control characters; never changed.
    pub id: String,
    /// Through what it goes out.
    pub channel: Channel,
    /// What it is for.
    pub class: MessageClass,
    /// On what ground it is sent.
    pub basis: SendingBasis,
    /// Its campaign, whose ceiling and website count for it too, and whose statistics it enters. Absent: none.
    pub campaign_id: Option<String>,
    /// The website it leads to, whose country and ceilings count for it too. Absent: none.
    pub website_id: Option<String>,
    /// What is allowed at most of every kind of interaction.
    pub ceiling: Ceiling,
    /// The ids of its functional links, at most 100: always served, a click on one is never stored.
    pub functional_link_ids: Vec<String>,
    /// What the caller last read, for a Put over it. Absent in a Put: the message must not be declared yet.
    pub etag: Option<Etag>,
    /// Counts the message's changes, from 1. 0 in one that was not read; ignored in a Put.
    pub version: u64,
    /// When this version was stored. Absent in one that was not read; ignored in a Put.
    pub recorded_at: Option<Instant>,
    /// When it was first planned or sent; nothing of it changes from then on. Absent: it was not yet, or it was not read;
    /// ignored in a Put.
    pub fixed_at: Option<Instant>,
    /// Of what a notice tells, or for what a request asks. Absent: all of tracking.
    pub coverage: Option<Coverage>,
    /// The text of a notice or request. Absent: not known.
    pub notice: Option<NoticeId>,
    /// Whether a notice says that the conditions under which messages are sent stay as they were. Absent: not said, which
    /// permits nothing.
    pub conditions_unchanged: Option<bool>,
    /// Whether a notice offers to withdraw from tracking. Absent: not said, which counts as no.
    pub withdrawal_offered: Option<bool>,
    /// What justifies sending a notice later than the policy's last day. Absent: nothing.
    pub justification: Option<String>,
}

impl Message {
    /// A message without a campaign, a website, a ceiling or functional links.
    #[must_use]
    pub fn new(id: impl Into<String>, channel: Channel, class: MessageClass, basis: SendingBasis) -> Self {
        Self {
            id: id.into(),
            channel,
            class,
            basis,
            campaign_id: None,
            website_id: None,
            ceiling: Ceiling::Default,
            functional_link_ids: Vec::new(),
            etag: None,
            version: 0,
            recorded_at: None,
            fixed_at: None,
            coverage: None,
            notice: None,
            conditions_unchanged: None,
            withdrawal_offered: None,
            justification: None,
        }
    }

    /// Names its campaign; it may be declared later.
    #[must_use]
    pub fn campaign(mut self, id: impl Into<String>) -> Self {
        self.campaign_id = Some(id.into());
        self
    }

    /// Names the website it leads to; it may be declared later.
    #[must_use]
    pub fn website(mut self, id: impl Into<String>) -> Self {
        self.website_id = Some(id.into());
        self
    }

    /// Says what is allowed at most of every kind of interaction.
    #[must_use]
    pub const fn ceiling(mut self, ceiling: Ceiling) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// Names one more of its functional links: unsubscribe, withdraw from tracking, preference centre, password reset, double
    /// opt-in.
    #[must_use]
    pub fn functional_link(mut self, id: impl Into<String>) -> Self {
        self.functional_link_ids.push(id.into());
        self
    }

    /// Says of what a notice tells, or for what a request asks, where that is not all of tracking. The recorded send of such
    /// a message is that notice or request.
    #[must_use]
    pub fn about(mut self, coverage: Coverage) -> Self {
        self.coverage = Some(coverage);
        self
    }

    /// Names the text of a notice or request, stored before by [`Consents::put_notice`](crate::Consents::put_notice).
    #[must_use]
    pub const fn notice(mut self, notice: NoticeId) -> Self {
        self.notice = Some(notice);
        self
    }

    /// Says whether the conditions under which messages are sent stay as they were. Of a notice alone.
    #[must_use]
    pub const fn conditions_unchanged(mut self, unchanged: bool) -> Self {
        self.conditions_unchanged = Some(unchanged);
        self
    }

    /// Says whether it offers to withdraw from tracking. Of a notice alone.
    #[must_use]
    pub const fn withdrawal_offered(mut self, offered: bool) -> Self {
        self.withdrawal_offered = Some(offered);
        self
    }

    /// Gives the objective difficulties that justify a late notice: at most 2,048 bytes, line feeds allowed.
    #[must_use]
    pub fn justification(mut self, text: impl Into<String>) -> Self {
        self.justification = Some(text.into());
        self
    }

    pub(crate) fn into_wire(self) -> v1::Message {
        v1::Message {
            id: self.id,
            channel: self.channel.to_wire(),
            class: self.class.to_wire(),
            basis: self.basis.to_wire(),
            campaign_id: self.campaign_id,
            website_id: self.website_id,
            ceiling: self.ceiling.to_wire(),
            functional_link_ids: self.functional_link_ids,
            etag: self.etag.map(|etag| etag.0),
            version: 0,
            recorded_at: None,
            fixed_at: None,
            coverage: self.coverage.map(Coverage::into_wire),
            notice_id: self.notice.map(NoticeId::into_wire),
            conditions_unchanged: self.conditions_unchanged,
            withdrawal_offered: self.withdrawal_offered,
            justification: self.justification,
        }
    }

    pub(crate) fn from_wire(wire: v1::Message) -> Self {
        Self {
            id: wire.id,
            channel: Channel::from_wire(wire.channel),
            class: MessageClass::from_wire(wire.class),
            basis: SendingBasis::from_wire(wire.basis),
            campaign_id: wire.campaign_id,
            website_id: wire.website_id,
            ceiling: Ceiling::from_wire(wire.ceiling),
            functional_link_ids: wire.functional_link_ids,
            etag: wire.etag.map(Etag),
            version: wire.version,
            recorded_at: wire.recorded_at.map(Instant::from_wire),
            fixed_at: wire.fixed_at.map(Instant::from_wire),
            coverage: wire.coverage.map(Coverage::from_wire),
            notice: wire.notice_id.as_deref().and_then(NoticeId::from_wire),
            conditions_unchanged: wire.conditions_unchanged,
            withdrawal_offered: wire.withdrawal_offered,
            justification: wire.justification,
        }
    }

    /// A message that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::Message>) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible("message"))
    }
}
