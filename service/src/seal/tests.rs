use proptest::prelude::*;

use super::*;
use crate::config::KeyBytes;

fn key(id: &str, byte: u8) -> TokenKey {
    TokenKey { id: TokenKeyId::new(id).unwrap(), bytes: KeyBytes::new([byte; 32]) }
}

fn seals() -> Seals {
    Seals::new(key("2026", 1), vec![key("2025", 2), key("2024", 3)])
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

const NONCE: [u8; NONCE_BYTES] = [9; NONCE_BYTES];
const CONTENT: [u8; 64] = [42; 64];

fn sealed() -> String {
    seals().seal(&tenant("a"), &CONTENT, NONCE).unwrap()
}

#[test]
fn a_token_opens_for_its_tenant_and_is_malformed_for_another() {
    let token = sealed();
    assert_eq!(seals().open(&tenant("a"), &token), Ok(CONTENT.to_vec()));
    assert_eq!(seals().open(&tenant("b"), &token), Err(Unopened::Malformed));
}

#[test]
fn a_token_can_stand_in_an_address_and_shows_only_the_id_of_its_key() {
    let token = sealed();
    assert!(token.starts_with("2026."));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    assert!(token.bytes().all(plain), "{token}");
    assert_eq!(token.len(), "2026.".len() + (24 + 64 + 16usize).div_ceil(3) * 4 - 1);
    let other = seals().seal(&tenant("a"), &CONTENT, [8; NONCE_BYTES]).unwrap();
    assert_ne!(token[40..], other[40..], "the same content twice looks alike");
}

#[test]
fn every_key_opens_what_it_sealed_and_only_the_newest_seals() {
    let token = sealed();
    let rotated = Seals::new(key("2027", 7), vec![key("2026", 1)]);
    assert_eq!(rotated.open(&tenant("a"), &token), Ok(CONTENT.to_vec()));
    assert!(rotated.seal(&tenant("a"), &CONTENT, NONCE).unwrap().starts_with("2027."));
    let without = Seals::new(key("2027", 7), vec![key("2025", 1)]);
    assert_eq!(without.open(&tenant("a"), &token), Err(Unopened::KeyUnknown));
    // Another key under the same id.
    let replaced = Seals::new(key("2026", 7), Vec::new());
    assert_eq!(replaced.open(&tenant("a"), &token), Err(Unopened::Malformed));
    // The same key under another id: what stands in front is sealed too.
    let renamed = Seals::new(key("2031", 1), Vec::new());
    assert_eq!(renamed.open(&tenant("a"), &token.replace("2026.", "2031.")), Err(Unopened::Malformed));
}

#[test]
fn what_is_cut_off_or_no_token_at_all_is_malformed() {
    let token = sealed();
    for end in 0..token.len() {
        assert_eq!(seals().open(&tenant("a"), &token[..end]), Err(Unopened::Malformed), "{end}");
    }
    for other in
        [".", "2026.", "2026.====", "2026.é", "é.AAAA", "no dot", &format!("{token}A"), &format!("{token}=")]
    {
        assert_eq!(seals().open(&tenant("a"), other), Err(Unopened::Malformed), "{other}");
    }
}

proptest! {
    #[test]
    fn no_byte_of_a_token_can_be_changed(at in 0usize..145, to in 0x20u8..0x7f) {
        let token = sealed();
        let at = at % token.len();
        let mut bytes = token.into_bytes();
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(seals().open(&tenant("a"), &changed).is_err(), "{at} {to}");
    }

    #[test]
    fn whatever_comes_in_is_answered(token in ".{0,300}") {
        prop_assert!(seals().open(&tenant("a"), &token).is_err());
    }

    #[test]
    fn whatever_looks_like_a_token_is_answered(sealed in prop::collection::vec(any::<u8>(), 0..300)) {
        let token = format!("2026.{}", URL_SAFE_NO_PAD.encode(sealed));
        prop_assert_eq!(seals().open(&tenant("a"), &token), Err(Unopened::Malformed));
    }
}

#[test]
fn every_byte_of_a_token_that_is_flipped_is_seen() {
    let token = sealed();
    for at in 0..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(seals().open(&tenant("a"), &changed).is_err(), "{at} {bit}");
        }
    }
}
