//! The months that PostgreSQL keeps interactions in. SQLite has one table and no months.

use std::collections::BTreeSet;

use assent_domain::time::{Day, Instant, Zone};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::Store;
use crate::error::StoreError;

/// A month of UTC: year and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Month(i16, i8);

impl Month {
    fn of(at: Instant) -> Self {
        let (year, month, _) = at.day_in(&Zone::utc()).ymd();
        Self(year, month)
    }

    fn next(self) -> Self {
        if self.1 == 12 { Self(self.0.saturating_add(1), 1) } else { Self(self.0, self.1 + 1) }
    }

    fn start(self) -> Option<Instant> {
        Some(Day::new(self.0, self.1, 1)?.start_in(&Zone::utc()))
    }

    fn table(self) -> String {
        format!("interaction_{:04}{:02}", self.0, self.1)
    }
}

impl Store {
    /// Makes the months from that of `now` to the second after it, so that none is missing when it begins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn make_months_ahead(&self, now: Instant) -> Result<(), StoreError> {
        let this = Month::of(now);
        self.make_months(BTreeSet::from([this, this.next(), this.next().next()])).await
    }

    /// Makes the months of those instants.
    pub(super) async fn make_months_of(
        &self,
        instants: impl Iterator<Item = Instant>,
    ) -> Result<(), StoreError> {
        self.make_months(instants.map(Month::of).collect()).await
    }

    async fn make_months(&self, months: BTreeSet<Month>) -> Result<(), StoreError> {
        let writer = &self.connected().writer;
        if writer.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for month in months {
            let (Some(from), Some(to)) = (month.start(), month.next().start()) else { continue };
            let statement = format!(
                "CREATE TABLE IF NOT EXISTS {} PARTITION OF interaction FOR VALUES FROM ({}) TO ({})",
                month.table(),
                from.micros(),
                to.micros(),
            );
            match writer.execute_unprepared(&statement).await.map_err(StoreError::from) {
                Ok(_) => {}
                // Another replica made it at the same moment.
                Err(StoreError::Conflict) => {}
                Err(StoreError::Driver { code }) if code == "42P07" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_runs_from_its_first_instant_to_the_next_months() {
        let at = |year, month, day| Day::new(year, month, day).unwrap().start_in(&Zone::utc());
        let last = Instant::from_micros(at(2027, 1, 1).micros() - 1).unwrap();
        let december = Month::of(last);
        assert_eq!((december, december.table().as_str()), (Month(2026, 12), "interaction_202612"));
        assert_eq!(december.start(), Some(at(2026, 12, 1)));
        assert_eq!(december.next().start(), Some(at(2027, 1, 1)));
        assert_eq!(Month::of(at(2027, 1, 1)), Month(2027, 1));
    }
}
