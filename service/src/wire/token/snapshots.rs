//! Where a snapshot goes on. Its place is a person's own id, so that the token is not only signed but hidden, under a fresh
//! nonce each.

use assent_domain::id::{ProfileId, TableId, TenantId};
use assent_store::ProfileKey;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::super::request_hash::derive;
use super::{CURSOR_BYTES, Cursor, FilterHash, TokenError, Tokens};

const KIND: &str = "snapshot";
const NONCE_BYTES: usize = 24;

/// How far a snapshot has come.
#[derive(Clone, PartialEq, Eq)]
pub struct SnapshotPlace {
    /// The end of the ledger before its first page: where its reader reads on.
    pub from: Cursor,
    /// The end of the ledger after its latest page: nothing that it told came later.
    pub seen: Cursor,
    /// The last person it told of; absent: it told of nobody yet.
    pub after: Option<ProfileKey>,
}

impl std::fmt::Debug for SnapshotPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SnapshotPlace(…)")
    }
}

impl Tokens {
    /// The token of a snapshot's place; `nonce` is never used twice.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the cipher takes some hundred bytes, which is all that a place has"
    )]
    pub fn snapshot(
        &self,
        tenant: &TenantId,
        filter: FilterHash,
        place: &SnapshotPlace,
        nonce: [u8; NONCE_BYTES],
    ) -> String {
        let mut content = [place.from.bytes(), place.seen.bytes()].concat();
        if let Some(after) = &place.after {
            let (table, id) = (after.table.as_str().as_bytes(), after.id.as_str().as_bytes());
            content.push(u8::try_from(table.len()).expect("a table's id is short"));
            content.extend_from_slice(table);
            content.extend_from_slice(id);
        }
        let hidden = self.cipher(tenant).encrypt(&XNonce::from(nonce), content.as_slice());
        let hidden = hidden.expect("a place is short");
        self.seal(tenant, KIND, filter, &[nonce.as_slice(), &hidden].concat())
    }

    /// The place of a snapshot's token.
    ///
    /// # Errors
    /// As [`Self::open_cursor`].
    pub fn open_snapshot(
        &self,
        tenant: &TenantId,
        filter: FilterHash,
        token: &str,
    ) -> Result<SnapshotPlace, TokenError> {
        let body = self.open(tenant, KIND, filter, token)?;
        let (nonce, hidden) = body.split_first_chunk::<NONCE_BYTES>().ok_or(TokenError::Malformed)?;
        let content = self.cipher(tenant).decrypt(&XNonce::from(*nonce), hidden);
        content.ok().and_then(|content| place(&content)).ok_or(TokenError::Malformed)
    }

    fn cipher(&self, tenant: &TenantId) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&derive(&self.master, b"assent token v1 snapshot place\n", tenant).into())
    }
}

fn place(content: &[u8]) -> Option<SnapshotPlace> {
    let (from, rest) = content.split_first_chunk::<CURSOR_BYTES>()?;
    let (seen, rest) = rest.split_first_chunk::<CURSOR_BYTES>()?;
    let after = match rest.split_first() {
        None => None,
        Some((length, names)) => {
            let (table, id) = names.split_at_checked(usize::from(*length))?;
            let table = TableId::new(std::str::from_utf8(table).ok()?).ok()?;
            Some(ProfileKey { table, id: ProfileId::new(std::str::from_utf8(id).ok()?).ok()? })
        }
    };
    Some(SnapshotPlace { from: Cursor::of(from), seen: Cursor::of(seen), after })
}

#[cfg(test)]
mod tests {
    use assent_domain::id::RecordId;
    use assent_domain::ledger::ChainHash;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::config::KeyBytes;
    use crate::wire::token::List;

    fn at(position: u64) -> Cursor {
        Cursor { incarnation: [1; 16], position, record: RecordId([9; 16]), chain: ChainHash([7; 32]) }
    }

    fn after(table: &str, id: &str) -> SnapshotPlace {
        let after = ProfileKey { table: TableId::new(table).unwrap(), id: ProfileId::new(id).unwrap() };
        SnapshotPlace { from: at(3), seen: at(258), after: Some(after) }
    }

    #[test]
    fn a_place_comes_back_as_it_went_and_no_token_shows_it() {
        let (tokens, filter) = (Tokens::new(KeyBytes::new([7; 32])), FilterHash::of(b"f"));
        let ours = TenantId::new("a").unwrap();
        let longest = after(&"t".repeat(TableId::MAX_BYTES), &"é".repeat(ProfileId::MAX_BYTES / 2));
        let begun = SnapshotPlace { after: None, ..longest };
        for place in [begun, after("t", "somebody"), longest] {
            let token = |nonce| tokens.snapshot(&ours, filter, &place, [nonce; NONCE_BYTES]);
            assert_eq!(tokens.open_snapshot(&ours, filter, &token(1)).as_ref(), Ok(&place));
            assert!(token(1).len() <= 1_024 && token(1) != token(2));
            let shown = URL_SAFE_NO_PAD.decode(token(1)).unwrap();
            assert!(!shown.windows(4).any(|part| part == b"some"));
        }
    }

    #[test]
    fn a_token_is_for_one_tenant_one_filter_and_one_use_and_no_byte_of_it_can_be_changed() {
        let (tokens, filter) = (Tokens::new(KeyBytes::new([7; 32])), FilterHash::of(b"f"));
        let [ours, theirs] = ["a", "b"].map(|name| TenantId::new(name).unwrap());
        let token = tokens.snapshot(&ours, filter, &after("t", "somebody"), [3; NONCE_BYTES]);
        let open = |tenant, filter, token: &str| tokens.open_snapshot(tenant, filter, token);
        let malformed = Err(TokenError::Malformed);
        assert_eq!(open(&theirs, filter, &token), malformed);
        assert_eq!(open(&ours, FilterHash::of(b"g"), &token), Err(TokenError::FilterMismatch));
        assert_eq!(open(&ours, filter, &tokens.cursor(&ours, filter, &at(3))), malformed);
        assert_eq!(tokens.open_cursor(&ours, filter, &token), Err(TokenError::Malformed));
        let signed = tokens.page(&ours, List(KIND), filter, &[0; 100]);
        assert_eq!(open(&ours, filter, &signed), malformed, "signed, and hiding nothing");
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(open(&ours, filter, &String::from_utf8(bytes).unwrap()), malformed, "{at}");
        }
    }
}
