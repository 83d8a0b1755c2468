//! Writing what was judged: rows, sends, devices, what the law exempts, the figures of campaigns, and the batch that
//! the feed will number.
//!
//! Every transaction goes through the tables in this order, and through the rows of each in the order of their keys, so
//! that two never wait for each other crosswise.

mod exempt;
mod figures;

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::InteractionId;
use assent_domain::interaction::{InteractionKind, Reported, What};
use assent_domain::tally::Share;
use assent_domain::time::Instant;
use assent_domain::verdict::Judged;

use super::new_row::{self, NewRow};
use super::row::person;
use super::{Asked, Fate, InteractionWrite, Weighed, code};
use crate::profile::ProfileKey;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};
use exempt::{Counts, Days};
use figures::CampaignFigures;

const INSERT_INTERACTIONS: Sql = sql!("insert_interactions");
const HUMANIZE_INTERACTIONS: Sql = sql!("humanize_interactions");
const INSERT_SENDS: Sql = sql!("insert_sends");
const SAVE_DEVICES: Sql = sql!("save_devices");
const INSERT_BATCH: Sql = sql!("insert_batch");

/// Stands for NULL in a column of numbers.
const NONE: i64 = i64::MIN;

/// What an interaction is known by.
type Key = (InteractionId, Instant);

/// A transaction's writes as they come together.
pub(super) struct Saving<'a> {
    write: &'a InteractionWrite<'a>,
    fates: Vec<Option<Fate>>,
    /// The keys of the rows that were written, in order.
    keys: Vec<Key>,
    /// The last-open days that move.
    days: Days,
    /// What is to be counted without naming anybody.
    counts: Counts,
    /// What campaigns' figures go up and down by.
    figures: CampaignFigures,
    /// Whether anything was written.
    wrote: bool,
}

/// A row that may be written: who, what, and the arrivals that are this same interaction.
struct Candidate {
    person: ProfileKey,
    judged: Judged<Reported>,
    /// What it adds to its campaign's figures.
    share: Option<Share>,
    /// Whether one of the arrivals was a person's.
    human: bool,
    arrivals: Vec<usize>,
}

impl Candidate {
    const fn is_automated(&self) -> bool {
        !self.human
    }

    fn row(&self) -> Option<NewRow<'_>> {
        let (person, automated, verdict) = (&self.person, self.is_automated(), self.judged.verdict());
        Some(NewRow { person, reported: self.judged.recorded()?, automated, verdict })
    }

    /// Its kind, and its share.
    fn counted(&self) -> Option<(InteractionKind, &Share)> {
        Some((self.judged.recorded()?.what.kind(), self.share.as_ref()?))
    }
}

impl<'a> Saving<'a> {
    pub(super) fn new(write: &'a InteractionWrite<'a>) -> Self {
        Self {
            write,
            fates: vec![None; write.arrivals.len()],
            keys: Vec::new(),
            days: Days::default(),
            counts: Counts::default(),
            figures: CampaignFigures::default(),
            wrote: false,
        }
    }

    /// Writes the rows of what was judged to be recorded, and tells which arrivals became rows.
    pub(super) async fn rows(
        &mut self,
        tx: &Tx,
        asked: &[Asked],
        weighed: Vec<Option<Weighed>>,
    ) -> Result<Vec<usize>, Stop> {
        let candidates = self.candidates(asked, weighed);
        let rows: Vec<NewRow<'_>> = candidates.values().filter_map(Candidate::row).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let scalars = [self.write.tenant.as_str().into(), self.write.now.micros().into()];
        let values = new_row::values(scalars, &rows);
        let mut written = BTreeSet::new();
        for row in tx.rows(&INSERT_INTERACTIONS, "interaction", values).await? {
            let id = InteractionId(row.array("interaction_id").map_err(Stop::from)?);
            written.insert((id, row.instant("occurred_at").map_err(Stop::from)?));
        }
        self.humanize(tx, &candidates, &written).await?;

        let mut first = Vec::new();
        for (key, candidate) in candidates {
            let is_new = written.contains(&key);
            for (turn, arrival) in candidate.arrivals.iter().enumerate() {
                if let Some(Some(fate)) = self.fates.get_mut(*arrival) {
                    fate.duplicate = !is_new || turn > 0;
                }
            }
            if is_new {
                first.extend(candidate.arrivals.first());
                self.add(candidate);
            }
        }
        first.sort_unstable();
        let key = |place: &usize| {
            let reported = &self.write.arrivals[*place].reported;
            (reported.id, reported.occurred_at)
        };
        self.keys.extend(first.iter().map(key));
        Ok(first)
    }

