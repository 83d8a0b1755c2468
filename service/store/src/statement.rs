//! Statements in both dialects: a pair of files per statement, `sql/verb_noun.{postgres,sqlite}.sql`.
//!
//! The text never depends on how many rows a statement works on. Many rows go in as columns: on
//! PostgreSQL one array per column (`unnest`), on SQLite one JSON array of rows for all columns of a set
//! (`json_each`, bytes in hexadecimal). Scalars come first in both: `$1…$n` and the columns after
//! them, `?1…?n` and the JSON of each set after them.
//!
//! What PostgreSQL does in one statement with several `WITH … AS (INSERT …)` is several statements in one text on
//! SQLite, separated by `;`. They share their numbered values; the driver counts the numbers that a statement passes
//! over as values used up, so a later statement has the higher numbers.
//!
//! Two traps of SQLite: `json_each(…) CROSS JOIN table` keeps the order that uses the table's index,
//! a plain JOIN turns it round; and a `SELECT` before `ON CONFLICT` needs its `WHERE TRUE`.

use std::borrow::Cow;

use sea_orm::{DbBackend, Statement, Value};

/// One statement in both dialects.
#[derive(Clone, Debug)]
pub struct Sql {
    name: &'static str,
    postgres: Cow<'static, str>,
    sqlite: Cow<'static, str>,
}

impl Sql {
    /// A statement of that name, one text per engine.
    pub const fn new(name: &'static str, postgres: &'static str, sqlite: &'static str) -> Self {
        Self { name, postgres: Cow::Borrowed(postgres), sqlite: Cow::Borrowed(sqlite) }
    }

    /// The same from texts that are not part of the program: for tests that hand over other ones.
    #[must_use]
    pub fn from_texts(name: &'static str, postgres: String, sqlite: String) -> Self {
        Self { name, postgres: Cow::Owned(postgres), sqlite: Cow::Owned(sqlite) }
    }

    /// What it is called: a verb and a noun.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its text for PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> &str {
        &self.postgres
    }

    /// Its text for SQLite.
    #[must_use]
    pub fn sqlite(&self) -> &str {
        &self.sqlite
    }

    fn text(&self, backend: DbBackend) -> &str {
        match backend {
            DbBackend::Sqlite => &self.sqlite,
            _ => &self.postgres,
        }
    }

    /// The statement with its values, to be sent inside `transaction` (absent: on its own).
    pub(crate) fn with(&self, backend: DbBackend, transaction: Option<&str>, values: Values) -> Statement {
        let text = match transaction {
            Some(name) => format!("-- {name}\n{}", self.text(backend)),
            None => self.text(backend).to_owned(),
        };
        Statement::from_sql_and_values(backend, text, values.bound(backend))
    }
}

/// Loads the pair of files of that name.
macro_rules! sql {
    ($name:literal) => {
        $crate::statement::Sql::new(
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sql/", $name, ".postgres.sql")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sql/", $name, ".sqlite.sql")),
        )
    };
}
pub(crate) use sql;

/// The name on a statement's first line; `entity` for those that an entity makes.
pub(crate) fn name_of(text: &str) -> &str {
    let first = text.lines().next().unwrap_or("");
    first.strip_prefix("-- ").unwrap_or("entity")
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// One column of many rows. Nothing in it can be NULL: an empty text or the least number stands for
/// "none" and the statement says NULLIF (sea-orm's arrays cannot hold a NULL). A column that is left empty beside others that
/// are not is NULL in every row, and costs nothing; the statement says what that stands for.
#[derive(Clone, Debug)]
pub enum Column {
    /// Texts.
    Text(Vec<String>),
    /// Numbers.
    Number(Vec<i64>),
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Text(column) => column.len(),
            Self::Number(column) => column.len(),
            Self::Bytes(column) => column.len(),
        }
    }

    /// Writes the value of a row, which as text or number always has a JSON form.
    fn write_json(&self, row: usize, json: &mut Vec<u8>) {
        let _ = match self {
            Self::Text(column) => serde_json::to_writer(json, &column.get(row)),
            Self::Number(column) => serde_json::to_writer(json, &column.get(row)),
            Self::Bytes(column) => match column.get(row) {
                None => serde_json::to_writer(json, &()),
                Some(bytes) => {
                    json.push(b'"');
                    json.extend(
                        bytes
                            .iter()
                            .flat_map(|byte| [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)])),
                    );
                    json.push(b'"');
                    Ok(())
                }
            },
        };
    }
}

