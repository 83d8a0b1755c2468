//! What a message may carry to a person: the first pixel and links of which an open or a click that came back now would have
//! what the mode is for, under every policy.

use assent_proto::v1::{
    Channel, Disposition, InteractionKind, LinkMode, PixelMode, SendingBasis, State, VerdictReason,
};

use super::judge::{Bound, Fate, Model, Row};
use super::policy;
use super::record::MARKETING;
use super::story::{Deed, Micros, Recipient, What};

/// The plan for one recipient; the reasons and policies that may be named for each of its modes.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) pixel: PixelMode,
    pub(super) links: LinkMode,
    pub(super) of_pixel: Vec<(VerdictReason, &'static str)>,
    pub(super) of_links: Vec<(VerdictReason, &'static str)>,
    pub(super) send: Disposition,
}

/// The most telling first.
const PIXELS: [PixelMode; 4] =
    [PixelMode::Identified, PixelMode::ExemptLastOpen, PixelMode::Shared, PixelMode::None];

const LINKS: [LinkMode; 2] = [LinkMode::Tracked, LinkMode::Plain];

fn rank<M: PartialEq>(all: &[M], mode: &M) -> usize {
    all.iter().position(|one| one == mode).expect("a mode")
}

impl Model {
    /// `None`: a mode is asked for that is above the plan.
    pub(super) fn plan(
        &mut self,
        message: usize,
        to: &Recipient,
        record: bool,
        now: Micros,
    ) -> Option<Planned> {
        let mut planned = self.planned(message, to.who, now);
        let asked = (to.pixel.unwrap_or(planned.pixel), to.links.unwrap_or(planned.links));
        if rank(&PIXELS, &asked.0) < rank(&PIXELS, &planned.pixel)
            || rank(&LINKS, &asked.1) < rank(&LINKS, &planned.links)
        {
            return None;
        }
        (planned.pixel, planned.links) = asked;
        if record {
            let what = What::Send { message, pixel: asked.0, links: asked.1 };
            let send =
                Deed { id: to.id, at: to.at, who: Some(to.who), what, campaign: None, automated: false };
            // An erased person is told so whatever the send's date; in a new life the send's own date counts.
            planned.send = if self.records.lives[to.who].is_over(now) || self.is_of_the_erased(&send) {
                Disposition::Discarded
            } else if self.rows.iter().any(|row| row.deed.id == to.id && row.deed.at == to.at) {
                Disposition::Duplicate
            } else {
                self.count(&send, now);
                self.rows.push(Row { deed: send, automated: false });
                Disposition::Recorded
            };
        }
        Some(planned)
    }

    fn planned(&self, message: usize, who: usize, now: Micros) -> Planned {
        // What went out before says nothing of what may go out now.
        let mut unsent = self.clone();
        unsent.rows.clear();
        let deed = |what| Deed { id: 0, at: now, who: Some(who), what, campaign: None, automated: false };
        let open = deed(What::Open { message });
        let sms = self.world.messages.get(message).is_some_and(|message| message.channel == Channel::Sms);
        let click = if sms {
            What::Sms { message, link: None, site: None }
        } else {
            What::Click { message, link: None, site: None }
        };
        let (opened, clicked) = (unsent.judge(&open, now), unsent.judge(&deed(click), now));
        let recorded = |fate: &Fate| fate.disposition == Disposition::Recorded;
        let pixel = if recorded(&opened) {
            PixelMode::Identified
        } else if unsent.exempt_day(&open, now) {
            PixelMode::ExemptLastOpen
        } else if unsent.would_count(&open) {
            PixelMode::Shared
        } else {
            PixelMode::None
        };
        let links = if recorded(&clicked) { LinkMode::Tracked } else { LinkMode::Plain };
        Planned {
            pixel,
            links,
            of_pixel: opened.named,
            of_links: clicked.named,
            send: Disposition::Unspecified,
        }
    }

    /// Whether an open leaves its day without consent: under `fr` alone, of mail that the person asked for, unless they
    /// object to it or want no mail.
    fn exempt_day(&self, open: &Deed, now: Micros) -> bool {
        let What::Open { message } = open.what else { return false };
        let (Some(message), Some(who)) = (self.world.messages.get(message), open.who) else { return false };
        if self.is_of_the_erased(open)
            || self.never_stored(&open.what).is_some()
            || matches!(self.bound(open), Bound::Never | Bound::Anonymous)
        {
            return false;
        }
        self.policies_of(open).iter().all(|policy| {
            let opens = super::judge::series(InteractionKind::EmailOpen);
            let opens = self.look(who, opens, policy, now, false).state;
            let mail = self.look(who, MARKETING, policy, now, false).state;
            let stopped = opens == State::Objected
                || matches!(mail, State::Objected | State::Refused | State::Withdrawn);
            let asked_for = message.basis == SendingBasis::RequestedService
                || message.basis == SendingBasis::Consent && mail == State::Granted;
            policy::exempts_last_open(policy) && !stopped && asked_for
        })
    }

    /// Whether an open by a pixel that is the same for all is counted.
    fn would_count(&self, open: &Deed) -> bool {
        let nobodys = Deed { who: None, ..open.clone() };
        let campaign = open.what.message().and_then(|message| self.world.messages.get(message)?.campaign);
        campaign.is_some_and(|campaign| campaign < self.world.campaigns.len())
            && !self.is_of_the_erased(open)
            && self.never_stored(&open.what).is_none()
            && self.bound(&nobodys) != Bound::Never
            && self.policies_of(open).iter().all(|policy| policy::counts_shared(policy))
    }
}
