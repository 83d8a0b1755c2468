//! All that a judgement stands on but the people, by one statement: the settings of the profile tables, the tenant's overrides, and
//! what is declared of what a call names. A judgement of one interaction is mostly the statements around it.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{PolicyId, TableId, TenantId};

use crate::Store;
use crate::declaration::{self, Declarations, Named};
use crate::error::StoreError;
use crate::policy_override::{self, PolicyOverride};
use crate::profile_table;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};
use crate::versioned::Versioned;

const LOAD_SETTINGS: Sql = sql!("load_settings");

/// What holds in profile tables, and what is declared of what a call names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The settings of those profile tables that were made.
    pub tables: BTreeMap<TableId, Versioned>,
    /// The newest version of each of the tenant's overrides, in the order of their ids.
    pub overrides: Vec<PolicyOverride>,
    /// What is declared.
    pub declarations: Declarations,
}

impl Store {
    /// The settings of those profile tables, and the tenant's overrides.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settings(
        &self,
        tenant: &TenantId,
        tables: &BTreeSet<&TableId>,
    ) -> Result<Settings, StoreError> {
        self.settings_around(tenant, tables, &Named::default()).await
    }

    /// What is declared of what a call names, and of what that names in turn.
    ///
    /// # Errors
    /// What the database says.
    pub async fn declarations(&self, tenant: &TenantId, named: &Named) -> Result<Declarations, StoreError> {
        if named.is_empty() {
            return Ok(Declarations::default());
        }
        Ok(self.settings_around(tenant, &BTreeSet::new(), named).await?.declarations)
    }

    async fn settings_around(
        &self,
        tenant: &TenantId,
        tables: &BTreeSet<&TableId>,
        named: &Named,
    ) -> Result<Settings, StoreError> {
        let rows = self.rows(&LOAD_SETTINGS, declaration::TABLE, values(tenant, tables, named)).await?;
        Settings::of(rows, named)
    }
}

/// The same inside a transaction, with what is declared of what a call names.
pub(crate) async fn load_settings(
    tx: &Tx,
    tenant: &TenantId,
    tables: &BTreeSet<&TableId>,
    named: &Named,
) -> Result<Settings, Stop> {
    let rows = tx.rows(&LOAD_SETTINGS, declaration::TABLE, values(tenant, tables, named)).await?;
    Ok(Settings::of(rows, named)?)
}

fn values(tenant: &TenantId, tables: &BTreeSet<&TableId>, named: &Named) -> Values {
    let tables = tables.iter().map(|id| id.as_str().to_owned()).collect();
    Values::of([tenant.as_str().into()]).columns([Column::Text(tables)]).columns(named.columns())
}

impl Settings {
    fn of(rows: Vec<Row>, named: &Named) -> Result<Self, StoreError> {
        let mut settings = Self { declarations: Declarations::unread(named), ..Self::default() };
        for row in rows {
            match row.text("kind")?.as_str() {
                "table" => {
                    let row = row.of(profile_table::TABLE);
                    let id = TableId::new(row.text("id")?).map_err(|_| row.wrong("id"))?;
                    settings.tables.insert(id, stored(&row, profile_table::TABLE)?);
                }
                "override" => {
                    let row = row.of(policy_override::TABLE);
                    let id = PolicyId::new(row.text("id")?).map_err(|_| row.wrong("id"))?;
                    let stored = stored(&row, policy_override::TABLE)?;
                    settings.overrides.push(PolicyOverride { id, stored });
                }
                _ => settings.declarations.add(&row)?,
            }
        }
        settings.overrides.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(settings)
    }
}

fn stored(row: &Row, table: &'static str) -> Result<Versioned, StoreError> {
    let recorded_at = row.number("recorded_at")?;
    Versioned::of(table, row.number("version")?, row.text("body")?, recorded_at)
}
