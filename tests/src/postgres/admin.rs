//! Making, copying and dropping databases.

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::database_url;

/// Makes a database: empty, or a copy of a template.
pub(crate) async fn create_database(server: &str, name: &str, template: Option<&str>) {
    let template = template.unwrap_or("template0");
    let mut connection = connect(server).await;
    execute(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    connection.close().await.expect("a quiet end");
}

/// Makes a copy of a database that somebody may still be connected to.
pub(crate) async fn copy_database(server: &str, name: &str, original: &str) {
    let mut connection = connect(server).await;
    let leave =
        format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{original}'");
    execute(&mut connection, leave).await;
    execute(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {original}")).await;
    connection.close().await.expect("a quiet end");
}

/// Puts one database in the place of another, whoever is connected to that.
pub(crate) async fn replace_database(server: &str, name: &str, by: &str) {
    let mut connection = connect(server).await;
    execute(&mut connection, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    execute(&mut connection, format!("ALTER DATABASE {by} RENAME TO {name}")).await;
    connection.close().await.expect("a quiet end");
}

/// Makes the template if no process of this run has made it yet. The others wait for the one that does.
pub(crate) async fn ensure_template<F>(server: &str, name: &str, migrate: impl FnOnce(String) -> F)
where
    F: Future<Output = ()>,
{
    let mut connection = connect(server).await;
    // Held by the session: a process that dies in the midst lets the next one begin again.
    execute(&mut connection, "SELECT pg_advisory_lock(hashtext('template'))".to_owned()).await;
    let made: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .expect("a catalogue");
    if !made {
        let draft = format!("{name}_draft");
        execute(&mut connection, format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await;
        execute(&mut connection, format!("CREATE DATABASE {draft} TEMPLATE template0")).await;
        migrate(database_url(server, &draft)).await;
        // A pool closes in its own time, and a database with a session cannot be renamed.
        let leave =
            format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{draft}'");
        execute(&mut connection, leave).await;
        execute(&mut connection, format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    connection.close().await.expect("a quiet end");
}

/// Drops a database with whatever is still connected to it. Does nothing if the server is gone:
/// then the database went with it.
pub(crate) fn drop_database(server: &str, name: &str) {
    let address = database_url(server, "postgres");
    let order = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    // On a thread of its own: this runs inside a drop, often inside a runtime, which must not be blocked on.
    let dropping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            if let Ok(mut connection) = PgConnection::connect(&address).await {
                let _ = connection.execute(AssertSqlSafe(order)).await;
                let _ = connection.close().await;
            }
        });
    });
    let _ = dropping.join();
}

async fn connect(server: &str) -> PgConnection {
    PgConnection::connect(&database_url(server, "postgres")).await.expect("the run's PostgreSQL answers")
}

async fn execute(connection: &mut PgConnection, order: String) {
    connection.execute(AssertSqlSafe(order)).await.expect("an administrator's order");
}
