//! What may still be read of what was recorded.

use std::collections::BTreeMap;

use assent_proto::v1::{Answer, InteractionKind};

use super::judge::{Bound, Model, Row, series};
use super::policy;
use super::story::{Event, Micros};

impl Model {
    /// Whether a row may be read now.
    pub(super) fn visible(&self, row: &Row, now: Micros) -> bool {
        let deed = &row.deed;
        if deed.what.kind() == InteractionKind::Send {
            return true;
        }
        let open = matches!(self.bound(deed), Bound::Nothing | Bound::Consented);
        let Some(who) = deed.who else { return false };
        let consented = self.consented(deed);
        open && self.never_stored(&deed.what).is_none()
            && self.policies_of(deed).iter().all(|policy| {
                let series = series(deed.what.kind());
                let permits = || self.look(who, series, policy, now, consented).permits;
                (policy::keeps(policy) || permits()) && !self.removed(who, series, policy, (deed.at, now))
            })
    }

    /// Whether a row was taken away by a denial, whatever was granted since: it occurred in a gap, or, where the policy
    /// erases, before a denial that has taken effect.
    pub(super) fn removed(
        &self,
        who: usize,
        series: usize,
        policy: &str,
        (occurred, now): (Micros, Micros),
    ) -> bool {
        let answers = self.records.of(who, series).filter_map(|record| match &record.event {
            Event::Answer(said) => Some((record.effective, said.answer != Answer::Grant)),
            _ => None,
        });
        let answers: Vec<(Micros, bool)> = answers.collect();
        // At the same instant the denial counts.
        let last = answers.iter().filter(|(effective, _)| *effective <= occurred).max();
        let erased =
            |(effective, denies): &(Micros, bool)| *denies && (occurred + 1..=now).contains(effective);
        last.is_some_and(|(_, denies)| *denies) || !policy::keeps(policy) && answers.iter().any(erased)
    }

    /// The interactions of a person that may be read now: id and instant, and whether a machine did it.
    pub(super) fn activity(&self, who: usize, now: Micros) -> BTreeMap<(Micros, u32), bool> {
        let own = self.rows.iter().filter(|row| row.deed.who == Some(who));
        let seen = own.filter(|row| self.visible(row, now));
        seen.map(|row| ((row.deed.at, row.deed.id), row.automated)).collect()
    }
}
