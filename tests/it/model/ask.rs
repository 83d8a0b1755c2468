//! Whether somebody may be asked, or asked again: six months after a no, or after a request that nobody answered.

use assent_proto::v1::{Answer, AskReason, Basis, State};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use super::judge::Model;
use super::policy;
use super::story::{Event, Micros};

/// Whether, from when on, and why: of several policies any that says the same may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) askable: bool,
    pub(super) from: Option<Micros>,
    pub(super) reasons: Vec<AskReason>,
}

/// What one policy finds.
struct Found {
    /// `None`: there is nothing to ask, or never.
    askable: Option<bool>,
    from: Option<Micros>,
    reason: AskReason,
}

impl Model {
    pub(super) fn askable(&self, who: usize, series: usize, now: Micros) -> Asked {
        let never = |reason| Asked { askable: false, from: None, reasons: vec![reason] };
        if self.records.lives[who].is_over(now) {
            return never(AskReason::ProfileErased);
        }
        let policies = self.records.policies(Some(who), &[]);
        let found: Vec<Found> = policies.iter().map(|policy| self.ask(who, series, policy, now)).collect();
        if found.iter().any(|one| one.reason == AskReason::Objected) {
            return never(AskReason::Objected);
        }
        for askable in [false, true] {
            let alike = || found.iter().filter(|one| one.askable == Some(askable));
            if let Some(from) = alike().map(|one| one.from).max() {
                let reasons = alike().filter(|one| one.from == from).map(|one| one.reason).collect();
                return Asked { askable, from, reasons };
            }
        }
        never(AskReason::Granted)
    }

    fn ask(&self, who: usize, series: usize, policy: &str, now: Micros) -> Found {
        let look = self.look(who, series, policy, now, true);
        let reason = match look.state {
            State::Granted => AskReason::Granted,
            State::Objected => AskReason::Objected,
            State::Refused => AskReason::Refused,
            State::Withdrawn => AskReason::Withdrawn,
            State::Expired => AskReason::Expired,
            State::Unknown | State::Informed | State::Unspecified if look.unproven => {
                AskReason::GrantUnproven
            }
            State::Informed => AskReason::Informed,
            State::Unknown | State::Unspecified => AskReason::Unknown,
        };
        if matches!(reason, AskReason::Granted | AskReason::Objected) {
            return Found { askable: None, from: None, reason };
        }
        let mut waits = Vec::new();
        if let Some(at) = self.unanswered(who, series, now) {
            waits.push((self.six_months_after(at, policy), AskReason::Requested));
        }
        if matches!(reason, AskReason::Refused | AskReason::Withdrawn) {
            let (run, _) = self.proven_run(who, series, policy, now);
            let said = run.into_iter().flatten().map(|(record, _)| record.effective).max();
            waits.push((self.six_months_after(said.expect("an answer"), policy), reason));
        }
        // On a tie what the person said, which stands last.
        match waits.into_iter().max_by_key(|(ends, _)| *ends) {
            Some((ends, reason)) => Found { askable: Some(ends <= now), from: Some(ends), reason },
            None => Found { askable: Some(true), from: None, reason },
        }
    }

    /// The latest request that no word of the person's followed.
    fn unanswered(&self, who: usize, series: usize, now: Micros) -> Option<Micros> {
        let met = || self.records.of(who, series).filter(|record| record.effective <= now);
        let requests = met().filter(|record| matches!(record.event, Event::Request { .. }));
        let asked = requests.map(|record| record.effective).max()?;
        let answered = met().any(|record| match &record.event {
            Event::Answer(said) => {
                record.effective >= asked && !(said.answer == Answer::Grant && said.basis == Basis::Assumed)
            }
            _ => false,
        });
        (!answered).then_some(asked)
    }

    /// The first instant of the day after the one that is six months later, by the policy's days.
    fn six_months_after(&self, at: Micros, policy: &str) -> Micros {
        let zone = policy::zone(policy).unwrap_or(self.world.zone);
        let day = policy::day(at, zone).checked_add(6.months()).expect("a day");
        let next = day.tomorrow().expect("a day");
        let zone = TimeZone::get(zone).expect("a zone");
        next.to_zoned(zone).expect("a midnight").timestamp().as_microsecond()
    }
}
