//! Makes stories by chance. Instants come near what was there before and near the legal dates, so that ties and
//! boundaries are met often; in a batch of deeds the sends stand first.

mod plan;
mod time;
mod ways;

use assent_proto::v1::{
    Answer, Basis, Ceiling, Channel, InteractionKind, LinkMode, MessageClass, PixelMode, SendingBasis,
    SourceKind,
};

use super::policy;
use super::says::says;
use super::story::*;
use crate::faults::chance::Chance;

/// Midnight UTC of 14 April 2026; the policies' first days begin about then and 15 days later.
const APRIL: Micros = 1_776_124_800 * SECOND;

/// The days on which stories begin: about each legal date, and the harness's own.
fn beginnings() -> Vec<Micros> {
    let mut all: Vec<Micros> =
        policy::turns().into_iter().flat_map(|turn| [turn - DAY, turn - HOUR]).collect();
    all.extend([APRIL + 20 * DAY, assent_tests::app::START]);
    all
}

pub(super) struct Teller {
    chance: Chance,
    now: Micros,
    /// Instants that something happened at.
    met: Vec<Micros>,
    said: Vec<Item>,
    done: Vec<Deed>,
    erased: [bool; PEOPLE],
    world: World,
}

/// A story of the length that is asked for.
pub(super) fn tell(seed: u64, length: usize) -> Story {
    let mut chance = Chance::seeded(seed);
    let world = world(&mut chance);
    let all = beginnings();
    let now = all[below(&mut chance, all.len())];
    let (met, said, done) = (vec![now], Vec::new(), Vec::new());
    let mut teller = Teller { chance, now, met, said, done, erased: [false; PEOPLE], world };
    let mut steps = vec![Step::Now(now), teller.say()];
    steps.extend((0..length).map(|_| teller.step()));
    Story { world: teller.world, steps }
}

fn below(chance: &mut Chance, end: usize) -> usize {
    usize::try_from(chance.below(end as u64)).expect("a small number")
}

pub(super) fn pick<T: Copy>(chance: &mut Chance, all: &[T]) -> T {
    all[below(chance, all.len())]
}

fn ceiling(chance: &mut Chance) -> Ceiling {
    let some = [Ceiling::Consented, Ceiling::Anonymous, Ceiling::Never];
    if chance.below(8) == 0 { pick(chance, &some) } else { Ceiling::Default }
}

fn world(chance: &mut Chance) -> World {
    let policies = [Some("legacy"), Some("fr-cnil-2026"), Some("it-garante-2026"), Some("strict"), None];
    let classes = [
        MessageClass::Marketing,
        MessageClass::Marketing,
        MessageClass::Marketing,
        MessageClass::Transactional,
        MessageClass::ConsentRequest,
        MessageClass::Notice,
    ];
    let bases = [SendingBasis::Consent, SendingBasis::SoftOptIn, SendingBasis::RequestedService];
    let site = |chance: &mut Chance| Site {
        country: pick(chance, &[None, None, None, Some("FR"), Some("IT"), Some("DE"), Some("US")]),
        ceilings: std::array::from_fn(|_| ceiling(chance)),
    };
    let some = |chance: &mut Chance| pick(chance, &[None, None, Some(0), Some(1)]);
    World {
        policy: pick(chance, &policies),
        zone: pick(chance, &["Europe/Brussels", "UTC", "Pacific/Auckland"]),
        expires: pick(chance, &[None, None, Some(3 * DAY), Some(23 * DAY)]),
        sites: vec![site(chance), site(chance)],
        campaigns: (0..2)
            .map(|_| Campaign { site: pick(chance, &[None, Some(0), Some(1)]), ceiling: ceiling(chance) })
            .collect(),
        messages: (0..3)
            .map(|number| {
                let class = pick(chance, &classes);
                Message {
                    channel: pick(chance, &[Channel::Email, Channel::Email, Channel::Sms]),
                    class,
                    basis: pick(chance, &bases),
                    campaign: some(chance),
                    site: some(chance),
                    ceiling: ceiling(chance),
                    functional: chance.below(2) == 0,
                    says: says(chance, class, number),
                }
            })
            .collect(),
    }
}

impl Teller {
    fn odds(&mut self, one_in: u64) -> bool {
        self.chance.below(one_in) == 0
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        pick(&mut self.chance, all)
    }

    fn below(&mut self, end: usize) -> usize {
        below(&mut self.chance, end)
    }

    /// An instant that is not after now: one that was met, or near it, or some time ago.
    fn past(&mut self) -> Micros {
        let met = self.met.clone();
        let at = match self.below(4) {
            0 => self.now,
            1 => self.pick(&met) + self.pick(&[-1, 0, 0, 1]),
            2 => self.pick(&policy::turns()) + self.pick(&[-1, 0, 1]),
            _ => self.now - self.pick(&[1, SECOND, MINUTE, HOUR, DAY, 10 * DAY, 60 * DAY]),
        };
        let at = at.min(self.now);
        self.met.push(at);
        at
    }

