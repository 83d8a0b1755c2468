//! Plans a send: which pixel and which links a message may carry to each recipient.

use assent_proto::v1;

use super::Interactions;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::interaction::{Disposition, InteractionId, LinkMode, PixelMode};
use crate::policy::PolicyVersion;
use crate::profile;
use crate::request_id::RequestId;
use crate::time::Instant;
use crate::verdict::VerdictReason;
use crate::word::Word;

/// Somebody whom a message is to go out to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    profile: String,
    pixel: Option<PixelMode>,
    links: Option<LinkMode>,
    send_id: Option<InteractionId>,
    sent_at: Option<Instant>,
}

impl Recipient {
    /// The profile of that id (1 to 128 bytes, opaque), to be sent whatever is permitted.
    #[must_use]
    pub fn new(profile: impl Into<String>) -> Self {
        Self { profile: profile.into(), pixel: None, links: None, send_id: None, sent_at: None }
    }

    /// Wants that pixel, and nothing but an error if it is above what is permitted. Absent: the most telling one permitted.
    #[must_use]
    pub const fn pixel(mut self, pixel: PixelMode) -> Self {
        self.pixel = Some(pixel);
        self
    }

    /// Wants those links, and nothing but an error if they are above what is permitted. Absent: the most telling ones permitted.
    #[must_use]
    pub const fn links(mut self, links: LinkMode) -> Self {
        self.links = Some(links);
        self
    }

    /// Gives the send the caller's own id. Only where sends are recorded. Absent: the service makes one.
    #[must_use]
    pub const fn send_id(mut self, id: InteractionId) -> Self {
        self.send_id = Some(id);
        self
    }

    /// Dates the send. Only where sends are recorded. Absent: the server's now.
    #[must_use]
    pub const fn sent_at(mut self, at: Instant) -> Self {
        self.sent_at = Some(at);
        self
    }

    fn into_wire(self) -> v1::PlanRecipient {
        v1::PlanRecipient {
            profile: Some(profile::key(self.profile)),
            pixel: self.pixel.map_or(0, Word::to_wire),
            links: self.links.map_or(0, Word::to_wire),
            interaction_id: self.send_id.map(|id| id.to_string()),
            sent_at: self.sent_at.map(Instant::into_wire),
        }
    }
}

/// One message on its way to profiles of one table.
///
/// ```
/// use assent_sdk::{LinkMode, PlanTracking, Recipient};
///
/// let plan = PlanTracking::of_message("spring-news")
///     .in_table("newsletter")
///     .recipient(Recipient::new("ada"))
///     .recipient(Recipient::new("ben").links(LinkMode::Plain))
///     .record_sends();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTracking {
    message: String,
    table: String,
    recipients: Vec<Recipient>,
    request_id: Option<RequestId>,
}

impl PlanTracking {
    /// The message of that id. It need not be declared; the strictest reading applies then. Its first plan fixes it.
    #[must_use]
    pub fn of_message(id: impl Into<String>) -> Self {
        Self { message: id.into(), table: String::new(), recipients: Vec::new(), request_id: None }
    }

    /// The profile table of the recipients, which must exist.
    #[must_use]
    pub fn in_table(mut self, id: impl Into<String>) -> Self {
        self.table = id.into();
        self
    }

    /// Adds one. Any number may be added.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// Adds several.
    #[must_use]
    pub fn recipients(mut self, recipients: impl IntoIterator<Item = Recipient>) -> Self {
        self.recipients.extend(recipients);
        self
    }

    /// Records the sends with the modes answered, in the transaction that plans them: what comes back of the message later is
    /// bounded by them. Under a new id, kept over the call's own retries.
    #[must_use]
    pub fn record_sends(self) -> Self {
        self.record_sends_as(RequestId::new())
    }

    /// The same under an id of the caller's, so that the call can be repeated after a crash of the caller too: it is answered
    /// with the same modes.
    #[must_use]
    pub const fn record_sends_as(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }
}

/// A mode, and why it is no other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned<M> {
    /// The one asked for, or the most telling one that is permitted.
    pub mode: M,
    /// Why what comes back may be recorded, or why it may not; the mode follows from it.
    pub reason: VerdictReason,
    /// The policy that decided. Absent where none was asked ([`VerdictReason::ProfileErased`]).
    pub policy: Option<PolicyVersion>,
}

/// What a message is to carry to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrackingPlan {
    /// The pixel.
    pub pixel: Planned<PixelMode>,
    /// The links.
    pub links: Planned<LinkMode>,
    /// What became of the send: [`Duplicate`](Disposition::Duplicate), if that id and instant are on record already;
    /// [`Discarded`](Disposition::Discarded) for an erased profile. Absent: none is recorded.
    pub send: Option<Disposition>,
}

impl Interactions<'_> {
    /// Tells what a message may carry to each recipient now, in their order, and records the sends if asked to. More than 1,000
    /// recipients, or than 4 MiB, go out in several calls, one after the other, each under an id that follows from the plan's.
    ///
    /// Ask before the message goes out: the request of an identified pixel is itself what the law regulates. Send each recipient
    /// the message with exactly the pixel and links answered.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::RequestIdReused`](crate::Reason::RequestIdReused); a failed call may have recorded some of the sends:
    /// [`Error::items_answered`] tells how many recipients were answered before, and the whole may be sent again with
    /// [`Error::request_id`]. Of a recipient, in its result:
    /// [`Reason::ModeAbovePlan`](crate::Reason::ModeAbovePlan), [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn plan(self, plan: PlanTracking) -> Result<Vec<Result<TrackingPlan>>> {
        let PlanTracking { message, table, recipients, request_id } = plan;
        let recipients = recipients.into_iter().map(Recipient::into_wire).collect();
        in_parts(recipients, request_id, |recipients, part_id| {
            let message = v1::PlanTrackingRequest {
                profile_table: table.clone(),
                message_id: message.clone(),
                recipients,
                record_sends: part_id.map(|id| v1::SendRecording { request_id: id.to_string() }),
            };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.interactions();
                        async move { client.plan_tracking(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::PlanTrackingResult) -> Result<Result<TrackingPlan>> {
    use v1::plan_tracking_result::Result as Wire;
    let plan = match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Plan(plan) => plan,
        Wire::Error(status) => return Ok(Err(Error::of_item(&status))),
    };
    let pixel = plan.pixel.ok_or_else(|| Error::unintelligible("results.plan.pixel"))?;
    let links = plan.links.ok_or_else(|| Error::unintelligible("results.plan.links"))?;
    Ok(Ok(TrackingPlan {
        pixel: Planned {
            mode: PixelMode::from_wire(pixel.mode),
            reason: VerdictReason::from_wire(pixel.reason),
            policy: pixel.policy.map(PolicyVersion::from_wire),
        },
        links: Planned {
            mode: LinkMode::from_wire(links.mode),
            reason: VerdictReason::from_wire(links.reason),
            policy: links.policy.map(PolicyVersion::from_wire),
        },
        send: (plan.send != 0).then(|| Disposition::from_wire(plan.send)),
    }))
}
