//! What texts must look like: one function for each `Pattern` of the contract. Lengths are judged elsewhere.

use super::Wrong;

fn malformed_unless(right: bool) -> Option<Wrong> {
    if right { None } else { Some(Wrong::Malformed) }
}

/// No control characters.
pub(crate) fn line(text: &str) -> Option<Wrong> {
    text.chars().any(char::is_control).then_some(Wrong::ControlCharacter)
}

/// No control characters but tab, line feed and carriage return.
pub(crate) fn text(text: &str) -> Option<Wrong> {
    let forbidden = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    text.chars().any(forbidden).then_some(Wrong::ControlCharacter)
}

/// A UUID in its usual form, not the nil one.
pub(crate) fn uuid(text: &str) -> Option<Wrong> {
    let right = text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    malformed_unless(right && text.bytes().any(|byte| !matches!(byte, b'0' | b'-')))
}

/// A language tag: parts of 1 to 8 letters and digits joined by `-`, the first of 2 to 8 letters.
pub(crate) fn language(text: &str) -> Option<Wrong> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let language = (2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = parts
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    malformed_unless(language && rest)
}

/// Two upper-case letters.
pub(crate) fn country(text: &str) -> Option<Wrong> {
    malformed_unless(text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Three upper-case letters.
pub(crate) fn currency(text: &str) -> Option<Wrong> {
    malformed_unless(text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// A name that the time zone database could hold; whether it does is not asked here.
pub(crate) fn zone(text: &str) -> Option<Wrong> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-');
    malformed_unless(text.split('/').all(|part| !part.is_empty() && part.bytes().all(letter)))
}
