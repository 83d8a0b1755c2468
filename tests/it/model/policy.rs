//! The policies as the domain's tables say them: what each demands and what it holds where nobody answered.

use assent_proto::v1::{Answer, Basis, SourceKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::record::{MARKETING, Record, Records};
use super::story::{Event, MINUTE, Micros, Said, Told};

/// A day of a time zone.
pub(super) fn day(at: Micros, zone: &str) -> Date {
    let zone = TimeZone::get(zone).expect("a zone");
    jiff::Timestamp::from_microsecond(at).expect("an instant").to_zoned(zone).date()
}

fn date((year, month, day): (i16, i8, i8)) -> Date {
    Date::new(year, month, day).expect("a day")
}

pub(super) const FR: &str = "fr-cnil-2026";
pub(super) const IT: &str = "it-garante-2026";
pub(super) const LEGACY: &str = "legacy";
pub(super) const STRICT: &str = "strict";

/// The policy of a table that names none.
pub(super) const UNSAID: &str = STRICT;

/// What a policy with a transition says: its zone, the day before which an address must have been collected, its last
/// day, and whether the notice must offer to withdraw.
struct Transition {
    zone: &'static str,
    collected_before: Date,
    last_day: Date,
    withdrawal: bool,
}

fn transition(policy: &str) -> Option<Transition> {
    let of = |zone, before, last, withdrawal| Transition {
        zone,
        collected_before: date(before),
        last_day: date(last),
        withdrawal,
    };
    match policy {
        FR => Some(of("Europe/Paris", (2026, 4, 14), (2026, 7, 14), false)),
        IT => Some(of("Europe/Rome", (2026, 4, 29), (2026, 10, 28), true)),
        _ => None,
    }
}

/// The zone of a policy that has one.
pub(super) fn zone(policy: &str) -> Option<&'static str> {
    transition(policy).map(|rule| rule.zone)
}

/// Whose rules a country brings along, if any.
pub(super) fn of_country(country: &str) -> Option<&'static str> {
    match country {
        "FR" => Some(FR),
        "IT" => Some(IT),
        "DE" | "BE" | "GB" | "CH" => Some(STRICT),
        _ => None,
    }
}

/// Whether a request that names nobody may be counted.
pub(super) fn counts_shared(policy: &str) -> bool {
    matches!(policy, FR | IT)
}

/// Whether what was recorded before a withdrawal is kept.
pub(super) fn keeps(policy: &str) -> bool {
    policy == LEGACY
}

/// Whether an open may leave its day without consent.
pub(super) fn exempts_last_open(policy: &str) -> bool {
    policy == FR
}

/// Whether one act covered mail and tracking.
pub(super) fn joint(said: &Said) -> bool {
    said.series & 1 != 0 && said.series & !1 != 0
}

/// Whether a grant has the evidence that a policy demands.
pub(super) fn proven(policy: &str, said: &Said) -> bool {
    if policy == LEGACY {
        return true;
    }
    let source = said.source.as_ref().is_some_and(|source| source.name && source.version.is_some());
    let basis = matches!(said.basis, Basis::Explicit | Basis::Imported);
    let complete =
        said.at.is_some() && said.method.is_some() && source && said.text && said.language && said.actor;
    complete && basis && (!joint(said) || policy == IT)
}

/// Whether an item is taken at all.
pub(super) fn accepted(
    policies: &[&str],
    event: &Event,
    collected: Option<(i16, i8, i8)>,
    now: Micros,
) -> bool {
    match event {
        Event::Answer(said) if said.answer == Answer::Grant => {
            let forbidden =
                matches!(said.method, Some("pre_ticked" | "implied" | "silence" | "open_as_consent"));
            let unproven_import = said.basis == Basis::Imported && !said.proof;
            let ahead = said.at.is_some_and(|at| at > now + 5 * MINUTE);
            !forbidden && !unproven_import && !ahead && policies.iter().all(|policy| proven(policy, said))
        }
        Event::Notice(told) => policies.iter().all(|policy| {
            transition(policy).is_none_or(|rule| permits_from(&rule, told, collected, now).is_some())
        }),
        Event::Answer(_) | Event::Request { .. } => true,
    }
}

/// From when a notice that was recorded at an instant permits, if it ever does.
fn permits_from(
    rule: &Transition,
    told: &Told,
    collected: Option<(i16, i8, i8)>,
    recorded: Micros,
) -> Option<Micros> {
    let early_enough = collected.is_some_and(|day| date(day) < rule.collected_before);
    let complete = told.text && told.unchanged == Some(true);
    let offered = !rule.withdrawal || told.withdrawal == Some(true);
    if !early_enough || !complete || !offered {
        return None;
    }
    let import = told.source.as_ref().is_some_and(|source| source.kind == SourceKind::Import);
    // An import with a proof and a send are judged by their date, anything else by when it came.
    let is_dated = (import && told.proof) || told.sent.is_some();
    let dated = if is_dated { told.at.min(recorded) } else { recorded };
    (day(dated, rule.zone) <= rule.last_day || told.justification).then_some(dated)
}

/// The default where nobody answered: table 3, one row after another.
pub(super) fn default_permits(
    policy: &str,
    records: &Records,
    who: usize,
    series: usize,
    at: Micros,
) -> bool {
    if policy == LEGACY {
        return true;
    }
    let Some(rule) = transition(policy) else { return false };
    let collected = records.collected(who);
    if collected.is_none_or(|day| date(day) >= rule.collected_before) {
        return false;
    }
    let granted_since = |record: &&Record| {
        matches!(&record.event, Event::Answer(said) if said.answer == Answer::Grant)
            && day(record.effective, rule.zone) >= rule.collected_before
            && record.effective <= at
    };
    if policy == FR && records.of(who, MARKETING).any(|record| granted_since(&record)) {
        return false;
    }
    if day(at, rule.zone) <= rule.last_day {
        return true;
    }
    policy == FR
        && records.of(who, series).any(|record| match &record.event {
            Event::Notice(told) => {
                permits_from(&rule, told, collected, record.recorded).is_some_and(|from| from <= at)
            }
            _ => false,
        })
}

/// The instants at which a default may turn by itself.
pub(super) fn turns() -> [Micros; 2] {
    [(FR, 0), (IT, 1)].map(|(policy, _)| {
        let rule = transition(policy).expect("a transition");
        let zone = TimeZone::get(rule.zone).expect("a zone");
        let next = rule.last_day.tomorrow().expect("a day");
        next.to_zoned(zone).expect("a midnight").timestamp().as_microsecond()
    })
}
