//! A history in a few bytes: what judges need, without what proves it. Kept beside the profile, so that a verdict reads one row
//! of a person, however much is on record of them.
//!
//! Each answer stands once; then each series names its answers, in the order they were folded in. Codes are never given
//! another meaning: a change of what is folded, or of how, is a new layout ([`LAYOUT`]).

use super::{Answers, Asked, Entry, Facts, History, NoticeItem, NoticeItems, Told};
use crate::answer::Kind;
use crate::evidence::{Basis, Items};
use crate::id::RecordId;
use crate::record::Country;
use crate::scope::{Coverage, ScopeSet, Series, TrackingCoverage};
use crate::time::{Day, Instant};

/// The layout that this release writes.
pub(crate) const LAYOUT: u8 = 1;

/// What stands for an absent basis.
const NO_BASIS: u8 = u8::MAX;

/// Writes a history; `None` where it has more of something than is counted here.
pub(crate) fn write(history: &History, bytes: &mut Vec<u8>) -> Option<()> {
    let Facts { collected_on, jurisdiction } = history.facts;
    bytes.extend_from_slice(&collected_on.map_or(i64::MIN, Day::number).to_be_bytes());
    bytes.extend_from_slice(jurisdiction.as_ref().map_or("  ", Country::code).as_bytes());

    let mut entries: Vec<&Entry> = Vec::new();
    let mut places: Vec<Vec<u16>> = Vec::with_capacity(Series::COUNT);
    for answers in &history.series {
        let mut of_series = Vec::with_capacity(answers.0.len());
        for entry in &answers.0 {
            let known = entries.iter().rposition(|there| there.record == entry.record);
            let place = known.unwrap_or(entries.len());
            if known.is_none() {
                entries.push(entry);
            }
            of_series.push(u16::try_from(place).ok()?);
        }
        places.push(of_series);
    }
    count(bytes, entries.len())?;
    for entry in entries {
        put_times(bytes, [entry.effective, entry.recorded_at]);
        bytes.extend_from_slice(&entry.record.0);
        let basis = entry.basis.map_or(NO_BASIS, basis);
        bytes.extend_from_slice(&[kind(entry.kind), basis, entry.provided.bits(), u8::from(entry.joint)]);
    }
    bytes.push(u8::try_from(places.len()).ok()?);
    for places in places {
        count(bytes, places.len())?;
        places.iter().for_each(|place| bytes.extend_from_slice(&place.to_be_bytes()));
    }
    count(bytes, history.notices.len())?;
    for told in &history.notices {
        put_times(bytes, [told.effective, told.recorded_at]);
        bytes.extend_from_slice(&told.record.0);
        bytes.extend_from_slice(&coverage(told.coverage));
        bytes.push(told.items.bits());
    }
    count(bytes, history.requests.len())?;
    for asked in &history.requests {
        put_times(bytes, [asked.effective]);
        bytes.extend_from_slice(&asked.record.0);
        bytes.extend_from_slice(&coverage(asked.coverage));
    }
    Some(())
}

/// Reads one; `None` where the bytes are not all of one.
pub(crate) fn read(mut bytes: &[u8]) -> Option<History> {
    let bytes = &mut bytes;
    let collected_on = match i64::from_be_bytes(take(bytes)?) {
        i64::MIN => None,
        number => Some(Day::numbered(number)?),
    };
    let jurisdiction = match &take(bytes)? {
        b"  " => None,
        code => Some(Country::new(std::str::from_utf8(code).ok()?)?),
    };
    let mut entries = Vec::new();
    for _ in 0..counted(bytes)? {
        let (effective, recorded_at) = (time(bytes)?, time(bytes)?);
        let record = RecordId(take(bytes)?);
        let [kind, basis, provided, joint] = take(bytes)?;
        entries.push(Entry {
            effective,
            recorded_at,
            record,
            kind: kind_of(kind)?,
            basis: if basis == NO_BASIS { None } else { Some(basis_of(basis)?) },
            provided: Items::of_bits(provided),
            joint: flag(joint)?,
        });
    }
    if usize::from(take::<1>(bytes)?[0]) != Series::COUNT {
        return None;
    }
    let mut history = History { facts: Facts { collected_on, jurisdiction }, ..History::default() };
    for Answers(answers) in &mut history.series {
        let places = counted(bytes)?;
        answers.reserve_exact(places);
        for _ in 0..places {
            answers.push(entries.get(counted(bytes)?)?.clone());
        }
    }
    for _ in 0..counted(bytes)? {
        history.notices.push(Told {
            effective: time(bytes)?,
            recorded_at: time(bytes)?,
            record: RecordId(take(bytes)?),
            coverage: coverage_of(take(bytes)?)?,
            items: NoticeItems::of_bits(take::<1>(bytes)?[0])?,
        });
    }
    for _ in 0..counted(bytes)? {
        history.requests.push(Asked {
            effective: time(bytes)?,
            record: RecordId(take(bytes)?),
            coverage: coverage_of(take(bytes)?)?,
        });
    }
    bytes.is_empty().then_some(history)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn put_times<const N: usize>(bytes: &mut Vec<u8>, times: [Instant; N]) {
    times.iter().for_each(|time| bytes.extend_from_slice(&time.micros().to_be_bytes()));
}

fn time(bytes: &mut &[u8]) -> Option<Instant> {
    Instant::from_micros(i64::from_be_bytes(take(bytes)?))
}

fn count(bytes: &mut Vec<u8>, number: usize) -> Option<()> {
    bytes.extend_from_slice(&u16::try_from(number).ok()?.to_be_bytes());
    Some(())
}

fn counted(bytes: &mut &[u8]) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(take(bytes)?)))
}

