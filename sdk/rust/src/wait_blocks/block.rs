//! One question: did this profile do one of these things about this target within this window?

use std::time::Duration;

use assent_proto::v1;

use crate::profile;
use crate::time::{self, Instant};
use crate::verdict::InteractionKind;
use crate::word::{Word, words};

words! {
    /// When exits are told.
    ExitPolicy = v1::ExitPolicy, "EXIT_POLICY_" {
        /// Every exit, of whatever reason, at the window's end and the late grace, so that its time tells nothing of the person.
        AtDeadline,
        /// Every exit but the timeout as things stand now; a later grant may still lead to a match.
        Immediate,
    }
}

/// What it was done about: an id of 1 to 128 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitTarget {
    /// A message: what names it.
    Message(String),
    /// A campaign: what names it, or a message declared as its own.
    Campaign(String),
    /// A website: what names it, or a message or campaign declared as its own, or a message of such a campaign.
    Website(String),
    /// A goal: what reached it.
    Goal(String),
}

/// When the window starts. The instant itself is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitStart {
    /// At an instant.
    At(Instant),
    /// When a message went out to the profile: its latest recorded send that is not after `entered_at`, and at `entered_at`
    /// itself if none is known.
    FromSend {
        /// The message, 1 to 128 bytes; it need not be the target.
        message_id: String,
        /// When the profile entered the block.
        entered_at: Instant,
    },
}

/// When the window ends. The instant itself is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitEnd {
    /// At an instant.
    At(Instant),
    /// That long after its start, cut to microseconds: more than 0, at most 366 days.
    After(Duration),
}

/// A profile that waits for something to be done within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitBlock {
    /// The caller's name for the block, told back with the answer: 1 to 128 bytes.
    pub reference: String,
    /// The person.
    pub profile: String,
    /// What it was done about.
    pub target: WaitTarget,
    /// What is awaited, 1 to 5 kinds: any of them matches. A send is never awaited.
    pub kinds: Vec<InteractionKind>,
    /// The link that a click must be on, 1 to 128 bytes. Only for a message, and where a click is awaited. Absent: any link.
    pub link_id: Option<String>,
    /// When the window starts.
    pub start: WaitStart,
    /// When the window ends.
    pub end: WaitEnd,
    /// When exits are told.
    pub exit_policy: ExitPolicy,
    /// How long after the window's end what arrives late is still waited for: 0 to 24 hours. Absent: 10 minutes.
    pub late_grace: Option<Duration>,
}

impl WaitBlock {
    /// A block that tells exits at its deadline and takes any link.
    #[must_use]
    pub fn new(
        reference: impl Into<String>,
        profile: impl Into<String>,
        target: WaitTarget,
        kinds: impl IntoIterator<Item = InteractionKind>,
        start: WaitStart,
        end: WaitEnd,
    ) -> Self {
        Self {
            reference: reference.into(),
            profile: profile.into(),
            target,
            kinds: kinds.into_iter().collect(),
            link_id: None,
            start,
            end,
            exit_policy: ExitPolicy::AtDeadline,
            late_grace: None,
        }
    }

    /// Names the link that a click must be on.
    #[must_use]
    pub fn link(mut self, id: impl Into<String>) -> Self {
        self.link_id = Some(id.into());
        self
    }

    /// Says when exits are told.
    #[must_use]
    pub const fn exit_policy(mut self, policy: ExitPolicy) -> Self {
        self.exit_policy = policy;
        self
    }

    /// Says how long what arrives late is waited for.
    #[must_use]
    pub const fn late_grace(mut self, time: Duration) -> Self {
        self.late_grace = Some(time);
        self
    }

    pub(super) fn into_wire(self) -> v1::WaitBlock {
        use v1::wait_block::{End, Start, Target};
        v1::WaitBlock {
            r#ref: self.reference,
            profile: Some(profile::key(self.profile)),
            target: Some(match self.target {
                WaitTarget::Message(id) => Target::MessageId(id),
                WaitTarget::Campaign(id) => Target::CampaignId(id),
                WaitTarget::Website(id) => Target::WebsiteId(id),
                WaitTarget::Goal(id) => Target::GoalId(id),
            }),
            kinds: self.kinds.into_iter().map(Word::to_wire).collect(),
            link_id: self.link_id,
            start: Some(match self.start {
                WaitStart::At(instant) => Start::StartsAt(instant.into_wire()),
                WaitStart::FromSend { message_id, entered_at } => {
                    Start::FromSend(v1::FromSend { message_id, entered_at: Some(entered_at.into_wire()) })
                }
            }),
            end: Some(match self.end {
                WaitEnd::At(instant) => End::Deadline(instant.into_wire()),
                WaitEnd::After(span) => End::Duration(time::into_wire(span)),
            }),
            exit_policy: self.exit_policy.to_wire(),
            late_grace: self.late_grace.map(time::into_wire),
        }
    }
}
