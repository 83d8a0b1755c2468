//! What a transaction adds to the figures of campaigns: entries of its own, so that it waits for nobody who counts on the
//! same campaign. They are folded into the tally later (`tally.rs`).

use std::collections::BTreeMap;

use assent_domain::id::CampaignId;
use assent_domain::interaction::{Currency, InteractionKind, Reported};
use assent_domain::tally::{Measure, Share};
use assent_domain::time::Day;

use crate::interaction::InteractionWrite;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::tally::bounded;
use crate::tally::code::{currency, measure};
use crate::transaction::{Stop, Tx};

const INSERT_TALLY_ENTRIES: Sql = sql!("insert_tally_entries");

/// What is added, by campaign and day.
#[derive(Default)]
pub(super) struct CampaignFigures(BTreeMap<(CampaignId, Day), BTreeMap<Measure, i64>>);

impl CampaignFigures {
    /// Adds what a new row adds.
    pub(super) fn add(&mut self, share: Share, reported: &Reported, automated: bool) {
        let (place, adds) = share.of_row(reported, automated);
        let figures = self.at(place);
        for (measure, amount) in adds.into_iter().flatten() {
            let sum = figures.entry(measure).or_default();
            *sum = bounded(sum.saturating_add(amount));
        }
    }

    /// Adds what was counted without naming anybody.
    pub(super) fn count(&mut self, share: Share, kind: InteractionKind) {
        *self.at(share.into_place()).entry(Measure::Anonymous(kind)).or_default() += 1;
    }

    /// Moves a machine's row that has become a person's from one figure to the other: in the campaign that the row
    /// belongs to, whatever the human signal names, and on the day that the signal is judged to belong to.
    pub(super) fn turn_human(&mut self, row: &Row, kind: InteractionKind, share: &Share) -> Result<(), Stop> {
        let Some(campaign) = row.text_or_none("campaign").map_err(Stop::from)? else { return Ok(()) };
        let campaign = CampaignId::new(campaign).map_err(|_| row.wrong("campaign"))?;
        let figures = self.at((campaign, share.day()));
        *figures.entry(Measure::Automated(kind)).or_default() -= 1;
        *figures.entry(Measure::Human(kind)).or_default() += 1;
        let worth = row.text_or_none("currency").map_err(Stop::from)?;
        let worth = worth.zip(row.number_or_none("amount").map_err(Stop::from)?);
        if let (InteractionKind::TransactionGoal, Some((code, amount))) = (kind, worth) {
            let currency = Currency::new(&code).ok_or_else(|| row.wrong("currency"))?;
            let sum = figures.entry(Measure::Revenue(currency)).or_default();
            *sum = bounded(sum.saturating_add(amount));
        }
        Ok(())
    }

    fn at(&mut self, place: (CampaignId, Day)) -> &mut BTreeMap<Measure, i64> {
        self.0.entry(place).or_default()
    }

    /// Writes the entries, and says whether there were any.
    pub(super) async fn insert(&self, tx: &Tx, write: &InteractionWrite<'_>) -> Result<bool, Stop> {
        let mut texts: [Vec<String>; 2] = Default::default();
        let mut numbers: [Vec<i64>; 3] = Default::default();
        for ((campaign, day), figures) in &self.0 {
            for (counted, amount) in figures.iter().filter(|(_, amount)| **amount != 0) {
                let row = [campaign.as_str(), currency(counted)];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
                let row = [day.number(), measure(*counted), *amount];
                numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
            }
        }
        if texts[0].is_empty() {
            return Ok(false);
        }
        let columns = texts.into_iter().map(Column::Text).chain(numbers.into_iter().map(Column::Number));
        let values = Values::of([write.tenant.as_str().into(), write.batch.0.to_vec().into()]);
        tx.execute(&INSERT_TALLY_ENTRIES, values.columns(columns)).await?;
        Ok(true)
    }
}
