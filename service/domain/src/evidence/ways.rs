//! What a policy does take of people for whom a grant was claimed on a ground that it does not accept.

use std::fmt;

use super::Basis;
use crate::policy::Policy;
use crate::scope::{Coverage, TrackingCoverage};

/// A way to come by what the claim would have given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Way {
    /// They are asked, by a message of class `CONSENT_REQUEST`.
    Ask = 0,
    /// They are told, and the notice is recorded: who had given their address before the policy's day may be tracked then.
    /// Never about mail alone: only tracking has a default.
    Notice = 1,
    /// They said so elsewhere: the grant is sent as `IMPORTED`, with the reference of its proof.
    Import = 2,
}

impl Way {
    /// Every way, in the order errors name them.
    pub const ALL: [Self; 3] = [Self::Ask, Self::Notice, Self::Import];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "CONSENT_REQUEST",
            Self::Notice => "NOTICE",
            Self::Import => "IMPORTED",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Ask => "ask by a message of class CONSENT_REQUEST",
            Self::Notice => "tell by a notice and record it",
            Self::Import => "send what was said elsewhere as IMPORTED with the reference of its proof",
        }
    }
}

/// A set of ways; asking is always one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ways(u8);

impl Ways {
    /// Asking alone.
    pub const ASK: Self = Self(1 << Way::Ask as u8);

    /// Those that `policy` leaves where it does not accept `basis` for a grant of that coverage.
    #[must_use]
    pub(super) fn around(basis: Basis, coverage: Coverage, policy: &Policy) -> Self {
        let tracking = coverage.tracking() != TrackingCoverage::None;
        let notice = tracking && policy.notice.as_ref().is_some_and(|rule| rule.notice_alone_suffices);
        let import = basis != Basis::Imported && policy.grant.bases.contains(&Basis::Imported);
        let open = [(Way::Ask, true), (Way::Notice, notice), (Way::Import, import)];
        Self(open.into_iter().fold(0, |ways, (way, open)| ways | u8::from(open) << way as u8))
    }

    /// Those in either set that are in both.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Its ways in order.
    pub fn iter(self) -> impl Iterator<Item = Way> {
        Way::ALL.into_iter().filter(move |way| self.0 & (1 << *way as u8) != 0)
    }
}

impl fmt::Display for Ways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, way) in self.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { ", or " })?;
            f.write_str(way.words())?;
        }
        Ok(())
    }
}
