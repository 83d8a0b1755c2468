//! One person's recorded interactions, last device and last-open day, as they are stored: whoever reads them has them
//! judged first.

use assent_domain::id::{InteractionId, TenantId};
use assent_domain::interaction::DeviceSeen;
use assent_domain::time::{Day, Instant};
use assent_domain::verdict::Unjudged;

use super::row::{OnRecord, on_record, person};
use crate::Store;
use crate::declaration::Named;
use crate::error::StoreError;
use crate::profile::{ProfileKey, key_columns};
use crate::row::Row;
use crate::statement::{Sql, Values, sql};

const LIST_ACTIVITY: Sql = sql!("list_activity");
const READ_DEVICE: Sql = sql!("read_device");
const READ_LAST_OPEN: Sql = sql!("read_last_open");

/// A place in a person's activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityPlace {
    /// When the interaction occurred.
    pub occurred_at: Instant,
    /// Its id.
    pub id: InteractionId,
}

impl ActivityPlace {
    /// Before everything: the newest comes first.
    pub const NEWEST: Self = Self { occurred_at: Instant::MAX, id: InteractionId([0xff; 16]) };
}

/// A person's last device and user agent.
#[derive(Clone, PartialEq, Eq)]
pub struct LastDevice {
    /// What was seen.
    pub seen: DeviceSeen,
    /// When the interaction occurred that told them.
    pub occurred_at: Instant,
}

impl std::fmt::Debug for LastDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LastDevice(…)")
    }
}

impl Store {
    /// A page of a person's interactions, the newest first, after that place, and every declared thing that
    /// one of them names.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn list_activity(
        &self,
        tenant: &TenantId,
        key: &ProfileKey,
        after: ActivityPlace,
        limit: u32,
    ) -> Result<(Vec<(ActivityPlace, Unjudged<OnRecord>)>, Named), StoreError> {
        let values = Values::of([
            tenant.as_str().into(),
            person(key).into(),
            key.table.as_str().into(),
            key.id.as_str().into(),
            after.occurred_at.micros().into(),
            after.id.0.to_vec().into(),
            i64::from(limit).into(),
        ]);
        let rows = self.rows(&LIST_ACTIVITY, "interaction", values).await?;
        let mut named = Named::default();
        let mut page = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = on_record(row, &mut named)?;
            let interaction = &row.recorded.interaction;
            let place = ActivityPlace { occurred_at: interaction.occurred_at, id: interaction.id };
            page.push((place, Unjudged::new(row)));
        }
        Ok((page, named))
    }

    /// A person's last device and user agent, if any is known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_device(
        &self,
        tenant: &TenantId,
        key: &ProfileKey,
    ) -> Result<Option<Unjudged<LastDevice>>, StoreError> {
        let values = Values::of([tenant.as_str().into()]).columns(key_columns(&[key]));
        let rows = self.rows(&READ_DEVICE, "last_device", values).await?;
        rows.first()
            .map(|row| {
                let seen = DeviceSeen {
                    device: row.text_or_none("device")?,
                    user_agent: row.text_or_none("user_agent")?,
                };
                Ok(Unjudged::new(LastDevice { seen, occurred_at: row.instant("occurred_at")? }))
            })
            .transpose()
    }

    /// The day of a person's last known open, if one is known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_open(
        &self,
        tenant: &TenantId,
        key: &ProfileKey,
    ) -> Result<Option<Unjudged<Day>>, StoreError> {
        let (table, id) = (key.table.as_str(), key.id.as_str());
        let values = Values::of([tenant.as_str().into(), person(key).into(), table.into(), id.into()]);
        let rows = self.rows(&READ_LAST_OPEN, "last_open", values).await?;
        let day = |row: &Row| Day::numbered(row.number("day")?).ok_or_else(|| row.wrong("day"));
        Ok(rows.first().map(day).transpose()?.map(Unjudged::new))
    }
}
