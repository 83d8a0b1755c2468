//! Wait blocks as they are asked about.

use assent_domain::id::{CampaignId, GoalId, LinkId, MessageId, ProfileId, WebsiteId};
use assent_domain::interaction::InteractionKind;
use assent_domain::time::Span;
use assent_domain::wait_block::{Definition, End, ExitPolicy, LateGrace, Start, Target};
use assent_proto::v1::{self, wait_block};
use assent_proto::validate::{Path, Validate};
use prost_types::Duration;

use super::{Misfit, item, profile, time};
use crate::failure::{Failure, Outcome, Violation};

/// The field that holds the blocks of a call.
const ITEMS: &str = "blocks";

/// A wait block that is as the contract asks.
#[derive(Clone, Debug)]
pub struct Block {
    /// What the caller calls it.
    pub name: String,
    /// The person.
    pub profile: ProfileId,
    /// What it is about.
    pub target: Target,
    /// The kinds awaited.
    pub kinds: Vec<InteractionKind>,
    /// The link that a click must be on.
    pub link: Option<LinkId>,
    /// The message that the window starts from, if it starts from one.
    pub started_by: Option<MessageId>,
    start: Start,
    end: End,
    exit: ExitPolicy,
    late_grace: LateGrace,
}

impl Block {
    /// What is awaited; `functional_link`: its link is one of its message's functional links.
    #[must_use]
    pub fn definition(&self, functional_link: bool) -> Definition<'_> {
        Definition {
            kinds: &self.kinds,
            functional_link,
            start: self.start,
            end: self.end,
            exit: self.exit,
            late_grace: self.late_grace,
        }
    }

    /// The message that the window starts from, and when the profile entered the block.
    #[must_use]
    pub fn started_by(&self) -> Option<(&MessageId, assent_domain::time::Instant)> {
        match (self.start, &self.started_by) {
            (Start::FromSend { entered_at }, Some(message)) => Some((message, entered_at)),
            _ => None,
        }
    }
}

/// The block at `index` of a call.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn block(told: &v1::WaitBlock, index: usize) -> Outcome<Block> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item::as_fields(told.violations_as_item(ITEMS, index));
    // What two fields say together is only judged where each of them is right by itself.
    let is_right =
        |field: &str| !wrong.iter().any(|wrong| wrong.path.starts_with(path.field(field).as_str()));
    let link_counts = told.link_id.is_some() && is_right("link_id") && is_right("kinds");
    let mut object = |path: Path, text: &str| wrong.push(Violation::new(path.as_str(), text));
    for (place, kind) in told.kinds.iter().enumerate() {
        if *kind == i32::from(v1::InteractionKind::Send) {
            let text = "is not allowed here; expected: something that a person does";
            object(path.field(&format!("kinds[{place}]")), text);
        }
    }
    if link_counts {
        let clicks = [v1::InteractionKind::EmailClick, v1::InteractionKind::SmsClick].map(i32::from);
        if !matches!(told.target, None | Some(wait_block::Target::MessageId(_))) {
            object(
                path.field("link_id"),
                "is not allowed here; expected: a message as the target, which the link is of",
            );
        } else if !told.kinds.iter().any(|kind| clicks.contains(kind)) {
            object(path.field("link_id"), "is not allowed here; expected: a click among the kinds");
        }
    }
    if let Some(wait_block::End::Duration(length)) = &told.end
        && length.seconds == 0
        && (0..1_000).contains(&length.nanos)
    {
        object(path.field("duration"), "is out of range; expected: at least a microsecond");
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    read(told).map_err(|misfit| misfit.at(path.as_str()))
}

