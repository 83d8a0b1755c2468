//! The months that PostgreSQL keeps interactions in. SQLite has one table and no months.

use std::collections::BTreeSet;
use std::time::Duration;

use assent_domain::time::{Day, Instant, Zone};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::Store;
use crate::error::{self, Failed, StoreError};

/// The months that there are, from the catalogue.
const LIST_MONTHS: &str = "-- list_months
SELECT c.relname::text AS name
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'interaction'::regclass
ORDER BY c.relname";

/// How long a month's drop waits for those who read or write interactions. Everybody else waits as long at most.
const DROP_WAITS: Duration = Duration::from_millis(200);

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

    /// The month of a table; `None`: it is none of ours.
    fn of_table(name: &str) -> Option<Self> {
        let (year, month) = name.strip_prefix("interaction_")?.split_at_checked(4)?;
        let named = Self(year.parse().ok()?, month.parse().ok()?);
        (named.table() == name && named.start().is_some()).then_some(named)
    }

    /// Whether all of it lies before that instant.
    fn is_before(self, kept_from: Instant) -> bool {
        self.next().start().is_some_and(|end| end <= kept_from)
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

    /// Drops the months that lie wholly before that instant, and says how many went.
    ///
    /// A month is not waited for: whoever comes after a drop that waits would wait with it, recorders too. One that is
    /// not got within [`DROP_WAITS`] goes at another turn.
    ///
    /// # Errors
    /// What the database says. What was dropped by then stays dropped.
    pub async fn drop_months(&self, kept_from: Instant) -> Result<u64, StoreError> {
        let writer = &self.connected().writer;
        if writer.get_database_backend() != DbBackend::Postgres {
            return Ok(0);
        }
        let mut dropped = 0;
        for row in writer.query_all_raw(Statement::from_string(DbBackend::Postgres, LIST_MONTHS)).await? {
            let name: String = row.try_get("", "name")?;
            let Some(month) = Month::of_table(&name).filter(|month| month.is_before(kept_from)) else {
                continue;
            };
            dropped += u64::from(self.drop_month(month).await?);
        }
        Ok(dropped)
    }

    /// Drops a month, unless somebody is at it.
    async fn drop_month(&self, month: Month) -> Result<bool, StoreError> {
        let tx = self.connected().begin(None).await?;
        let wait = format!("-- limit_wait\nSET LOCAL lock_timeout = {}", DROP_WAITS.as_millis());
        tx.execute_unprepared(&wait).await?;
        let drop = format!("-- drop_month\nDROP TABLE IF EXISTS {}", month.table());
        let done = match tx.execute_unprepared(&drop).await {
            Ok(_) => tx.commit().await.map(|()| true),
            Err(error) => {
                // It is rolled back by the server in any case.
                let _ = tx.rollback().await;
                match error::read(&error) {
                    Failed::Contended | Failed::Final(StoreError::Timeout) => Ok(false),
                    _ => Err(error),
                }
            }
        };
        Ok(done?)
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

    #[test]
    fn a_month_lies_before_an_instant_when_its_last_one_does() {
        let from = Day::new(2027, 1, 1).unwrap().start_in(&Zone::utc());
        assert!(Month(2026, 12).is_before(from) && !Month(2027, 1).is_before(from));
        assert!(!Month(2026, 12).is_before(Instant::from_micros(from.micros() - 1).unwrap()));
    }

    #[test]
    fn only_a_month_is_read_back_as_one() {
        assert_eq!(Month::of_table("interaction_202612"), Some(Month(2026, 12)));
        for other in ["interaction_202613", "interaction_20261", "interaction_feed", "interaction_+02612"] {
            assert_eq!(Month::of_table(other), None, "{other}");
        }
    }
}
