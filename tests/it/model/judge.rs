//! What may be recorded and what may be read: the nine lines of the domain, one after another.
//!
//! What the law exempts stands in `exempt.rs`.

use std::collections::BTreeMap;

use assent_proto::v1::{
    Answer, Ceiling, Channel, Disposition, InteractionKind, LinkMode, MessageClass, PixelMode, State,
    VerdictReason,
};

use super::policy;
use super::record::{Records, Run, state};
use super::story::{Ceilings, Deed, Event, MINUTE, Micros, Told, UNSUBSCRIBE, What, World};
use super::tally::Beside;

/// All that a model knows: what was declared, said and recorded.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) world: World,
    pub(super) records: Records,
    pub(super) rows: Vec<Row>,
    /// What was counted without naming anybody, and when, where that is known.
    pub(super) counted: BTreeMap<(u32, Micros), Option<Micros>>,
    pub(super) beside: Beside,
}

/// A recorded interaction.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) deed: Deed,
    pub(super) automated: bool,
}

/// What a deed came to, with the reason and the policy to name. Which of several policies wrote least turns on what each
/// exempts and keeps beside the row: any of those that do not record may be named, with its own reason. `Unspecified` stands for
/// exempt or a duplicate, which nobody can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) disposition: Disposition,
    pub(super) named: Vec<(VerdictReason, &'static str)>,
}

/// What stands in the way of a deed before consent is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Nothing,
    Consented,
    LastOpenOnly,
    Anonymous,
    Never,
}

/// What one policy finds of one series at one instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) permits: bool,
    pub(super) state: State,
    pub(super) unproven: bool,
}

/// The series that a kind belongs to: they are numbered alike.
pub(super) const fn series(kind: InteractionKind) -> usize {
    match kind {
        InteractionKind::EmailOpen => 1,
        InteractionKind::EmailClick => 2,
        InteractionKind::SmsClick => 3,
        InteractionKind::WebsiteVisit => 4,
        InteractionKind::TransactionGoal => 5,
        InteractionKind::Send | InteractionKind::Unspecified => panic!("a send is nobody's behaviour"),
    }
}

impl Model {
    pub(super) fn new(world: World) -> Self {
        let records = Records::new(world.policy, world.expires);
        Self { world, records, rows: Vec::new(), counted: BTreeMap::new(), beside: Beside::default() }
    }

    pub(super) fn bound_site(&mut self, site: usize, ceilings: Ceilings) {
        self.world.sites[site].ceilings = ceilings;
    }

    /// Takes a batch. The sends stand first in it. An error is nothing.
    pub(super) fn record(&mut self, deeds: &[Deed], now: Micros) -> Vec<Option<Fate>> {
        deeds.iter().map(|deed| self.record_one(deed, now)).collect()
    }

    fn record_one(&mut self, deed: &Deed, now: Micros) -> Option<Fate> {
        if deed.at > now + 5 * MINUTE {
            return None;
        }
        let mut fate = self.judge(deed, now);
        if fate.disposition == Disposition::Exempted {
            self.leave_day(deed, &fate, now);
            return Some(self.count_one(deed, fate, now));
        }
        if fate.disposition != Disposition::Recorded {
            return Some(fate);
        }
        let same = |row: &&mut Row| row.deed.id == deed.id && row.deed.at == deed.at;
        match self.rows.iter_mut().find(same) {
            Some(row) => {
                fate.disposition = Disposition::Duplicate;
                let alike = row.deed.who == deed.who && row.deed.what.kind() == deed.what.kind();
                if row.automated && alike && !deed.automated {
                    row.automated = false;
                    self.overruled(deed);
                }
            }
            None => {
                self.rows.push(Row { deed: deed.clone(), automated: deed.automated });
                self.count(deed, now);
                self.leave_day(deed, &fate, now);
                self.tell(deed, now);
            }
        }
        Some(fate)
    }

    /// The recorded send of a message that tells or asks is the notice or the request, at the instant of the send.
    fn tell(&mut self, deed: &Deed, now: Micros) {
        let (What::Send { message, .. }, Some(who)) = (&deed.what, deed.who) else { return };
        let says = self.world.messages.get(*message).and_then(|message| message.says.clone());
        let said = match says {
            Some(Event::Notice(told)) => Event::Notice(Told { at: deed.at, ..told }),
            Some(Event::Request { series, sent, source, .. }) => {
                Event::Request { series, at: deed.at, sent, source }
            }
            Some(Event::Answer(_)) | None => return,
        };
        self.records.say(who, &said, now);
    }