/// The values of one statement: scalars, then the columns of one set of rows, or of several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    scalars: Vec<Value>,
    sets: Vec<Vec<Column>>,
}

impl Values {
    pub(crate) fn of(scalars: impl IntoIterator<Item = Value>) -> Self {
        Self { scalars: scalars.into_iter().collect(), sets: Vec::new() }
    }

    /// One more set of rows, by its columns.
    pub(crate) fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        let set: Vec<Column> = columns.into_iter().collect();
        let rows = set.first().map_or(0, Column::len);
        debug_assert!(set.iter().all(|column| column.len() == rows || column.len() == 0));
        self.sets.push(set);
        self
    }

    fn bound(self, backend: DbBackend) -> Vec<Value> {
        let mut values = self.scalars;
        match backend {
            DbBackend::Sqlite => values.extend(self.sets.iter().map(|set| Value::from(rows_json(set)))),
            _ => values.extend(self.sets.into_iter().flatten().map(|column| match column {
                Column::Text(column) => column.into(),
                Column::Number(column) => column.into(),
                Column::Bytes(column) => column.into(),
            })),
        }
        values
    }
}

fn rows_json(columns: &[Column]) -> String {
    let rows = columns.first().map_or(0, Column::len);
    let mut json = vec![b'['];
    for row in 0..rows {
        json.extend_from_slice(if row == 0 { b"[" } else { b",[" });
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                json.push(b',');
            }
            column.write_json(row, &mut json);
        }
        json.push(b']');
    }
    json.push(b']');
    // JSON is text.
    String::from_utf8(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Sql = Sql::new("count_things", "-- count_things\nSELECT $1", "-- count_things\nSELECT ?1");

    #[test]
    fn columns_are_arrays_on_one_engine_and_one_json_on_the_other() {
        let values = || {
            Values::of(["t".into()]).columns([
                Column::Text(vec!["a\"b".into(), "é".into()]),
                Column::Number(vec![1, -2]),
                Column::Bytes(vec![vec![0, 255], vec![]]),
            ])
        };
        assert_eq!(values().bound(DbBackend::Postgres).len(), 4);
        let bound = values().bound(DbBackend::Sqlite);
        assert_eq!(bound.len(), 2);
        assert_eq!(bound[1], Value::from(r#"[["a\"b",1,"00ff"],["é",-2,""]]"#.to_owned()));
    }

    #[test]
    fn a_column_that_is_left_empty_is_null_in_every_row() {
        let empty = [Column::Text(Vec::new()), Column::Number(Vec::new()), Column::Bytes(Vec::new())];
        let values = Values::default().columns([Column::Number(vec![1, 2])].into_iter().chain(empty));
        let bound = values.bound(DbBackend::Sqlite);
        assert_eq!(bound[0], Value::from("[[1,null,null,null],[2,null,null,null]]".to_owned()));
    }

    #[test]
    fn the_first_comment_names_the_transaction_else_the_statement() {
        let alone = PAIR.with(DbBackend::Postgres, None, Values::default());
        let inside = PAIR.with(DbBackend::Sqlite, Some("upsert_consents"), Values::default());
        assert_eq!(name_of(&alone.sql), "count_things");
        assert_eq!(name_of(&inside.sql), "upsert_consents");
        assert_eq!(name_of("SELECT 1"), "entity");
    }
}