    /// What a new row leaves beside it: its share of its campaign's figures, and its day.
    fn add(&mut self, candidate: Candidate) {
        let automated = candidate.is_automated();
        if let (Some(reported), Some(share)) = (candidate.judged.recorded(), candidate.share) {
            self.figures.add(share, reported, automated);
        }
        if let Some(day) = candidate.judged.verdict().effects.last_open {
            self.days.move_to(candidate.person, day);
        }
    }

    /// What may become a row, by key: in the order in which every writer goes through them. What the law exempts is
    /// set aside.
    fn candidates(&mut self, asked: &[Asked], weighed: Vec<Option<Weighed>>) -> BTreeMap<Key, Candidate> {
        let mut candidates: BTreeMap<Key, Candidate> = BTreeMap::new();
        for (asked, weighed) in asked.iter().zip(weighed) {
            let Some(Weighed { judged, share, mark }) = weighed else { continue };
            let arrival = &self.write.arrivals[asked.arrival];
            self.fates[asked.arrival] = Some(Fate { verdict: judged.verdict().clone(), duplicate: false });
            if let Some((reported, effects)) = judged.exempted() {
                if let (Some(day), Some(person)) = (effects.last_open, arrival.key()) {
                    self.days.move_to(person, day);
                }
                if let (Some(share), Some(mark)) = (share, mark) {
                    self.counts.add(mark, share, reported, asked.arrival);
                }
                continue;
            }
            let (Some(reported), Some(person)) = (judged.recorded(), arrival.key()) else { continue };
            let (key, human) = ((reported.id, reported.occurred_at), !reported.automated);
            let kind = reported.what.kind();
            match candidates.get_mut(&key) {
                None => {
                    let arrivals = vec![asked.arrival];
                    candidates.insert(key, Candidate { person, judged, share, human, arrivals });
                }
                Some(there) => {
                    let same = there.person == person
                        && there.judged.recorded().is_some_and(|first| first.what.kind() == kind);
                    there.human |= human && same;
                    there.arrivals.push(asked.arrival);
                }
            }
        }
        candidates
    }

    /// A human signal overrules a machine's that is on record, of the same person and kind; never the reverse.
    async fn humanize(
        &mut self,
        tx: &Tx,
        candidates: &BTreeMap<Key, Candidate>,
        written: &BTreeSet<Key>,
    ) -> Result<(), Stop> {
        let there = candidates.iter().filter(|(key, candidate)| candidate.human && !written.contains(key));
        let (mut ids, mut times, mut people, mut kinds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut tables, mut profiles) = (Vec::new(), Vec::new());
        for ((id, at), candidate) in there {
            let Some(reported) = candidate.judged.recorded() else { continue };
            ids.push(id.0.to_vec());
            times.push(at.micros());
            people.push(person(&candidate.person));
            kinds.push(code::kind(reported.what.kind()));
            tables.push(candidate.person.table.as_str().to_owned());
            profiles.push(candidate.person.id.as_str().to_owned());
        }
        if ids.is_empty() {
            return Ok(());
        }
        let columns = [
            Column::Bytes(ids),
            Column::Number(times),
            Column::Number(people),
            Column::Number(kinds),
            Column::Text(tables),
            Column::Text(profiles),
        ];
        let values = Values::of([self.write.tenant.as_str().into()]).columns(columns);
        for row in tx.rows(&HUMANIZE_INTERACTIONS, "interaction", values).await? {
            self.wrote = true;
            let id = InteractionId(row.array("interaction_id").map_err(Stop::from)?);
            let key = (id, row.instant("occurred_at").map_err(Stop::from)?);
            if let Some((kind, share)) = candidates.get(&key).and_then(Candidate::counted) {
                self.figures.turn_human(&row, kind, share)?;
            }
        }
        Ok(())
    }