    /// What would become of a deed now.
    pub(super) fn judge(&self, deed: &Deed, now: Micros) -> Fate {
        let policies = self.policies_of(deed);
        let alike = |disposition, reason| {
            let named = policies.iter().map(|policy| (reason, *policy)).collect();
            Fate { disposition, named }
        };
        let discard = |reason| alike(Disposition::Discarded, reason);
        if self.is_of_the_erased(deed) {
            return discard(VerdictReason::ProfileErased);
        }
        let uncounted = |reason| match self.counts(deed, &policies) {
            true => alike(Disposition::Exempted, reason),
            false => discard(reason),
        };
        if deed.what.kind() == InteractionKind::Send {
            return alike(Disposition::Recorded, VerdictReason::Send);
        }
        if let Some(reason) = self.never_stored(&deed.what) {
            return discard(reason);
        }
        let bound = self.bound(deed);
        match bound {
            Bound::Never => return discard(VerdictReason::TrackingDisabled),
            Bound::Anonymous => return uncounted(VerdictReason::AnonymousOnly),
            Bound::Nothing | Bound::Consented | Bound::LastOpenOnly => {}
        }
        let Some(who) = deed.who else { return uncounted(VerdictReason::NoProfile) };
        let series = series(deed.what.kind());
        let consented = self.consented(deed);
        let each = policies.iter().map(|policy| {
            let found = self.record_permitted(who, series, policy, (deed.at, now), consented);
            (found, *policy)
        });
        let each: Vec<_> = each.collect();
        let denied = each.iter().filter_map(|(found, policy)| Some((found.err()?, *policy)));
        let denied: Vec<_> = denied.collect();
        if bound == Bound::LastOpenOnly {
            let only = |found: &Result<_, _>| found.err().unwrap_or(VerdictReason::LastOpenOnly);
            let named = each.iter().map(|(found, policy)| (only(found), *policy)).collect();
            let exempt = self.exempts(who, deed, now, &policies, &[]);
            return Fate { disposition: exempt_or_discarded(exempt), named };
        }
        if !denied.is_empty() {
            let denying: Vec<_> = denied.iter().map(|(_, policy)| *policy).collect();
            let recording: Vec<_> =
                each.iter().filter(|(found, _)| found.is_ok()).map(|(_, policy)| *policy).collect();
            let exempt = self.exempts(who, deed, now, &denying, &recording);
            return Fate { disposition: exempt_or_discarded(exempt), named: denied };
        }
        let named = each.iter().filter_map(|(found, policy)| Some((found.ok()?, *policy))).collect();
        Fate { disposition: Disposition::Recorded, named }
    }

    /// Consent at both instants, and nothing in between that denies.
    fn record_permitted(
        &self,
        who: usize,
        series: usize,
        policy: &str,
        (occurred, now): (Micros, Micros),
        consented: bool,
    ) -> Result<VerdictReason, VerdictReason> {
        let later = self.look(who, series, policy, now, consented);
        let earlier = self.look(who, series, policy, occurred, consented);
        for look in [later, earlier] {
            if !look.permits {
                return Err(look.denial());
            }
        }
        let mut between: Vec<Micros> = Vec::new();
        for record in self.records.of(who, series) {
            if let Event::Answer(said) = &record.event
                && said.answer != Answer::Grant
                && record.effective > occurred
                && record.effective <= now
            {
                between.push(record.effective);
            }
        }
        match between.into_iter().max() {
            // The state, not the answer: a refusal does not replace an objection.
            Some(last) => Err(denial(self.records.standing(who, series, last).0)),
            None if later.state == State::Granted => Ok(VerdictReason::Granted),
            None => Ok(VerdictReason::DefaultPermits),
        }
    }

    /// What one policy finds of a series at an instant.
    pub(super) fn look(&self, who: usize, series: usize, policy: &str, at: Micros, consented: bool) -> Look {
        let (run, unproven) = self.proven_run(who, series, policy, at);
        if let Some(run) = run {
            let answer = run[0].1.answer;
            if answer == Answer::Grant && self.records.end_of(&run).is_some_and(|end| end <= at) {
                return Look { permits: false, state: State::Expired, unproven };
            }
            return Look { permits: answer == Answer::Grant, state: state(answer), unproven };
        }
        let informed = self.records.informed(who, series, at).is_some();
        let state = if informed { State::Informed } else { State::Unknown };
        let permits = !consented && policy::default_permits(policy, &self.records, who, series, at);
        Look { permits, state, unproven }
    }

    /// The run that counts for one policy at an instant, and whether grants that prove nothing to it were left out.
    pub(super) fn proven_run(
        &self,
        who: usize,
        series: usize,
        policy: &str,
        at: Micros,
    ) -> (Option<Run<'_>>, bool) {
        let mut runs = self.records.runs(who, series, at);
        let mut unproven = false;
        while let Some(run) = runs.last() {
            let grant = run[0].1.answer == Answer::Grant;
            if !grant || run.iter().any(|(_, said)| policy::proven(policy, said)) {
                break;
            }
            unproven = true;
            runs.pop();
        }
        (runs.pop(), unproven)
    }

    /// Lines 3 and 4: what is never stored, whoever consents.
    pub(super) fn never_stored(&self, what: &What) -> Option<VerdictReason> {
        let message = self.world.messages.get(what.message()?)?;
        if message.functional && what.link() == Some(UNSUBSCRIBE) {
            return Some(VerdictReason::FunctionalLink);
        }
        if matches!(message.class, MessageClass::ConsentRequest | MessageClass::Notice) {
            return Some(VerdictReason::ConsentRequest);
        }
        (message.channel == Channel::Sms && what.kind() == InteractionKind::EmailOpen)
            .then_some(VerdictReason::NoPixel)
    }

