//! Makes a contact file as a controller might bring one along: mostly sound, some of it wrong, every id made up.

use super::column::Column;
use super::random::Random;

const NAMES: [&str; 12] = [
    "anna", "bruno", "chiara", "denis", "elena", "fabien", "giulia", "hugo", "ines", "jonas", "karin", "luca",
];
const FR_WORDING: &str = "Oui, Exemple SA peut mesurer mes ouvertures et mes clics";
const FR_NOTICE: &str = "Exemple SA mesure vos ouvertures. Vous pouvez vous y opposer ici";
const IT_WORDING: &str = "Acconsento a ricevere le offerte di Esempio SpA e alla misurazione delle letture";
const EN_WORDING: &str = "Yes, Example Ltd may write to me";
const SCOPES: [&str; 6] =
    ["email_open", "email_click", "sms_click", "website_visit", "transaction_goal", "device"];

impl Random {
    /// One of `choices`, which is not empty.
    pub(crate) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let count = u64::try_from(choices.len()).unwrap_or(0);
        let at = usize::try_from(self.below(count)).unwrap_or(0);
        choices.get(at).copied().unwrap_or_default()
    }

    /// A day of that year, between the first of `first` and the 28th of `last` (months from 1).
    pub(crate) fn day(&mut self, year: u64, first: u64, last: u64) -> String {
        let month = first + self.below(last + 1 - first);
        let day = 1 + self.below(28);
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// One line, column by column.
struct Row([String; Column::ALL.len()]);

impl Row {
    fn new(profile: &str, list: &str) -> Self {
        Self(Default::default()).with(Column::Profile, profile).with(Column::List, list)
    }

    fn with(mut self, column: Column, value: impl Into<String>) -> Self {
        // An enum's number is its place in the file: `ALL` holds every column in order.
        if let Some(cell) = self.0.get_mut(column as usize) {
            *cell = value.into();
        }
        self
    }

    fn collected(self, day: String, country: &str) -> Self {
        self.with(Column::CollectedOn, day).with(Column::Jurisdiction, country)
    }

    fn source(self, kind: &str, name: &str, version: &str) -> Self {
        self.with(Column::Source, kind).with(Column::SourceName, name).with(Column::SourceVersion, version)
    }

    /// All that the stricter policies demand of a grant, but its day and its source.
    fn proven(self, method: &str, wording: &str, language: &str) -> Self {
        self.with(Column::Basis, "explicit")
            .with(Column::Method, method)
            .with(Column::Wording, wording)
            .with(Column::Language, language)
            .with(Column::Actor, "data subject")
    }

    fn line(&self) -> String {
        self.0.join(";")
    }
}

/// The file of a seed: a header and `rows` lines.
pub(crate) fn generate(seed: u64, rows: usize) -> String {
    let mut random = Random::seeded(seed);
    let mut file = Column::ALL.map(|(_, heading)| heading).join(";");
    file.push('\n');
    let mut french: Vec<String> = Vec::new();
    for number in 1..=rows {
        let id = format!("{}.{number:05}@example.org", random.one_of(&NAMES));
        let line = match random.below(100) {
            0..14 => silent(&mut random, &id).line(),
            14..26 => assumed(&mut random, &id).line(),
            26..34 => mail_yes_tracking_no(&mut random, &id).line(),
            34..50 => {
                french.push(id.clone());
                explicit(&mut random, &id).line()
            }
            50..62 => informed(&mut random, &id).line(),
            62..72 => joint(&mut random, &id, "italy").line(),
            72..80 => imported(&mut random, &id).line(),
            80..88 => stop(&mut random, &id, &french).line(),
            88..93 => unproven(&mut random, &id).line(),
            93 => explicit(&mut random, &id).with(Column::Method, "pre_ticked").line(),
            94 => joint(&mut random, &id, "france").line(),
            95 => informed(&mut random, &id).with(Column::ConditionsUnchanged, "").line(),
            _ => malformed(&mut random, &id),
        };
        file.push_str(&line);
        file.push('\n');
    }
    file
}

/// A legacy contact of whom nothing is known but the address.
fn silent(random: &mut Random, id: &str) -> Row {
    let year = 2015 + random.below(11);
    let day = random.day(year, 1, 12);
    Row::new(id, "legacy").collected(day, "").source("import", "crm", "2026-01")
}

/// A legacy contact for whom the controller writes "yes", with a campaign's name and date as method and time.
fn assumed(random: &mut Random, id: &str) -> Row {
    let method = random.one_of(&["spring sale", "autumn sale"]);
    let day = random.day(2025, 3, 11);
    Row::new(id, "legacy")
        .collected(random.day(2020, 1, 12), "")
        .source("campaign", method, "1")
        .with(Column::Tracking, "yes")
        .with(Column::TrackingOn, day)
        .with(Column::Basis, "assumed")
        .with(Column::Method, method)
}

/// Mail yes and tracking no, at once and apart.
fn mail_yes_tracking_no(random: &mut Random, id: &str) -> Row {
    let day = random.day(2026, 1, 3);
    Row::new(id, "legacy")
        .collected(day.clone(), "")
        .source("form", "preferences", "2")
        .with(Column::Marketing, "yes")
        .with(Column::MarketingOn, day.clone())
        .with(Column::Tracking, "no")
        .with(Column::TrackingOn, day)
        .proven("checkbox", EN_WORDING, "en")
}

/// A French contact who answered for each scope, or for all.
fn explicit(random: &mut Random, id: &str) -> Row {
    let day = random.day(2026, 5, 10);
    let answers = if random.below(3) == 0 {
        let say = |scope| format!("{scope}={}", if random.below(4) == 0 { "no" } else { "yes" });
        SCOPES.map(say).join(",")
    } else {
        "yes".to_owned()
    };
    Row::new(id, "france")
        .collected(day.clone(), "FR")
        .source("form", "sign-up", "3")
        .with(Column::Tracking, answers)
        .with(Column::TrackingOn, day)
        .proven("checkbox", FR_WORDING, "fr")
}

/// A French contact of before 14 April 2026 who was told by 14 July and did not answer.
fn informed(random: &mut Random, id: &str) -> Row {
    let year = 2018 + random.below(8);
    Row::new(id, "france")
        .collected(random.day(year, 1, 12), "FR")
        .source("import", "notice campaign", "1")
        .with(Column::Proof, "archive 2026-07")
        .with(Column::InformedOn, random.day(2026, 5, 6))
        .with(Column::InformedText, FR_NOTICE)
        .with(Column::ConditionsUnchanged, "yes")
        .with(Column::WithdrawalOffered, "yes")
}

/// One tick for mail and tracking.
fn joint(random: &mut Random, id: &str, list: &str) -> Row {
    let day = random.day(2026, 5, 10);
    let country = if list == "france" { "FR" } else { "IT" };
    Row::new(id, list)
        .collected(day.clone(), country)
        .source("form", "iscrizione", "1")
        .with(Column::Marketing, "yes")
        .with(Column::MarketingOn, day.clone())
        .with(Column::Tracking, "yes")
        .with(Column::TrackingOn, day)
        .with(Column::Joint, "yes")
        .proven("checkbox", IT_WORDING, "it")
}

/// A consent that was given elsewhere; one in five without its proof.
fn imported(random: &mut Random, id: &str) -> Row {
    let day = random.day(2025, 1, 12);
    let proof =
        if random.below(5) == 0 { String::new() } else { format!("ledger {:04}", random.below(10_000)) };
    Row::new(id, "france")
        .collected(day.clone(), "FR")
        .source("import", "former provider", "7")
        .with(Column::Marketing, "yes")
        .with(Column::MarketingOn, day)
        .proven("double_opt_in", EN_WORDING, "en")
        .with(Column::Basis, "imported")
        .with(Column::Proof, proof)
}

/// Somebody wants no more of it, with no evidence but their word; half of them answered on an earlier line.
fn stop(random: &mut Random, id: &str, french: &[String]) -> Row {
    let earlier: Vec<&str> = french.iter().map(String::as_str).collect();
    let id = if earlier.is_empty() || random.below(2) == 0 { id } else { random.one_of(&earlier) };
    let (marketing, tracking) = match random.below(3) {
        0 => ("withdrawn", ""),
        1 => ("", "withdrawn"),
        _ => ("objected", "objected"),
    };
    Row::new(id, "france")
        .source("api", "", "")
        .with(Column::Marketing, marketing)
        .with(Column::Tracking, tracking)
}

/// A yes without what proves it.
fn unproven(random: &mut Random, id: &str) -> Row {
    let row = explicit(random, id);
    match random.below(3) {
        0 => row.with(Column::Wording, ""),
        1 => row.with(Column::Language, "").with(Column::Actor, ""),
        _ => row.with(Column::TrackingOn, "").with(Column::SourceVersion, ""),
    }
}

/// A line that cannot be read, or whose id no service takes.
fn malformed(random: &mut Random, id: &str) -> String {
    match random.below(4) {
        0 => explicit(random, id).with(Column::TrackingOn, "2026-02-30").line(),
        1 => explicit(random, id).with(Column::Tracking, "perhaps").line(),
        2 => explicit(random, &format!("{id}\u{7}")).line(),
        _ => format!("{};surplus", explicit(random, id).line()),
    }
}
