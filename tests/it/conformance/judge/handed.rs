//! What one follower was handed, held against the ledger: every change once and as it is, pages that join, and
//! after a restore nothing of what was taken away. Who took a snapshot and applied what came after it holds of each person what
//! is on record.

use std::collections::BTreeMap;

use super::super::history::{Change, Event, Follower, History, Page};

/// Where a follower stands, and what it holds.
#[derive(Default)]
struct Place {
    from: u64,
    at: u64,
    saved: u64,
    /// By position.
    held: BTreeMap<u64, Change>,
    /// Each person's version, by a snapshot and what came after it; absent: it took none.
    people: Option<BTreeMap<String, u64>>,
}

impl Place {
    fn after(position: u64, people: Option<BTreeMap<String, u64>>) -> Self {
        Self { from: position, at: position, saved: position, people, ..Self::default() }
    }
}

pub(super) fn whole(history: &History, follower: &Follower) -> Result<(), String> {
    let name = &follower.name;
    let place = replayed(follower).map_err(|wrong| format!("{name}: {wrong}"))?;
    let head = history.entries.last().map_or(0, |entry| entry.position);
    if place.at != head {
        return Err(format!("{name}: it ends at position {} of {head}", place.at));
    }
    if let Some(people) = &place.people {
        as_on_record(history, people).map_err(|wrong| format!("{name}: {wrong}"))?;
    }
    let mut held = place.held;
    for entry in history.entries.iter().filter(|entry| entry.position > place.from) {
        let position = entry.position;
        match held.remove(&position) {
            Some(change) if (&change.record, change.version) != (&entry.record, entry.version) => {
                return Err(format!(
                    "{name}: position {position} was another record's when it was handed out"
                ));
            }
            Some(_) if entry.opened.is_some() && !entry.changed => {
                return Err(format!("{name}: position {position} was handed out and changed nothing"));
            }
            None if entry.opened.is_some() && entry.changed => {
                return Err(format!("{name}: position {position} is lost: it was never handed out"));
            }
            _ => {}
        }
    }
    match held.pop_first() {
        Some((position, _)) => {
            Err(format!("{name}: position {position} was handed out and is not in the ledger"))
        }
        None => Ok(()),
    }
}

/// Of each person the last change, and nobody else; of the erased nothing can be said.
fn as_on_record(history: &History, people: &BTreeMap<String, u64>) -> Result<(), String> {
    for (who, held) in people {
        let erased = history.erasures.iter().any(|erasure| erasure.who == *who);
        match history.versions.get(who) {
            Some(version) if version < held => {
                return Err(format!("it holds version {held} of a profile that has {version}"));
            }
            None if !erased => {
                return Err(format!("it holds version {held} of a profile that is not on record"));
            }
            _ => {}
        }
    }
    for entry in history.entries.iter().filter(|entry| entry.changed) {
        let Some(who) = entry.who.as_ref().filter(|who| history.versions.contains_key(*who)) else {
            continue;
        };
        let held = people.get(who).copied().unwrap_or_default();
        if held < entry.version {
            return Err(format!(
                "position {} is lost: it holds version {held} of a profile after its snapshot, not {}",
                entry.position, entry.version
            ));
        }
    }
    Ok(())
}

fn replayed(follower: &Follower) -> Result<Place, String> {
    let mut place = None;
    for event in &follower.events {
        match (event, &mut place) {
            (Event::Began { after }, place) => {
                *place = Some(Place::after(*after, None));
            }
            (Event::HandedOver { after, people }, place) => {
                *place = Some(Place::after(*after, Some(people.clone())));
            }
            (Event::Page(page), Some(place)) => turn(place, page)?,
            (Event::Saved, Some(place)) => place.saved = place.at,
            (Event::Resumed, Some(place)) => place.at = place.saved,
            (Event::Told(_), place) => *place = None,
            (_, None) => return Err("it reads without a cursor".to_owned()),
        }
    }
    place.ok_or_else(|| "it ends without a cursor".to_owned())
}

fn turn(place: &mut Place, page: &Page) -> Result<(), String> {
    let Page { after, through, changes } = page;
    if *after != place.at {
        return Err(format!("the page after position {} begins after {after}", place.at));
    }
    let mut last = *after;
    for change in changes {
        let position = change.position;
        if position <= last || position > *through {
            return Err(format!(
                "position {position} is out of order: it comes after {last} on a page through {through}"
            ));
        }
        last = position;
        if let Some(people) = &mut place.people {
            let version = people.entry(change.who.clone()).or_default();
            *version = change.version.max(*version);
        }
        let before = place.held.insert(position, change.clone());
        if before.is_some_and(|before| before != *change) {
            return Err(format!("position {position} is doubled: it was handed out as two records"));
        }
    }
    place.at = *through;
    Ok(())
}
