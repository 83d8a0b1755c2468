//! Opaque tokens for pages and cursors: signed, bound to a tenant and a filter, and never believed unread.
//!
//! A token is `base64url(filter hash ‖ body ‖ MAC)`. The MAC is HMAC-SHA256 under a key derived for
//! the tenant and the kind, so that another tenant's token is simply malformed. The body is signed, not
//! hidden: it holds positions and ids of records and settings, never a profile's id. A place in a walk of people is hidden
//! too (`people`, `snapshots`).

use assent_domain::id::{RecordId, TenantId};
use assent_domain::ledger::ChainHash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use sha2::{Digest, Sha256};

use super::request_hash::{derive, keyed};
use crate::config::KeyBytes;

mod interactions;
mod people;
mod snapshots;

pub use interactions::InteractionCursor;
pub use snapshots::SnapshotPlace;

const MAC_BYTES: usize = 32;
const FILTER_BYTES: usize = 16;
const CURSOR_BYTES: usize = 16 + 8 + 16 + 32;

/// A place in a tenant's feed of consent changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The life of the feed that the position counts in.
    pub incarnation: [u8; 16],
    /// The last position that was read; 0 before the first.
    pub position: u64,
    /// The record at that position; all zero at position 0.
    pub record: RecordId,
    /// The chain there, which tells all that came before: after a restore the same record can get the same position once more,
    /// behind others. All zero at position 0.
    pub chain: ChainHash,
}

impl Cursor {
    fn bytes(&self) -> [u8; CURSOR_BYTES] {
        let mut bytes = [0; CURSOR_BYTES];
        bytes[..16].copy_from_slice(&self.incarnation);
        bytes[16..24].copy_from_slice(&self.position.to_be_bytes());
        bytes[24..40].copy_from_slice(&self.record.0);
        bytes[40..].copy_from_slice(&self.chain.0);
        bytes
    }

    fn of(bytes: &[u8; CURSOR_BYTES]) -> Self {
        let (mut incarnation, mut position) = ([0; 16], [0; 8]);
        let (mut record, mut chain) = ([0; 16], [0; 32]);
        incarnation.copy_from_slice(&bytes[..16]);
        position.copy_from_slice(&bytes[16..24]);
        record.copy_from_slice(&bytes[24..40]);
        chain.copy_from_slice(&bytes[40..]);
        let position = u64::from_be_bytes(position);
        Self { incarnation, position, record: RecordId(record), chain: ChainHash(chain) }
    }
}

/// Where a reader of the changes goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingPlace {
    /// After what it has read.
    pub at: Cursor,
    /// The end of the ledger after the last page of the snapshot that it comes from: until it has read so far, it holds what lies
    /// beyond `at`, and is not to go on once that is lost. Absent: it holds nothing that it has not read.
    pub shown: Option<Cursor>,
}

impl From<Cursor> for ReadingPlace {
    fn from(at: Cursor) -> Self {
        Self { at, shown: None }
    }
}

impl ReadingPlace {
    /// The same reader after it has read up to `at`.
    #[must_use]
    pub fn read_up_to(self, at: Cursor) -> Self {
        Self { at, shown: self.shown.filter(|shown| shown.position > at.position) }
    }
}

/// A digest of the filter that a token was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterHash([u8; FILTER_BYTES]);

impl FilterHash {
    /// The digest of a filter's canonical bytes. Which order its lists have must not count: sort them first.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        let digest = Sha256::digest(canonical);
        let mut bytes = [0; FILTER_BYTES];
        bytes.copy_from_slice(&digest[..FILTER_BYTES]);
        Self(bytes)
    }

    /// A digest as a test needs it.
    #[cfg(test)]
    pub(crate) const fn for_tests() -> Self {
        Self([0; FILTER_BYTES])
    }
}

/// What a page token pages through: each list has its own word, so that one list's token is no other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List(pub &'static str);

/// Why a token cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was not made here, not for this tenant, not for this use, or was changed.
    #[error("the token was not made by this service for this tenant")]
    Malformed,
    /// It is whole, but was made for another filter.
    #[error("the token was made for another filter")]
    FilterMismatch,
}

/// Makes and opens tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    master: KeyBytes,
}

