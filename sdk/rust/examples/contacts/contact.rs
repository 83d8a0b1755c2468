//! What one line of a contact file means: the items that are sent for it.

use std::fmt;

use assent_sdk::{
    AnswerGiven, Basis, Coverage, Day, Evidence, Facts, Item, NoticeGiven, NoticeId, Scope, Source,
    SourceKind,
};

use super::column::Column;
use super::read::{Cells, Malformed};

/// Which list a line belongs to, and so which profile table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum List {
    /// What was there before the rules.
    Legacy,
    /// France.
    France,
    /// Italy.
    Italy,
}

impl List {
    /// Every list.
    pub(crate) const ALL: [Self; 3] = [Self::Legacy, Self::France, Self::Italy];

    /// Its name in the file, and the id of its profile table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::France => "france",
            Self::Italy => "italy",
        }
    }
}

/// What an item says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Nothing but facts.
    Facts,
    /// The person was told.
    Notice,
    /// Yes.
    Grant,
    /// No.
    Refuse,
    /// No longer.
    Withdraw,
    /// Stop.
    Object,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Facts => "facts",
            Self::Notice => "notice",
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::Withdraw => "withdraw",
            Self::Object => "object",
        })
    }
}

/// What one line says of one person.
#[derive(Debug)]
pub(crate) struct Contact {
    /// The line's number; the header is line 1.
    pub(crate) line: u64,
    /// Its list.
    pub(crate) list: List,
    /// The person's id.
    pub(crate) profile: String,
    /// What to send.
    pub(crate) items: Vec<(Kind, Item)>,
    /// The texts that the items name by their hash; they must be stored first.
    pub(crate) texts: Vec<String>,
}

/// What the cells of a line mean.
pub(crate) fn contact(line: u64, cells: &Cells<'_>) -> Result<Contact, Malformed> {
    let list = List::ALL
        .into_iter()
        .find(|list| cells.get(Column::List) == Some(list.name()))
        .ok_or(Malformed::UnknownWord(Column::List))?;
    let profile = cells.get(Column::Profile).unwrap_or_default().to_owned();

    let mut said: Vec<(Kind, Item)> = Vec::new();
    if let Some(notice) = notice(cells)? {
        said.push((Kind::Notice, Item::new(profile.clone()).notice(notice)));
    }
    for (kind, answer) in answers(cells)? {
        said.push((kind, Item::new(profile.clone()).answer(answer)));
    }
    if let Some(facts) = facts(cells)? {
        // Facts go with the first thing said: they count before it does.
        match said.first_mut() {
            Some((_, item)) => *item = item.clone().facts(facts),
            None => said.push((Kind::Facts, Item::new(profile.clone()).facts(facts))),
        }
    }
    if said.is_empty() {
        return Err(Malformed::NothingSaid);
    }

    let texts = [Column::Wording, Column::InformedText];
    let texts = texts.into_iter().filter_map(|column| cells.get(column)).map(str::to_owned).collect();
    Ok(Contact { line, list, profile, items: said, texts })
}

fn facts(cells: &Cells<'_>) -> Result<Option<Facts>, Malformed> {
    let mut facts = Facts::new(source(cells)?);
    if let Some(day) = day(cells, Column::CollectedOn)? {
        facts = facts.collected_on(day);
    }
    if let Some(country) = cells.get(Column::Jurisdiction) {
        facts = facts.jurisdiction(country);
    }
    Ok((facts.collected_on.is_some() || facts.jurisdiction.is_some()).then_some(facts))
}

fn notice(cells: &Cells<'_>) -> Result<Option<NoticeGiven>, Malformed> {
    let Some(day) = day(cells, Column::InformedOn)? else { return Ok(None) };
    let mut notice =
        NoticeGiven::new(Coverage::tracking()).notified_at(day.midnight_utc()).source(source(cells)?);
    if let Some(text) = cells.get(Column::InformedText) {
        notice = notice.notice(NoticeId::of(text));
    }
    if let Some(unchanged) = yes_or_no(cells, Column::ConditionsUnchanged)? {
        notice = notice.conditions_unchanged(unchanged);
    }
    if let Some(offered) = yes_or_no(cells, Column::WithdrawalOffered)? {
        notice = notice.withdrawal_offered(offered);
    }
    if let Some(proof) = cells.get(Column::Proof) {
        notice = notice.proof_reference(proof);
    }
    Ok(Some(notice))
}

/// The answers of a line: of marketing, and of tracking one for each word that occurs.
fn answers(cells: &Cells<'_>) -> Result<Vec<(Kind, AnswerGiven)>, Malformed> {
    let marketing = cells.get(Column::Marketing).map(|text| word(text, Column::Marketing)).transpose()?;
    let tracking = tracking(cells)?;
    if yes_or_no(cells, Column::Joint)? == Some(true)
        && let [(kind, coverage)] = tracking.as_slice()
        && marketing == Some(*kind)
    {
        return Ok(vec![answer(cells, *kind, coverage.clone().and_marketing(), Column::TrackingOn)?]);
    }
    let mut answers = Vec::new();
    if let Some(kind) = marketing {
        answers.push(answer(cells, kind, Coverage::marketing(), Column::MarketingOn)?);
    }
    for (kind, coverage) in tracking {
        answers.push(answer(cells, kind, coverage, Column::TrackingOn)?);
    }
    Ok(answers)
}

