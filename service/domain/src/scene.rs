//! What tests of the rules are told with: somebody with a history, and a scene in which something
//! they did is judged. Everything has an ordinary value; a test says only what matters to it.

use crate::answer::Answer;
use crate::context::{Context, MessageInPlay};
use crate::evidence::{Basis, Controller, Evidence, Source, SourceKind};
use crate::history::History;
use crate::id::{CampaignId, MessageId, NoticeId, PolicyId, ProfileId, RecordId, TableId, WebsiteId};
use crate::interaction::{Interaction, InteractionKind};
use crate::message::{Channel, Message, MessageClass, SendingBasis, Statement};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::opt_in::OptInTexts;
use crate::policy::{Applicable, Policy};
use crate::record::{AnswerGiven, Body, Country, FactsChanged, GrantExpired, NoticeGiven, Record};
use crate::removal::Turn;
use crate::scope::{Coverage, Scope, ScopeSet};
use crate::time::{Day, Instant, Zone};
use crate::verdict::{
    Case, Judged, Life, Person, Unjudged, Use, Verdict, is_erased_around, judge, judge_device,
};
use crate::{campaign::Campaign, ceiling::Ceiling, ceiling::Ceilings, website::Website};

/// `2026-07-14 23:59:59.999999` on the clocks of `zone`.
pub(crate) fn clock(zone: &str, text: &str) -> Instant {
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    let zoned = civil.to_zoned(jiff::tz::TimeZone::get(zone).unwrap()).unwrap();
    Instant::from_micros(zoned.timestamp().as_microsecond()).unwrap()
}

pub(crate) fn paris(text: &str) -> Instant {
    clock("Europe/Paris", text)
}

pub(crate) fn rome(text: &str) -> Instant {
    clock("Europe/Rome", text)
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn policy_id(id: &str) -> PolicyId {
    PolicyId::new(id).unwrap()
}

pub(crate) fn policy(id: &str) -> Policy {
    Policy::built_in(&policy_id(id)).unwrap()
}

/// One scope of tracking.
pub(crate) fn only(scope: Scope) -> Coverage {
    Coverage::scopes(ScopeSet::NONE.with(scope)).unwrap()
}

/// A full proof, as every policy demands it.
pub(crate) fn proof() -> Evidence {
    Evidence {
        method: Some("checkbox".into()),
        source: Some(Source {
            kind: SourceKind::Form,
            name: Some("signup".into()),
            version: Some("3".into()),
        }),
        notice: Some(NoticeId([7; 32])),
        language: Some("fr".into()),
        actor: Some("person".into()),
        controller: Some(Controller { name: "A".into(), address: "B".into(), contact: "C".into() }),
        proof_reference: None,
    }
}

/// A complete notice, on tracking, recorded by a call.
pub(crate) fn notice() -> NoticeGiven {
    NoticeGiven {
        coverage: Coverage::TRACKING,
        notified_at: None,
        text: Some(NoticeId([9; 32])),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(true),
        justification: None,
        proof_reference: None,
        source: None,
        sent_message: None,
    }
}

/// Somebody, and what is on record about them.
#[derive(Clone, Default)]
pub(crate) struct Someone(Vec<Record>);

impl std::fmt::Debug for Someone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let history = self.history();
        let answers = crate::scope::Series::ALL.map(|series| history.answers(series).clone());
        write!(f, "{} records: {answers:?}", self.0.len())
    }
}

impl Someone {
    /// Nobody told, asked or answered; the day of collection is unknown.
    pub(crate) fn unknown() -> Self {
        Self::default()
    }

    /// Nobody told, asked or answered; collected that day.
    pub(crate) fn collected(on: &str) -> Self {
        let source = Source { kind: SourceKind::Api, name: None, version: None };
        let facts = FactsChanged { collected_on: Some(day(on)), jurisdiction: None, source };
        Self::default().record(Instant::MIN, Body::Facts(facts))
    }

    pub(crate) fn record(mut self, recorded_at: Instant, body: Body) -> Self {
        let place = self.0.len();
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(place as u64).to_be_bytes());
        self.0.push(Record {
            id: RecordId(id),
            table: TableId::new("people").unwrap(),
            profile: ProfileId::new("somebody").unwrap(),
            profile_version: place as u64 + 1,
            recorded_at,
            origin: None,
            policies: Vec::new(),
            body,
        });
        self
    }

    /// An answer of that ground and evidence, decided and recorded at `at`.
    pub(crate) fn answer(
        self,
        answer: Answer,
        coverage: Coverage,
        basis: Option<Basis>,
        evidence: Evidence,
        at: Instant,
    ) -> Self {
        let coverage = if answer == Answer::Grant { coverage.as_of_today() } else { coverage };
        self.record(at, Body::Answer(AnswerGiven { answer, coverage, decided_at: Some(at), basis, evidence }))
    }

    /// A direct answer; a grant is explicit and fully proven.
    pub(crate) fn says(self, answer: Answer, coverage: Coverage, at: Instant) -> Self {
        self.answer(answer, coverage, (answer == Answer::Grant).then_some(Basis::Explicit), proof(), at)
    }

    pub(crate) fn grants(self, at: Instant) -> Self {
        self.says(Answer::Grant, Coverage::TRACKING, at)
    }

    pub(crate) fn withdraws(self, at: Instant) -> Self {
        self.says(Answer::Withdraw, Coverage::TRACKING, at)
    }

    /// The bulk TRUE of Actito 3: no act of the person.
    pub(crate) fn assumed(self, coverage: Coverage, at: Instant) -> Self {
        self.answer(Answer::Grant, coverage, Some(Basis::Assumed), Evidence::default(), at)
    }

    /// A notice recorded at `at`, dated so unless it says when.
    pub(crate) fn told(self, notice: NoticeGiven, at: Instant) -> Self {
        let notified_at = notice.notified_at.or(Some(at));
        self.record(at, Body::Notice(NoticeGiven { notified_at, ..notice }))
    }

    /// The sweep's record that a grant ran out.
    pub(crate) fn expires(self, at: Instant) -> Self {
        let coverage = Coverage::TRACKING;
        self.record(at, Body::Expiry(GrantExpired { coverage, grant: RecordId([0; 16]), expired_at: at }))
    }

    pub(crate) fn history(&self) -> History {
        History::of(&self.0)
    }
}