impl Tokens {
    /// Signs with keys derived from `master`.
    #[must_use]
    pub const fn new(master: KeyBytes) -> Self {
        Self { master }
    }

    /// The digest of a filter that names people: keyed, so that a token does not tell whether somebody was guessed
    /// right.
    #[must_use]
    pub fn filter(&self, tenant: &TenantId, parts: &[&str]) -> FilterHash {
        let key = derive(&self.master, b"assent token v1 filter\n", tenant);
        let mut mac = keyed(&key);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        let mut bytes = [0; FILTER_BYTES];
        bytes.copy_from_slice(&digest[..FILTER_BYTES]);
        FilterHash(bytes)
    }

    /// The token of a cursor.
    #[must_use]
    pub fn cursor(&self, tenant: &TenantId, filter: FilterHash, cursor: &Cursor) -> String {
        self.reading(tenant, filter, &ReadingPlace::from(*cursor))
    }

    /// The token of a reader's place: a cursor too.
    #[must_use]
    pub fn reading(&self, tenant: &TenantId, filter: FilterHash, place: &ReadingPlace) -> String {
        let mut body = place.at.bytes().to_vec();
        body.extend(place.shown.iter().flat_map(Cursor::bytes));
        self.seal(tenant, "cursor", filter, &body)
    }

    /// Opens the token of a cursor.
    ///
    /// # Errors
    /// [`TokenError::Malformed`] when it is not one of this tenant; [`TokenError::FilterMismatch`] when it is, of another filter.
    pub fn open_cursor(
        &self,
        tenant: &TenantId,
        filter: FilterHash,
        token: &str,
    ) -> Result<ReadingPlace, TokenError> {
        let body = self.open(tenant, "cursor", filter, token)?;
        match body.as_chunks() {
            ([at], []) => Ok(ReadingPlace::from(Cursor::of(at))),
            ([at, shown], []) => Ok(ReadingPlace { at: Cursor::of(at), shown: Some(Cursor::of(shown)) }),
            _ => Err(TokenError::Malformed),
        }
    }

    /// The token of the page of `list` that comes after the row whose key is `after`.
    #[must_use]
    pub fn page(&self, tenant: &TenantId, list: List, filter: FilterHash, after: &[u8]) -> String {
        self.seal(tenant, list.0, filter, after)
    }

    /// The key of the row that the page of `list` comes after.
    ///
    /// # Errors
    /// As [`Self::open_cursor`].
    pub fn open_page(
        &self,
        tenant: &TenantId,
        list: List,
        filter: FilterHash,
        token: &str,
    ) -> Result<Vec<u8>, TokenError> {
        self.open(tenant, list.0, filter, token)
    }

    fn mac(&self, tenant: &TenantId, kind: &str, signed: &[u8]) -> hmac::Hmac<Sha256> {
        let key = derive(&self.master, format!("assent token v1 {kind}\n").as_bytes(), tenant);
        let mut mac = keyed(&key);
        mac.update(signed);
        mac
    }

    fn seal(&self, tenant: &TenantId, kind: &str, filter: FilterHash, body: &[u8]) -> String {
        let mut token = Vec::with_capacity(FILTER_BYTES + body.len() + MAC_BYTES);
        token.extend_from_slice(&filter.0);
        token.extend_from_slice(body);
        let mac = self.mac(tenant, kind, &token).finalize().into_bytes();
        token.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(token)
    }

    fn open(
        &self,
        tenant: &TenantId,
        kind: &str,
        filter: FilterHash,
        token: &str,
    ) -> Result<Vec<u8>, TokenError> {
        let token = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Malformed)?;
        let signed = token.len().checked_sub(MAC_BYTES).ok_or(TokenError::Malformed)?;
        let (signed, mac) = token.split_at(signed);
        self.mac(tenant, kind, signed).verify_slice(mac).map_err(|_| TokenError::Malformed)?;
        let (made_for, body) = signed.split_at_checked(FILTER_BYTES).ok_or(TokenError::Malformed)?;
        if made_for != filter.0 {
            return Err(TokenError::FilterMismatch);
        }
        Ok(body.to_vec())
    }
}

#[cfg(test)]
mod tests;
