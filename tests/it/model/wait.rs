//! Where a profile stands at a wait block: every instant of the window is looked at, one after another.

use assent_proto::v1::{
    Ceiling, Channel, InteractionKind, LinkMode, MessageClass, PixelMode, State, WaitReason, WaitState,
};

use super::judge::{Bound, Model, Row, mode_bound, series};
use super::policy;
use super::story::{Block, Deed, End, MINUTE, Micros, Start, Target, UNSUBSCRIBE, What};

/// What a wait block is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) state: WaitState,
    pub(super) reason: WaitReason,
    /// When the earliest match occurred.
    pub(super) matched: Option<Micros>,
    pub(super) next_check: Option<Micros>,
    pub(super) window: (Micros, Micros),
    pub(super) send_unknown: bool,
}

/// Why a kind cannot be awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    Disabled,
    Withdrawn,
    Untrackable,
}

/// A kind, and why it cannot be seen if it cannot.
pub(super) type Asked = (InteractionKind, Option<Hidden>);

impl Model {
    pub(super) fn evaluate(&self, block: &Block, as_of: Micros, now: Micros) -> Stand {
        let (start, send_unknown) = match block.start {
            Start::At(at) => (at, false),
            Start::FromSend { message, entered } => {
                let sends = self.sends(block.who, |sent| sent == message).map(|(at, ..)| at);
                sends.filter(|at| *at <= entered).max().map_or((entered, true), |at| (at, false))
            }
        };
        let end = match block.end {
            End::At(at) => at,
            End::After(span) => start + span,
        };
        let until = end + block.grace.unwrap_or(10 * MINUTE);
        let told = |state, reason, matched| Stand {
            state,
            reason,
            matched,
            next_check: (state == WaitState::Waiting).then_some(until),
            window: (start, end),
            send_unknown,
        };
        let waiting = told(WaitState::Waiting, WaitReason::Unspecified, None);
        let late = as_of >= until;
        if self.records.lives[block.who].is_over(now) {
            let exits = late || block.immediate;
            return if exits { told(WaitState::Exited, WaitReason::ProfileErased, None) } else { waiting };
        }

        let kinds = self.kinds(block, (start, end), now);
        let has = |what: Hidden| kinds.iter().any(|(_, hidden)| *hidden == Some(what));
        if kinds.iter().all(|(_, hidden)| hidden.is_some()) {
            let reason = if kinds.iter().all(|(_, hidden)| *hidden == Some(Hidden::Disabled)) {
                WaitReason::TrackingDisabled
            } else if has(Hidden::Withdrawn) {
                WaitReason::ConsentWithdrawn
            } else {
                WaitReason::NotTrackable
            };
            let exits = late || block.immediate;
            return if exits { told(WaitState::Exited, reason, None) } else { waiting };
        }
        match self.first_match(block, &kinds, (start, end), as_of, now) {
            Some(at) => told(WaitState::Matched, WaitReason::Matched, Some(at)),
            None if late => told(WaitState::Exited, WaitReason::Timeout, None),
            None => waiting,
        }
    }

    /// The kinds that are asked for, and why each cannot be seen.
    pub(super) fn kinds(&self, block: &Block, window: (Micros, Micros), now: Micros) -> Vec<Asked> {
        block.kinds.iter().map(|kind| (*kind, self.hidden(block, *kind, window, now))).collect()
    }

    /// When the earliest match occurred.
    pub(super) fn first_match(
        &self,
        block: &Block,
        kinds: &[Asked],
        (start, end): (Micros, Micros),
        as_of: Micros,
        now: Micros,
    ) -> Option<Micros> {
        let matches = |row: &&Row| {
            let deed = &row.deed;
            let kind = deed.what.kind();
            let awaited = kinds.iter().any(|(one, hidden)| *one == kind && hidden.is_none());
            let click = matches!(kind, InteractionKind::EmailClick | InteractionKind::SmsClick);
            let linked = !click || block.link.is_none() || block.link == deed.what.link();
            deed.who == Some(block.who)
                && !row.automated
                && awaited
                && linked
                && self.is_about(row, block.target)
                && (start..end).contains(&deed.at)
                && deed.at <= as_of
                && self.may_match(block, deed, now)
        };
        self.rows.iter().filter(matches).map(|row| row.deed.at).min()
    }