    /// The websites whose ceilings and countries count for a deed, and the ceilings beside.
    fn in_play(&self, deed: &Deed) -> (Vec<usize>, Vec<Ceiling>) {
        let message = deed.what.message().and_then(|message| self.world.messages.get(message));
        let mut sites: Vec<usize> = deed.what.site().into_iter().collect();
        sites.extend(message.and_then(|message| message.site));
        let mut ceilings: Vec<Ceiling> = message.map(|message| message.ceiling).into_iter().collect();
        let campaigns = [deed.campaign, message.and_then(|message| message.campaign)];
        for campaign in campaigns.into_iter().flatten() {
            if let Some(campaign) = self.world.campaigns.get(campaign) {
                sites.extend(campaign.site);
                ceilings.push(campaign.ceiling);
            }
        }
        (sites, ceilings)
    }

    pub(super) fn policies_of(&self, deed: &Deed) -> Vec<&'static str> {
        let (sites, _) = self.in_play(deed);
        self.records.policies(deed.who, &self.countries(&sites))
    }

    pub(super) fn countries(&self, sites: &[usize]) -> Vec<&'static str> {
        sites.iter().filter_map(|site| self.world.sites.get(*site)?.country).collect()
    }

    /// All ceilings for a deed, as they stand.
    fn ceilings(&self, deed: &Deed) -> Vec<Ceiling> {
        let (sites, mut ceilings) = self.in_play(deed);
        let kind = series(deed.what.kind()) - 1;
        ceilings.extend(
            sites.iter().filter_map(|site| self.world.sites.get(*site)).map(|site| site.ceilings[kind]),
        );
        ceilings
    }

    pub(super) fn consented(&self, deed: &Deed) -> bool {
        self.ceilings(deed).contains(&Ceiling::Consented)
    }

    /// The most restrictive of all ceilings and of the mode that was sent.
    pub(super) fn bound(&self, deed: &Deed) -> Bound {
        let ceilings = self.ceilings(deed).into_iter().map(|ceiling| match ceiling {
            Ceiling::Unspecified | Ceiling::Default => Bound::Nothing,
            Ceiling::Consented => Bound::Consented,
            Ceiling::Anonymous => Bound::Anonymous,
            Ceiling::Never => Bound::Never,
        });
        let mode = deed
            .who
            .and_then(|who| self.sent(who, deed))
            .map_or(Bound::Nothing, |(pixel, links)| mode_bound(deed.what.kind(), pixel, links));
        ceilings.chain([mode]).max_by_key(|bound| *bound as u8).unwrap_or(Bound::Nothing)
    }

    /// The mode of the latest send of a deed's message that is not after the deed.
    pub(super) fn sent(&self, who: usize, deed: &Deed) -> Option<(PixelMode, LinkMode)> {
        let before = self.rows.iter().filter(|row| row.deed.who == Some(who) && row.deed.at <= deed.at);
        let sends = before.filter_map(|row| match row.deed.what {
            What::Send { message, pixel, links } if Some(message) == deed.what.message() => {
                Some((row.deed.at, pixel, links))
            }
            _ => None,
        });
        sends.max_by_key(|(at, _, _)| *at).map(|(_, pixel, links)| (pixel, links))
    }
}

const fn exempt_or_discarded(exempt: bool) -> Disposition {
    if exempt { Disposition::Exempted } else { Disposition::Discarded }
}

impl Look {
    fn denial(self) -> VerdictReason {
        if self.unproven { VerdictReason::GrantUnproven } else { denial(self.state) }
    }
}

/// How the mode that was sent bounds a kind: pixels bound opens, links bound clicks.
pub(super) const fn mode_bound(kind: InteractionKind, pixel: PixelMode, links: LinkMode) -> Bound {
    match (kind, pixel, links) {
        (InteractionKind::EmailOpen, PixelMode::ExemptLastOpen, _) => Bound::LastOpenOnly,
        (InteractionKind::EmailOpen, PixelMode::Shared, _) => Bound::Anonymous,
        (InteractionKind::EmailOpen, PixelMode::None, _)
        | (InteractionKind::EmailClick | InteractionKind::SmsClick, _, LinkMode::Plain) => Bound::Never,
        _ => Bound::Nothing,
    }
}

const fn denial(state: State) -> VerdictReason {
    match state {
        State::Unspecified | State::Unknown => VerdictReason::Unknown,
        State::Informed => VerdictReason::Informed,
        State::Granted => VerdictReason::Granted,
        State::Refused => VerdictReason::Refused,
        State::Withdrawn => VerdictReason::Withdrawn,
        State::Objected => VerdictReason::Objected,
        State::Expired => VerdictReason::Expired,
    }
}
