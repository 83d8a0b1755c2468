//! What a story tells: settings, people, and steps that follow one another. Everybody and everything is a number here,
//! so that the same story can be told again under other names.

use std::ops::Not as _;

use assent_proto::v1::{
    Answer, Basis, Ceiling, Channel, InteractionKind, LinkMode, MessageClass, PixelMode, SendingBasis,
    SourceKind,
};

/// An instant in microseconds since 1970.
pub(super) type Micros = i64;

pub(super) const SECOND: Micros = 1_000_000;
pub(super) const MINUTE: Micros = 60 * SECOND;
pub(super) const HOUR: Micros = 60 * MINUTE;
pub(super) const DAY: Micros = 24 * HOUR;

/// How many people a story has.
pub(super) const PEOPLE: usize = 2;

/// The functional link of the messages that have one.
pub(super) const UNSUBSCRIBE: &str = "unsubscribe";

/// What stands before the first step. What has a number past the end of its list was never declared.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) policy: Option<&'static str>,
    pub(super) zone: &'static str,
    /// How long a grant holds without being confirmed, under every policy; absent: for ever.
    pub(super) expires: Option<Micros>,
    pub(super) sites: Vec<Site>,
    pub(super) campaigns: Vec<Campaign>,
    pub(super) messages: Vec<Message>,
}

/// A ceiling for each kind of interaction, in the order of the kinds.
pub(super) type Ceilings = [Ceiling; 5];

#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) country: Option<&'static str>,
    pub(super) ceilings: Ceilings,
}

#[derive(Clone, Debug)]
pub(super) struct Campaign {
    pub(super) site: Option<usize>,
    pub(super) ceiling: Ceiling,
}

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) channel: Channel,
    pub(super) class: MessageClass,
    pub(super) basis: SendingBasis,
    pub(super) campaign: Option<usize>,
    pub(super) site: Option<usize>,
    pub(super) ceiling: Ceiling,
    pub(super) functional: bool,
    /// What it tells or asks; its instant is that of a send.
    pub(super) says: Option<Event>,
}

/// A story whole.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) world: World,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// It is that late now.
    Now(Micros),
    /// A batch for UpsertConsents.
    Say(Vec<Item>),
    /// A batch for RecordInteractions.
    Do(Vec<Deed>),
    /// A website gets other ceilings.
    Bound(usize, Ceilings),
    /// GetConsents of everybody, and their activity.
    Ask { as_of: Option<Micros>, known_at: Option<Micros> },
    /// PlanTracking, with its sends recorded or without.
    Plan { message: usize, to: Vec<Recipient>, record: bool },
    /// Housekeeping has a turn, whenever it comes to it: what ran out is written, and what is to be taken away goes.
    Turn,
    /// EraseProfile.
    Erase(usize),
    /// EvaluateWaitBlocks.
    Await { blocks: Vec<Block>, as_of: Option<Micros> },
    /// ImportConsents of one chunk, tried first.
    Import(Vec<Line>),
    /// RedeemToken, of a token that may withdraw from so much: from all of that or from a part.
    Withdraw { who: usize, token: u8, chosen: Option<u8> },
    /// RedeemToken of a preference centre: answers, each about some series.
    Choose { who: usize, choices: Vec<(Answer, u8)> },
}

/// A line of a list. What names no source has the list's.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) who: usize,
    pub(super) collected: Option<(i16, i8, i8)>,
    pub(super) jurisdiction: Option<&'static str>,
    pub(super) events: Vec<Event>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) who: usize,
    pub(super) collected: Option<(i16, i8, i8)>,
    pub(super) jurisdiction: Option<&'static str>,
    pub(super) event: Option<Event>,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    Answer(Said),
    Notice(Told),
    /// A request, and the message whose send it was.
    Request {
        series: u8,
        at: Micros,
        sent: Option<usize>,
        source: Option<Source>,
    },
}

/// An answer. Series are a set of bits: 0 marketing, 1 to 6 the scopes.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) answer: Answer,
    pub(super) series: u8,
    /// When it was decided; a refusal need not say.
    pub(super) at: Option<Micros>,
    pub(super) basis: Basis,
    pub(super) method: Option<&'static str>,
    pub(super) source: Option<Source>,
    pub(super) text: bool,
    pub(super) language: bool,
    pub(super) actor: bool,
    pub(super) proof: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) kind: SourceKind,
    pub(super) name: bool,
    pub(super) version: Option<&'static str>,
}