fn answer(
    cells: &Cells<'_>,
    kind: Kind,
    coverage: Coverage,
    on: Column,
) -> Result<(Kind, AnswerGiven), Malformed> {
    let mut answer = match kind {
        Kind::Grant => AnswerGiven::grant(basis(cells)?, coverage),
        Kind::Refuse => AnswerGiven::refuse(coverage),
        Kind::Withdraw => AnswerGiven::withdraw(coverage),
        // `word` gives no other; of what it might, the most protective.
        Kind::Object | Kind::Facts | Kind::Notice => AnswerGiven::object(coverage),
    };
    if let Some(day) = day(cells, on)? {
        answer = answer.decided_at(day.midnight_utc());
    }
    Ok((kind, answer.evidence(evidence(cells)?)))
}

/// `yes` for all of tracking, or a word for each scope.
fn tracking(cells: &Cells<'_>) -> Result<Vec<(Kind, Coverage)>, Malformed> {
    let unknown = Malformed::UnknownWord(Column::Tracking);
    let Some(text) = cells.get(Column::Tracking) else { return Ok(Vec::new()) };
    if !text.contains('=') {
        return Ok(vec![(word(text, Column::Tracking)?, Coverage::tracking())]);
    }
    let mut scopes: Vec<(Kind, Vec<Scope>)> = Vec::new();
    for part in text.split(',') {
        let (name, said) = part.split_once('=').ok_or(unknown)?;
        let named = |scope: &&Scope| scope.name().eq_ignore_ascii_case(name);
        let scope = *Scope::ALL.iter().find(named).ok_or(unknown)?;
        let kind = word(said, Column::Tracking)?;
        match scopes.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, list)) => list.push(scope),
            None => scopes.push((kind, vec![scope])),
        }
    }
    Ok(scopes.into_iter().map(|(kind, scopes)| (kind, Coverage::scopes(scopes))).collect())
}

fn evidence(cells: &Cells<'_>) -> Result<Evidence, Malformed> {
    let mut evidence = Evidence::new().source(source(cells)?);
    if let Some(method) = cells.get(Column::Method) {
        evidence = evidence.method(method);
    }
    if let Some(wording) = cells.get(Column::Wording) {
        evidence = evidence.notice(NoticeId::of(wording));
    }
    if let Some(language) = cells.get(Column::Language) {
        evidence = evidence.language(language);
    }
    if let Some(actor) = cells.get(Column::Actor) {
        evidence = evidence.actor(actor);
    }
    if let Some(proof) = cells.get(Column::Proof) {
        evidence = evidence.proof_reference(proof);
    }
    Ok(evidence)
}

fn source(cells: &Cells<'_>) -> Result<Source, Malformed> {
    let kind = match cells.get(Column::Source) {
        Some("form") => SourceKind::Form,
        Some("campaign") => SourceKind::Campaign,
        Some("import") => SourceKind::Import,
        Some("api") => SourceKind::Api,
        _ => return Err(Malformed::UnknownWord(Column::Source)),
    };
    let mut source = Source::new(kind);
    if let Some(name) = cells.get(Column::SourceName) {
        source = source.name(name);
    }
    if let Some(version) = cells.get(Column::SourceVersion) {
        source = source.version(version);
    }
    Ok(source)
}

fn basis(cells: &Cells<'_>) -> Result<Basis, Malformed> {
    match cells.get(Column::Basis) {
        Some("explicit") => Ok(Basis::Explicit),
        Some("assumed") => Ok(Basis::Assumed),
        Some("imported") => Ok(Basis::Imported),
        _ => Err(Malformed::UnknownWord(Column::Basis)),
    }
}

fn word(text: &str, column: Column) -> Result<Kind, Malformed> {
    match text {
        "yes" => Ok(Kind::Grant),
        "no" => Ok(Kind::Refuse),
        "withdrawn" => Ok(Kind::Withdraw),
        "objected" => Ok(Kind::Object),
        _ => Err(Malformed::UnknownWord(column)),
    }
}

fn yes_or_no(cells: &Cells<'_>, column: Column) -> Result<Option<bool>, Malformed> {
    match cells.get(column) {
        None => Ok(None),
        Some("yes") => Ok(Some(true)),
        Some("no") => Ok(Some(false)),
        Some(_) => Err(Malformed::UnknownWord(column)),
    }
}

fn day(cells: &Cells<'_>, column: Column) -> Result<Option<Day>, Malformed> {
    cells.get(column).map(|text| text.parse().map_err(|_| Malformed::BadDay(column))).transpose()
}