    /// The policies of a target.
    pub(super) fn policies_at(&self, block: &Block) -> Vec<&'static str> {
        let (sites, _) = self.of_target(block.target);
        self.records.policies(Some(block.who), &self.countries(&sites))
    }

    /// The sends to a person of some messages.
    fn sends(
        &self,
        who: usize,
        of: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = (Micros, usize, PixelMode, LinkMode)> {
        self.rows.iter().filter(move |row| row.deed.who == Some(who)).filter_map(move |row| {
            match row.deed.what {
                What::Send { message, pixel, links } if of(message) => {
                    Some((row.deed.at, message, pixel, links))
                }
                _ => None,
            }
        })
    }

    fn hidden(
        &self,
        block: &Block,
        kind: InteractionKind,
        window: (Micros, Micros),
        now: Micros,
    ) -> Option<Hidden> {
        let (sites, ceilings) = self.of_target(block.target);
        let own = sites.iter().filter_map(|site| self.world.sites.get(*site));
        let ceilings: Vec<Ceiling> =
            own.map(|site| site.ceilings[series(kind) - 1]).chain(ceilings).collect();
        if ceilings.iter().any(|ceiling| matches!(ceiling, Ceiling::Anonymous | Ceiling::Never)) {
            return Some(Hidden::Disabled);
        }
        let consented = ceilings.contains(&Ceiling::Consented);
        let policies = self.records.policies(Some(block.who), &self.countries(&sites));
        let at = |instant: Micros| {
            let looks =
                policies.iter().map(|policy| self.look(block.who, series(kind), policy, instant, consented));
            looks.collect::<Vec<_>>()
        };
        let life = self.records.lives[block.who];
        let permits = |instant: Micros| !life.is_over(instant) && at(instant).iter().all(|look| look.permits);
        let once = self.instants(block.who, series(kind), window).into_iter().any(permits);
        // Where no mode could show it nothing was permitted at any instant, whatever the person said.
        if !once || !self.could_show(block, kind, window.1) {
            return Some(Hidden::Untrackable);
        }
        if permits(now) {
            return None;
        }
        let (state, ..) = self.records.standing(block.who, series(kind), now);
        let denied = matches!(state, State::Withdrawn | State::Refused | State::Objected);
        Some(if denied { Hidden::Withdrawn } else { Hidden::Untrackable })
    }

    /// Every instant of a window at which an answer could turn, and its first.
    fn instants(&self, who: usize, series: usize, (start, end): (Micros, Micros)) -> Vec<Micros> {
        let records = self.records.of(who, series).chain(self.records.of(who, super::record::MARKETING));
        let mut all: Vec<Micros> = records.flat_map(|record| [record.effective, record.recorded]).collect();
        all.extend(policy::turns());
        all.extend(self.records.lives[who].since);
        all.push(start);
        all.retain(|at| (start..end).contains(at));
        all
    }

    /// Whether any mode that went out to the person could show a kind, and the message carries tracking at all.
    /// What went out at the window's end or later shows nothing in it.
    fn could_show(&self, block: &Block, kind: InteractionKind, end: Micros) -> bool {
        let click = matches!(kind, InteractionKind::EmailClick | InteractionKind::SmsClick);
        if let Target::Message(message) = block.target
            && let Some(message) = self.world.messages.get(message)
        {
            let functional = click && message.functional && block.link == Some(UNSUBSCRIBE);
            if functional {
                return false;
            }
        }
        if let Target::Message(message) = block.target
            && !self.carries(message, kind)
        {
            return false;
        }
        // A send bounds opens and clicks alone.
        if !click && kind != InteractionKind::EmailOpen {
            return true;
        }
        let leads = |message| match block.target {
            Target::Message(target) => message == target,
            Target::Campaign(target) => self.campaign_of(message) == Some(target),
            Target::Site(target) => self.sites_of(message).contains(&target),
            Target::Goal(_) => false,
        };
        let sends = self.sends(block.who, leads).filter(|(at, ..)| *at < end);
        let shows: Vec<bool> = sends
            .map(|(_, message, pixel, links)| {
                mode_bound(kind, pixel, links) == Bound::Nothing && self.carries(message, kind)
            })
            .collect();
        shows.is_empty() || shows.contains(&true)
    }

    /// Whether a message carries tracking of a kind at all.
    fn carries(&self, message: usize, kind: InteractionKind) -> bool {
        let Some(declared) = self.world.messages.get(message) else { return true };
        let asks = matches!(declared.class, MessageClass::ConsentRequest | MessageClass::Notice);
        let no_pixel = declared.channel == Channel::Sms && kind == InteractionKind::EmailOpen;
        let (sites, ceilings) = self.of_target(Target::Message(message));
        let sites = sites.iter().filter_map(|site| self.world.sites.get(*site));
        let mut ceilings = sites.map(|site| site.ceilings[series(kind) - 1]).chain(ceilings);
        !asks && !no_pixel && !ceilings.any(|ceiling| matches!(ceiling, Ceiling::Anonymous | Ceiling::Never))
    }

    /// What stands around the deed itself binds it too; the policies are the target's.
    fn may_match(&self, block: &Block, deed: &Deed, now: Micros) -> bool {
        let (sites, _) = self.of_target(block.target);
        let policies = self.records.policies(Some(block.who), &self.countries(&sites));
        let consented = self.consented(deed);
        matches!(self.bound(deed), Bound::Nothing | Bound::Consented)
            && self.never_stored(&deed.what).is_none()
            && policies.iter().all(|policy| {
                let series = series(deed.what.kind());
                self.look(block.who, series, policy, now, consented).permits
                    && !self.removed(block.who, series, policy, (deed.at, now))
            })
    }

    fn campaign_of(&self, message: usize) -> Option<usize> {
        self.world.messages.get(message)?.campaign
    }

    fn site_of_campaign(&self, campaign: usize) -> Option<usize> {
        self.world.campaigns.get(campaign)?.site
    }

    fn sites_of(&self, message: usize) -> Vec<usize> {
        let own = self.world.messages.get(message).and_then(|message| message.site);
        let campaign = self.campaign_of(message).and_then(|campaign| self.site_of_campaign(campaign));
        own.into_iter().chain(campaign).collect()
    }

    /// The websites of a target, and its ceilings beside theirs.
    fn of_target(&self, target: Target) -> (Vec<usize>, Vec<Ceiling>) {
        let campaign = |campaign: usize| {
            let declared = self.world.campaigns.get(campaign);
            (declared.and_then(|one| one.site), declared.map(|one| one.ceiling))
        };
        match target {
            Target::Message(message) => {
                let own = self.world.messages.get(message).map(|message| message.ceiling);
                let above = self.campaign_of(message).and_then(|of| campaign(of).1);
                (self.sites_of(message), own.into_iter().chain(above).collect())
            }
            Target::Campaign(target) => {
                let (site, ceiling) = campaign(target);
                (site.into_iter().collect(), ceiling.into_iter().collect())
            }
            Target::Site(site) => (vec![site], Vec::new()),
            Target::Goal(_) => (Vec::new(), Vec::new()),
        }
    }

    fn is_about(&self, row: &Row, target: Target) -> bool {
        let deed = &row.deed;
        let message = deed.what.message();
        let campaigns: Vec<usize> =
            deed.campaign.into_iter().chain(message.and_then(|message| self.campaign_of(message))).collect();
        match target {
            Target::Message(target) => message == Some(target),
            Target::Campaign(target) => campaigns.contains(&target),
            Target::Site(target) => {
                deed.what.site() == Some(target)
                    || message.is_some_and(|message| self.sites_of(message).contains(&target))
                    || campaigns.iter().any(|campaign| self.site_of_campaign(*campaign) == Some(target))
            }
            Target::Goal(target) => matches!(deed.what, What::Goal { goal, .. } if goal == target),
        }
    }
}
