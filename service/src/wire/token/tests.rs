use assent_domain::id::{RecordId, TenantId};
use assent_domain::ledger::ChainHash;

use super::{Cursor, FilterHash, List, ReadingPlace, TokenError, Tokens};
use crate::config::KeyBytes;

fn tokens() -> Tokens {
    Tokens::new(KeyBytes::new([7; 32]))
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

const CURSOR: Cursor =
    Cursor { incarnation: [1; 16], position: 258, record: RecordId([9; 16]), chain: ChainHash([7; 32]) };

#[test]
fn a_cursor_comes_back_as_it_went() {
    let filter = FilterHash::of(b"f");
    let token = tokens().cursor(&tenant("a"), filter, &CURSOR);
    assert_eq!(tokens().open_cursor(&tenant("a"), filter, &token), Ok(ReadingPlace::from(CURSOR)));
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
}

#[test]
fn a_cursor_of_another_filter_is_told_apart_from_one_that_is_no_cursor() {
    let filter = FilterHash::of(b"f");
    let token = tokens().cursor(&tenant("a"), filter, &CURSOR);
    let open =
        |tokens: &Tokens, tenant: &TenantId, filter, token: &str| tokens.open_cursor(tenant, filter, token);
    let other_filter = FilterHash::of(b"g");
    assert_eq!(open(&tokens(), &tenant("a"), other_filter, &token), Err(TokenError::FilterMismatch));

    let other_key = Tokens::new(KeyBytes::new([8; 32]));
    assert_eq!(open(&other_key, &tenant("a"), filter, &token), Err(TokenError::Malformed));
    assert_eq!(open(&tokens(), &tenant("b"), filter, &token), Err(TokenError::Malformed));
    for broken in ["", "x", "====", "é", &token[1..], &token[..token.len() - 1]] {
        assert_eq!(open(&tokens(), &tenant("a"), filter, broken), Err(TokenError::Malformed), "{broken}");
    }
    let page = tokens().page(&tenant("a"), List("records"), filter, &[0; 40]);
    assert_eq!(open(&tokens(), &tenant("a"), filter, &page), Err(TokenError::Malformed));
}

#[test]
fn a_cursor_after_a_snapshot_holds_what_the_snapshot_has_shown_until_that_is_read() {
    let filter = FilterHash::of(b"f");
    let at = |position| Cursor { position, ..CURSOR };
    let place = ReadingPlace { at: at(3), shown: Some(CURSOR) };
    let token = tokens().reading(&tenant("a"), filter, &place);
    assert_eq!(tokens().open_cursor(&tenant("a"), filter, &token), Ok(place));
    assert!(token.len() <= 1_024);
    assert_eq!(place.read_up_to(at(257)), ReadingPlace { at: at(257), shown: Some(CURSOR) });
    for read in [258, 259] {
        assert_eq!(place.read_up_to(at(read)), ReadingPlace::from(at(read)));
    }
}

#[test]
fn what_is_signed_and_neither_one_place_nor_two_is_no_cursor() {
    let filter = FilterHash::of(b"f");
    for bytes in [0, 1, 71, 73, 143, 145, 216] {
        let token = tokens().page(&tenant("a"), List("cursor"), filter, &vec![0; bytes]);
        let opened = tokens().open_cursor(&tenant("a"), filter, &token);
        assert_eq!(opened, Err(TokenError::Malformed), "{bytes}");
    }
}

#[test]
fn no_byte_of_a_token_can_be_changed() {
    let filter = FilterHash::of(b"f");
    let token = tokens().cursor(&tenant("a"), filter, &CURSOR);
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(tokens().open_cursor(&tenant("a"), filter, &changed), Err(TokenError::Malformed), "{at}");
    }
}

#[test]
fn a_page_token_belongs_to_its_list() {
    let filter = FilterHash::of(b"f");
    let token = tokens().page(&tenant("a"), List("notices"), filter, b"after");
    assert_eq!(tokens().open_page(&tenant("a"), List("notices"), filter, &token), Ok(b"after".to_vec()));
    assert_eq!(tokens().open_page(&tenant("a"), List("tables"), filter, &token), Err(TokenError::Malformed));
    let other = FilterHash::of(b"g");
    assert_eq!(
        tokens().open_page(&tenant("a"), List("notices"), other, &token),
        Err(TokenError::FilterMismatch)
    );
}
