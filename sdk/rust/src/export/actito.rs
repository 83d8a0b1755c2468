//! The CSV, in the shape of Actito's export files (developers.actito.com, "Export files format", as read in 2026).

use std::borrow::Cow;

use crate::changes::ConsentChange;
use crate::scope::{Purpose, Scope, Series};
use crate::state::{SeriesChange, State};

use super::ndjson::word;

/// The cells of a row, in their order.
pub(super) const COLUMNS: [&str; 21] = [
    "profileTable",
    "profileId",
    "profileVersion",
    "purpose",
    "scope",
    "consent",
    "effect",
    "oldState",
    "newState",
    "effectiveMoment",
    "recordedMoment",
    "basis",
    "method",
    "sourceKind",
    "sourceName",
    "sourceVersion",
    "noticeId",
    "policies",
    "origin",
    "position",
    "recordId",
];

/// What a spreadsheet takes for the beginning of a formula, and the mark against it.
const LIVE: [char; 9] = ['=', '+', '-', '@', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// After what a spreadsheet that is set otherwise begins a cell.
const BREAKS: [char; 7] = [',', ';', '|', '"', '\t', '\r', '\n'];

/// The header.
pub(super) fn header(text: &mut String) {
    write(text, COLUMNS.map(Cow::Borrowed));
}

/// One row for each line of a change; gives their number.
pub(super) fn rows(text: &mut String, change: &ConsentChange) -> u64 {
    for line in &change.lines {
        write(text, cells(change, line));
    }
    change.lines.len() as u64
}

fn cells<'a>(change: &'a ConsentChange, line: &SeriesChange) -> [Cow<'a, str>; 21] {
    let (purpose, scope) = purpose_and_scope(line.series);
    let source = change.source.as_ref();
    let policies = change.policies.iter().map(|policy| format!("{}:{}", policy.id, policy.version));
    [
        change.profile_table.as_str().into(),
        change.profile.as_str().into(),
        change.profile_version.to_string().into(),
        purpose.into(),
        scope.into(),
        consent(line.new_state).into(),
        word(line.effect).into(),
        word(line.old_state).into(),
        word(line.new_state).into(),
        change.effective_at.to_string().into(),
        change.recorded_at.to_string().into(),
        change.basis.map(word).unwrap_or_default().into(),
        change.method.as_deref().unwrap_or_default().into(),
        source.map(|source| word(source.kind)).unwrap_or_default().into(),
        source.and_then(|source| source.name.as_deref()).unwrap_or_default().into(),
        source.and_then(|source| source.version.as_deref()).unwrap_or_default().into(),
        change.notice.map(|notice| notice.to_string()).unwrap_or_default().into(),
        policies.collect::<Vec<_>>().join(",").into(),
        change.origin.as_deref().unwrap_or_default().into(),
        change.position.to_string().into(),
        change.record_id.as_str().into(),
    ]
}

/// What a consent that is yes or no reads; empty where nobody answered.
const fn consent(state: State) -> &'static str {
    match state {
        State::Granted => "TRUE",
        State::Refused | State::Withdrawn | State::Objected | State::Expired => "FALSE",
        State::Unknown | State::Informed | State::Unrecognised(_) => "",
    }
}

fn purpose_and_scope(series: Series) -> (String, String) {
    match series {
        Series::Marketing => (word(Purpose::Marketing), String::new()),
        Series::Unrecognised(_) => (word(series), word(series)),
        known => {
            let scope = Scope::ALL.iter().copied().find(|scope| Series::from(*scope) == known);
            (word(Purpose::Tracking), scope.map(word).unwrap_or_default())
        }
    }
}

fn write<const CELLS: usize>(text: &mut String, cells: [Cow<'_, str>; CELLS]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        let cell = harmless(cell);
        if cell.contains([';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push('\n');
}

/// Whether a cell may begin after this, for a reader who was at such a place before it.
fn may_begin_after(letter: char, before: bool) -> bool {
    let unseen = letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{feff}');
    BREAKS.contains(&letter) || (before && unseen)
}

/// A value that no spreadsheet takes for a formula, whatever it takes for the end of a cell.
fn harmless(value: &str) -> Cow<'_, str> {
    if !value.contains(LIVE) {
        return value.into();
    }
    let mut shown = String::with_capacity(value.len() + 2);
    let mut begins = true;
    for letter in value.chars() {
        if begins && LIVE.contains(&letter) {
            shown.push('\'');
        }
        begins = may_begin_after(letter, begins);
        shown.push(letter);
    }
    shown.into()
}

/// The value that a cell of the CSV stands for: without the marks against formulas.
#[must_use]
pub fn as_written(cell: &str) -> String {
    let mut value = String::with_capacity(cell.len());
    let (mut begins, mut letters) = (true, cell.chars());
    while let Some(letter) = letters.next() {
        // What the mark stands before is itself no place where a cell begins.
        let letter = if begins && letter == '\'' { letters.next().unwrap_or(letter) } else { letter };
        begins = may_begin_after(letter, begins);
        value.push(letter);
    }
    value
}
