//! Which changes a reader wants.

use assent_domain::change::{ChangeFilter, Effect};
use assent_domain::id::{Origin, TableId};
use assent_domain::scope::Purpose;
use assent_proto::v1;

use super::{Misfit, scope};

/// A filter; absent: everything.
///
/// # Errors
/// When it names what nobody knows.
pub fn filter(filter: Option<&v1::ChangeFilter>) -> Result<ChangeFilter, Misfit> {
    let Some(filter) = filter else { return Ok(ChangeFilter::default()) };
    let tables = filter.profile_tables.iter().map(|id| TableId::new(id.as_str()));
    let origin = filter.exclude_origin.as_deref().map(Origin::new);
    Ok(ChangeFilter {
        tables: tables.collect::<Result<_, _>>().map_err(|_| Misfit::of("profile_tables"))?,
        purposes: all(&filter.purposes, purpose).ok_or(Misfit::of("purposes"))?,
        scopes: all(&filter.scopes, scope::scope).ok_or(Misfit::of("scopes"))?,
        effects: all(&filter.effects, effect).ok_or(Misfit::of("effects"))?,
        exclude_origin: origin.transpose().map_err(|_| Misfit::of("exclude_origin"))?,
    })
}

/// One purpose.
#[must_use]
pub const fn purpose(purpose: v1::Purpose) -> Option<Purpose> {
    match purpose {
        v1::Purpose::Unspecified => None,
        v1::Purpose::Marketing => Some(Purpose::Marketing),
        v1::Purpose::Tracking => Some(Purpose::Tracking),
    }
}

/// What a record did to a series.
#[must_use]
pub const fn effect(effect: v1::Effect) -> Option<Effect> {
    match effect {
        v1::Effect::Unspecified => None,
        v1::Effect::Granted => Some(Effect::Granted),
        v1::Effect::Renewed => Some(Effect::Renewed),
        v1::Effect::Refused => Some(Effect::Refused),
        v1::Effect::Withdrawn => Some(Effect::Withdrawn),
        v1::Effect::Informed => Some(Effect::Informed),
        v1::Effect::Objected => Some(Effect::Objected),
        v1::Effect::Expired => Some(Effect::Expired),
        v1::Effect::Erased => Some(Effect::Erased),
    }
}

fn all<N: TryFrom<i32>, T, C: FromIterator<T>>(numbers: &[i32], read: fn(N) -> Option<T>) -> Option<C> {
    numbers.iter().map(|number| N::try_from(*number).ok().and_then(read)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::to_wire;
    use super::*;
    use assent_domain::scope::{Scope, ScopeSet};

    #[test]
    fn every_effect_reads_as_it_is_told() {
        for one in Effect::ALL {
            assert_eq!(effect(to_wire::change::effect(one)), Some(one));
        }
    }

    #[test]
    fn a_filter_keeps_what_it_says_and_what_it_leaves_open() {
        assert_eq!(filter(None), Ok(ChangeFilter::default()));
        assert_eq!(filter(Some(&v1::ChangeFilter::default())), Ok(ChangeFilter::default()));
        let said = v1::ChangeFilter {
            profile_tables: vec!["b".to_owned(), "a".to_owned()],
            purposes: vec![v1::Purpose::Tracking.into()],
            scopes: vec![v1::Scope::Device.into()],
            effects: vec![v1::Effect::Granted.into(), v1::Effect::Withdrawn.into()],
            exclude_origin: Some("crm".to_owned()),
        };
        let read = filter(Some(&said)).unwrap();
        assert_eq!(read.tables.iter().map(TableId::as_str).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(read.purposes, [Purpose::Tracking]);
        assert_eq!(read.scopes, ScopeSet::NONE.with(Scope::Device));
        assert_eq!(read.effects, [Effect::Granted, Effect::Withdrawn]);
        assert_eq!(read.exclude_origin.as_ref().map(Origin::as_str), Some("crm"));
    }

    #[test]
    fn what_nobody_knows_is_named_by_its_field() {
        let wrong = |filter_of: v1::ChangeFilter| filter(Some(&filter_of)).unwrap_err().field;
        let none = v1::ChangeFilter::default;
        assert_eq!(wrong(v1::ChangeFilter { purposes: vec![0], ..none() }), "purposes");
        assert_eq!(wrong(v1::ChangeFilter { scopes: vec![99], ..none() }), "scopes");
        assert_eq!(wrong(v1::ChangeFilter { effects: vec![0], ..none() }), "effects");
        assert_eq!(
            wrong(v1::ChangeFilter { profile_tables: vec![String::new()], ..none() }),
            "profile_tables"
        );
        assert_eq!(
            wrong(v1::ChangeFilter { exclude_origin: Some(String::new()), ..none() }),
            "exclude_origin"
        );
    }
}
