//! The lines of an import: each is read for itself, everything wrong with one told at once.

use assent_domain::command::{Command, FactsSent, Said};
use assent_domain::evidence::{Source, SourceKind};
use assent_domain::record::Country;
use assent_proto::v1::{self, import_event::Event};
use assent_proto::validate::{Path, Validate, Violation, Wrong};

use super::item::{Item, as_fields};
use super::{Misfit, answer, notice, profile, request, time};
use crate::failure::{Failure, Outcome};

/// The field that holds the lines.
pub const LINES: &str = "chunk.lines";

/// A line that was looked at.
#[derive(Debug)]
pub struct Line {
    /// The caller's number of it.
    pub number: u64,
    /// What it says, in the order in which it counts; nothing for a blank one; why it cannot be read.
    pub parts: Outcome<Vec<Part>>,
}

/// One thing that a line says.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which of its events; absent: the facts.
    pub event: Option<usize>,
    /// The person, and the thing as it is recorded.
    pub item: Item,
}

/// Where the lines of an import come from.
#[must_use]
pub fn source(given: &v1::ImportSource) -> Source {
    Source { kind: SourceKind::Import, name: given.name.clone(), version: given.version.clone() }
}

/// A line at that place of its chunk; what says nothing of its source has `source`.
#[must_use]
pub fn line(line: &v1::ImportLine, index: usize, source: &Source) -> Line {
    Line { number: line.line, parts: parts(line, index, source) }
}

fn parts(line: &v1::ImportLine, index: usize, source: &Source) -> Outcome<Vec<Part>> {
    let mut wrong = line.violations_as_item(LINES, index);
    for (at, event) in line.events.iter().enumerate() {
        wrong.extend(event.event.as_ref().map(|event| misplaced(event, index, at)).unwrap_or_default());
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(as_fields(wrong)));
    }
    read(line, source).map_err(|misfit| misfit.at(Path::item(LINES, index).as_str()))
}

fn read(line: &v1::ImportLine, source: &Source) -> Result<Vec<Part>, Misfit> {
    let profile = profile::profile(line.profile.as_ref())?;
    let part = |event, command| Part { event, item: Item { profile: profile.clone(), command } };
    let mut parts = Vec::with_capacity(line.events.len() + 1);
    if let Some(facts) = line.facts.as_ref().map(|given| facts(given, source)).transpose()?.flatten() {
        parts.push(part(None, Command::facts(facts)));
    }
    for (at, event) in line.events.iter().enumerate() {
        let said = said(event.event.as_ref().ok_or(Misfit::of("events"))?, source)?;
        parts.push(part(Some(at), Command { facts: None, said: Some(said) }));
    }
    Ok(parts)
}

/// Facts that say nothing are none.
fn facts(given: &v1::ImportFacts, source: &Source) -> Result<Option<FactsSent>, Misfit> {
    let collected_on = given.collected_on.as_ref().map(|day| time::day(day).ok_or(Misfit::of("facts")));
    let jurisdiction =
        given.jurisdiction.as_deref().map(|code| Country::new(code).ok_or(Misfit::of("facts")));
    let (collected_on, jurisdiction) = (collected_on.transpose()?, jurisdiction.transpose()?);
    let says = collected_on.is_some() || jurisdiction.is_some();
    Ok(says.then(|| FactsSent { collected_on, jurisdiction, source: Some(source.clone()) }))
}

fn said(event: &Event, source: &Source) -> Result<Said, Misfit> {
    Ok(match event {
        Event::Answer(given) => {
            let mut given = answer::given(given)?;
            given.evidence.source.get_or_insert_with(|| source.clone());
            Said::Answer(given)
        }
        Event::Notice(given) => {
            let mut given = notice::given(given)?;
            given.source.get_or_insert_with(|| source.clone());
            Said::Notice(given)
        }
        Event::Request(made) => {
            let mut made = request::made(made)?;
            made.source.get_or_insert_with(|| source.clone());
            Said::Request(made)
        }
    })
}

/// What the contract says of two fields of an event together: its basis, and its source in an import.
fn misplaced(event: &Event, index: usize, at: usize) -> Vec<Violation> {
    let path = Path::item(&format!("{}.events", Path::item(LINES, index).as_str()), at);
    let (arm, source, source_field) = match event {
        Event::Answer(given) => {
            let source = given.evidence.as_ref().and_then(|evidence| evidence.source.as_ref());
            (path.field("answer"), source, "evidence")
        }
        Event::Notice(given) => (path.field("notice"), given.source.as_ref(), ""),
        Event::Request(made) => (path.field("request"), made.source.as_ref(), ""),
    };
    let mut wrong = Vec::new();
    if let Event::Answer(given) = event {
        wrong.extend(answer::misplaced_basis(given, &arm));
    }
    let kind = source.map(|source| v1::SourceKind::try_from(source.kind));
    if let Some(Ok(v1::SourceKind::Form | v1::SourceKind::Campaign | v1::SourceKind::Api)) = kind {
        let holder = if source_field.is_empty() { arm } else { arm.field(source_field) };
        let field = holder.field("source").field("kind").as_str().to_owned();
        let rule = "import, or no source at all: the header's counts";
        wrong.push(Violation { field, wrong: Wrong::NotAllowed, rule: rule.into() });
    }
    wrong
}
