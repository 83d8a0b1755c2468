//! API keys: how they are made, shown once, kept and compared.
//!
//! A key reads `assent_<key id>_<secret>`. The key id is public: 16 hexadecimal digits of chance, then the
//! tenant's id in hexadecimal, so that the look-up stays with one tenant. The secret is 32 random bytes as
//! 64 hexadecimal digits; the database keeps their SHA-256, since a secret of 256 random bits needs no slower
//! hash. The prefix lets scanners for leaked secrets find a key.

use assent_domain::id::TenantId;
use assent_store::{Store, StoreError};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::caller::{Role, Roles};
use crate::config::Secret;
use crate::entropy::{Entropy, bytes};
use crate::failure::Failure;

const PREFIX: &str = "assent_";

/// The length of the part of a key id that is chance.
const CHANCE: usize = 16;

/// The public part of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId {
    /// Whom it opens.
    pub tenant: TenantId,
    /// Which of the tenant's keys it is.
    pub id: String,
}

impl KeyId {
    /// Reads a key id as it is shown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, tenant) = text.split_at_checked(CHANCE)?;
        if !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let tenant = String::from_utf8(hex::decode(tenant).ok()?).ok()?;
        Some(Self { tenant: TenantId::new(tenant).ok()?, id: id.to_owned() })
    }

    /// The key id as it is shown.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}{}", self.id, hex::encode(self.tenant.as_str()))
    }
}

/// What the database keeps of a key that is good.
#[derive(Clone, Copy, Debug)]
pub struct StoredKey {
    /// SHA-256 of the secret's 32 bytes.
    pub secret_hash: [u8; 32],
    /// What it may do.
    pub roles: Roles,
}

/// Where keys are found.
#[async_trait::async_trait]
pub trait Keys: Send + Sync {
    /// The key of that id, unless there is none or it was revoked.
    async fn find(&self, id: &KeyId) -> Result<Option<StoredKey>, Failure>;

    /// Whether any key was ever made, revoked ones too.
    async fn any(&self) -> Result<bool, Failure>;
}

#[async_trait::async_trait]
impl Keys for Store {
    async fn find(&self, id: &KeyId) -> Result<Option<StoredKey>, Failure> {
        let Some(key) = self.api_key(&id.tenant, &id.id).await? else { return Ok(None) };
        if key.revoked_at.is_some() {
            return Ok(None);
        }
        let wrong = |column| StoreError::Inconsistent { table: "api_key", column };
        let secret_hash = key.secret_hash.try_into().map_err(|_| wrong("secret_hash"))?;
        let roles = read_roles(&key.roles).ok_or_else(|| wrong("roles"))?;
        Ok(Some(StoredKey { secret_hash, roles }))
    }

    async fn any(&self) -> Result<bool, Failure> {
        Ok(self.has_api_keys().await?)
    }
}

/// Roles as the database and the command line write them: names separated by commas.
#[must_use]
pub fn read_roles(text: &str) -> Option<Roles> {
    text.split(',').map(|name| name.trim().parse::<Role>().ok()).collect()
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// Its public part.
    pub id: KeyId,
    /// SHA-256 of its secret, for the database.
    pub secret_hash: [u8; 32],
    /// The whole key, to be shown once.
    pub shown: Secret,
}

impl NewKey {
    /// Makes one for `tenant`.
    #[must_use]
    pub fn make(tenant: TenantId, entropy: &dyn Entropy) -> Self {
        let id = KeyId { tenant, id: hex::encode(bytes::<{ CHANCE / 2 }>(entropy)) };
        let secret: [u8; 32] = bytes(entropy);
        let shown = Secret::new(format!("{PREFIX}{}_{}", id.shown(), hex::encode(secret)));
        Self { id, secret_hash: Sha256::digest(secret).into(), shown }
    }
}

/// A key as a caller shows it.
pub struct Presented {
    /// Its public part.
    pub id: KeyId,
    secret: [u8; 32],
}

impl Presented {
    /// Reads a key; `None` when it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(secret, &mut bytes).ok()?;
        Some(Self { id: KeyId::parse(id)?, secret: bytes })
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
        let make = |seed| NewKey::make(TenantId::new("Ærø_1").unwrap(), &SeededEntropy::new(seed));
        let made = make(3);
        let kept = |secret_hash| StoredKey { secret_hash, roles: Roles::all() };
        let presented = Presented::parse(made.shown.reveal()).unwrap();
        assert_eq!(presented.id, made.id);
        assert!(presented.opens(&kept(made.secret_hash)));
        assert!(!presented.opens(&kept(make(4).secret_hash)));
        assert_eq!(KeyId::parse(&made.id.shown()), Some(made.id.clone()));
        let secret = made.shown.reveal().rsplit('_').next().unwrap();
        assert!(!format!("{made:?}").contains(secret));
    }

    #[test]
    fn what_has_not_the_form_of_a_key_is_none() {
        let good = NewKey::make(open_tenant(), &SeededEntropy::new(3)).shown.reveal().to_owned();
        let short = &good[..good.len() - 1];
        assert!(Presented::parse(&good).is_some());
        let headless = good.replacen(&good[7..23], "", 1);
        for text in [
            "",
            "assent_",
            "assent_a_b",
            short,
            &headless,
            &good.replace("assent", "ascent"),
            &format!("{good}0"),
        ] {
            assert!(Presented::parse(text).is_none(), "{text}");
        }
    }
}
