//! Whether profiles have opened, clicked, visited or reached something.

use assent_proto::v1;

use super::Audience;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::policy::PolicyVersion;
use crate::profile;
use crate::time::Instant;
use crate::verdict::InteractionKind;
use crate::wait_blocks::WaitTarget;
use crate::word::{Word, words};

words! {
    /// Whether a profile did it.
    EngagementAnswer = v1::EngagementAnswer, "ENGAGEMENT_ANSWER_" {
        /// It did, and that is on record.
        Yes,
        /// It did not, as far as is on record. Under a policy that says so, and where no other applies, also a profile that
        /// could not have been seen; the reason tells.
        No,
        /// It could not have been seen: no opener, and no non-opener either.
        NotKnown,
    }
}

words! {
    /// Why the answer is what it is.
    EngagementReason = v1::EngagementReason, "ENGAGEMENT_REASON_" {
        /// A recorded interaction of a person matched.
        Recorded,
        /// It could have been seen and was not.
        NotRecorded,
        /// It could not have been seen.
        NotTrackable,
        /// It was permitted, and the person withdrew, refused or objected since.
        ConsentWithdrawn,
        /// A website, campaign or message in play is never tracked, or only without naming anybody.
        TrackingDisabled,
        /// The person was erased.
        ProfileErased,
    }
}

/// One question: did this profile ever, or within a window, do one of these things about this target?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngagementQuestion {
    /// The caller's name for the question, told back with the answer: 1 to 128 bytes.
    pub reference: String,
    /// The person.
    pub profile: String,
    /// What it was done about.
    pub target: WaitTarget,
    /// What is asked about, 1 to 5 kinds: any of them is a yes. A send is never asked about.
    pub kinds: Vec<InteractionKind>,
    /// The link that a click must be on, 1 to 128 bytes. Only for a message, and where a click is asked about. Absent: any link.
    pub link_id: Option<String>,
    /// When it occurred at the earliest. Absent: at any time before the end.
    pub occurred_from: Option<Instant>,
    /// Before when it occurred. Absent: at any time since the beginning.
    pub occurred_before: Option<Instant>,
}

impl EngagementQuestion {
    /// Whether it was ever done, on any link.
    #[must_use]
    pub fn new(
        reference: impl Into<String>,
        profile: impl Into<String>,
        target: WaitTarget,
        kinds: impl IntoIterator<Item = InteractionKind>,
    ) -> Self {
        Self {
            reference: reference.into(),
            profile: profile.into(),
            target,
            kinds: kinds.into_iter().collect(),
            link_id: None,
            occurred_from: None,
            occurred_before: None,
        }
    }

    /// Names the link that a click must be on.
    #[must_use]
    pub fn link(mut self, id: impl Into<String>) -> Self {
        self.link_id = Some(id.into());
        self
    }

    /// Asks about what occurred at that instant or later.
    #[must_use]
    pub const fn occurred_from(mut self, instant: Instant) -> Self {
        self.occurred_from = Some(instant);
        self
    }

    /// Asks about what occurred before that instant.
    #[must_use]
    pub const fn occurred_before(mut self, instant: Instant) -> Self {
        self.occurred_before = Some(instant);
        self
    }

    pub(super) fn into_wire(self) -> v1::EngagementQuestion {
        use v1::engagement_question::Target;
        v1::EngagementQuestion {
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
            occurred_from: self.occurred_from.map(Instant::into_wire),
            occurred_before: self.occurred_before.map(Instant::into_wire),
        }
    }
}

/// Questions about profiles of one profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryEngagement {
    table: String,
    questions: Vec<EngagementQuestion>,
}

impl QueryEngagement {
    /// None yet, of the profile table of that id, which must exist.
    #[must_use]
    pub fn of_table(id: impl Into<String>) -> Self {
        Self { table: id.into(), questions: Vec::new() }
    }

    /// Adds one. Any number may be added, and several may be about one profile.
    #[must_use]
    pub fn question(mut self, question: EngagementQuestion) -> Self {
        self.questions.push(question);
        self
    }

    /// Adds several.
    #[must_use]
    pub fn questions(mut self, questions: impl IntoIterator<Item = EngagementQuestion>) -> Self {
        self.questions.extend(questions);
        self
    }
}

/// What of an interaction is told with a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngagementMatch {
    /// What was done.
    pub kind: InteractionKind,
    /// When.
    pub occurred_at: Instant,
}

/// The answer about one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Engagement {
    /// The caller's name for the question.
    pub reference: String,
    /// Whether it did.
    pub answer: EngagementAnswer,
    /// Why.
    pub reason: EngagementReason,
    /// The earliest recorded interaction that matched. Absent unless it did.
    pub matched: Option<EngagementMatch>,
    /// The policy that decided: the one that denied; where none did, that of the profile table.
    pub policy: Option<PolicyVersion>,
}

impl Engagement {
    pub(super) fn from_wire(wire: v1::Engagement) -> Result<Self> {
        let matched = wire.matched.map(|matched| {
            Ok(EngagementMatch {
                kind: InteractionKind::from_wire(matched.kind),
                occurred_at: Instant::promised(
                    matched.occurred_at,
                    "results.engagement.matched.occurred_at",
                )?,
            })
        });
        Ok(Self {
            reference: wire.r#ref,
            answer: EngagementAnswer::from_wire(wire.answer),
            reason: EngagementReason::from_wire(wire.reason),
            matched: matched.transpose()?,
            policy: wire.policy.map(PolicyVersion::from_wire),
        })
    }
}

impl Audience<'_> {
    /// Answers questions about engagement, in their order, each for itself. More than 1,000 go out in several calls. Consent is
    /// looked at now. Reads only.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). Of a question, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn engagement(self, query: QueryEngagement) -> Result<Vec<Result<Engagement>>> {
        let QueryEngagement { table, questions } = query;
        in_parts(questions.into_iter().map(EngagementQuestion::into_wire).collect(), None, |questions, _| {
            let message = v1::QueryEngagementRequest { profile_table: table.clone(), questions };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.audience();
                        async move { client.query_engagement(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::QueryEngagementResult) -> Result<Result<Engagement>> {
    use v1::query_engagement_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Engagement(engagement) => Ok(Engagement::from_wire(engagement)?),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
