//! A tenant's override of a policy: it may tighten any field and set the switches the policy leaves
//! open, and loosens nothing. Each field has one direction, written beside it in [`PolicyOverride::apply`].

use super::{CounterMode, DefaultRule, NoticeRule, OnWithdrawal, Policy, Switch, Transition};
use crate::evidence::{Basis, Items};
use crate::id::PolicyId;
use crate::scope::{Scope, ScopeSet};
use crate::time::Day;

/// A tenant's override of one policy. What is absent stays as the base has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOverride {
    /// Its own id, by which profile tables name it; not that of a built-in policy.
    pub id: PolicyId,
    /// Counted from 1; a change is a new version.
    pub version: u32,
    /// The built-in policy it changes.
    pub base: PolicyId,
    /// Of what a grant needs.
    pub grant: GrantChange,
    /// Of what holds for those who never answered: to a narrower one only.
    pub default: Option<DefaultChange>,
    /// Of what a notice needs.
    pub notice: NoticeChange,
    /// Of the last-open day.
    pub last_open: LastOpenChange,
    /// Of the anonymous counter.
    pub counter: CounterChange,
    /// From `KEEP` to `ERASE`.
    pub on_withdrawal: Option<OnWithdrawal>,
    /// To more months.
    pub ask_again_after_months: Option<u32>,
    /// To fewer days; at least 1.
    pub interactions_kept_days: Option<u32>,
    /// From true to false.
    pub untracked_answers_no: Option<bool>,
    /// From false to true.
    pub force_never_on_french_websites: Option<bool>,
}

/// Changes of [`super::GrantRule`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantChange {
    /// To a larger set.
    pub demands: Option<Items>,
    /// To fewer grounds, at least one.
    pub bases: Option<Vec<Basis>>,
    /// From true to false; to true where the policy has the switch.
    pub joint: Option<bool>,
    /// To fewer days, or from never to some; at least 1.
    pub expires_after_days: Option<u32>,
}

/// What an override may narrow [`DefaultRule`] to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefaultChange {
    /// Nobody who did not answer is tracked.
    Denied,
    /// Everybody who did not answer is tracked: possible only where it is so already.
    Permitted,
}

/// Changes of [`NoticeRule`]; possible only where the base has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeChange {
    /// To an earlier day.
    pub collected_before: Option<Day>,
    /// To an earlier day.
    pub last_day: Option<Day>,
    /// From false to true.
    pub text: Option<bool>,
    /// From false to true.
    pub conditions_unchanged: Option<bool>,
    /// From false to true.
    pub withdrawal_offered: Option<bool>,
    /// From true to false.
    pub late_with_justification: Option<bool>,
    /// From true to false; to true where the policy has the switch.
    pub notice_alone_suffices: Option<bool>,
}

/// Changes of [`super::LastOpenRule`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastOpenChange {
    /// From true to false.
    pub exempt: Option<bool>,
    /// From true to false.
    pub kept_on_tracking_refusal: Option<bool>,
    /// To fewer days; at least 1.
    pub retention_days: Option<u32>,
}

/// Changes of [`super::CounterRule`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterChange {
    /// To a narrower mode; to a wider one where the policy has the switch.
    pub mode: Option<CounterMode>,
    /// To fewer kinds; to more, clicks at most, where the policy has the switch.
    pub anonymous_kinds: Option<ScopeSet>,
}

/// Why a field of an override cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The field's path.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

const LOOSENS: &str = "would loosen the base policy";
const ABSENT: &str = "the base policy has no such rule";
const NOT_POSITIVE: &str = "must be at least 1";

/// The one place where a field is replaced: a looser value needs the switch of its path.
struct Tightening<'a> {
    switches: &'a [Switch],
    problems: Vec<Problem>,
}

