//! `assent keys`: makes, lists and revokes API keys.
//!
//! It goes past a running service to the database, on either engine. A new key opens at once, and a revoked one nothing
//! after five seconds. Where calls needed no key yet, they need one within five seconds of the first that is made.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_store::{ApiKey, Store};
use clap::Subcommand;

use super::{Failed, say};
use crate::app::store_options;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Engine};
use crate::credential::{KeyId, NewKey, read_roles};
use crate::entropy::OsEntropy;
use crate::lock::FileLock;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes a key and shows it, once.
    Make {
        /// Whom it opens: 1 to 64 bytes.
        #[arg(long, default_value = "default")]
        tenant: String,
        /// What it may do: some of record, plan, consent, read, settings, privacy, separated by commas.
        #[arg(long, value_name = "ROLES")]
        roles: String,
        /// What it is for; shown in the list.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Lists the keys: key id, tenant, roles, when made, when revoked, what for. Never a secret.
    List,
    /// Revokes a key for good.
    Revoke {
        /// The key id, the middle part of the key.
        #[arg(value_name = "KEY_ID")]
        id: String,
    },
}

pub(super) async fn keys(config: Config, command: Command) -> Result<(), Failed> {
    let store = open(&config).await?;
    let now = SystemClock::new().now();
    match command {
        Command::Make { tenant, roles, label } => {
            let tenant = TenantId::new(tenant).map_err(|error| format!("--tenant {error}"))?;
            let roles = read_roles(&roles)
                .ok_or("--roles takes some of record, plan, consent, read, settings, privacy")?;
            let made = NewKey::make(tenant, &OsEntropy);
            let KeyId { tenant, id } = made.id;
            let secret_hash = made.secret_hash.to_vec();
            let roles = roles.to_string();
            let key = ApiKey { tenant, id, secret_hash, roles, label, created_at: now, revoked_at: None };
            store.make_api_key(&key).await?;
            say(made.shown.reveal())
        }
        Command::List => {
            for key in store.list_api_keys(None).await? {
                say(&line(&key))?;
            }
            Ok(())
        }
        Command::Revoke { id } => {
            let id = KeyId::parse(&id).ok_or("this is not a key id: it is the middle part of a key")?;
            if store.revoke_api_key(&id.tenant, &id.id, now).await? {
                say("revoked: it opens nothing after five seconds at the latest")
            } else {
                Err("there is no such key, or it was revoked before".into())
            }
        }
    }
}

/// A SQLite file that nobody serves yet is made and migrated first, so that the first key can be made before the
/// first `serve`.
async fn open(config: &Config) -> Result<Store, Failed> {
    let store = Store::connect(&store_options(config)).await?;
    let Err(error) = store.check_schema().await else { return Ok(store) };
    let file = config.database.file().filter(|_| config.database.engine() == Engine::Sqlite);
    let Some(file) = file else { return Err(error.into()) };
    let _lock = FileLock::take(&file)?;
    store.migrate().await?;
    store.check_schema().await?;
    Ok(store)
}

fn line(key: &ApiKey) -> String {
    let id = KeyId { tenant: key.tenant.clone(), id: key.id.clone() }.shown();
    let made = shown(key.created_at);
    let revoked = key.revoked_at.map_or_else(|| "good".to_owned(), |at| format!("revoked {}", shown(at)));
    format!("{id}\t{}\t{}\tmade {made}\t{revoked}\t{}", key.tenant.as_str(), key.roles, key.label)
}

fn shown(at: Instant) -> String {
    let seconds = at.micros().div_euclid(1_000_000);
    let stamp = prost_types::Timestamp { seconds, nanos: 0 };
    stamp.to_string()
}
