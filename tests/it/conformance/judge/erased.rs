//! The erased: of their records only positions, leaves and versions are left, so that they are counted and not seen.

use std::collections::BTreeMap;

use super::super::history::{History, Told};

/// One who is erased, at a position.
struct Gone {
    position: u64,
    /// How many records the erasure emptied.
    emptied: u64,
    /// How many items about them were acknowledged, and how many were sent at all, that are not to be seen.
    acknowledged: u64,
    sent: u64,
}

/// The emptied positions are those of the erased, every version once, and what was acknowledged of them is among them.
pub(super) fn hold(history: &History) -> Result<(), String> {
    let gone = gone(history)?;
    let mut expected: BTreeMap<u64, usize> = BTreeMap::new();
    for one in gone.values() {
        for version in 1..=one.emptied {
            *expected.entry(version).or_default() += 1;
        }
        if !(one.acknowledged..=one.sent).contains(&one.emptied) {
            return Err(format!(
                "the erasure at position {} emptied {} records, of {} sent and {} acknowledged",
                one.position, one.emptied, one.sent, one.acknowledged
            ));
        }
    }
    for entry in history.entries.iter().filter(|entry| entry.opened.is_none()) {
        let left = expected.get_mut(&entry.version).filter(|left| **left > 0);
        let Some(left) = left else {
            return Err(format!("position {} is emptied, and nobody erased it", entry.position));
        };
        *left -= 1;
    }
    match expected.into_iter().find(|(_, left)| *left > 0) {
        Some((version, _)) => {
            Err(format!("version {version} of somebody erased is lost: no position is left of it"))
        }
        None => Ok(()),
    }
}

fn gone(history: &History) -> Result<BTreeMap<&str, Gone>, String> {
    let mut gone = BTreeMap::new();
    for entry in &history.entries {
        let (Some(who), None) = (&entry.who, &entry.token) else { continue };
        if !history.erasures.iter().any(|erasure| erasure.who == *who) {
            return Err(format!("position {} holds what nobody sent", entry.position));
        }
        let emptied = entry.version - 1;
        let one = Gone { position: entry.position, emptied, acknowledged: 0, sent: 0 };
        if gone.insert(who.as_str(), one).is_some() {
            return Err(format!("position {} erases somebody a second time", entry.position));
        }
    }
    for entry in &history.entries {
        let Some(one) = entry.who.as_deref().and_then(|who| gone.get(who)) else { continue };
        if entry.position < one.position {
            return Err(format!(
                "position {} still names somebody who is erased at {}",
                entry.position, one.position
            ));
        }
    }
    let seen = super::places(history);
    for call in &history.calls {
        for item in call.items.iter().filter(|item| !seen.contains_key(item.token.as_str())) {
            match gone.get_mut(item.who.as_str()) {
                Some(one) => {
                    one.sent += 1;
                    one.acknowledged += u64::from(call.told == Told::Acknowledged);
                }
                None if call.told == Told::Acknowledged
                    && history.erasures.iter().any(|erasure| erasure.who == item.who) =>
                {
                    return Err(format!(
                        "call {} of writer {} was acknowledged and is lost, and nobody was erased",
                        call.number, call.writer
                    ));
                }
                None => {}
            }
        }
    }
    for erasure in history.erasures.iter().filter(|erasure| erasure.told == Told::Acknowledged) {
        if !gone.contains_key(erasure.who.as_str())
            && history.entries.iter().any(|entry| entry.who.as_ref() == Some(&erasure.who))
        {
            return Err("somebody was erased and is still there".to_owned());
        }
    }
    Ok(gone)
}
