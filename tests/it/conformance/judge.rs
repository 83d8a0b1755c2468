//! The checker: whether a recorded history is one that the feed promises. A pure function; `Err` names the first
//! position that is lost, doubled or out of order, or what else is wrong.
//!
//! It shares no line with the service: the chain is computed anew ([`chain`]), what followers were handed is held
//! against the ledger ([`handed`]), and what is erased against what was erased ([`erased`]).

mod chain;
mod erased;
mod handed;
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::history::{Call, Entry, History, Told};

/// What is wrong with it, by position.
pub(super) fn judge(history: &History) -> Result<(), String> {
    dense(&history.entries)?;
    once(&history.entries)?;
    in_steps_of_one(history)?;
    numbered(history)?;
    erased::hold(history)?;
    acknowledged(history)?;
    sent(history)?;
    in_the_order_of_calls(history)?;
    chain::follows(history)?;
    history.followers.iter().try_for_each(|follower| handed::whole(history, follower))?;
    match history.oddities.first() {
        Some(first) => {
            Err(format!("{} errors that nothing explains, the first: {first}", history.oddities.len()))
        }
        None => Ok(()),
    }
}

/// Positions are 1 to n.
fn dense(entries: &[Entry]) -> Result<(), String> {
    for (entry, expected) in entries.iter().zip(1..) {
        let position = entry.position;
        if position < expected {
            return Err(format!("position {position} is doubled: two records have it"));
        }
        if position > expected {
            return Err(format!("position {expected} is missing: {position} stands in its place"));
        }
    }
    Ok(())
}

/// No record and nothing that was sent has two positions.
fn once(entries: &[Entry]) -> Result<(), String> {
    let (mut records, mut tokens) = (HashMap::new(), HashMap::new());
    for entry in entries {
        let position = entry.position;
        if let Some(first) = records.insert(&entry.record, position) {
            return Err(format!("position {position} is doubled: its record stands at {first} already"));
        }
        let again = entry.token.as_ref().and_then(|token| tokens.insert(token, position));
        if let Some(first) = again {
            return Err(format!(
                "position {position} is doubled: what it holds was recorded at {first} already"
            ));
        }
    }
    Ok(())
}

/// One person's versions rise by one from position to position, from 1 or from an erasure's own record.
fn in_steps_of_one(history: &History) -> Result<(), String> {
    let mut last: HashMap<&str, u64> = HashMap::new();
    for (index, entry) in history.entries.iter().enumerate() {
        let Some(who) = &entry.who else { continue };
        let (position, version) = (entry.position, entry.version);
        let Some(before) = last.insert(who, version).or_else(|| entry.token.is_some().then_some(0)) else {
            continue;
        };
        if version <= before {
            return Err(format!(
                "position {position} is out of order: it holds version {version} of a profile after version {before}"
            ));
        }
        if version == before + 1 {
            continue;
        }
        let behind = history.entries[index..]
            .iter()
            .find(|late| late.who.as_ref() == Some(who) && late.version > before && late.version < version);
        return Err(match behind {
            Some(late) => format!(
                "position {} is out of order: it holds version {} of a profile, and {position} version {version}",
                late.position, late.version
            ),
            None => format!(
                "version {} of a profile is lost: position {position} holds version {version} after version {before}",
                before + 1
            ),
        });
    }
    Ok(())
}

/// Every record has a position: none waits, and each person's own row knows of no other.
fn numbered(history: &History) -> Result<(), String> {
    if let Some(version) = history.unnumbered.first() {
        return Err(format!("version {version} of a profile is lost: its record has no position"));
    }
    let places = last_of_each(history);
    for (who, version) in &history.versions {
        let (position, known) = places.get(who.as_str()).copied().unwrap_or_default();
        if known != *version {
            return Err(format!(
                "version {version} of a profile is lost: its last, at position {position}, is version {known}"
            ));
        }
    }
    Ok(())
}

/// The last position of each person, with its version.
fn last_of_each(history: &History) -> HashMap<&str, (u64, u64)> {
    let named = history.entries.iter().filter_map(|entry| Some((entry.who.as_deref()?, entry)));
    named.map(|(who, entry)| (who, (entry.position, entry.version))).collect()
}

/// The position of each thing that was sent and is there.
fn places(history: &History) -> HashMap<&str, u64> {
    let known = history.entries.iter().filter_map(|entry| Some((entry.token.as_deref()?, entry.position)));
    known.collect()
}

/// What was acknowledged is there; what was not is there as a whole or not at all.
fn acknowledged(history: &History) -> Result<(), String> {
    let (places, last) = (places(history), last_of_each(history));
    let erased: BTreeSet<&str> = history.erasures.iter().map(|erasure| erasure.who.as_str()).collect();
    for call in &history.calls {
        let Call { writer, number, .. } = call;
        // Whether what somebody sent about the erased is there is counted, not seen (`erased`).
        let seen = call.items.iter().filter(|item| !erased.contains(item.who.as_str()));
        let (there, gone): (Vec<_>, Vec<_>) = seen.partition(|item| places.contains_key(item.token.as_str()));
        match (call.told, there.first(), gone.first()) {
            (Told::Acknowledged, _, Some(lost)) => {
                let (position, version) = last.get(lost.who.as_str()).copied().unwrap_or_default();
                return Err(format!(
                    "call {number} of writer {writer} was acknowledged and is lost: no position holds one of its items; \
                     the last of that profile is {position}, version {version}"
                ));
            }
            (Told::Unknown, Some(there), Some(_)) => {
                return Err(format!(
                    "half of call {number} of writer {writer} is there: position {} and not the rest",
                    places[there.token.as_str()]
                ));
            }
            (Told::TakenAway, Some(there), _) => {
                return Err(format!(
                    "position {} holds what a restore took away",
                    places[there.token.as_str()]
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Every position holds something that somebody sent, about whom it was sent.
fn sent(history: &History) -> Result<(), String> {
    let items = history.calls.iter().flat_map(|call| &call.items);
    let about: HashMap<_, _> = items.map(|item| (item.token.as_str(), item.who.as_str())).collect();
    for entry in &history.entries {
        let (Some(token), Some(who)) = (&entry.token, &entry.who) else { continue };
        if about.get(token.as_str()) != Some(&who.as_str()) {
            return Err(format!("position {} holds what nobody sent", entry.position));
        }
    }
    Ok(())
}

/// Of one person: what was acknowledged before another call began stands before it.
fn in_the_order_of_calls(history: &History) -> Result<(), String> {
    let calls: HashMap<&str, &Call> = history
        .calls
        .iter()
        .flat_map(|call| call.items.iter().map(move |item| (item.token.as_str(), call)))
        .collect();
    let mut of_each: BTreeMap<&str, Vec<(u64, &Call)>> = BTreeMap::new();
    for entry in &history.entries {
        let (Some(token), Some(who)) = (&entry.token, &entry.who) else { continue };
        if let Some(call) = calls.get(token.as_str()) {
            of_each.entry(who).or_default().push((entry.position, call));
        }
    }
    for places in of_each.values() {
        // From the end: the earliest answer of all that stands behind.
        let mut earliest: Option<(u64, u64)> = None;
        for (position, call) in places.iter().rev() {
            if let Some((behind, _)) = earliest.filter(|(_, ended)| *ended < call.began) {
                return Err(format!(
                    "position {behind} is out of order: it was acknowledged before the call of position {position} began"
                ));
            }
            let answered =
                call.told == Told::Acknowledged && earliest.is_none_or(|(_, ended)| call.ended < ended);
            if answered {
                earliest = Some((*position, call.ended));
            }
        }
    }
    Ok(())
}
