//! Tokens of links: sealed so that nobody can read or change them, and opened for as long as their key is kept.
//!
//! A token is `key id . base64url(nonce ‖ ciphertext ‖ tag)`: XChaCha20-Poly1305 under a key derived for the tenant, with the key's
//! id as associated data. So another tenant's token is simply malformed, and the id in front says only which key to keep.
//! Nothing is stored of a token. What it says is the domain's (`assent_domain::token`).

use assent_domain::id::TenantId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};

use crate::config::{TokenKey, TokenKeyId};
use crate::failure::{Failure, Outcome};
use crate::wire::request_hash::derive;

/// How many random bytes a token takes: enough that no two are ever alike.
pub(crate) const NONCE_BYTES: usize = 24;

/// Why a token does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// It looks like one, and there is no key of its id.
    KeyUnknown,
    /// It is none of this tenant's, or was changed.
    Malformed,
}

/// Seals and opens tokens.
#[derive(Clone, Debug)]
pub(crate) struct Seals {
    newest: TokenKey,
    older: Vec<TokenKey>,
}

impl Seals {
    /// Seals with `newest`; opens what any of them sealed.
    pub(crate) const fn new(newest: TokenKey, older: Vec<TokenKey>) -> Self {
        Self { newest, older }
    }

    /// The token of `content`. No nonce is ever given twice.
    ///
    /// # Errors
    /// When the content is too long for the cipher, which no token's is.
    pub(crate) fn seal(
        &self,
        tenant: &TenantId,
        content: &[u8],
        nonce: [u8; NONCE_BYTES],
    ) -> Outcome<String> {
        let id = self.newest.id.as_str();
        let payload = Payload { msg: content, aad: id.as_bytes() };
        let sealed = cipher(&self.newest, tenant).encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Failure::internal("a token's content cannot be sealed"))?;
        Ok(format!("{id}.{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// What a token of that tenant says.
    pub(crate) fn open(&self, tenant: &TenantId, token: &str) -> Result<Vec<u8>, Unopened> {
        let (id, sealed) = token.split_once('.').ok_or(Unopened::Malformed)?;
        let id = TokenKeyId::new(id).ok_or(Unopened::Malformed)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unopened::Malformed)?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Unopened::Malformed)?;
        if sealed.len() <= size_of::<Tag>() {
            return Err(Unopened::Malformed);
        }
        let mut keys = std::iter::once(&self.newest).chain(&self.older);
        let key = keys.find(|key| key.id == id).ok_or(Unopened::KeyUnknown)?;
        let payload = Payload { msg: sealed, aad: id.as_str().as_bytes() };
        let opened = cipher(key, tenant).decrypt(&XNonce::from(*nonce), payload);
        opened.map_err(|_| Unopened::Malformed)
    }
}

fn cipher(key: &TokenKey, tenant: &TenantId) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&derive(&key.bytes, b"assent link token v1\n", tenant).into())
}

#[cfg(test)]
mod tests;
