//! Who calls: a key in `authorization: Bearer assent_<id>_<secret>`, checked before the body is read.
//!
//! A key that was found is believed for [`KEY_TTL`], so a revoked one may open calls for that long and no
//! longer. Without any key in the database, and on loopback only, every caller is tenant `default` with all
//! roles; the first key that is made ends this, within the same time. Deliberately not here: which roles a
//! method asks for (`methods.rs`), and how keys are made (`credential.rs`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::around::{Around, Inner, Next, Request, Response};
use super::methods::Access;
use super::opening::opened;
use crate::caller::{Caller, Roles};
use crate::clock::SharedClock;
use crate::credential::{self, KeyId, Keys, Presented, StoredKey};
use crate::failure::Failure;
use crate::wire::status::{no_such_method, status};

/// How long a key that was found is believed without asking the database again.
pub const KEY_TTL: Duration = Duration::from_secs(5);

/// How many keys are remembered at once.
const REMEMBERED: usize = 10_000;

/// Lets in whoever shows a key with a role that the method asks for.
pub(crate) struct Authenticated(Arc<Gate>);

struct Gate {
    keys: Arc<dyn Keys>,
    clock: SharedClock,
    /// Whether the service listens on loopback alone, where it may serve without keys.
    loopback: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    keys: HashMap<KeyId, (StoredKey, Duration)>,
    /// When the database was last seen without any key.
    none_at: Option<Duration>,
    /// A database that had a key is never open again.
    some: bool,
}

impl Authenticated {
    pub(crate) fn new(keys: Arc<dyn Keys>, clock: SharedClock, loopback: bool) -> Self {
        Self(Arc::new(Gate { keys, clock, loopback, seen: Mutex::default() }))
    }
}

impl Around for Authenticated {
    async fn around<S: Inner>(&self, mut request: Request, next: Next<S>) -> Response {
        let (call, called) = opened(&request);
        let Some(method) = called.0 else { return no_such_method(&call).into_http() };
        let Access::Roles(needed) = method.access else { return next.run(request).await };
        let caller = match self.0.caller(request.headers()).await {
            Ok(caller) => caller,
            Err(failure) => return status(&failure, &call).into_http(),
        };
        if !caller.roles.meets(needed) {
            let failure = Failure::RoleMissing { method: method.name.to_string(), roles: needed.to_string() };
            return status(&failure, &call).into_http();
        }
        request.extensions_mut().insert(caller);
        next.run(request).await
    }
}

impl Gate {
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Failure> {
        let Some(header) = headers.get(AUTHORIZATION) else {
            if self.loopback && self.without_keys().await? {
                return Ok(open_caller());
            }
            return Err(Failure::CredentialMissing);
        };
        let presented = header.to_str().ok().and_then(bearer).ok_or(Failure::CredentialUnknown)?;
        let key = self.find(&presented.id).await?.ok_or(Failure::CredentialUnknown)?;
        if !presented.opens(&key) {
            return Err(Failure::CredentialUnknown);
        }
        let KeyId { tenant, id } = presented.id;
        Ok(Caller { tenant, roles: key.roles, key_id: Some(id) })
    }

    async fn find(&self, id: &KeyId) -> Result<Option<StoredKey>, Failure> {
        let now = self.clock.monotonic();
        if let Some((key, at)) = self.seen().keys.get(id)
            && now.saturating_sub(*at) < KEY_TTL
        {
            return Ok(Some(*key));
        }
        let found = self.keys.find(id).await?;
        let mut seen = self.seen();
        if let Some(key) = found {
            seen.some = true;
            if seen.keys.len() >= REMEMBERED {
                seen.keys.clear();
            }
            seen.keys.insert(id.clone(), (key, now));
        } else {
            seen.keys.remove(id);
        }
        Ok(found)
    }

    async fn without_keys(&self) -> Result<bool, Failure> {
        let now = self.clock.monotonic();
        {
            let seen = self.seen();
            if seen.some {
                return Ok(false);
            }
            if seen.none_at.is_some_and(|at| now.saturating_sub(at) < KEY_TTL) {
                return Ok(true);
            }
        }
        let some = self.keys.any().await?;
        let mut seen = self.seen();
        seen.some = some;
        seen.none_at = (!some).then_some(now);
        Ok(!some)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Nothing panics while it is held; if it did, what was remembered would still be true.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who calls where no key was ever made.
fn open_caller() -> Caller {
    Caller { tenant: credential::open_tenant(), roles: Roles::all(), key_id: None }
}

fn bearer(header: &str) -> Option<Presented> {
    let (scheme, key) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Presented::parse(key.trim())
}

#[cfg(test)]
mod tests;
