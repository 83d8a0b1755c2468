//! Canaries: words that stand for nothing else, and the search for them, in whatever form they were written down.
//!
//! A canary goes into one field of one kind of call. Whoever finds it again, plain, encoded, digested or packed, knows
//! which field was kept and in which form. The search reads bytes and knows nothing of where they come from.

mod form;
mod sought;
mod unpack;

pub use form::Form;
pub use sought::{Found, Sought};

use sha2::{Digest, Sha256};

/// A word of 24 lower-case letters and digits that nothing else holds: the same for the same seed and label.
#[must_use]
pub fn word(seed: u64, label: &str) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    drawn(seed, label)[..24].iter().map(letter).collect()
}

/// A UUID of version 7 in form, drawn like a [`word`].
#[must_use]
pub fn uuid(seed: u64, label: &str) -> String {
    let mut bytes = drawn(seed, label);
    bytes[6] = 0x70 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    let digits = hex::encode(&bytes[..16]);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// A positive number of nearly 63 bits, drawn like a [`word`].
#[must_use]
pub fn number(seed: u64, label: &str) -> i64 {
    let bytes = drawn(seed, label);
    let drawn = u64::from_be_bytes(bytes[..8].try_into().expect("eight bytes"));
    (drawn >> 2 | 1 << 61).cast_signed()
}

fn drawn(seed: u64, label: &str) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"assent canary\n").chain_update(seed.to_be_bytes());
    hash.chain_update(label).finalize().into()
}

#[cfg(test)]
mod tests;