const fn flag(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

const fn kind(kind: Kind) -> u8 {
    match kind {
        Kind::Granted => 0,
        Kind::Expired => 1,
        Kind::Refused => 2,
        Kind::Withdrawn => 3,
        Kind::Objected => 4,
    }
}

const fn kind_of(code: u8) -> Option<Kind> {
    Some(match code {
        0 => Kind::Granted,
        1 => Kind::Expired,
        2 => Kind::Refused,
        3 => Kind::Withdrawn,
        4 => Kind::Objected,
        _ => return None,
    })
}

const fn basis(basis: Basis) -> u8 {
    match basis {
        Basis::Explicit => 0,
        Basis::Assumed => 1,
        Basis::Imported => 2,
    }
}

const fn basis_of(code: u8) -> Option<Basis> {
    Some(match code {
        0 => Basis::Explicit,
        1 => Basis::Assumed,
        2 => Basis::Imported,
        _ => return None,
    })
}

/// Marketing or not, which of tracking, and the scopes where they are listed.
fn coverage(coverage: Coverage) -> [u8; 3] {
    let marketing = u8::from(coverage.marketing());
    match coverage.tracking() {
        TrackingCoverage::None => [marketing, 0, 0],
        TrackingCoverage::All => [marketing, 1, 0],
        TrackingCoverage::Scopes(scopes) => [marketing, 2, scopes.bits()],
    }
}

fn coverage_of([marketing, tracking, scopes]: [u8; 3]) -> Option<Coverage> {
    let tracking = match (tracking, scopes) {
        (0, 0) => TrackingCoverage::None,
        (1, 0) => TrackingCoverage::All,
        (2, scopes) => TrackingCoverage::Scopes(ScopeSet::of_bits(scopes)?),
        _ => return None,
    };
    Coverage::new(flag(marketing)?, tracking)
}

impl NoticeItems {
    fn of_bits(bits: u8) -> Option<Self> {
        let read: Self = NoticeItem::ALL.into_iter().filter(|item| bits & (1 << *item as u8) != 0).collect();
        (read.bits() == bits).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Item;
    use crate::scope::Scope;

    #[test]
    fn no_code_is_given_another_meaning() {
        let kinds = [Kind::Granted, Kind::Expired, Kind::Refused, Kind::Withdrawn, Kind::Objected];
        assert_eq!(kinds.map(kind), [0, 1, 2, 3, 4]);
        assert_eq!(Basis::ALL.map(basis), [0, 1, 2]);
        let covered = [Coverage::MARKETING, Coverage::TRACKING, Coverage::BOTH];
        assert_eq!(covered.map(coverage), [[1, 0, 0], [0, 1, 0], [1, 1, 0]]);
        let scope = |scope| coverage(Coverage::scopes(ScopeSet::NONE.with(scope)).unwrap());
        assert_eq!(Scope::ALL.map(scope), [1, 2, 4, 8, 16, 32].map(|bit| [0, 2, bit]));
        let item = |item| Items::NONE.with(item).bits();
        assert_eq!(Item::ALL.map(item), [1, 2, 4, 8, 16, 32, 64, 128]);
        let of_notice = |item| [item].into_iter().collect::<NoticeItems>().bits();
        assert_eq!(NoticeItem::ALL.map(of_notice), [1, 2, 4, 8, 16, 32, 64]);
    }
}
