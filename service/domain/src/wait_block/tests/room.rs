//! Where tests of wait blocks wait: a window of two days, everything else ordinary.

use super::super::{Definition, End, Evaluation, ExitPolicy, LateGrace, Start, evaluate};
use crate::context::{Context, MessageInPlay};
use crate::interaction::{Interaction, InteractionKind};
use crate::message::Message;
use crate::mode::Sent;
use crate::policy::{Applicable, Policy};
use crate::scene::{Someone, paris, policy};
use crate::sight::{Candidate, Known, SendOnRecord};
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Life, Person, Unjudged};
use crate::website::Website;

pub(super) const GRANTED: &str = "2026-11-01 00:00:00";
pub(super) const START: &str = "2026-11-09 12:00:00";
pub(super) const DEADLINE: &str = "2026-11-11 12:00:00";

pub(super) fn micro() -> Span {
    Span::from_micros(1)
}

#[derive(Clone)]
pub(super) struct Room {
    someone: Someone,
    life: Life,
    policies: Vec<Policy>,
    kinds: Vec<InteractionKind>,
    functional: bool,
    start: Start,
    end: End,
    exit: ExitPolicy,
    grace: LateGrace,
    website: Option<Website>,
    target: Option<Message>,
    sends: Vec<(Option<Message>, Sent, Instant)>,
    started_by: Vec<Instant>,
}

pub(super) type Row = (&'static str, InteractionKind, Instant);

pub(super) fn rows<'a>(rows: &[Row]) -> Vec<Candidate<'a, &'static str>> {
    let one = |(row, kind, occurred_at): &Row| Candidate {
        interaction: Interaction {
            kind: *kind,
            occurred_at: *occurred_at,
            functional: false,
            automated: false,
        },
        context: Context::default(),
        sent: Sent::default(),
        row: *row,
    };
    rows.iter().map(one).collect()
}

impl Room {
    pub(super) fn of(someone: Someone) -> Self {
        Self::under("strict", someone)
    }

    pub(super) fn under(id: &str, someone: Someone) -> Self {
        Self {
            someone,
            life: Life::NeverErased,
            policies: vec![policy(id)],
            kinds: vec![InteractionKind::EmailOpen],
            functional: false,
            start: Start::At(paris(START)),
            end: End::At(paris(DEADLINE)),
            exit: ExitPolicy::AtDeadline,
            grace: LateGrace::default(),
            website: None,
            target: None,
            sends: Vec::new(),
            started_by: Vec::new(),
        }
    }

    pub(super) fn beside(mut self, id: &str) -> Self {
        self.policies.push(policy(id));
        self
    }

    pub(super) fn life(self, life: Life) -> Self {
        Self { life, ..self }
    }

    pub(super) fn kinds(self, kinds: &[InteractionKind]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    pub(super) fn functional(self) -> Self {
        Self { functional: true, ..self }
    }

    pub(super) fn start(self, start: Start) -> Self {
        Self { start, ..self }
    }

    pub(super) fn end(self, end: End) -> Self {
        Self { end, ..self }
    }

    pub(super) fn exit(self, exit: ExitPolicy) -> Self {
        Self { exit, ..self }
    }

    pub(super) fn grace(self, grace: LateGrace) -> Self {
        Self { grace, ..self }
    }

    pub(super) fn website(self, website: &Website) -> Self {
        Self { website: Some(website.clone()), ..self }
    }

    pub(super) fn target(self, message: &Message) -> Self {
        Self { target: Some(message.clone()), ..self }
    }

    /// A send of the message that the window starts from.
    pub(super) fn started_by(mut self, at: Instant) -> Self {
        self.started_by.push(at);
        self
    }

    pub(super) fn send(mut self, sent: Sent, at: Instant) -> Self {
        self.sends.push((None, sent, at));
        self
    }

    pub(super) fn send_of(mut self, message: &Message, sent: Sent, at: Instant) -> Self {
        self.sends.push((Some(message.clone()), sent, at));
        self
    }

    pub(super) fn evaluate(
        &self,
        recorded: &[Row],
        as_of: Instant,
        now: Instant,
    ) -> Evaluation<&'static str> {
        self.evaluate_rows(rows(recorded), as_of, now)
    }

    pub(super) fn evaluate_rows(
        &self,
        rows: Vec<Candidate<'_, &'static str>>,
        as_of: Instant,
        now: Instant,
    ) -> Evaluation<&'static str> {
        let in_play = |message| MessageInPlay { message, website: None, campaign: None };
        let history = self.someone.history();
        let sends: Vec<SendOnRecord<'_>> = self
            .sends
            .iter()
            .map(|(message, sent, at)| SendOnRecord {
                message: message.as_ref().map(in_play),
                sent: *sent,
                at: *at,
            })
            .collect();
        let policies =
            self.policies[1..].iter().fold(Applicable::of(&self.policies[0]), |all, policy| all.and(policy));
        let known = Known {
            person: Person { life: self.life, history: &history },
            policies,
            table_zone: &Zone::utc(),
            target: Context {
                website: self.website.as_ref(),
                campaign: None,
                message: self.target.as_ref().map(in_play),
            },
            sends: &sends,
        };
        let definition = Definition {
            kinds: &self.kinds,
            functional_link: self.functional,
            start: self.start,
            started_by: &self.started_by,
            end: self.end,
            exit: self.exit,
            late_grace: self.grace,
        };
        evaluate(&definition, &known, rows.into_iter().map(Unjudged::new), as_of, now)
    }
}
