use std::sync::atomic::{AtomicUsize, Ordering};

use assent_domain::id::TenantId;
use assent_domain::time::Instant;

use super::*;
use crate::caller::Role;
use crate::clock::ManualClock;
use crate::credential::NewKey;
use crate::entropy::SeededEntropy;

#[derive(Default)]
struct Kept {
    keys: Mutex<HashMap<KeyId, StoredKey>>,
    asked: AtomicUsize,
}

#[async_trait::async_trait]
impl Keys for Kept {
    async fn find(&self, id: &KeyId) -> Result<Option<StoredKey>, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.keys.lock().unwrap().get(id).copied())
    }

    async fn any(&self) -> Result<bool, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(!self.keys.lock().unwrap().is_empty())
    }
}

struct Story {
    kept: Arc<Kept>,
    clock: Arc<ManualClock>,
    gate: Gate,
}

impl Story {
    fn new(loopback: bool) -> Self {
        let kept = Arc::new(Kept::default());
        let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
        let keys: Arc<dyn Keys> = Arc::clone(&kept) as Arc<dyn Keys>;
        let shared: SharedClock = Arc::clone(&clock) as SharedClock;
        Self { gate: Gate { keys, clock: shared, loopback, seen: Mutex::default() }, kept, clock }
    }

    fn make(&self, tenant: &str, seed: u64) -> String {
        let made = NewKey::make(TenantId::new(tenant).unwrap(), &SeededEntropy::new(seed));
        let roles = std::iter::once(Role::Read).collect();
        let stored = StoredKey { secret_hash: made.secret_hash, roles };
        self.kept.keys.lock().unwrap().insert(made.id.clone(), stored);
        made.shown.reveal().to_owned()
    }

    async fn call(&self, header: Option<&str>) -> Result<Caller, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().unwrap());
        }
        self.gate.caller(&headers).await
    }
}

#[tokio::test]
async fn a_key_opens_its_own_tenant_and_nothing_else_does() {
    let story = Story::new(false);
    let (a, b) = (story.make("a", 1), story.make("b", 2));
    for (key, tenant) in [(&a, "a"), (&b, "b")] {
        let caller = story.call(Some(&format!("Bearer {key}"))).await.unwrap();
        assert_eq!(caller.tenant.as_str(), tenant);
        assert!(caller.roles.holds(Role::Read) && !caller.roles.holds(Role::Consent));
    }
    assert!(matches!(story.call(None).await, Err(Failure::CredentialMissing)));
    let mut mixed: Vec<_> = a.splitn(3, '_').collect();
    mixed[2] = b.splitn(3, '_').nth(2).unwrap();
    let broken =
        [format!("Basic {a}"), format!("Bearer {}", mixed.join("_")), "Bearer".into(), "Bearer x".into()];
    for header in broken {
        assert!(matches!(story.call(Some(&header)).await, Err(Failure::CredentialUnknown)), "{header}");
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_after_five_seconds() {
    let story = Story::new(false);
    let header = format!("Bearer {}", story.make("a", 1));
    story.call(Some(&header)).await.unwrap();
    story.kept.keys.lock().unwrap().clear();
    story.clock.advance(KEY_TTL - Duration::from_millis(1));
    story.call(Some(&header)).await.unwrap();
    assert_eq!(story.kept.asked.load(Ordering::Relaxed), 1);
    story.clock.advance(Duration::from_millis(1));
    assert!(matches!(story.call(Some(&header)).await, Err(Failure::CredentialUnknown)));
}

#[tokio::test]
async fn without_keys_loopback_is_open_until_the_first_key_is_made() {
    let story = Story::new(true);
    let caller = story.call(None).await.unwrap();
    assert_eq!((caller.tenant.as_str(), caller.roles), ("default", Roles::all()));
    story.make("a", 1);
    story.clock.advance(KEY_TTL);
    assert!(matches!(story.call(None).await, Err(Failure::CredentialMissing)));
    // All keys gone again: whoever once locked the door does not find it open.
    story.kept.keys.lock().unwrap().clear();
    story.clock.advance(KEY_TTL);
    assert!(matches!(story.call(None).await, Err(Failure::CredentialMissing)));
}

#[tokio::test]
async fn without_keys_another_address_than_loopback_is_closed() {
    assert!(matches!(Story::new(false).call(None).await, Err(Failure::CredentialMissing)));
}
