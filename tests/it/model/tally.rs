//! What a deed leaves beside its row when it arrives: its campaign's figures, and the day of a last open.
//!
//! Where the rules do not say which of several days it is, each that they allow is kept.

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::v1::{Answer, Channel, Disposition, InteractionKind, Outcome, State};
use jiff::civil::Date;

use super::judge::{Fate, Model, Row, series};
use super::policy::{self, IT, STRICT};
use super::record::{self, MARKETING, Upserted};
use super::story::{Deed, Event, Item, Micros, PEOPLE, What};

const OPENS: usize = series(InteractionKind::EmailOpen);

/// The kinds that rates are told of.
const RATES: [InteractionKind; 3] =
    [InteractionKind::EmailOpen, InteractionKind::EmailClick, InteractionKind::SmsClick];

/// The figures of a campaign; kinds stand in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) sends: u64,
    pub(super) trackable: [u64; RATES.len()],
    pub(super) human: [u64; 5],
    pub(super) automated: [u64; RATES.len()],
    pub(super) revenue: i64,
}

/// The figures of each campaign, and the days that may be each person's.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    figures: BTreeMap<usize, Figures>,
    days: [BTreeSet<Option<Date>>; PEOPLE],
}

/// What a goal is worth, in cents.
pub(super) fn worth(deed: &Deed) -> i64 {
    7 + i64::from(deed.id)
}

impl Model {
    pub(super) fn figures(&self, campaign: usize) -> Figures {
        self.beside.figures.get(&campaign).cloned().unwrap_or_default()
    }

    /// The days that may be told of a person; `None`: no day.
    pub(super) fn days(&self, who: usize) -> BTreeSet<Option<Date>> {
        let days = &self.beside.days[who];
        if days.is_empty() { BTreeSet::from([None]) } else { days.clone() }
    }

    pub(super) fn forget_day(&mut self, who: usize) {
        self.beside.days[who].clear();
    }

    /// Counts a new row, of a send with whom it could have shown.
    pub(super) fn count(&mut self, deed: &Deed, now: Micros) {
        let trackable = RATES.map(|kind| self.trackable(deed, kind, now));
        let Some(figures) = self.figures_of(deed) else { return };
        if deed.what.kind() == InteractionKind::Send {
            figures.sends += 1;
            for (count, trackable) in figures.trackable.iter_mut().zip(trackable) {
                *count += u64::from(trackable);
            }
        } else if !deed.automated {
            figures.human(deed);
        } else if let Some(count) = figures.automated.get_mut(series(deed.what.kind()) - 1) {
            *count += 1;
        }
    }

    /// A machine's row became a person's. A send counts the same, whoever sent it.
    pub(super) fn overruled(&mut self, deed: &Deed) {
        if deed.what.kind() == InteractionKind::Send {
            return;
        }
        let Some(figures) = self.figures_of(deed) else { return };
        if let Some(count) = figures.automated.get_mut(series(deed.what.kind()) - 1) {
            *count -= 1;
        }
        figures.human(deed);
    }

    /// It belongs to the campaign that it names, else to the one of its message.
    fn figures_of(&mut self, deed: &Deed) -> Option<&mut Figures> {
        let of_message = || self.world.messages.get(deed.what.message()?)?.campaign;
        let campaign = deed.campaign.or_else(of_message)?;
        Some(self.beside.figures.entry(campaign).or_default())
    }

    /// Whether something that came back now of a send would be recorded.
    fn trackable(&self, send: &Deed, kind: InteractionKind, now: Micros) -> bool {
        let What::Send { message, .. } = send.what else { return false };
        let declared = self.world.messages.get(message);
        let sms = declared.is_some_and(|message| message.channel == Channel::Sms);
        let what = match kind {
            InteractionKind::EmailOpen if !sms => What::Open { message },
            InteractionKind::EmailClick if !sms => What::Click { message, link: None, site: None },
            InteractionKind::SmsClick if sms => What::Sms { message, link: None, site: None },
            _ => return false,
        };
        let mut alone = self.clone();
        alone.rows = vec![Row { deed: Deed { at: now, ..send.clone() }, automated: false }];
        let back = Deed { at: now, what, ..send.clone() };
        alone.judge(&back, now).disposition == Disposition::Recorded
    }

    /// The day that an open leaves, which was recorded or exempted.
    pub(super) fn leave_day(&mut self, deed: &Deed, fate: &Fate, now: Micros) {
        let Some(who) = deed.who else { return };
        let policies = self.policies_of(deed);
        let goes_on = policies.iter().all(|policy| self.goes_on(who, now, policy));
        if deed.what.kind() != InteractionKind::EmailOpen || deed.automated || !goes_on {
            return;
        }
        // The zone is that of the policy that decided: of any that may be named.
        let zone = |policy: &str| policy::zone(policy).unwrap_or(self.world.zone);
        let left = fate.named.iter().map(|(_, policy)| Some(policy::day(deed.at, zone(policy))));
        let left: Vec<Option<Date>> = left.collect();
        let before = self.days(who);
        let after = before.iter().flat_map(|day| left.iter().map(move |left| *day.max(left)));
        self.beside.days[who] = after.collect();
    }

    /// Takes one item, or refuses it.
    pub(super) fn upsert(&mut self, item: &Item, alone: bool, now: Micros) -> Option<Upserted> {
        let told = self.records.upsert(item, now)?;
        let alike = told.series.iter().any(|(_, outcome)| *outcome == Some(Outcome::Unchanged));
        if told.unheld.is_none() {
            self.take_day(item, alone && !alike, now);
        }
        Some(told)
    }

    /// What an item takes of somebody's day. `alone`: it is new, and no other item of its batch is about that
    /// person, so that it is sure whether and at which state it is looked.
    fn take_day(&mut self, item: &Item, alone: bool, now: Micros) {
        let Some(event @ Event::Answer(said)) = &item.event else { return };
        let effective = record::effective(event, now);
        if said.answer == Answer::Grant {
            return;
        }
        for of in [MARKETING, OPENS] {
            if said.series >> of & 1 == 0 {
                continue;
            }
            let policies = self.records.policies(Some(item.who), &[]);
            let taking: Vec<&str> =
                policies.into_iter().filter(|policy| matches!(*policy, IT | STRICT)).collect();
            let state = self.records.standing(item.who, of, now).0;
            let denies = matches!(state, State::Refused | State::Withdrawn | State::Objected);
            let whole = denies && (of == MARKETING || state == State::Objected || !taking.is_empty());
            // Somebody else's words stand: only a day before goes, and only where the policy says so.
            let zone = |policy: &str| policy::zone(policy).unwrap_or(self.world.zone);
            let ends: Vec<Date> = if denies {
                Vec::new()
            } else {
                taking.iter().map(|policy| policy::day(effective, zone(policy))).collect()
            };
            let mut after = BTreeSet::new();
            for day in self.days(item.who) {
                let earlier = ends.iter().filter(|end| day.is_some_and(|day| day < **end)).count();
                let goes = whole || earlier > 0;
                let sure = alone && (whole || earlier == ends.len() || earlier == 0);
                if goes || !alone {
                    after.insert(None);
                }
                if !goes || !sure {
                    after.insert(day);
                }
            }
            self.beside.days[item.who] = after;
        }
    }
}

impl Figures {
    fn human(&mut self, deed: &Deed) {
        self.human[series(deed.what.kind()) - 1] += 1;
        if matches!(deed.what, What::Goal { .. }) {
            self.revenue += worth(deed);
        }
    }
}
