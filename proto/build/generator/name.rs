//! What prost calls things in Rust.

/// Words that Rust keeps for itself and that a field may well be called.
const KEPT: [&str; 12] =
    ["type", "ref", "as", "in", "match", "move", "use", "where", "loop", "final", "box", "static"];

/// The Rust name of a field.
pub(super) fn of_field(field: &str) -> String {
    if KEPT.contains(&field) { format!("r#{field}") } else { field.to_owned() }
}

/// The path of a message or enum of `package`, from inside this crate.
pub(super) fn of_type(full_name: &str, package: &str) -> String {
    let inside = full_name.strip_prefix(package).unwrap_or(full_name).trim_start_matches('.');
    let mut parts: Vec<&str> = inside.split('.').collect();
    let own = parts.pop().unwrap_or_default();
    let outer: String = parts.into_iter().map(|part| format!("{}::", snake(part))).collect();
    format!("crate::v1::{outer}{own}")
}

/// The path of the enum that stands for a oneof of a message.
pub(super) fn of_oneof(message: &str, package: &str, oneof: &str) -> String {
    let message = of_type(message, package);
    let (outer, own) = message.rsplit_once("::").unwrap_or(("", &message));
    format!("{outer}::{}::{}", snake(own), camel(oneof))
}

/// `UpsertConsentsItem` as `upsert_consents_item`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// `recorded_at` as `RecordedAt`.
pub(super) fn camel(name: &str) -> String {
    let mut text = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}
