//! Which recorded interactions a reader wants.

use std::collections::BTreeSet;

use super::InteractionKind;
use crate::id::{CampaignId, TableId};

/// What a reader wants; of each kind of demand, none: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InteractionFilter {
    /// Only these profile tables.
    pub tables: BTreeSet<TableId>,
    /// Only what belongs to these campaigns.
    pub campaigns: BTreeSet<CampaignId>,
    /// Only these kinds.
    pub kinds: BTreeSet<InteractionKind>,
}

impl InteractionFilter {
    /// Whether an interaction of that table and kind passes that belongs to `campaign`: the one it names, else its
    /// message's.
    #[must_use]
    pub fn passes(&self, table: &TableId, kind: InteractionKind, campaign: Option<&CampaignId>) -> bool {
        (self.tables.is_empty() || self.tables.contains(table))
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.campaigns.is_empty() || campaign.is_some_and(|id| self.campaigns.contains(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_not_empty_must_hold_what_the_interaction_has() {
        let (people, spring) = (TableId::new("people").unwrap(), CampaignId::new("spring").unwrap());
        let other = CampaignId::new("other").unwrap();
        let open = InteractionKind::EmailOpen;
        let all = InteractionFilter::default();
        assert!(all.passes(&people, open, None) && all.passes(&people, open, Some(&spring)));
        let of_spring = InteractionFilter { campaigns: BTreeSet::from([spring.clone()]), ..all.clone() };
        assert!(of_spring.passes(&people, open, Some(&spring)));
        assert!(!of_spring.passes(&people, open, Some(&other)) && !of_spring.passes(&people, open, None));
        let clicks = InteractionFilter { kinds: BTreeSet::from([InteractionKind::EmailClick]), ..of_spring };
        assert!(!clicks.passes(&people, open, Some(&spring)));
        let elsewhere = InteractionFilter { tables: BTreeSet::from([TableId::new("b").unwrap()]), ..all };
        assert!(!elsewhere.passes(&people, open, None));
    }
}