/// Mail that went out with everything on.
pub(crate) const IDENTIFIED: Sent =
    Sent { pixel: Some(PixelMode::Identified), links: Some(LinkMode::Tracked) };

/// Mail that went out with that pixel and tracked links.
pub(crate) fn pixel(mode: PixelMode) -> Sent {
    Sent { pixel: Some(mode), links: Some(LinkMode::Tracked) }
}

pub(crate) fn message(class: MessageClass, basis: SendingBasis) -> Message {
    Message {
        id: MessageId::new("m").unwrap(),
        channel: Channel::Email,
        campaign: None,
        website: None,
        class,
        basis,
        ceiling: Ceiling::Default,
        functional_links: Vec::new(),
        statement: Statement::default(),
    }
}

pub(crate) fn campaign(ceiling: Ceiling) -> Campaign {
    Campaign {
        id: CampaignId::new("c").unwrap(),
        website: None,
        ceiling,
        opt_in_texts: OptInTexts::default(),
    }
}

pub(crate) fn website(code: &str, ceilings: Ceilings) -> Website {
    let id = WebsiteId::new("w").unwrap();
    Website { id, country: Country::new(code), ceilings, opt_in_texts: OptInTexts::default() }
}

/// A context that holds a message alone.
pub(crate) fn of(message: &Message) -> Context<'_> {
    let message = Some(MessageInPlay { message, website: None, campaign: None });
    Context { message, ..Context::default() }
}

/// Something that happened, on its way to a verdict.
#[derive(Clone)]
pub(crate) struct Scene<'a> {
    pub(crate) asked_for: Use,
    pub(crate) interaction: Interaction,
    pub(crate) context: Context<'a>,
    pub(crate) sent: Sent,
    pub(crate) history: Option<History>,
    pub(crate) life: Life,
    pub(crate) policies: Applicable<'a>,
    pub(crate) now: Instant,
}

impl<'a> Scene<'a> {
    /// A human email open of an undeclared message, recorded on arrival at the same instant.
    pub(crate) fn open(someone: &Someone, policy: &'a Policy, at: Instant) -> Self {
        Self::of(InteractionKind::EmailOpen, someone, policy, at)
    }

    /// The same of another kind.
    pub(crate) fn of(kind: InteractionKind, someone: &Someone, policy: &'a Policy, at: Instant) -> Self {
        Self {
            asked_for: Use::Record,
            interaction: Interaction { kind, occurred_at: at, functional: false, automated: false },
            context: Context::default(),
            sent: IDENTIFIED,
            history: Some(someone.history()),
            life: Life::NeverErased,
            policies: Applicable::of(policy),
            now: at,
        }
    }

    pub(crate) fn arriving(mut self, now: Instant) -> Self {
        self.now = now;
        self
    }

    pub(crate) fn to(mut self, asked_for: Use) -> Self {
        self.asked_for = asked_for;
        self
    }

    pub(crate) fn about(mut self, context: Context<'a>) -> Self {
        self.context = context;
        self
    }

    pub(crate) fn sent_with(mut self, sent: Sent) -> Self {
        self.sent = sent;
        self
    }

    pub(crate) fn also(mut self, policy: &'a Policy) -> Self {
        self.policies = self.policies.and(policy);
        self
    }

    pub(crate) fn living(mut self, life: Life) -> Self {
        self.life = life;
        self
    }

    pub(crate) fn naming_nobody(mut self) -> Self {
        self.history = None;
        self
    }

    pub(crate) fn automated(mut self) -> Self {
        self.interaction.automated = true;
        self
    }

    pub(crate) fn functional(mut self) -> Self {
        self.interaction.functional = true;
        self
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.judged().verdict().clone()
    }

    pub(crate) fn judged(&self) -> Judged<Interaction> {
        self.within(|case| judge(Unjudged::new(self.interaction), case))
    }

    /// Whether the person's last device may be read, if it was seen when the interaction occurred.
    pub(crate) fn shows_the_device(&self) -> bool {
        let seen_at = self.interaction.occurred_at;
        self.within(|case| judge_device(Unjudged::new(()), |()| seen_at, case)).is_some()
    }

    /// Whether one of these turns takes it because a policy of the scene erases.
    pub(crate) fn is_erased_around(&self, turns: &[Turn]) -> bool {
        self.within(|case| is_erased_around(&Unjudged::new(self.interaction), turns, |_| *case))
    }

    fn within<T>(&self, asked: impl FnOnce(&Case<'_>) -> T) -> T {
        let person = self.history.as_ref().map(|history| Person { life: self.life, history });
        asked(&Case {
            asked_for: self.asked_for,
            context: self.context,
            sent: self.sent,
            person,
            policies: self.policies,
            table_zone: &Zone::utc(),
            now: self.now,
        })
    }

    /// Disposition and reason, as told: `RECORD PERMITTED_GRANTED`.
    pub(crate) fn told(&self) -> String {
        let verdict = self.verdict();
        format!("{} {}", verdict.disposition.name(), verdict.reason.name())
    }

    pub(crate) fn recorded(&self) -> bool {
        self.told().starts_with("RECORD")
    }
}
