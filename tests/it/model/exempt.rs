//! What the law exempts: the last-open day, and the count that names nobody.

use assent_proto::v1::{Disposition, InteractionKind, PixelMode, SendingBasis, State};

use super::judge::{Fate, Model};
use super::policy::{self, FR};
use super::record::MARKETING;
use super::story::{DAY, Deed, Micros};

impl Model {
    /// Whether every policy lets a request that names nobody be counted.
    pub(super) fn counts(&self, deed: &Deed, policies: &[&str]) -> bool {
        let message = deed.what.message().and_then(|message| self.world.messages.get(message));
        let declared = |campaign: Option<usize>| campaign.filter(|one| *one < self.world.campaigns.len());
        let campaign =
            declared(deed.campaign).or_else(|| declared(message.and_then(|message| message.campaign)));
        deed.who.is_none()
            && deed.what.kind() == InteractionKind::EmailOpen
            && !deed.automated
            && campaign.is_some()
            && policies.iter().all(|policy| policy::counts_shared(policy))
    }

    /// Whether somebody's open moves their day although some policies, `denying`, do not let it be recorded.
    pub(super) fn exempts(
        &self,
        who: usize,
        deed: &Deed,
        now: Micros,
        denying: &[&str],
        recording: &[&str],
    ) -> bool {
        deed.what.kind() == InteractionKind::EmailOpen
            && !deed.automated
            && denying.iter().all(|policy| *policy == FR && self.asked_for(who, deed, now, policy))
            && denying.iter().chain(recording).all(|policy| self.goes_on(who, now, policy))
    }

    /// Mail that the person asked for, and a pixel that may.
    fn asked_for(&self, who: usize, deed: &Deed, now: Micros, policy: &str) -> bool {
        let message = deed.what.message().and_then(|message| self.world.messages.get(message));
        let pixel = self.sent(who, deed).map(|(pixel, _)| pixel);
        let asked = match message.map(|message| message.basis) {
            Some(SendingBasis::RequestedService) => true,
            Some(SendingBasis::Consent) => {
                self.look(who, MARKETING, policy, now, true).state == State::Granted
            }
            _ => false,
        };
        asked && matches!(pixel, Some(PixelMode::Identified | PixelMode::ExemptLastOpen))
    }

    pub(super) fn goes_on(&self, who: usize, now: Micros, policy: &str) -> bool {
        let state = |series| self.look(who, series, policy, now, true).state;
        !matches!(state(MARKETING), State::Refused | State::Withdrawn | State::Objected)
            && state(1) != State::Objected
    }

    /// What is told of an exempt deed. What was counted more than 48 hours ago may have been forgotten, or not.
    pub(super) fn count_one(&mut self, deed: &Deed, mut fate: Fate, now: Micros) -> Fate {
        if deed.who.is_some() {
            return fate;
        }
        let key = (deed.id, deed.at);
        let is_row = self.rows.iter().any(|row| (row.deed.id, row.deed.at) == key);
        let before = self.counted.get(&key).copied();
        fate.disposition = match before {
            _ if is_row => Disposition::Duplicate,
            None => Disposition::Exempted,
            Some(Some(at)) if now - at <= 2 * DAY => Disposition::Duplicate,
            Some(_) => Disposition::Unspecified,
        };
        match fate.disposition {
            Disposition::Exempted => drop(self.counted.insert(key, Some(now))),
            Disposition::Unspecified => drop(self.counted.insert(key, None)),
            _ => {}
        }
        fate
    }
}
