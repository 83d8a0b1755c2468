//! All that a database holds of one tenant, as text: to see that somebody else's test did not touch it.

use std::collections::BTreeMap;

use crate::look::Look;

/// Table to its rows of one tenant, each as text, in order.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Everything of `tenant`, in every table that says whose its rows are.
///
/// # Panics
/// When the database cannot be read.
pub async fn of_tenant(look: &mut Look, tenant: &str) -> Dump {
    let mut dump = Dump::new();
    for table in look.column(tables_with_tenant(look)).await.expect("a catalogue") {
        let row = row_as_text(look, &table).await;
        let rows = format!("SELECT {row} FROM {table} t WHERE tenant = '{tenant}' ORDER BY 1");
        dump.insert(table.clone(), look.column(&rows).await.expect("a table with a tenant"));
    }
    dump
}

/// Everything of everybody, in every table.
///
/// # Panics
/// When the database cannot be read.
pub async fn whole(look: &mut Look) -> Dump {
    let mut dump = Dump::new();
    for table in tables(look).await {
        let row = row_as_text(look, &table).await;
        let rows = look.column(&format!("SELECT {row} FROM {table} t ORDER BY 1")).await;
        dump.insert(table.clone(), rows.expect("a table"));
    }
    dump
}

/// Every table of the database, in order.
///
/// # Panics
/// When the database cannot be read.
pub async fn tables(look: &mut Look) -> Vec<String> {
    let names = match look {
        Look::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1",
        Look::Postgres(_) => {
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"
        }
    };
    look.column(names).await.expect("a catalogue")
}

const fn tables_with_tenant(look: &Look) -> &'static str {
    match look {
        Look::Sqlite(_) => {
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'tenant' ORDER BY 1"
        }
        Look::Postgres(_) => {
            "SELECT table_name::text FROM information_schema.columns JOIN information_schema.tables
             USING (table_schema, table_name)
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND column_name = 'tenant' ORDER BY 1"
        }
    }
}

async fn row_as_text(look: &mut Look, table: &str) -> String {
    if matches!(look, Look::Postgres(_)) {
        return "t::text".to_owned();
    }
    let columns = look.column(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
    let quoted: Vec<_> =
        columns.expect("a catalogue").iter().map(|name| format!("quote(\"{name}\")")).collect();
    quoted.join(" || ',' || ")
}
