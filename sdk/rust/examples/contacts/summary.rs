//! What became of a file, told by kinds and line numbers: nobody's id is needed to mend it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use assent_sdk::{ConsentsUpserted, Error, Outcome};

use super::contact::{Kind, List};

/// How many line numbers are written out before the rest is only counted.
const LINES_SHOWN: usize = 8;

/// What became of the lines.
#[derive(Default)]
pub(crate) struct Summary {
    series: BTreeMap<(List, Kind, Outcome), u64>,
    facts: BTreeMap<(List, Outcome), u64>,
    refused: BTreeMap<String, BTreeSet<u64>>,
}

impl Summary {
    /// Counts what became of one item.
    pub(crate) fn count(
        &mut self,
        list: List,
        kind: Kind,
        line: u64,
        result: &Result<ConsentsUpserted, Error>,
    ) {
        match result {
            Ok(upserted) => {
                for series in &upserted.series {
                    *self.series.entry((list, kind, series.outcome)).or_default() += 1;
                }
                if let Some(outcome) = upserted.facts {
                    *self.facts.entry((list, outcome)).or_default() += 1;
                }
            }
            Err(error) => {
                self.refused.entry(why(error)).or_default().insert(line);
            }
        }
    }

    /// Tells it.
    pub(crate) fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "series touched:")?;
        for ((list, kind, outcome), count) in &self.series {
            writeln!(out, "  {:<8}{kind:<10}{:<12}{count:>6}", list.name(), outcome.name())?;
        }
        writeln!(out, "facts:")?;
        for ((list, outcome), count) in &self.facts {
            writeln!(out, "  {:<18}{:<12}{count:>6}", list.name(), outcome.name())?;
        }
        writeln!(out, "refused:")?;
        for (why, lines) in &self.refused {
            writeln!(out, "  {why}: {}", lines_of(lines))?;
        }
        Ok(())
    }
}

/// The reason, and what is missing or wrong: evidence by its name, anything else by its field.
fn why(error: &Error) -> String {
    let reason = error.reason().map_or("UNKNOWN", assent_sdk::Reason::name);
    let mut wrong: Vec<&str> =
        error.missing_evidence().into_iter().map(assent_sdk::EvidenceItem::name).collect();
    if wrong.is_empty() {
        // The path within the item: which item it is says the line.
        wrong = error
            .violations()
            .iter()
            .map(|one| one.path.split_once("].").map_or("", |(_, path)| path))
            .collect();
        wrong.dedup();
    }
    if wrong.is_empty() { reason.to_owned() } else { format!("{reason} ({})", wrong.join(", ")) }
}

/// Line numbers for people.
pub(crate) fn lines_of<'a>(lines: impl IntoIterator<Item = &'a u64>) -> String {
    let lines: Vec<String> = lines.into_iter().map(u64::to_string).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    match lines.get(..LINES_SHOWN) {
        Some(shown) if lines.len() > LINES_SHOWN => {
            format!("{word} {} and {} more", shown.join(", "), lines.len() - LINES_SHOWN)
        }
        _ => format!("{word} {}", lines.join(", ")),
    }
}
