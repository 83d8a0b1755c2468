//! Places in a walk of people. Such a place is a hash of a person, by which a guess could be tried: so it is not only
//! signed but hidden, under a fresh pad for every token.

use assent_domain::id::TenantId;
use hmac::Mac;

use super::super::request_hash::{derive, keyed};
use super::{FilterHash, List, TokenError, Tokens};

const NONCE_BYTES: usize = 16;
const PLACE_BYTES: usize = 8;

impl Tokens {
    /// The token of the page of `list` that comes after the people up to `place`; `nonce` is never used twice.
    #[must_use]
    pub fn people(
        &self,
        tenant: &TenantId,
        list: List,
        filter: FilterHash,
        place: [u8; PLACE_BYTES],
        nonce: [u8; NONCE_BYTES],
    ) -> String {
        let hidden = self.pad(tenant, list, nonce, place);
        self.seal(tenant, list.0, filter, &[nonce.as_slice(), &hidden].concat())
    }

    /// The place that the page of `list` comes after.
    ///
    /// # Errors
    /// As [`Self::open_cursor`].
    pub fn open_people(
        &self,
        tenant: &TenantId,
        list: List,
        filter: FilterHash,
        token: &str,
    ) -> Result<[u8; PLACE_BYTES], TokenError> {
        let body = self.open(tenant, list.0, filter, token)?;
        let (nonce, hidden) = body.split_first_chunk().ok_or(TokenError::Malformed)?;
        let hidden = hidden.try_into().map_err(|_| TokenError::Malformed)?;
        Ok(self.pad(tenant, list, *nonce, hidden))
    }

    /// Hides a place, or shows a hidden one.
    fn pad(
        &self,
        tenant: &TenantId,
        list: List,
        nonce: [u8; NONCE_BYTES],
        place: [u8; PLACE_BYTES],
    ) -> [u8; PLACE_BYTES] {
        let key = derive(&self.master, format!("assent token v1 pad {}\n", list.0).as_bytes(), tenant);
        let mut mac = keyed(&key);
        mac.update(&nonce);
        let pad = mac.finalize().into_bytes();
        let mut padded = place;
        padded.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
        padded
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::config::KeyBytes;

    #[test]
    fn a_place_comes_back_as_it_went_and_no_token_shows_it() {
        let (tokens, filter) = (Tokens::new(KeyBytes::new([7; 32])), FilterHash::of(b"f"));
        let [ours, theirs] = ["a", "b"].map(|name| TenantId::new(name).unwrap());
        let (list, place) = (List("people"), *b"somebody");
        let token = |nonce| tokens.people(&ours, list, filter, place, [nonce; 16]);
        for nonce in [1, 2] {
            assert_eq!(tokens.open_people(&ours, list, filter, &token(nonce)), Ok(place));
            let bytes = URL_SAFE_NO_PAD.decode(token(nonce)).unwrap();
            assert!(!bytes.windows(4).any(|part| part == &place[..4]));
        }
        assert_ne!(token(1), token(2));
        let malformed = Err(TokenError::Malformed);
        assert_eq!(tokens.open_people(&theirs, list, filter, &token(1)), malformed);
        assert_eq!(tokens.open_people(&ours, List("others"), filter, &token(1)), malformed);
        let other = FilterHash::of(b"g");
        assert_eq!(tokens.open_people(&ours, list, other, &token(1)), Err(TokenError::FilterMismatch));
        let short = tokens.page(&ours, list, filter, b"short");
        assert_eq!(tokens.open_people(&ours, list, filter, &short), malformed);
    }
}