    fn step(&mut self) -> Step {
        if self.odds(30) {
            return self.erase();
        }
        if self.odds(8) {
            return self.plan();
        }
        if self.odds(10) {
            return self.elapse();
        }
        if self.odds(8) {
            return self.by_another_way();
        }
        match self.below(13) {
            0 | 1 => {
                let by = self.pick(&[1, SECOND, 10 * MINUTE, HOUR, HOUR, DAY]);
                self.now += by;
                self.met.push(self.now);
                Step::Now(self.now)
            }
            2..=4 => self.say(),
            5..=7 => {
                let count = 1 + self.below(5);
                let mut deeds: Vec<Deed> = (0..count).map(|_| self.deed()).collect();
                deeds.sort_by_key(|deed| deed.what.kind() != InteractionKind::Send);
                Step::Do(deeds)
            }
            8 if self.odds(3) => {
                let ceilings = std::array::from_fn(|_| ceiling(&mut self.chance));
                Step::Bound(self.below(2), ceilings)
            }
            8 | 9 => {
                let as_of = self.odds(2).then(|| self.past());
                let known_at = self.odds(4).then(|| self.past());
                Step::Ask { as_of, known_at }
            }
            _ => {
                let count = 1 + self.below(4);
                let blocks = (0..count).map(|_| self.block()).collect();
                Step::Await { blocks, as_of: self.odds(3).then(|| self.past()) }
            }
        }
    }

    fn say(&mut self) -> Step {
        if self.odds(3) {
            return self.turned();
        }
        let count = 1 + self.below(3);
        let items = (0..count).map(|_| {
            let item = self.item();
            self.spoken_of(item)
        });
        Step::Say(items.collect())
    }

    /// Somebody's yes, no and yes again, in this order of effect or another.
    fn turned(&mut self) -> Step {
        let who = self.below(PEOPLE);
        let mut times = [self.past(), self.past(), self.past()];
        if !self.odds(4) {
            times.sort_unstable();
        }
        let no = self.pick(&[Answer::Refuse, Answer::Withdraw, Answer::Object]);
        let answers = [Answer::Grant, no, Answer::Grant].into_iter().zip(times);
        let items = answers.map(|(answer, at)| {
            let basis = if answer == Answer::Grant { Basis::Explicit } else { Basis::Unspecified };
            let source = Source { kind: SourceKind::Import, name: true, version: Some("1") };
            let said = Said {
                answer,
                series: 0b111_1110,
                at: Some(at),
                basis,
                method: Some("checkbox"),
                source: Some(source),
                text: true,
                language: true,
                actor: true,
                proof: true,
            };
            Item { who, collected: None, jurisdiction: None, event: Some(Event::Answer(said)) }
        });
        Step::Say(items.collect())
    }

    fn item(&mut self) -> Item {
        if !self.said.is_empty() && self.odds(6) {
            let again = self.below(self.said.len());
            return self.said[again].clone();
        }
        let days = [(2026, 4, 13), (2026, 4, 14), (2026, 4, 28), (2026, 4, 29), (2025, 1, 1)];
        let countries = ["FR", "IT", "DE", "US"];
        let event = match self.below(8) {
            0 => None,
            1 | 2 => Some(Event::Notice(self.notice())),
            3 if self.odds(2) => {
                Some(Event::Request { series: self.series() | 2, at: self.past(), sent: None, source: None })
            }
            _ => Some(Event::Answer(self.answer())),
        };
        let facts = event.is_none();
        let item = Item {
            who: self.below(PEOPLE),
            collected: (facts || self.odds(4)).then(|| self.pick(&days)),
            jurisdiction: self.odds(8).then(|| self.pick(&countries)),
            event,
        };
        self.said.push(item.clone());
        item
    }

    /// Some series, never none.
    fn series(&mut self) -> u8 {
        match self.below(6) {
            0 => 1,
            1 => 0b111_1111,
            2 | 3 => 0b111_1110,
            4 => 0b10,
            _ => u8::try_from(self.chance.below(64)).expect("six bits") << 1 | 0b10,
        }
    }

    fn source(&mut self, import: bool) -> Source {
        let kind = if import { SourceKind::Import } else { self.pick(&[SourceKind::Form, SourceKind::Api]) };
        Source { kind, name: !self.odds(8), version: (!self.odds(8)).then(|| self.pick(&["1", "2"])) }
    }

