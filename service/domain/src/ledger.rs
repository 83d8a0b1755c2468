//! The ledger's hashes: one leaf for each record, one chain over the leaves of a tenant.
//!
//! # Format, for ever
//!
//! - leaf = SHA-256(salt ‖ canonical record). The salt is 32 random bytes of this record alone, so
//!   that a leaf tells nothing of a record whose body and salt are gone, however few records there
//!   could have been.
//! - chain at 0 = SHA-256(`"assent ledger v1\n"` ‖ the tenant's id).
//! - chain at n = SHA-256(chain at n−1 ‖ n, unsigned 64 bits big-endian ‖ leaf at n); positions
//!   count 1, 2, 3….
//!
//! Erasure deletes a record's body and salt and keeps its leaf: the chain stays whole and the entry
//! is redacted, not broken. Whoever wrote down a head {position, chain} can later find out that the
//! tail was cut off or that what lies before it was rewritten; without a known head neither shows.
//!
//! What is deliberately not here: where entries are kept, and who numbers them.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::id::TenantId;

mod verify;

pub use verify::{Broken, Fault, Link, Report, Verifier};

/// The salt of one record's leaf: 32 random bytes, deleted with the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // With its salt a leaf could be guessed.
        f.write_str("Salt(…)")
    }
}

/// The hash of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leaf(pub [u8; 32]);

/// The hash of a ledger up to and with one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChainHash(pub [u8; 32]);

/// How far a ledger goes, as somebody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The last position; 0 for an empty ledger.
    pub position: u64,
    /// The chain there.
    pub chain: ChainHash,
}

impl Head {
    /// The head of a ledger without entries.
    #[must_use]
    pub fn empty(tenant: &TenantId) -> Self {
        Self { position: 0, chain: genesis(tenant) }
    }

    /// The head once `leaf` stands at the next position.
    #[must_use]
    pub fn extended(&self, leaf: &Leaf) -> Self {
        let position = self.position.saturating_add(1);
        Self { position, chain: extend(&self.chain, position, leaf) }
    }
}

/// The leaf of a record's canonical bytes.
#[must_use]
pub fn leaf(salt: &Salt, canonical: &[u8]) -> Leaf {
    let mut hash = Sha256::new();
    hash.update(salt.0);
    hash.update(canonical);
    Leaf(hash.finalize().into())
}

/// The chain before a tenant's first entry.
#[must_use]
pub fn genesis(tenant: &TenantId) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update(b"assent ledger v1\n");
    hash.update(tenant.as_str().as_bytes());
    ChainHash(hash.finalize().into())
}

/// The chain with `leaf` at `position`, after `before`.
#[must_use]
pub fn extend(before: &ChainHash, position: u64, leaf: &Leaf) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update(before.0);
    hash.update(position.to_be_bytes());
    hash.update(leaf.0);
    ChainHash(hash.finalize().into())
}

#[cfg(test)]
mod tests;
