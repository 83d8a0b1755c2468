//! What a form of a website or campaign must ask: which boxes, whether one tick may do for both, with which
//! evidence a grant comes, and which of the declared texts stand beside the boxes.
//!
//! Pure reading of settings: no person is named. Deliberately not here: whether somebody may be asked again
//! ([`crate::asking`]), and whether what the form then sends is a grant ([`crate::evidence`]).

mod texts;

use crate::ceiling::Ceiling;
use crate::context::Context;
use crate::evidence::{Basis, Items};
use crate::interaction::InteractionKind;
use crate::policy::Applicable;
use crate::profile_table::ProfileTable;
use crate::scope::{Coverage, Scope, ScopeSet, TrackingCoverage};
use crate::time::Instant;

pub use texts::{DeclaredBy, FoundText, OptInText, OptInTexts};

/// A box that a form can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OptInBox {
    /// May be contacted.
    Marketing,
    /// May be recorded.
    Tracking,
    /// Both by one tick.
    Joint,
}

impl OptInBox {
    /// Every box, in the order a form is told them.
    pub const ALL: [Self; 3] = [Self::Marketing, Self::Tracking, Self::Joint];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Tracking => "TRACKING",
            Self::Joint => "JOINT",
        }
    }

    /// The box of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Why a form shows no box for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoOptIn {
    /// The profile table has no controller: no grant is stored.
    NoController,
    /// A policy takes no person's own word for a grant: none by a form is stored.
    ExplicitNotAccepted,
    /// The ceiling of every kind is `NEVER`: nothing would ever be recorded. Tracking only.
    TrackingDisabled,
    /// The ceiling of every kind is `ANONYMOUS` or `NEVER`: nothing would ever be recorded of a person. Tracking only.
    AnonymousOnly,
}

impl NoOptIn {
    /// Every one.
    pub const ALL: [Self; 4] =
        [Self::NoController, Self::ExplicitNotAccepted, Self::TrackingDisabled, Self::AnonymousOnly];

    /// Its name, the same on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoController => "NO_CONTROLLER",
            Self::ExplicitNotAccepted => "EXPLICIT_NOT_ACCEPTED",
            Self::TrackingDisabled => "TRACKING_DISABLED",
            Self::AnonymousOnly => "ANONYMOUS_ONLY",
        }
    }
}

/// A form: where it stands and what it is for.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// The profile table that its answers go to.
    pub table: &'a ProfileTable,
    /// The website or campaign that it is of, with what that leads to.
    pub around: Context<'a>,
    /// The policies that judge what it collects.
    pub policies: Applicable<'a>,
    /// The languages it is wanted in; empty: all at hand.
    pub languages: &'a [String],
}

/// One box, and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptIn<'a> {
    /// Which.
    pub of: OptInBox,
    /// What its grant covers.
    pub coverage: Coverage,
    /// The texts, in the order wanted, else by language.
    pub texts: Vec<FoundText<'a>>,
    /// The wanted languages for which there is none.
    pub missing: Vec<&'a str>,
}

/// What a form must ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptIns<'a> {
    /// The boxes: marketing, tracking, and the joint one where one tick may do for both of them.
    pub boxes: Vec<OptIn<'a>>,
    /// Why there is none for marketing.
    pub no_marketing: Option<NoOptIn>,
    /// Why there is none for tracking.
    pub no_tracking: Option<NoOptIn>,
    /// The items of evidence that its grants must come with: all that any policy demands.
    pub demands: Items,
}

impl<'a> Form<'a> {
    /// What it must ask at `now`.
    #[must_use]
    pub fn opt_ins(&self, now: Instant) -> OptIns<'a> {
        let no_grant = self.no_grant();
        let tracking = no_grant.map_or_else(|| self.scopes(now), Err);
        let mut covered = Vec::new();
        if no_grant.is_none() {
            covered.push((OptInBox::Marketing, Coverage::new(true, TrackingCoverage::None)));
        }
        if let Ok(scopes) = tracking {
            let scopes = TrackingCoverage::Scopes(scopes);
            covered.push((OptInBox::Tracking, Coverage::new(false, scopes)));
            if self.policies.iter().all(|policy| policy.grant.joint) {
                covered.push((OptInBox::Joint, Coverage::new(true, scopes)));
            }
        }
        let boxes = covered.into_iter().filter_map(|(of, coverage)| Some(self.opt_in(of, coverage?)));
        let demands = self.policies.iter().map(|policy| policy.grant.demands);
        OptIns {
            boxes: boxes.collect(),
            no_marketing: no_grant,
            no_tracking: tracking.err(),
            demands: demands.fold(Items::NONE, Items::union),
        }
    }

    /// Why no grant by this form would be stored, whatever it is for.
    fn no_grant(&self) -> Option<NoOptIn> {
        if self.table.controller.is_none() {
            return Some(NoOptIn::NoController);
        }
        let accepts = |basis| self.policies.iter().all(|policy| policy.grant.bases.contains(&basis));
        (!accepts(Basis::Explicit)).then_some(NoOptIn::ExplicitNotAccepted)
    }

    /// The scopes that a grant could ever open here: those of the kinds that no ceiling closes, and with any of
    /// them the device, which is told by what is recorded.
    fn scopes(&self, now: Instant) -> Result<ScopeSet, NoOptIn> {
        let ceilings =
            InteractionKind::TRACKED.map(|kind| (kind, self.around.ceiling(kind, &self.policies, now)));
        let open = ceilings.iter().filter(|(_, ceiling)| *ceiling < Ceiling::Anonymous);
        let scopes: ScopeSet = open.filter_map(|(kind, _)| kind.scope()).collect();
        if !scopes.is_empty() {
            return Ok(scopes.with(Scope::Device));
        }
        let disabled = ceilings.iter().all(|(_, ceiling)| *ceiling == Ceiling::Never);
        Err(if disabled { NoOptIn::TrackingDisabled } else { NoOptIn::AnonymousOnly })
    }

    fn opt_in(&self, of: OptInBox, coverage: Coverage) -> OptIn<'a> {
        // The nearest first. A website that the form names is nearer than one that its campaign leads to.
        let websites = self.around.websites().map(|website| (DeclaredBy::Website, &website.opt_in_texts));
        let campaign =
            self.around.campaign.map(|around| (DeclaredBy::Campaign, &around.campaign.opt_in_texts));
        let table = (DeclaredBy::ProfileTable, &self.table.opt_in_texts);
        let (texts, missing) =
            texts::beside(of, campaign.into_iter().chain(websites).chain([table]), self.languages);
        OptIn { of, coverage, texts, missing }
    }
}

#[cfg(test)]
mod tests;
