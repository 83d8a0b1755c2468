//! A plain look at a database of either engine, past the store: for what a test must see with its own eyes.
//!
//! Everything comes back as text, so that one assertion serves both engines: cast what is not text
//! (`CAST(n AS TEXT)`), and write SQL that both engines understand.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor, PgConnection, Row, SqliteConnection};

/// One open connection. Closed when dropped.
#[derive(Debug)]
pub enum Look {
    /// To a file.
    Sqlite(Box<SqliteConnection>),
    /// To a database of a cluster.
    Postgres(Box<PgConnection>),
}

impl Look {
    /// Opens the database at `url`, in either form that [`crate::engine::Database::url`] gives. What it asks is nobody's to log: a
    /// busy machine makes a warning of it, with the statement's text.
    ///
    /// # Errors
    /// When nothing is there, or the server does not answer.
    pub async fn at(url: &str) -> Result<Self, sqlx::Error> {
        Ok(if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?.disable_statement_logging();
            Self::Sqlite(Box::new(options.connect().await?))
        } else {
            let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
            Self::Postgres(Box::new(options.connect().await?))
        })
    }

    /// Runs one or more statements; gives the number of rows that the last one touched.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn run(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        Ok(match self {
            Self::Sqlite(connection) => connection.execute(sqlx::raw_sql(sql)).await?.rows_affected(),
            Self::Postgres(connection) => connection.execute(sqlx::raw_sql(sql)).await?.rows_affected(),
        })
    }

    /// The rows of a query whose columns are all text; NULL comes as `None`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => {
                let rows = connection.fetch_all(sqlx::raw_sql(sql)).await?;
                rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect()).collect()
            }
            Self::Postgres(connection) => {
                let rows = connection.fetch_all(sqlx::raw_sql(sql)).await?;
                rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect()).collect()
            }
        }
    }

    /// The first column of every row.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn column(&mut self, sql: &str) -> Result<Vec<String>, sqlx::Error> {
        Ok(self
            .rows(sql)
            .await?
            .into_iter()
            .map(|row| row.into_iter().next().flatten().unwrap_or_default())
            .collect())
    }
}
