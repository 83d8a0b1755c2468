//! Grants that run out: how long they hold, and that no read tells when that was written.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use assent_proto::v1::consent_record::Body;
use assent_tests::marks;

use super::super::policy::{FR, IT, LEGACY, STRICT};
use super::*;

/// Longer than housekeeping waits before it looks again.
const A_TURN: Duration = Duration::from_secs(40);

/// How many records were seen that say that a grant ran out.
static SEEN: AtomicU64 = AtomicU64::new(0);

/// How many records were seen that say that a grant ran out.
pub(in super::super) fn expiries_seen() -> u64 {
    SEEN.load(Ordering::Relaxed)
}

/// Whether a record says that a grant ran out.
pub(super) fn is_one(record: &v1::ConsentRecord) -> bool {
    let is_one = matches!(record.body, Some(Body::Expiry(_)));
    SEEN.fetch_add(u64::from(is_one), Ordering::Relaxed);
    is_one
}

impl Telling<'_> {
    /// Has every policy of the tenant let grants run out after that time.
    pub(super) async fn let_expire(&mut self, expires: Option<Micros>) {
        let days = expires.map(|span| u32::try_from(span / DAY).expect("some days"));
        for base in [LEGACY, FR, IT, STRICT] {
            let id = marks::id(base);
            let get = v1::GetPolicyOverrideRequest { id: id.clone() };
            let held = self.client.settings().get_policy_override(get).await.ok();
            let held = held.and_then(|held| held.into_inner().policy_override);
            if held.as_ref().is_some_and(|held| held.expires_after_days == days) {
                continue;
            }
            let asked = v1::PolicyOverride {
                id,
                base_policy_id: base.to_owned(),
                expires_after_days: days,
                etag: held.and_then(|held| held.etag),
                ..v1::PolicyOverride::default()
            };
            let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
            self.client.settings().put_policy_override(put).await.expect("an override is stored");
        }
    }

    /// Housekeeping has a turn, of which nobody knows how far it comes before the next step.
    pub(super) async fn turn(&mut self) {
        self.turned = true;
        let turn = i64::try_from(A_TURN.as_micros()).expect("less than a minute");
        self.app.clock().set(Instant::from_micros(self.now - turn).expect("a date"));
        self.app.advance(A_TURN);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
}