impl Tightening<'_> {
    fn problem(&mut self, field: &'static str, why: &'static str) {
        self.problems.push(Problem { field, why });
    }

    fn set<T>(
        &mut self,
        field: &'static str,
        held: &mut T,
        wanted: Option<T>,
        looser: impl Fn(&T, &T) -> bool,
    ) {
        let Some(wanted) = wanted else { return };
        if looser(&wanted, held) && !self.switches.iter().any(|switch| switch.field() == field) {
            self.problem(field, LOOSENS);
        } else {
            *held = wanted;
        }
    }

    /// A number of days: fewer is tighter, none is for ever.
    fn set_days(&mut self, field: &'static str, held: &mut Option<u32>, wanted: Option<u32>) {
        if wanted == Some(0) {
            self.problem(field, NOT_POSITIVE);
        } else if wanted.is_some() {
            self.set(field, held, Some(wanted), |new, old| old.is_some_and(|old| *new > Some(old)));
        }
    }

    fn only_on(&mut self, field: &'static str, held: &mut bool, wanted: Option<bool>) {
        self.set(field, held, wanted, |new, old| *old && !*new);
    }

    fn only_off(&mut self, field: &'static str, held: &mut bool, wanted: Option<bool>) {
        self.set(field, held, wanted, |new, old| !*old && *new);
    }
}

impl NoticeChange {
    /// The paths of the fields that are not left as they are.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        let fields = [
            ("notice.collected_before", self.collected_before.is_some()),
            ("notice.last_day", self.last_day.is_some()),
            ("notice.text", self.text.is_some()),
            ("notice.conditions_unchanged", self.conditions_unchanged.is_some()),
            ("notice.withdrawal_offered", self.withdrawal_offered.is_some()),
            ("notice.late_with_justification", self.late_with_justification.is_some()),
            ("notice.notice_alone_suffices", self.notice_alone_suffices.is_some()),
        ];
        fields.into_iter().filter_map(|(field, given)| given.then_some(field))
    }

    fn apply(&self, notice: Option<&mut NoticeRule>, change: &mut Tightening<'_>) {
        let Some(notice) = notice else {
            for field in self.given() {
                change.problem(field, ABSENT);
            }
            return;
        };
        let later = |new: &Day, old: &Day| new > old;
        change.set("notice.collected_before", &mut notice.collected_before, self.collected_before, later);
        change.set("notice.last_day", &mut notice.last_day, self.last_day, later);
        change.only_on("notice.text", &mut notice.text, self.text);
        change.only_on(
            "notice.conditions_unchanged",
            &mut notice.conditions_unchanged,
            self.conditions_unchanged,
        );
        change.only_on("notice.withdrawal_offered", &mut notice.withdrawal_offered, self.withdrawal_offered);
        change.only_off(
            "notice.late_with_justification",
            &mut notice.late_with_justification,
            self.late_with_justification,
        );
        change.only_off(
            "notice.notice_alone_suffices",
            &mut notice.notice_alone_suffices,
            self.notice_alone_suffices,
        );
    }
}

impl PolicyOverride {
    /// An override that changes nothing yet.
    #[must_use]
    pub fn new(id: PolicyId, version: u32, base: PolicyId) -> Self {
        Self {
            id,
            version,
            base,
            grant: GrantChange::default(),
            default: None,
            notice: NoticeChange::default(),
            last_open: LastOpenChange::default(),
            counter: CounterChange::default(),
            on_withdrawal: None,
            ask_again_after_months: None,
            interactions_kept_days: None,
            untracked_answers_no: None,
            force_never_on_french_websites: None,
        }
    }

    /// The base policy with these changes.
    ///
    /// # Errors
    /// All fields that would loosen it or name nothing, with their paths.
    pub fn apply(&self, base: &Policy) -> Result<Policy, Vec<Problem>> {
        let mut policy = base.clone();
        let mut change = Tightening { switches: &base.switches, problems: Vec::new() };
        self.name(&mut policy, &mut change);
        self.apply_grant(&mut policy, &mut change);
        self.notice.apply(policy.notice.as_mut(), &mut change);
        self.apply_default(&mut policy, &mut change);
        self.apply_exemptions(&mut policy, &mut change);
        change.set("on_withdrawal", &mut policy.on_withdrawal, self.on_withdrawal, |new, old| new < old);
        change.set(
            "ask_again_after_months",
            &mut policy.ask_again_after_months,
            self.ask_again_after_months,
            |new, old| new < old,
        );
        change.set_days(
            "interactions_kept_days",
            &mut policy.interactions_kept_days,
            self.interactions_kept_days,
        );
        change.only_off("untracked_answers_no", &mut policy.untracked_answers_no, self.untracked_answers_no);
        change.only_on(
            "force_never_on_french_websites",
            &mut policy.force_never.on,
            self.force_never_on_french_websites,
        );
        if change.problems.is_empty() { Ok(policy) } else { Err(change.problems) }
    }

