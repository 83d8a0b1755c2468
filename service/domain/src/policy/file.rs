//! The built-in policies, read from their files. Pure: the files are part of the program.

use serde::Deserialize;

use super::{
    CounterMode, CounterRule, DefaultRule, ForceNever, GrantRule, LastOpenRule, NoticeRule, OnWithdrawal,
    Policy, Switch, Transition,
};
use crate::evidence::{Basis, Item};
use crate::id::PolicyId;
use crate::record::Country;
use crate::scope::Scope;
use crate::time::{Day, Zone};

/// The ids of the built-in policies, in the order of [`built_in`].
pub const BUILT_IN_IDS: [&str; 4] = ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"];

const FILES: [&str; 4] = [
    include_str!("../../policies/legacy.toml"),
    include_str!("../../policies/fr-cnil-2026.toml"),
    include_str!("../../policies/it-garante-2026.toml"),
    include_str!("../../policies/strict.toml"),
];

/// The four built-in policies. Reads them anew each time: call it once.
#[must_use]
#[expect(clippy::expect_used, reason = "the files are part of the program, and a test reads them")]
pub fn built_in() -> Vec<Policy> {
    FILES.iter().map(|text| read(text).expect("a built-in policy reads")).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    version: u32,
    zone: Option<String>,
    countries: Vec<String>,
    switches: Vec<String>,
    grant: GrantTable,
    default: DefaultTable,
    notice: Option<NoticeTable>,
    last_open: LastOpenTable,
    counter: CounterTable,
    withdrawal: WithdrawalTable,
    asking: AskingTable,
    engagement: EngagementTable,
    retention: Option<RetentionTable>,
    force_never_on_french_websites: ForceNeverTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantTable {
    demands: Vec<String>,
    bases: Vec<String>,
    joint: bool,
    expires_after_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultTable {
    rule: String,
    marketing_grant_from: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeTable {
    collected_before: String,
    last_day: String,
    text: bool,
    conditions_unchanged: bool,
    withdrawal_offered: bool,
    late_with_justification: bool,
    notice_alone_suffices: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastOpenTable {
    exempt: bool,
    kept_on_tracking_refusal: bool,
    retention_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CounterTable {
    mode: String,
    anonymous_kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawalTable {
    recorded: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskingTable {
    again_after_months: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EngagementTable {
    untracked_answers_no: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionTable {
    interactions_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForceNeverTable {
    on: bool,
    country: String,
    from: String,
    zone: String,
}

/// Why a policy file does not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FileError {
    /// It is not TOML, or a field is missing or unknown.
    #[error("{0}")]
    Toml(String),
    /// The field at that path names nothing known.
    #[error("{0} does not name anything known")]
    Field(&'static str),
}

fn all<T>(
    names: &[String],
    path: &'static str,
    named: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FileError> {
    names.iter().map(|name| named(name).ok_or(FileError::Field(path))).collect()
}

fn day(text: &str, path: &'static str) -> Result<Day, FileError> {
    Day::parse(text).ok_or(FileError::Field(path))
}

fn zone(name: &str, path: &'static str) -> Result<Zone, FileError> {
    Zone::named(name).ok_or(FileError::Field(path))
}

pub(super) fn read(text: &str) -> Result<Policy, FileError> {
    let file: File = toml::from_str(text).map_err(|error| FileError::Toml(error.to_string()))?;
    let id = PolicyId::new(file.id).map_err(|_| FileError::Field("id"))?;
    let zone_of_days = file.zone.as_deref().map(|name| zone(name, "zone")).transpose()?;
    let notice = file.notice.map(notice_rule).transpose()?;
    Ok(Policy {
        base: id.clone(),
        id,
        version: file.version,
        countries: all(&file.countries, "countries", Country::new)?,
        default: default_rule(&file.default, notice.as_ref(), zone_of_days.as_ref())?,
        zone: zone_of_days,
        grant: GrantRule {
            demands: all(&file.grant.demands, "grant.demands", Item::named)?.into_iter().collect(),
            bases: all(&file.grant.bases, "grant.bases", Basis::named)?,
            joint: file.grant.joint,
            expires_after_days: file.grant.expires_after_days,
        },
        notice,
        last_open: LastOpenRule {
            exempt: file.last_open.exempt,
            kept_on_tracking_refusal: file.last_open.kept_on_tracking_refusal,
            retention_days: file.last_open.retention_days,
        },
        counter: CounterRule {
            mode: CounterMode::named(&file.counter.mode).ok_or(FileError::Field("counter.mode"))?,
            anonymous_kinds: all(&file.counter.anonymous_kinds, "counter.anonymous_kinds", Scope::named)?
                .into_iter()
                .collect(),
        },
        on_withdrawal: OnWithdrawal::named(&file.withdrawal.recorded)
            .ok_or(FileError::Field("withdrawal.recorded"))?,
        ask_again_after_months: file.asking.again_after_months,
        interactions_kept_days: file.retention.map(|retention| retention.interactions_days),
        untracked_answers_no: file.engagement.untracked_answers_no,
        force_never: force_never(&file.force_never_on_french_websites)?,
        switches: all(&file.switches, "switches", Switch::named)?,
    })
}

fn notice_rule(table: NoticeTable) -> Result<NoticeRule, FileError> {
    Ok(NoticeRule {
        collected_before: day(&table.collected_before, "notice.collected_before")?,
        last_day: day(&table.last_day, "notice.last_day")?,
        text: table.text,
        conditions_unchanged: table.conditions_unchanged,
        withdrawal_offered: table.withdrawal_offered,
        late_with_justification: table.late_with_justification,
        notice_alone_suffices: table.notice_alone_suffices,
    })
}

fn default_rule(
    table: &DefaultTable,
    notice: Option<&NoticeRule>,
    zone: Option<&Zone>,
) -> Result<DefaultRule, FileError> {
    let marketing = table
        .marketing_grant_from
        .as_deref()
        .map(|text| day(text, "default.marketing_grant_from"))
        .transpose()?;
    match (table.rule.as_str(), notice, zone) {
        ("PERMITTED", _, _) => Ok(DefaultRule::Permitted),
        ("DENIED", _, _) => Ok(DefaultRule::Denied),
        ("TRANSITION", None, _) => Err(FileError::Field("notice")),
        ("TRANSITION", _, None) => Err(FileError::Field("zone")),
        ("TRANSITION", Some(notice), Some(zone)) => {
            Ok(DefaultRule::Transition(Transition::new(notice, marketing, zone)))
        }
        _ => Err(FileError::Field("default.rule")),
    }
}

fn force_never(table: &ForceNeverTable) -> Result<ForceNever, FileError> {
    let path = "force_never_on_french_websites";
    Ok(ForceNever {
        on: table.on,
        country: Country::new(&table.country).ok_or(FileError::Field(path))?,
        from: day(&table.from, path)?.start_in(&zone(&table.zone, path)?),
    })
}
