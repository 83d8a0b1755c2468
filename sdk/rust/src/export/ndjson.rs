//! NDJSON: a change a line, with the contract's names in the contract's order.

use serde::Serialize;

use crate::changes::ConsentChange;
use crate::word::Word;

#[derive(Serialize)]
struct Row<'a> {
    record_id: &'a str,
    position: u64,
    profile_table: &'a str,
    profile: &'a str,
    profile_version: u64,
    recorded_at: String,
    effective_at: String,
    lines: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_id: Option<String>,
    policies: Vec<Policy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
}

#[derive(Serialize)]
struct Line {
    series: String,
    effect: String,
    old_state: String,
    new_state: String,
}

#[derive(Serialize)]
struct Source<'a> {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct Policy<'a> {
    id: &'a str,
    version: u32,
}

/// A word as the contract writes it; one of a later release by its number.
pub(super) fn word(word: impl Word + ToString) -> String {
    let name = word.to_string();
    if name == "UNRECOGNISED" { format!("{name}_{}", word.to_wire()) } else { name }
}

/// One row; gives the number of rows.
pub(super) fn row(text: &mut String, change: &ConsentChange) -> serde_json::Result<u64> {
    let lines = change.lines.iter().map(|line| Line {
        series: word(line.series),
        effect: word(line.effect),
        old_state: word(line.old_state),
        new_state: word(line.new_state),
    });
    let source = change.source.as_ref().map(|source| Source {
        kind: word(source.kind),
        name: source.name.as_deref(),
        version: source.version.as_deref(),
    });
    let row = Row {
        record_id: &change.record_id,
        position: change.position,
        profile_table: &change.profile_table,
        profile: &change.profile,
        profile_version: change.profile_version,
        recorded_at: change.recorded_at.to_string(),
        effective_at: change.effective_at.to_string(),
        lines: lines.collect(),
        basis: change.basis.map(word),
        method: change.method.as_deref(),
        source,
        notice_id: change.notice.map(|notice| notice.to_string()),
        policies: change.policies.iter().map(|one| Policy { id: &one.id, version: one.version }).collect(),
        origin: change.origin.as_deref(),
    };
    text.push_str(&serde_json::to_string(&row)?);
    text.push('\n');
    Ok(1)
}
