//! Says in words what would be right: the `rule` of a violation.

use super::rule::{Pattern, Rule};

pub(super) fn of_text(rule: &Rule) -> String {
    let bytes = rule
        .max_bytes
        .map_or_else(|| "at least 1 byte".to_owned(), |max| format!("1 to {} bytes", digits(max.into())));
    match rule.pattern {
        None => format!("{bytes} of UTF-8"),
        Some(Pattern::Id | Pattern::Line) => format!("{bytes} of UTF-8 without control characters"),
        Some(Pattern::Text) => {
            format!("{bytes} of UTF-8 without control characters but tab, line feed and carriage return")
        }
        Some(Pattern::Uuid) => "a UUID, 36 characters, not the nil UUID".to_owned(),
        Some(Pattern::Sha256) => "the 32 bytes of a SHA-256".to_owned(),
        Some(Pattern::Language) => format!("a BCP 47 language tag of {bytes}"),
        Some(Pattern::Country) => "two upper-case letters (ISO 3166-1 alpha-2)".to_owned(),
        Some(Pattern::Zone) => format!("a name of the IANA time zone database, {bytes}"),
        Some(Pattern::Currency) => "three upper-case letters (ISO 4217)".to_owned(),
    }
}

pub(super) fn of_bytes(rule: &Rule) -> String {
    match (rule.pattern, rule.max_bytes) {
        (Some(_), _) => of_text(rule),
        (None, Some(max)) => format!("1 to {} bytes", digits(max.into())),
        (None, None) => "at least 1 byte".to_owned(),
    }
}

/// A number, or a duration in seconds when `unit` says so.
pub(super) fn of_number(rule: &Rule, unit: &str) -> String {
    match (rule.min, rule.max) {
        (Some(min), Some(max)) => format!("{} to {}{unit}", digits(min), digits(max)),
        (Some(min), None) => format!("at least {}{unit}", digits(min)),
        (None, Some(max)) => format!("at most {}{unit}", digits(max)),
        (None, None) => format!("a number{unit}"),
    }
}

pub(super) fn of_items(rule: &Rule) -> String {
    let max = digits(rule.max_items.unwrap_or(0).into());
    if rule.required { format!("1 to {max} items") } else { format!("at most {max} items") }
}

pub(super) fn of_enum(rule: &Rule) -> String {
    let what = "a value of the enum that this version knows";
    if rule.required { format!("{what}, not UNSPECIFIED") } else { what.to_owned() }
}

pub(super) const TIMESTAMP: &str =
    "an instant from 0001-01-01T00:00:00Z to before 9999-12-30T22:00:00Z, nanos 0 to 999,999,999";
pub(super) const DATE: &str = "a whole calendar day of the years 0001 to 9999";
pub(super) const MESSAGE: &str = "must be set";

/// `1000` as `1,000`.
fn digits(number: i64) -> String {
    let plain = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in plain.chars().enumerate() {
        if place > 0 && (plain.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
