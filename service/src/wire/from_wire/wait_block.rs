//! Wait blocks as they are asked about.

use assent_domain::id::{LinkId, MessageId, ProfileId};
use assent_domain::interaction::InteractionKind;
use assent_domain::sight::Target;
use assent_domain::time::{Instant, Span};
use assent_domain::wait_block::{Definition, End, ExitPolicy, LateGrace, Start};
use assent_proto::v1::{self, wait_block};
use assent_proto::validate::{Path, Validate};
use prost_types::Duration;

use super::sight::Deed;
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
    /// What is awaited; `functional_link`: its link is one of its message's functional links; `started_by`: when the
    /// message that the window starts from went out.
    #[must_use]
    pub fn definition<'a>(&'a self, functional_link: bool, started_by: &'a [Instant]) -> Definition<'a> {
        Definition {
            kinds: &self.kinds,
            functional_link,
            start: self.start,
            started_by,
            end: self.end,
            exit: self.exit,
            late_grace: self.late_grace,
        }
    }

    /// The message that the window starts from, and when the profile entered the block.
    #[must_use]
    pub fn started_by(&self) -> Option<(&MessageId, Instant)> {
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
    let deed = Deed {
        target: told.target.as_ref().map(Into::into),
        kinds: &told.kinds,
        link: told.link_id.as_deref(),
    };
    deed.object(&path, &mut wrong);
    if let Some(wait_block::End::Duration(length)) = &told.end
        && length.seconds == 0
        && (0..1_000).contains(&length.nanos)
    {
        let text = "is out of range; expected: at least a microsecond";
        wrong.push(Violation::new(path.field("duration").as_str(), text));
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    read(told, deed).map_err(|misfit| misfit.at(path.as_str()))
}

fn read(told: &v1::WaitBlock, deed: Deed<'_>) -> Result<Block, Misfit> {
    let (start, started_by) = start(told.start.as_ref())?;
    let late_grace = told
        .late_grace
        .as_ref()
        .map(|grace| span(grace).and_then(LateGrace::new).ok_or(Misfit::of("late_grace")));
    Ok(Block {
        name: told.r#ref.clone(),
        profile: profile::profile(told.profile.as_ref())?,
        target: deed.target()?,
        kinds: deed.kinds()?,
        link: deed.link()?,
        started_by,
        start,
        end: end(told.end.as_ref())?,
        exit: exit(told.exit_policy)?,
        late_grace: late_grace.transpose()?.unwrap_or_default(),
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