    /// Writes the modes of sends that became rows.
    pub(super) async fn sends(&self, tx: &Tx, written: &[usize]) -> Result<(), Stop> {
        let mut numbers: [Vec<i64>; 4] = Default::default();
        let mut texts: [Vec<String>; 3] = Default::default();
        let mut ids = Vec::new();
        for place in written {
            let arrival = &self.write.arrivals[*place];
            let (Some(key), What::Send { message, sent }) = (arrival.key(), &arrival.reported.what) else {
                continue;
            };
            ids.push(arrival.reported.id.0.to_vec());
            let row = [
                arrival.reported.occurred_at.micros(),
                person(&key),
                sent.pixel.map_or(NONE, code::pixel),
                sent.links.map_or(NONE, code::links),
            ];
            numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
            let row = [message.as_str(), key.table.as_str(), key.id.as_str()];
            texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let mut columns = vec![Column::Bytes(ids)];
        columns.extend(numbers.into_iter().map(Column::Number));
        columns.extend(texts.into_iter().map(Column::Text));
        let values = Values::of([self.write.tenant.as_str().into()]).columns(columns);
        tx.execute(&INSERT_SENDS, values).await?;
        Ok(())
    }

    /// Moves the last devices of those whose new rows tell one and may.
    pub(super) async fn devices(&self, tx: &Tx, written: &[usize]) -> Result<(), Stop> {
        let mut latest: BTreeMap<ProfileKey, &Reported> = BTreeMap::new();
        for place in written {
            let arrival = &self.write.arrivals[*place];
            let may = self.fates[*place].as_ref().is_some_and(|fate| fate.verdict.effects.device);
            let (Some(key), true, Some(_)) = (arrival.key(), may, &arrival.reported.device) else { continue };
            let newer = |there: &&Reported| there.occurred_at >= arrival.reported.occurred_at;
            if !latest.get(&key).is_some_and(newer) {
                latest.insert(key, &arrival.reported);
            }
        }
        if latest.is_empty() {
            return Ok(());
        }
        let mut texts: [Vec<String>; 4] = Default::default();
        let mut times = Vec::new();
        for (key, reported) in latest {
            let seen = reported.device.as_ref();
            let device = seen.and_then(|seen| seen.device.as_deref()).unwrap_or_default();
            let agent = seen.and_then(|seen| seen.user_agent.as_deref()).unwrap_or_default();
            let row = [key.table.as_str(), key.id.as_str(), device, agent];
            texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
            times.push(reported.occurred_at.micros());
        }
        let columns = texts.into_iter().map(Column::Text).chain([Column::Number(times)]);
        let values = Values::of([self.write.tenant.as_str().into()]).columns(columns);
        tx.execute(&SAVE_DEVICES, values).await?;
        Ok(())
    }

    /// Adds to the figures of campaigns, hands the rows that were written to the feed, and says whether anything was
    /// written at all.
    pub(super) async fn batch(&mut self, tx: &Tx) -> Result<bool, Stop> {
        self.wrote |= self.figures.insert(tx, self.write).await?;
        if self.keys.is_empty() {
            return Ok(self.wrote);
        }
        let mut keys = Vec::with_capacity(self.keys.len() * 24);
        for (id, at) in &self.keys {
            keys.extend_from_slice(&id.0);
            keys.extend_from_slice(&at.micros().to_be_bytes());
        }
        let (tenant, now) = (self.write.tenant.as_str(), self.write.now.micros());
        let batch = self.write.batch.0.to_vec();
        tx.execute(&INSERT_BATCH, Values::of([tenant.into(), now.into(), batch.into(), keys.into()])).await?;
        Ok(true)
    }

    /// What became of every arrival.
    pub(super) fn fates(self) -> Vec<Option<Fate>> {
        self.fates
    }
}