    fn name(&self, policy: &mut Policy, change: &mut Tightening<'_>) {
        if super::BUILT_IN_IDS.contains(&self.id.as_str()) {
            change.problem("id", "is the id of a built-in policy");
        }
        if self.version == 0 {
            change.problem("version", NOT_POSITIVE);
        }
        if self.base != policy.id {
            change.problem("base", "is not the policy it is applied to");
        }
        policy.id = self.id.clone();
        policy.version = self.version;
    }

    fn apply_grant(&self, policy: &mut Policy, change: &mut Tightening<'_>) {
        let (grant, wanted) = (&mut policy.grant, &self.grant);
        change.set("grant.demands", &mut grant.demands, wanted.demands, |new, old| {
            !old.without(*new).is_empty()
        });
        if wanted.bases.as_ref().is_some_and(Vec::is_empty) {
            change.problem("grant.bases", "must keep at least one");
        } else {
            change.set("grant.bases", &mut grant.bases, wanted.bases.clone(), |new, old| {
                new.iter().any(|basis| !old.contains(basis))
            });
        }
        change.only_off("grant.joint", &mut grant.joint, wanted.joint);
        change.set_days("grant.expires_after_days", &mut grant.expires_after_days, wanted.expires_after_days);
    }

    /// Runs after the notice's days are set: the transition is read from them.
    fn apply_default(&self, policy: &mut Policy, change: &mut Tightening<'_>) {
        let transition = match (&policy.default, &policy.notice, &policy.zone) {
            (DefaultRule::Transition(held), Some(notice), Some(zone)) => {
                Some(Transition::new(notice, held.marketing_grant_from.map(|(day, _)| day), zone))
            }
            _ => None,
        };
        if let Some(transition) = transition {
            policy.default = DefaultRule::Transition(transition);
        }
        let wanted = self.default.map(|wanted| match wanted {
            DefaultChange::Denied => DefaultRule::Denied,
            DefaultChange::Permitted => DefaultRule::Permitted,
        });
        change.set("default", &mut policy.default, wanted, |new, old| {
            *new == DefaultRule::Permitted && *old != DefaultRule::Permitted
        });
    }

    fn apply_exemptions(&self, policy: &mut Policy, change: &mut Tightening<'_>) {
        let (last_open, wanted) = (&mut policy.last_open, &self.last_open);
        change.only_off("last_open.exempt", &mut last_open.exempt, wanted.exempt);
        change.only_off(
            "last_open.kept_on_tracking_refusal",
            &mut last_open.kept_on_tracking_refusal,
            wanted.kept_on_tracking_refusal,
        );
        if wanted.retention_days == Some(0) {
            change.problem("last_open.retention_days", NOT_POSITIVE);
        } else {
            change.set(
                "last_open.retention_days",
                &mut last_open.retention_days,
                wanted.retention_days,
                |new, old| new > old,
            );
        }
        let (counter, wanted) = (&mut policy.counter, &self.counter);
        change.set("counter.mode", &mut counter.mode, wanted.mode, |new, old| new > old);
        let countable = |kind: Scope| matches!(kind, Scope::EmailOpen | Scope::EmailClick | Scope::SmsClick);
        if wanted.anonymous_kinds.is_some_and(|kinds| !kinds.iter().all(countable)) {
            change.problem("counter.anonymous_kinds", "only opens and clicks are ever counted");
        } else {
            change.set(
                "counter.anonymous_kinds",
                &mut counter.anonymous_kinds,
                wanted.anonymous_kinds,
                |new, old| new.iter().any(|kind| !old.contains(kind)),
            );
        }
    }
}
