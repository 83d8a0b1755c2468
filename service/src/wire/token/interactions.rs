//! Cursors of the feed of interactions: a place in it is a batch and how many of its rows were read.

use assent_domain::id::{BatchId, TenantId};

use super::{FilterHash, TokenError, Tokens};

const KIND: &str = "interactions";

/// A place in a tenant's feed of interactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InteractionCursor {
    /// The life of the feed that the position counts in.
    pub incarnation: [u8; 16],
    /// The batch that was read last, wholly or in part; 0 before the first.
    pub position: u64,
    /// How many of its rows were read; [`Self::WHOLE`]: all.
    pub index: u32,
    /// The batch at that position; all zero where none was read.
    pub batch: BatchId,
}

impl InteractionCursor {
    /// Stands for all rows of a batch.
    pub const WHOLE: u32 = u32::MAX;
}

impl Tokens {
    /// The token of a cursor of the feed of interactions.
    #[must_use]
    pub fn interactions(&self, tenant: &TenantId, filter: FilterHash, cursor: &InteractionCursor) -> String {
        let (position, index) = (cursor.position.to_be_bytes(), cursor.index.to_be_bytes());
        let body = [cursor.incarnation.as_slice(), &position, &index, &cursor.batch.0].concat();
        self.seal(tenant, KIND, filter, &body)
    }

    /// Opens the token of a cursor of the feed of interactions.
    ///
    /// # Errors
    /// As [`Self::open_cursor`].
    pub fn open_interactions(
        &self,
        tenant: &TenantId,
        filter: FilterHash,
        token: &str,
    ) -> Result<InteractionCursor, TokenError> {
        read(&self.open(tenant, KIND, filter, token)?).ok_or(TokenError::Malformed)
    }
}

fn read(body: &[u8]) -> Option<InteractionCursor> {
    let (incarnation, rest) = body.split_first_chunk::<16>()?;
    let (position, rest) = rest.split_first_chunk::<8>()?;
    let (index, rest) = rest.split_first_chunk::<4>()?;
    Some(InteractionCursor {
        incarnation: *incarnation,
        position: u64::from_be_bytes(*position),
        index: u32::from_be_bytes(*index),
        batch: BatchId(rest.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Cursor;
    use super::*;
    use crate::config::KeyBytes;
    use assent_domain::id::RecordId;
    use assent_domain::ledger::ChainHash;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_is_no_cursor_of_another_feed() {
        let (tokens, filter) = (Tokens::new(KeyBytes::new([7; 32])), FilterHash::of(b"f"));
        let tenant = TenantId::new("a").unwrap();
        let cursor =
            InteractionCursor { incarnation: [1; 16], position: 258, index: 3, batch: BatchId([9; 16]) };
        let token = tokens.interactions(&tenant, filter, &cursor);
        assert_eq!(tokens.open_interactions(&tenant, filter, &token), Ok(cursor));
        assert_eq!(tokens.open_cursor(&tenant, filter, &token), Err(TokenError::Malformed));
        let (record, chain) = (RecordId([9; 16]), ChainHash([7; 32]));
        let changes = Cursor { incarnation: [1; 16], position: 258, record, chain };
        let changes = tokens.cursor(&tenant, filter, &changes);
        assert_eq!(tokens.open_interactions(&tenant, filter, &changes), Err(TokenError::Malformed));
    }
}
