//! A jurisdiction's rulebook as versioned data.
//!
//! Four are built in (`policies/*.toml`); a tenant's [`PolicyOverride`] tightens one of them and sets
//! its switches. Dates and switches are data, never constants of the code: what reads them stands in
//! `default` (who never answered), `exemption` (what the law exempts) and
//! [`crate::verdict`]. Nothing here knows a person.

mod admit;
mod applicable;
mod change;
mod file;

use crate::evidence::{Basis, Items};
use crate::id::PolicyId;
use crate::record::{Country, PolicyVersion};
use crate::scope::ScopeSet;
use crate::time::{Day, Instant, Span, Zone};

pub use admit::NotAdmitted;
pub use applicable::{Applicable, Rulebook, WithoutPolicy};
pub use change::{
    CounterChange, DefaultChange, GrantChange, LastOpenChange, NoticeChange, PolicyOverride, Problem,
};
pub use file::{BUILT_IN_IDS, built_in};

/// One policy. Dates and switches are data, never constants of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Which.
    pub id: PolicyId,
    /// Counted from 1; never changed in place.
    pub version: u32,
    /// The built-in policy it is or tightens.
    pub base: PolicyId,
    /// The countries whose rulebook it is; none: it applies only to tables that name it.
    pub countries: Vec<Country>,
    /// Whose days its dates are; absent: the profile table's.
    pub zone: Option<Zone>,
    /// What makes a grant one.
    pub grant: GrantRule,
    /// What makes a notice permit; absent: notices are stored without effect.
    pub notice: Option<NoticeRule>,
    /// What holds for those who never answered. TRACKING only.
    pub default: DefaultRule,
    /// The last-open day.
    pub last_open: LastOpenRule,
    /// The anonymous campaign counter.
    pub counter: CounterRule,
    /// What a turn to a denying answer does to what was recorded before.
    pub on_withdrawal: OnWithdrawal,
    /// Months before a person may be asked again after a refusal, a withdrawal or an unanswered request.
    pub ask_again_after_months: u32,
    /// Days interactions are kept, and the last device that one of them told, counted from `occurred_at`; absent: this
    /// policy sets no limit.
    pub interactions_kept_days: Option<u32>,
    /// Whether a profile that may not be tracked answers `NO` instead of `NOT_KNOWN` (Actito's behaviour).
    pub untracked_answers_no: bool,
    /// `force_never_on_french_websites`.
    pub force_never: ForceNever,
    /// What an override may set although it widens.
    pub switches: Vec<Switch>,
}

/// What a policy demands of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRule {
    /// The items of evidence.
    pub demands: Items,
    /// The grounds it accepts.
    pub bases: Vec<Basis>,
    /// Whether one tick may cover mail and tracking.
    pub joint: bool,
    /// Days of 24 hours after which a grant that was not confirmed reads `EXPIRED`; absent: never.
    pub expires_after_days: Option<u32>,
}

/// What a policy demands of a notice to contacts it had before its day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one condition of the regulator's text")]
pub struct NoticeRule {
    /// Only addresses collected before this day.
    pub collected_before: Day,
    /// The last day of the transition; a notice recorded later is late.
    pub last_day: Day,
    /// Whether the text told must be on record.
    pub text: bool,
    /// Whether the conditions of sending must have stayed as they were.
    pub conditions_unchanged: bool,
    /// Whether it must have offered to withdraw.
    pub withdrawal_offered: bool,
    /// Whether a late notice permits if it is justified, from its own instant; else it never does.
    pub late_with_justification: bool,
    /// Whether a notice without an answer permits at all after the last day.
    pub notice_alone_suffices: bool,
}

/// What holds for those who never answered (domain section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultRule {
    /// Permitted.
    Permitted,
    /// Old contacts until a day, informed ones after it, nobody else.
    Transition(Transition),
    /// Denied.
    Denied,
}

/// A transition, with its days read as instants in the policy's zone once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    collected_before: Day,
    ends: Instant,
    marketing_grant_from: Option<(Day, Instant)>,
}

impl Transition {
    /// The transition that `notice` dates, in `zone`; ended for a person by a marketing grant effective
    /// on or after `marketing_grant_from`.
    #[must_use]
    pub fn new(notice: &NoticeRule, marketing_grant_from: Option<Day>, zone: &Zone) -> Self {
        Self {
            collected_before: notice.collected_before,
            ends: notice.last_day.next().start_in(zone),
            marketing_grant_from: marketing_grant_from.map(|day| (day, day.start_in(zone))),
        }
    }