    fn answer(&mut self) -> Said {
        let answers = [Answer::Grant, Answer::Grant, Answer::Refuse, Answer::Withdraw, Answer::Object];
        let answer = self.pick(&answers);
        let import = self.odds(3);
        let grant = answer == Answer::Grant;
        let bases = [Basis::Explicit, Basis::Explicit, Basis::Explicit, Basis::Imported, Basis::Assumed];
        let at = if self.odds(20) {
            self.now + self.pick(&[1, 5 * MINUTE, 5 * MINUTE + 1, HOUR])
        } else {
            self.past()
        };
        let full = self.odds(2);
        let mut has = || full || !self.odds(4);
        let (text, language, actor, method) = (has(), has(), has(), has());
        Said {
            answer,
            series: self.series(),
            at: (grant || import || self.odds(2)).then_some(at),
            basis: if grant { self.pick(&bases) } else { Basis::Unspecified },
            method: method.then(|| if self.odds(20) { "implied" } else { "checkbox" }),
            source: (full || import || !self.odds(4)).then(|| {
                let source = self.source(import);
                if full { Source { name: true, version: Some("1"), ..source } } else { source }
            }),
            text,
            language,
            actor,
            proof: import || self.odds(4),
        }
    }

    fn notice(&mut self) -> Told {
        let import = self.odds(3);
        Told {
            series: self.series() & !1 | 2,
            at: self.past(),
            text: !self.odds(6),
            unchanged: if self.odds(6) { self.pick(&[None, Some(false)]) } else { Some(true) },
            withdrawal: self.pick(&[None, Some(true), Some(true), Some(false)]),
            justification: self.odds(2),
            proof: import && !self.odds(4),
            source: (import || self.odds(2)).then(|| self.source(import)),
            sent: None,
        }
    }

    fn deed(&mut self) -> Deed {
        if !self.done.is_empty() && self.odds(5) {
            let again = self.below(self.done.len());
            let mut again = self.done[again].clone();
            match self.below(8) {
                0 => again.automated = !again.automated,
                1 if again.who.is_some() => again.who = Some(self.below(PEOPLE)),
                2 => again.at -= 1,
                _ => {}
            }
            return again;
        }
        let id = u32::try_from(self.done.len()).expect("a short story");
        let message = self.below(4);
        let site = |teller: &mut Self| teller.odds(4).then(|| teller.below(3));
        let link = |teller: &mut Self| teller.pick(&[None, Some("offer"), Some("offer"), Some(UNSUBSCRIBE)]);
        let mut at =
            if self.odds(30) { self.now + self.pick(&[1, 5 * MINUTE, 5 * MINUTE + 1]) } else { self.past() };
        let what = match self.below(8) {
            0 | 1 => What::Open { message },
            2 => What::Click { message, link: link(self), site: site(self) },
            3 => What::Sms { message, link: link(self), site: site(self) },
            4 => What::Visit { site: self.below(3), message: self.odds(3).then_some(message) },
            5 => {
                What::Goal { goal: self.below(2), site: site(self), message: self.odds(3).then_some(message) }
            }
            _ => self.send(message),
        };
        let send = matches!(what, What::Send { .. });
        if send {
            at = self.unsent(at);
        }
        let who = (send || !self.odds(20)).then(|| self.below(PEOPLE));
        let campaign = (!send && self.odds(6)).then(|| self.below(3));
        let deed = Deed { id, at, who, what, campaign, automated: !send && self.odds(6) };
        self.met.push(at);
        self.done.push(deed.clone());
        deed
    }

    fn block(&mut self) -> Block {
        let target = match self.below(6) {
            0..=2 => Target::Message(self.below(4)),
            3 => Target::Campaign(self.below(3)),
            4 => Target::Site(self.below(3)),
            _ => Target::Goal(self.below(2)),
        };
        let all = [
            InteractionKind::EmailOpen,
            InteractionKind::EmailClick,
            InteractionKind::SmsClick,
            InteractionKind::WebsiteVisit,
            InteractionKind::TransactionGoal,
        ];
        let mut kinds = vec![self.pick(&all)];
        if self.odds(3) {
            let other = self.pick(&all);
            if !kinds.contains(&other) {
                kinds.push(other);
            }
        }
        let click =
            kinds.iter().any(|kind| matches!(kind, InteractionKind::EmailClick | InteractionKind::SmsClick));
        let link = (click && matches!(target, Target::Message(_)) && self.odds(2))
            .then(|| self.pick(&["offer", UNSUBSCRIBE]));
        let from = self.past();
        let start = if self.odds(2) {
            Start::At(from)
        } else {
            Start::FromSend { message: self.below(4), entered: from }
        };
        let end = if self.odds(2) {
            End::At(self.pick(&[
                from,
                from + 1,
                self.now,
                self.now + 1,
                self.now - 10 * MINUTE,
                self.now + DAY,
            ]))
        } else {
            End::After(self.pick(&[1, MINUTE, HOUR, DAY, 30 * DAY]))
        };
        let grace = self.pick(&[None, Some(0), Some(HOUR)]);
        Block { who: self.below(PEOPLE), target, kinds, link, start, end, immediate: self.odds(2), grace }
    }
}
