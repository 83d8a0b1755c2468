//! Which recorded interactions a reader wants, and what its cursor is bound to.

use assent_domain::id::{CampaignId, TableId};
use assent_domain::interaction::{InteractionFilter, InteractionKind};
use assent_domain::verdict::Use;
use assent_proto::v1;
use prost::Message;

use super::Misfit;
use super::cursor::sort;
use crate::wire::token::FilterHash;

/// A filter; absent: everything.
///
/// # Errors
/// When it names what nobody knows.
pub fn filter(filter: Option<&v1::InteractionFilter>) -> Result<InteractionFilter, Misfit> {
    let Some(filter) = filter else { return Ok(InteractionFilter::default()) };
    let tables = filter.profile_tables.iter().map(|id| TableId::new(id.as_str()));
    let campaigns = filter.campaign_ids.iter().map(|id| CampaignId::new(id.as_str()));
    let kinds = filter.kinds.iter().map(|number| v1::InteractionKind::try_from(*number).ok().and_then(kind));
    Ok(InteractionFilter {
        tables: tables.collect::<Result<_, _>>().map_err(|_| Misfit::of("profile_tables"))?,
        campaigns: campaigns.collect::<Result<_, _>>().map_err(|_| Misfit::of("campaign_ids"))?,
        kinds: kinds.collect::<Option<_>>().ok_or(Misfit::of("kinds"))?,
    })
}

/// A filter of the trigger stream.
///
/// # Errors
/// As [`filter`]; and when none of its kinds could ever start anything.
pub fn trigger_filter(asked: Option<&v1::InteractionFilter>) -> Result<InteractionFilter, Misfit> {
    let filter = filter(asked)?;
    let starts = |kind: &InteractionKind| Use::Trigger.asks_about(*kind, false);
    if filter.kinds.is_empty() || filter.kinds.iter().any(starts) {
        Ok(filter)
    } else {
        Err(Misfit::of("kinds"))
    }
}

/// One kind.
#[must_use]
pub const fn kind(kind: v1::InteractionKind) -> Option<InteractionKind> {
    match kind {
        v1::InteractionKind::Unspecified => None,
        v1::InteractionKind::EmailOpen => Some(InteractionKind::EmailOpen),
        v1::InteractionKind::EmailClick => Some(InteractionKind::EmailClick),
        v1::InteractionKind::SmsClick => Some(InteractionKind::SmsClick),
        v1::InteractionKind::WebsiteVisit => Some(InteractionKind::WebsiteVisit),
        v1::InteractionKind::TransactionGoal => Some(InteractionKind::TransactionGoal),
        v1::InteractionKind::Send => Some(InteractionKind::Send),
    }
}

/// The digest of the filter that a cursor is made for, as that of a filter of changes.
#[must_use]
pub fn made_for(filter: Option<&v1::InteractionFilter>) -> FilterHash {
    let mut canonical = filter.cloned().unwrap_or_default();
    sort(&mut canonical.profile_tables);
    sort(&mut canonical.campaign_ids);
    sort(&mut canonical.kinds);
    FilterHash::of(&canonical.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::super::to_wire;
    use super::*;

    fn whole() -> v1::InteractionFilter {
        v1::InteractionFilter {
            profile_tables: vec!["b".to_owned(), "a".to_owned()],
            campaign_ids: vec!["spring".to_owned()],
            kinds: vec![v1::InteractionKind::Send.into(), v1::InteractionKind::EmailOpen.into()],
        }
    }

    #[test]
    fn every_kind_reads_as_it_is_told() {
        for one in InteractionKind::ALL {
            assert_eq!(kind(to_wire::verdict::kind(one)), Some(one));
        }
    }

    #[test]
    fn a_filter_keeps_what_it_says_whatever_the_order() {
        let read = filter(Some(&whole())).unwrap();
        assert_eq!((read.tables.len(), read.campaigns.len(), read.kinds.len()), (2, 1, 2));
        let mut turned = whole();
        turned.profile_tables.reverse();
        turned.kinds.push(v1::InteractionKind::Send.into());
        assert_eq!(filter(Some(&turned)), Ok(read));
        assert_eq!(made_for(Some(&turned)), made_for(Some(&whole())));
        assert_eq!(made_for(None), made_for(Some(&v1::InteractionFilter::default())));
        assert_ne!(made_for(None), made_for(Some(&whole())));
        assert_eq!(filter(None), Ok(InteractionFilter::default()));
    }

    #[test]
    fn what_nobody_knows_is_named_by_its_field() {
        let wrong = |asked: v1::InteractionFilter| filter(Some(&asked)).unwrap_err().field;
        assert_eq!(wrong(v1::InteractionFilter { kinds: vec![0], ..whole() }), "kinds");
        assert_eq!(
            wrong(v1::InteractionFilter { profile_tables: vec![String::new()], ..whole() }),
            "profile_tables"
        );
        assert_eq!(
            wrong(v1::InteractionFilter { campaign_ids: vec![String::new()], ..whole() }),
            "campaign_ids"
        );
    }

    #[test]
    fn a_filter_of_no_kind_but_sends_starts_nothing_and_is_refused() {
        let of = |kinds: &[v1::InteractionKind]| {
            let kinds = kinds.iter().map(|kind| i32::from(*kind)).collect();
            trigger_filter(Some(&v1::InteractionFilter { kinds, ..v1::InteractionFilter::default() }))
        };
        let (open, send) = (v1::InteractionKind::EmailOpen, v1::InteractionKind::Send);
        assert_eq!(of(&[send]), Err(Misfit::of("kinds")));
        assert!(of(&[send, open]).is_ok() && of(&[]).is_ok());
        assert_eq!(trigger_filter(None), Ok(InteractionFilter::default()));
    }
}
