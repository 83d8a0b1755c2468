//! API keys: how they are made, shown once, kept and compared.
//!
//! A key reads `assent_<id>_<secret>`: a public id of 16 hexadecimal digits, by which it is found, and
//! 32 random bytes as 64 more. The database keeps the SHA-256 of those bytes; a secret of 256 random bits
//! needs no slower hash. The prefix lets scanners for leaked secrets find it.

use assent_domain::id::TenantId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::caller::Roles;
use crate::config::Secret;
use crate::entropy::{Entropy, bytes};
use crate::failure::Failure;

const PREFIX: &str = "assent_";

/// What the database keeps of a key that is good.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// SHA-256 of the secret's 32 bytes.
    pub secret_hash: [u8; 32],
    /// Whom it opens.
    pub tenant: TenantId,
    /// What it may do.
    pub roles: Roles,
}

/// Where keys are found.
#[async_trait::async_trait]
pub trait Keys: Send + Sync {
    /// The key of that id, unless there is none or it was revoked.
    async fn find(&self, id: &str) -> Result<Option<StoredKey>, Failure>;

    /// Whether any key was ever made, revoked ones too.
    async fn any(&self) -> Result<bool, Failure>;
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// Its public part.
    pub id: String,
    /// SHA-256 of its secret, for the database.
    pub secret_hash: [u8; 32],
    /// The whole key, to be shown once.
    pub shown: Secret,
}

impl NewKey {
    /// Makes one.
    #[must_use]
    pub fn make(entropy: &dyn Entropy) -> Self {
        let id = hex::encode(bytes::<8>(entropy));
        let secret: [u8; 32] = bytes(entropy);
        let shown = Secret::new(format!("{PREFIX}{id}_{}", hex::encode(secret)));
        Self { id, secret_hash: Sha256::digest(secret).into(), shown }
    }
}

/// A key as a caller shows it.
pub struct Presented {
    /// Its public part.
    pub id: String,
    secret: [u8; 32],
}

impl Presented {
    /// Reads a key; `None` when it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        if id.len() != 16 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(secret, &mut bytes).ok()?;
        Some(Self { id: id.to_owned(), secret: bytes })
    }

    /// Whether it is that key. Takes the same time wherever they differ.
    #[must_use]
    pub fn opens(&self, key: &StoredKey) -> bool {
        Sha256::digest(self.secret).as_slice().ct_eq(&key.secret_hash).into()
    }
}

/// The tenant of a service without keys.
#[must_use]
#[expect(clippy::expect_used, reason = "the text is a constant that fits")]
pub fn open_tenant() -> TenantId {
    TenantId::new("default").expect("a short text without control characters is a tenant id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_key_opens_what_was_kept_of_it_and_is_never_shown_by_accident() {
        let made = NewKey::make(&SeededEntropy::new(3));
        let kept = |secret_hash| StoredKey { secret_hash, tenant: open_tenant(), roles: Roles::all() };
        let presented = Presented::parse(made.shown.reveal()).unwrap();
        assert_eq!(presented.id, made.id);
        assert!(presented.opens(&kept(made.secret_hash)));
        assert!(!presented.opens(&kept(NewKey::make(&SeededEntropy::new(4)).secret_hash)));
        let secret = made.shown.reveal().rsplit('_').next().unwrap();
        assert!(!format!("{made:?}").contains(secret));
    }

    #[test]
    fn what_has_not_the_form_of_a_key_is_none() {
        let good = NewKey::make(&SeededEntropy::new(3)).shown.reveal().to_owned();
        let short = &good[..good.len() - 1];
        for text in ["", "assent_", "assent_a_b", short, &good.replace("assent", "ascent"), &format!("{good}0")] {
            assert!(Presented::parse(text).is_none(), "{text}");
        }
    }
}
