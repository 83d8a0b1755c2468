//! A jurisdiction's rulebook as versioned data.

use crate::evidence::{Basis, Items};
use crate::id::PolicyId;
use crate::time::{Day, Zone};

/// One policy. Dates and switches are data, never constants of the code.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Which.
    pub id: PolicyId,
    /// Counted from 1; never changed in place.
    pub version: u32,
    /// Whose days its dates are; absent: the profile table's.
    pub zone: Option<Zone>,
    /// What makes a grant one.
    pub grant: GrantRule,
    /// What makes a notice permit; absent: notices are stored without effect.
    pub notice: Option<NoticeRule>,
}

/// What a policy demands of a grant.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub struct NoticeRule {
    /// Only addresses collected before this day.
    pub collected_before: Day,
    /// The last day of the transition; a notice recorded later is late.
    pub last_day: Day,
    /// Whether it must have offered to withdraw.
    pub withdrawal_offered: bool,
}
