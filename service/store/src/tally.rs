//! The figures of campaigns as they are kept: entries, one for each figure that a transaction added to, and the tally that
//! they are folded into. Whoever counts only inserts; a fold takes entries and adds them in one transaction; a report reads
//! both in one statement. So nobody waits for anybody who counts, and nothing is told twice or not at all.
//!
//! What is counted is the domain's matter, and written with the rows (`interaction/save/figures.rs`).

pub(crate) mod code;

use std::collections::BTreeMap;

use assent_domain::id::{CampaignId, TenantId};
use assent_domain::tally::{Cell, DayRange};
use assent_domain::time::{Day, Instant, Span, Zone};

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_TALLYING: Sql = sql!("list_tallying");
const TAKE_TALLY_ENTRIES: Sql = sql!("take_tally_entries");
const ADD_TALLIES: Sql = sql!("add_tallies");
const READ_FIGURES: Sql = sql!("read_figures");
const LIST_COUNTING: Sql = sql!("list_counting");
const SWEEP_COUNTED: Sql = sql!("sweep_counted");

/// How many entries, or marks, one transaction takes.
const SLICE: i64 = 1000;

/// How far a figure goes, in either direction: two of them can always be added.
const BOUND: i64 = (1 << 62) - 1;

/// How long it is known at least what was counted anonymously.
const COUNTED_KEPT: Span = Span::from_days(2);

/// An amount as it is kept.
pub(crate) fn bounded(amount: i64) -> i64 {
    amount.clamp(-BOUND, BOUND)
}

impl Store {
    /// A campaign's figures: day by day of the days wanted and of what was counted anonymously, else of all days
    /// together.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn campaign_figures(
        &self,
        tenant: &TenantId,
        campaign: &CampaignId,
        wanted: Option<DayRange>,
    ) -> Result<Vec<Cell>, StoreError> {
        // No day has these numbers.
        let (first, last) =
            wanted.map_or((0, -1), |wanted| (wanted.first().number(), wanted.last().number()));
        let values =
            Values::of([tenant.as_str().into(), campaign.as_str().into(), first.into(), last.into()]);
        self.rows(&READ_FIGURES, "tally", values).await?.iter().map(cell).collect()
    }

    /// Folds every entry that is there into the tally, tenant by tenant and slice by slice, and says how many they were.
    /// It may run anywhere, several at once, and be stopped at any time.
    ///
    /// # Errors
    /// What the database says; of one tenant, once the others are done. What was folded by then stays folded.
    pub async fn fold_tallies(&self) -> Result<u64, StoreError> {
        let (mut folded, mut done) = (0, Ok(()));
        for row in self.rows(&LIST_TALLYING, "tally_entry", Values::default()).await? {
            let tenant = TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?;
            loop {
                match self.fold_slice(&tenant).await {
                    Ok(slice) => {
                        folded += slice;
                        if slice < SLICE.unsigned_abs() {
                            break;
                        }
                    }
                    Err(error) => {
                        done = Err(error);
                        break;
                    }
                }
            }
        }
        done.map(|()| folded)
    }

    async fn fold_slice(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        transaction!(self, "fold_tallies", |tx| {
            let taken = Values::of([tenant.as_str().into(), SLICE.into()]);
            let taken = tx.rows(&TAKE_TALLY_ENTRIES, "tally_entry", taken).await?;
            if taken.is_empty() {
                return Ok(Ending::Rollback(0));
            }
            let columns = summed(&taken)?;
            tx.execute(&ADD_TALLIES, Values::of([tenant.as_str().into()]).columns(columns)).await?;
            Ok(Ending::Commit(u64::try_from(taken.len()).unwrap_or(u64::MAX)))
        })
    }

    /// Forgets what was counted anonymously more than 48 hours ago, and says how much it was. Only days are kept of it, so
    /// that it is known for three days at most.
    ///
    /// # Errors
    /// What the database says. What was forgotten by then stays forgotten.
    pub async fn forget_counted(&self, now: Instant) -> Result<u64, StoreError> {
        // Something counted on the day on which 48 hours ago fell may be younger than that.
        let kept_from = now.minus(COUNTED_KEPT).day_in(&Zone::utc());
        let mut forgotten = 0;
        for row in self.rows(&LIST_COUNTING, "counted", Values::default()).await? {
            let tenant = row.text("tenant")?;
            loop {
                let slice = transaction!(self, "forget_counted", |tx| {
                    let values =
                        Values::of([tenant.as_str().into(), kept_from.number().into(), SLICE.into()]);
                    Ok(Ending::Commit(tx.execute(&SWEEP_COUNTED, values).await?))
                })?;
                forgotten += slice;
                if slice < SLICE.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(forgotten)
    }
}

fn cell(row: &Row) -> Result<Cell, StoreError> {
    let day = row.number_or_none("day")?;
    let day = day.map(|number| Day::numbered(number).ok_or_else(|| row.wrong("day"))).transpose()?;
    let measure = code::read(row.number("measure")?, &row.text("currency")?);
    let measure = measure.ok_or_else(|| row.wrong("measure"))?;
    Ok(Cell { day, measure, amount: row.number("amount")? })
}

/// The sums of the entries taken, as columns in the order of the tally's key: the order in which every fold adds.
fn summed(taken: &[Row]) -> Result<Vec<Column>, StoreError> {
    let mut sums: BTreeMap<(String, i64, i64, String), i64> = BTreeMap::new();
    for row in taken {
        let key = (row.text("campaign")?, row.number("day")?, row.number("measure")?, row.text("currency")?);
        let sum = sums.entry(key).or_default();
        *sum = bounded(sum.saturating_add(row.number("amount")?));
    }
    let mut texts: [Vec<String>; 2] = Default::default();
    let mut numbers: [Vec<i64>; 3] = Default::default();
    for ((campaign, day, measure, currency), amount) in sums {
        texts.iter_mut().zip([campaign, currency]).for_each(|(column, text)| column.push(text));
        let row = [day, measure, amount];
        numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
    }
    Ok(texts.into_iter().map(Column::Text).chain(numbers.into_iter().map(Column::Number)).collect())
}