fn read(told: &v1::WaitBlock) -> Result<Block, Misfit> {
    let (start, started_by) = start(told.start.as_ref())?;
    let late_grace = told
        .late_grace
        .as_ref()
        .map(|grace| span(grace).and_then(LateGrace::new).ok_or(Misfit::of("late_grace")));
    let link = told.link_id.as_deref().map(LinkId::new).transpose();
    Ok(Block {
        name: told.r#ref.clone(),
        profile: profile::profile(told.profile.as_ref())?,
        target: target(told.target.as_ref())?,
        kinds: told.kinds.iter().map(|number| kind(*number)).collect::<Result<_, _>>()?,
        link: link.map_err(|_| Misfit::of("link_id"))?,
        started_by,
        start,
        end: end(told.end.as_ref())?,
        exit: exit(told.exit_policy)?,
        late_grace: late_grace.transpose()?.unwrap_or_default(),
    })
}

fn target(told: Option<&wait_block::Target>) -> Result<Target, Misfit> {
    use wait_block::Target as Told;
    Ok(match told.ok_or(Misfit::of("target"))? {
        Told::MessageId(id) => {
            Target::Message(MessageId::new(id.as_str()).map_err(|_| Misfit::of("message_id"))?)
        }
        Told::CampaignId(id) => {
            Target::Campaign(CampaignId::new(id.as_str()).map_err(|_| Misfit::of("campaign_id"))?)
        }
        Told::WebsiteId(id) => {
            Target::Website(WebsiteId::new(id.as_str()).map_err(|_| Misfit::of("website_id"))?)
        }
        Told::GoalId(id) => Target::Goal(GoalId::new(id.as_str()).map_err(|_| Misfit::of("goal_id"))?),
    })
}

fn kind(number: i32) -> Result<InteractionKind, Misfit> {
    let wrong = Misfit::of("kinds");
    Ok(match v1::InteractionKind::try_from(number).map_err(|_| wrong)? {
        v1::InteractionKind::EmailOpen => InteractionKind::EmailOpen,
        v1::InteractionKind::EmailClick => InteractionKind::EmailClick,
        v1::InteractionKind::SmsClick => InteractionKind::SmsClick,
        v1::InteractionKind::WebsiteVisit => InteractionKind::WebsiteVisit,
        v1::InteractionKind::TransactionGoal => InteractionKind::TransactionGoal,
        v1::InteractionKind::Unspecified | v1::InteractionKind::Send => return Err(wrong),
    })
}

fn start(told: Option<&wait_block::Start>) -> Result<(Start, Option<MessageId>), Misfit> {
    Ok(match told.ok_or(Misfit::of("start"))? {
        wait_block::Start::StartsAt(at) => {
            (Start::At(time::instant(at).ok_or(Misfit::of("starts_at"))?), None)
        }
        wait_block::Start::FromSend(sent) => {
            let wrong = Misfit::of("from_send.entered_at");
            let entered_at = sent.entered_at.as_ref().and_then(time::instant).ok_or(wrong)?;
            let message = MessageId::new(sent.message_id.as_str());
            let message = message.map_err(|_| Misfit::of("from_send.message_id"))?;
            (Start::FromSend { entered_at }, Some(message))
        }
    })
}

fn end(told: Option<&wait_block::End>) -> Result<End, Misfit> {
    Ok(match told.ok_or(Misfit::of("end"))? {
        wait_block::End::Deadline(at) => End::At(time::instant(at).ok_or(Misfit::of("deadline"))?),
        wait_block::End::Duration(length) => End::After(span(length).ok_or(Misfit::of("duration"))?),
    })
}

fn exit(number: i32) -> Result<ExitPolicy, Misfit> {
    Ok(match v1::ExitPolicy::try_from(number).map_err(|_| Misfit::of("exit_policy"))? {
        v1::ExitPolicy::Unspecified | v1::ExitPolicy::AtDeadline => ExitPolicy::AtDeadline,
        v1::ExitPolicy::Immediate => ExitPolicy::Immediate,
    })
}

/// A length of time, cut to microseconds; `None` if it is longer than can be told.
fn span(length: &Duration) -> Option<Span> {
    let micros = length.seconds.checked_mul(1_000_000)?.checked_add(i64::from(length.nanos / 1_000))?;
    Some(Span::from_micros(micros))
}