/// A notice.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) series: u8,
    pub(super) at: Micros,
    pub(super) text: bool,
    pub(super) unchanged: Option<bool>,
    pub(super) withdrawal: Option<bool>,
    pub(super) justification: bool,
    pub(super) proof: bool,
    pub(super) source: Option<Source>,
    /// The message whose send it was.
    pub(super) sent: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub(super) id: u32,
    pub(super) at: Micros,
    /// Nobody: the request named nobody.
    pub(super) who: Option<usize>,
    pub(super) what: What,
    pub(super) campaign: Option<usize>,
    pub(super) automated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Open { message: usize },
    Click { message: usize, link: Option<&'static str>, site: Option<usize> },
    Sms { message: usize, link: Option<&'static str>, site: Option<usize> },
    Visit { site: usize, message: Option<usize> },
    Goal { goal: usize, site: Option<usize>, message: Option<usize> },
    Send { message: usize, pixel: PixelMode, links: LinkMode },
}

/// To whom a message is planned, what is asked for, and the send that is recorded.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub(super) who: usize,
    pub(super) pixel: Option<PixelMode>,
    pub(super) links: Option<LinkMode>,
    pub(super) id: u32,
    pub(super) at: Micros,
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) who: usize,
    pub(super) target: Target,
    pub(super) kinds: Vec<InteractionKind>,
    pub(super) link: Option<&'static str>,
    pub(super) start: Start,
    pub(super) end: End,
    pub(super) immediate: bool,
    pub(super) grace: Option<Micros>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Message(usize),
    Campaign(usize),
    Site(usize),
    Goal(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    At(Micros),
    FromSend { message: usize, entered: Micros },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    At(Micros),
    After(Micros),
}

impl What {
    pub(super) const fn kind(&self) -> InteractionKind {
        match self {
            Self::Open { .. } => InteractionKind::EmailOpen,
            Self::Click { .. } => InteractionKind::EmailClick,
            Self::Sms { .. } => InteractionKind::SmsClick,
            Self::Visit { .. } => InteractionKind::WebsiteVisit,
            Self::Goal { .. } => InteractionKind::TransactionGoal,
            Self::Send { .. } => InteractionKind::Send,
        }
    }

    pub(super) const fn message(&self) -> Option<usize> {
        match self {
            Self::Open { message }
            | Self::Click { message, .. }
            | Self::Sms { message, .. }
            | Self::Send { message, .. } => Some(*message),
            Self::Visit { message, .. } | Self::Goal { message, .. } => *message,
        }
    }

    pub(super) const fn site(&self) -> Option<usize> {
        match self {
            Self::Click { site, .. } | Self::Sms { site, .. } | Self::Goal { site, .. } => *site,
            Self::Visit { site, .. } => Some(*site),
            Self::Open { .. } | Self::Send { .. } => None,
        }
    }

    pub(super) const fn link(&self) -> Option<&'static str> {
        match self {
            Self::Click { link, .. } | Self::Sms { link, .. } => *link,
            _ => None,
        }
    }
}

/// The story without one of its steps, or without one thing of a step: each way to shorten it.
pub(super) fn shorter(story: &Story) -> Vec<Story> {
    let without = |steps: Vec<Step>| Story { world: story.world.clone(), steps };
    let mut all = Vec::new();
    // The first says what time it is.
    for place in (1..story.steps.len()).rev() {
        let mut steps = story.steps.clone();
        steps.remove(place);
        all.push(without(steps));
    }
    for (place, step) in story.steps.iter().enumerate() {
        for shorter in fewer(step) {
            let mut steps = story.steps.clone();
            steps[place] = shorter;
            all.push(without(steps));
        }
    }
    for site in (0..story.world.sites.len()).filter(|site| story.world.sites[*site].is_plain().not()) {
        let mut plain = story.clone();
        plain.world.sites[site] = Site { country: None, ceilings: [Ceiling::Default; 5] };
        all.push(plain);
    }
    all
}

/// A batch without one of its items.
fn fewer(step: &Step) -> Vec<Step> {
    fn each<T: Clone>(items: &[T], step: impl Fn(Vec<T>) -> Step) -> Vec<Step> {
        if items.len() < 2 {
            return Vec::new();
        }
        let without = |place| {
            let mut items = items.to_vec();
            items.remove(place);
            step(items)
        };
        (0..items.len()).map(without).collect()
    }
    match step {
        Step::Say(items) => each(items, Step::Say),
        Step::Do(deeds) => each(deeds, Step::Do),
        Step::Await { blocks, as_of } => each(blocks, |blocks| Step::Await { blocks, as_of: *as_of }),
        Step::Plan { message, to, record } => {
            each(to, |to| Step::Plan { message: *message, to, record: *record })
        }
        Step::Import(lines) => each(lines, Step::Import),
        Step::Choose { who, choices } => each(choices, |choices| Step::Choose { who: *who, choices }),
        Step::Now(_)
        | Step::Turn
        | Step::Bound(..)
        | Step::Ask { .. }
        | Step::Erase(_)
        | Step::Withdraw { .. } => Vec::new(),
    }
}

impl Site {
    fn is_plain(&self) -> bool {
        self.country.is_none() && self.ceilings == [Ceiling::Default; 5]
    }
}