    /// Only addresses collected before this day are in it.
    #[must_use]
    pub const fn collected_before(&self) -> Day {
        self.collected_before
    }

    /// The first instant after its last day.
    #[must_use]
    pub const fn ends(&self) -> Instant {
        self.ends
    }

    /// The day from which a marketing grant ends it for a person.
    #[must_use]
    pub fn marketing_grant_day(&self) -> Option<Day> {
        self.marketing_grant_from.map(|(day, _)| day)
    }

    /// The first instant of the day from which a marketing grant ends it for a person.
    #[must_use]
    pub fn marketing_grant_from(&self) -> Option<Instant> {
        self.marketing_grant_from.map(|(_, instant)| instant)
    }
}

/// The calendar day of the last known open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastOpenRule {
    /// Whether it may be written as an exemption, without consent.
    pub exempt: bool,
    /// Whether TRACKING refused or withdrawn keeps it; else that stops it and deletes it.
    pub kept_on_tracking_refusal: bool,
    /// Days it is kept.
    pub retention_days: u32,
}

/// The anonymous campaign counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterRule {
    /// Which requests are counted.
    pub mode: CounterMode,
    /// Which kinds: `EMAIL_OPEN`, `EMAIL_CLICK` and `SMS_CLICK` at most.
    pub anonymous_kinds: ScopeSet,
}

/// Which requests the anonymous counter counts; each mode includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CounterMode {
    /// None.
    Off,
    /// Those that name no profile.
    SharedPixel,
    /// Those that name one too, after discarding it: only by an explicit, recorded choice of the controller.
    FromIdentified,
}

impl CounterMode {
    /// Every mode, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Off, Self::SharedPixel, Self::FromIdentified];

    /// Its name on the wire and in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::SharedPixel => "SHARED_PIXEL",
            Self::FromIdentified => "FROM_IDENTIFIED",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// What a turn to a denying answer does to what was recorded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OnWithdrawal {
    /// History stays; the future only (Actito 9).
    Keep,
    /// Rows disappear from every read at once and from disk after a short delay.
    Erase,
}

impl OnWithdrawal {
    /// Its name on the wire and in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "KEEP",
            Self::Erase => "ERASE",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Keep, Self::Erase].into_iter().find(|what| what.name() == name)
    }
}

/// From an instant on, websites of a country have the ceiling `NEVER`, whatever their setting (Qualifio 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForceNever {
    /// Whether it is on.
    pub on: bool,
    /// Which websites.
    pub country: Country,
    /// From when.
    pub from: Instant,
}

/// Something an override may set although it widens, because the text leaves it to the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Switch {
    /// One tick for mail and tracking.
    GrantJoint,
    /// A notice without an answer permits after the last day.
    NoticeAloneSuffices,
    /// Which requests are counted anonymously.
    CounterMode,
    /// Which kinds are counted anonymously.
    CounterKinds,
}

impl Switch {
    /// Every switch.
    pub const ALL: [Self; 4] =
        [Self::GrantJoint, Self::NoticeAloneSuffices, Self::CounterMode, Self::CounterKinds];

    /// The path of the field it lets widen.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::GrantJoint => "grant.joint",
            Self::NoticeAloneSuffices => "notice.notice_alone_suffices",
            Self::CounterMode => "counter.mode",
            Self::CounterKinds => "counter.anonymous_kinds",
        }
    }

    /// The switch of that field.
    #[must_use]
    pub fn named(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|switch| switch.field() == field)
    }
}

impl Policy {
    /// The built-in policy of that id.
    #[must_use]
    pub fn built_in(id: &PolicyId) -> Option<Self> {
        built_in().into_iter().find(|policy| policy.id == *id)
    }

    /// Its id and version, as verdicts and records name it.
    #[must_use]
    pub fn named(&self) -> PolicyVersion {
        PolicyVersion { id: self.id.clone(), version: self.version }
    }

    /// How long a grant holds without being confirmed; absent: for ever.
    #[must_use]
    pub fn expires_after(&self) -> Option<Span> {
        self.grant.expires_after_days.map(|days| Span::from_days(i64::from(days)))
    }

    /// Its zone, else the profile table's.
    #[must_use]
    pub fn zone_or<'a>(&'a self, table: &'a Zone) -> &'a Zone {
        self.zone.as_ref().unwrap_or(table)
    }
}

#[cfg(test)]
mod tests;
