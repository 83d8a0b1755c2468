//! The keyed hash of a request, by which a repeated `request_id` is told from a reused one.
//!
//! Keyed, so that whoever reads the database cannot guess a request from its hash; one key for each
//! tenant, so that equal requests of two tenants do not look alike.
//!
//! And the mark of what was counted anonymously, likewise: it says that something was counted already, and to nobody without
//! the key what.

use assent_domain::id::TenantId;
use assent_domain::interaction::Reported;
use hmac::{Hmac, KeyInit, Mac};
use prost::Message;
use sha2::Sha256;

use crate::config::KeyBytes;

/// Hashes requests.
#[derive(Clone, Debug)]
pub struct RequestHasher {
    master: KeyBytes,
}

impl RequestHasher {
    /// Hashes with keys derived from `master`.
    #[must_use]
    pub const fn new(master: KeyBytes) -> Self {
        Self { master }
    }

    /// The hash of `message`, asked of `method` by `tenant`: its canonical bytes are those of its encoding
    /// after decoding, so that unknown fields and the order on the wire do not count.
    #[must_use]
    pub fn hash(&self, tenant: &TenantId, method: &str, message: &impl Message) -> [u8; 32] {
        let key = derive(&self.master, b"assent request hash v1\n", tenant);
        let mut mac = keyed(&key);
        mac.update(&(method.len() as u64).to_be_bytes());
        mac.update(method.as_bytes());
        mac.update(&message.encode_to_vec());
        mac.finalize().into_bytes().into()
    }

    /// What an interaction of `tenant` is known by once it was counted anonymously.
    #[must_use]
    pub fn mark(&self, tenant: &TenantId, reported: &Reported) -> [u8; 32] {
        let mut mac = keyed(&derive(&self.master, b"assent counted mark v1\n", tenant));
        mac.update(&reported.id.0);
        mac.update(&reported.occurred_at.micros().to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// The key for one purpose and tenant.
pub(crate) fn derive(master: &KeyBytes, purpose: &[u8], tenant: &TenantId) -> [u8; 32] {
    let mut mac = keyed(master.reveal());
    mac.update(purpose);
    mac.update(tenant.as_str().as_bytes());
    mac.finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use assent_domain::id::{InteractionId, MessageId};
    use assent_domain::interaction::What;
    use assent_domain::time::Instant;

    use super::*;

    #[test]
    fn a_mark_is_of_one_interaction_of_one_tenant_and_one_key_whatever_else_it_says() {
        let [a, b] = ["a", "b"].map(|name| TenantId::new(name).unwrap());
        let of = |id, micros, automated| Reported {
            id: InteractionId([id; 16]),
            occurred_at: Instant::from_micros(micros).unwrap(),
            profile: None,
            what: What::EmailOpen { message: MessageId::new("m").unwrap() },
            campaign: None,
            automated,
            functional: false,
            device: None,
        };
        let hasher = RequestHasher::new(KeyBytes::new([1; 32]));
        let mark = hasher.mark(&a, &of(1, 5, false));
        assert_eq!(mark, hasher.mark(&a, &of(1, 5, true)));
        assert_ne!(mark, hasher.mark(&b, &of(1, 5, false)));
        assert_ne!(mark, hasher.mark(&a, &of(2, 5, false)));
        assert_ne!(mark, hasher.mark(&a, &of(1, 6, false)));
        assert_ne!(mark, RequestHasher::new(KeyBytes::new([2; 32])).mark(&a, &of(1, 5, false)));
    }

    #[test]
    fn the_same_request_of_another_tenant_method_or_key_has_another_hash() {
        let [a, b] = ["a", "b"].map(|name| TenantId::new(name).unwrap());
        let hasher = RequestHasher::new(KeyBytes::new([1; 32]));
        let message = prost_types::Timestamp { seconds: 1, nanos: 2 };
        let hash = hasher.hash(&a, "m", &message);
        assert_eq!(hash, hasher.hash(&a, "m", &message));
        assert_ne!(hash, hasher.hash(&b, "m", &message));
        assert_ne!(hash, hasher.hash(&a, "n", &message));
        assert_ne!(hash, hasher.hash(&a, "m", &prost_types::Timestamp { seconds: 1, nanos: 3 }));
        assert_ne!(hash, RequestHasher::new(KeyBytes::new([2; 32])).hash(&a, "m", &message));
    }
}
