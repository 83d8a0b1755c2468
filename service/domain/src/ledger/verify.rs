//! Walking a ledger from its first entry and naming the first that is broken.

use super::{Head, Leaf, Salt, extend, leaf};
use crate::id::TenantId;

/// One entry as the ledger holds it: bytes as they were found, since what was damaged may have any length.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Its position, from 1.
    pub position: u64,
    /// Its record's leaf; absent when the record is not there at all, for erasure keeps the leaf.
    pub leaf: Option<&'a [u8]>,
    /// The chain with it.
    pub chain: &'a [u8],
    /// Its salt and canonical bytes; absent when they were erased.
    pub opened: Option<(&'a [u8], &'a [u8])>,
}

/// The first broken entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position} of the ledger is broken: {fault}")]
pub struct Broken {
    /// The position at which the ledger can no longer be trusted.
    pub position: u64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Another position stands where this one should.
    #[error("position {found} stands in its place")]
    Gap {
        /// The position found instead.
        found: u64,
    },
    /// Nothing stands there, though the ledger's head says that there is an entry.
    #[error("no entry stands in its place")]
    Missing,
    /// The entry names a record that is not there: erasure would have kept its leaf.
    #[error("its record is gone")]
    Lost,
    /// The record is not the one the leaf was made of.
    #[error("the record does not match its leaf")]
    Body,
    /// The chain does not follow from the entries before and this leaf.
    #[error("the chain does not follow from the entries before it")]
    Chain,
    /// The chain follows, but is not the one the known head names: what lies before was rewritten.
    #[error("the chain is not that of the known head")]
    Rewritten,
    /// The ledger ends before the known head.
    #[error("the ledger ends before the known head at position {known}")]
    Cut {
        /// The known head's position.
        known: u64,
    },
}

/// What a walk has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Entries whose record was there and matched.
    pub verified: u64,
    /// Entries whose record was erased; their leaf holds its place in the chain.
    pub redacted: u64,
    /// The last entry seen; position 0 before the first.
    pub head: Head,
}

/// Walks a ledger in order. Give it every entry, then [`Verifier::finish`].
#[derive(Clone, Debug)]
pub struct Verifier {
    seen: Report,
    known: Option<Head>,
    broken: Option<Broken>,
}

impl Verifier {
    /// Starts before the first entry of `tenant`'s ledger. With a known head a cut tail and a
    /// rewritten past are found too.
    #[must_use]
    pub fn new(tenant: &TenantId, known: Option<Head>) -> Self {
        let head = Head::empty(tenant);
        let mut verifier = Self { seen: Report { verified: 0, redacted: 0, head }, known, broken: None };
        verifier.broken = verifier.against_known(head).err();
        verifier
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// When it is broken; from then on every call says so again.
    pub fn take(&mut self, link: &Link<'_>) -> Result<(), Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        self.check(link).inspect_err(|broken| self.broken = Some(*broken))
    }

    fn check(&mut self, link: &Link<'_>) -> Result<(), Broken> {
        let position = self.seen.head.position.saturating_add(1);
        let broken = |fault| Err(Broken { position, fault });
        if link.position != position {
            return broken(Fault::Gap { found: link.position });
        }
        let Some(sealed) = link.leaf else { return broken(Fault::Lost) };
        if link.opened.is_some_and(|(salt, body)| !opens(sealed, salt, body)) {
            return broken(Fault::Body);
        }
        let Ok(sealed) = <[u8; 32]>::try_from(sealed) else { return broken(Fault::Chain) };
        let chain = extend(&self.seen.head.chain, position, &Leaf(sealed));
        if chain.0 != link.chain {
            return broken(Fault::Chain);
        }
        let head = Head { position, chain };
        self.against_known(head)?;
        self.seen.head = head;
        match link.opened {
            Some(_) => self.seen.verified += 1,
            None => self.seen.redacted += 1,
        }
        Ok(())
    }

    fn against_known(&self, head: Head) -> Result<(), Broken> {
        match self.known {
            Some(known) if known.position == head.position && known.chain != head.chain => {
                Err(Broken { position: head.position, fault: Fault::Rewritten })
            }
            _ => Ok(()),
        }
    }

    /// What was seen so far.
    #[must_use]
    pub const fn progress(&self) -> Report {
        self.seen
    }

    /// Ends the walk after the last entry of a ledger that says it ends at `end`.
    ///
    /// # Errors
    /// As [`Verifier::finish`], and when the entries end before `end` or at another chain.
    pub fn finish_at(self, end: Head) -> Result<Report, Broken> {
        let seen = self.seen.head;
        if self.broken.is_none() && seen != end {
            let missing = seen.position < end.position;
            let (position, fault) = if missing {
                (seen.position.saturating_add(1), Fault::Missing)
            } else {
                (end.position, Fault::Chain)
            };
            return Err(Broken { position, fault });
        }
        self.finish()
    }

    /// Ends the walk after the last entry.
    ///
    /// # Errors
    /// When an entry was broken or the ledger ends before the known head.
    pub fn finish(self) -> Result<Report, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        match self.known {
            Some(known) if known.position > self.seen.head.position => Err(Broken {
                position: self.seen.head.position.saturating_add(1),
                fault: Fault::Cut { known: known.position },
            }),
            _ => Ok(self.seen),
        }
    }
}

/// Whether a leaf was made of that salt and body.
fn opens(sealed: &[u8], salt: &[u8], body: &[u8]) -> bool {
    // Of another length, a byte could have moved between the two.
    <[u8; 32]>::try_from(salt).is_ok_and(|salt| leaf(&Salt(salt), body).0 == sealed)
}
