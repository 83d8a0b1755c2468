//! What a form must ask: boxes, and the texts beside them.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::evidence::{Controller, EvidenceItem};
use crate::notice::NoticeId;
use crate::policy::PolicyVersion;
use crate::scope::Coverage;
use crate::word::{Word, words};

words! {
    /// A box that a form can show.
    OptInBox = v1::OptInBox, "OPT_IN_BOX_" {
        /// May be contacted.
        Marketing,
        /// May be recorded.
        Tracking,
        /// Both by one tick.
        Joint,
    }
}

words! {
    /// Which setting a text was declared by.
    OptInDeclaredBy = v1::OptInDeclaredBy, "OPT_IN_DECLARED_BY_" {
        /// The campaign.
        Campaign,
        /// The website: the form's own, or its campaign's.
        Website,
        /// The profile table.
        ProfileTable,
    }
}

words! {
    /// Why a form shows no box for a purpose.
    NoOptInReason = v1::NoOptInReason, "NO_OPT_IN_REASON_" {
        /// The profile table has no controller, so that no grant is stored in it.
        NoController,
        /// An override refuses what people say themselves, so that no grant by a form is stored.
        ExplicitNotAccepted,
        /// The ceiling of every kind of interaction is `NEVER`. Tracking only.
        TrackingDisabled,
        /// The ceiling of every kind of interaction is `ANONYMOUS` or `NEVER`. Tracking only.
        AnonymousOnly,
    }
}

/// The text of one box in one language, as a setting declares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OptInText {
    /// Which box.
    pub of: OptInBox,
    /// The language, a BCP 47 tag of at most 35 bytes; compared without regard to case.
    pub language: String,
    /// The text, which must be stored.
    pub notice: NoticeId,
}

impl OptInText {
    /// The text of that box in that language.
    #[must_use]
    pub fn new(of: OptInBox, language: impl Into<String>, notice: NoticeId) -> Self {
        Self { of, language: language.into(), notice }
    }

    pub(crate) fn into_wire(self) -> v1::OptInText {
        v1::OptInText {
            r#box: self.of.to_wire(),
            language: self.language,
            notice_id: self.notice.into_wire(),
        }
    }

    /// `None`: its id is none, which no service answers.
    pub(crate) fn from_wire(wire: &v1::OptInText) -> Option<Self> {
        let notice = NoticeId::from_wire(&wire.notice_id)?;
        Some(Self { of: OptInBox::from_wire(wire.r#box), language: wire.language.clone(), notice })
    }
}

/// A text beside a box.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptInWording {
    /// Its language, as it was declared. It goes with the grant as [`Evidence::language`](crate::Evidence::language).
    pub language: String,
    /// Its id. It goes with the grant as [`Evidence::notice`](crate::Evidence::notice).
    pub notice: NoticeId,
    /// The text, byte for byte.
    pub text: String,
    /// The setting that declares it.
    pub declared_by: OptInDeclaredBy,
}

/// One box, and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptIn {
    /// Which.
    pub of: OptInBox,
    /// What its tick grants.
    pub coverage: Coverage,
    /// The texts, in the order of the languages wanted, else of those at hand. Empty: none is declared.
    pub wordings: Vec<OptInWording>,
    /// The languages wanted that have none.
    pub missing_languages: Vec<String>,
}

/// What a form must ask, as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptIns {
    /// Whether the website or campaign was declared.
    pub declared: bool,
    /// The boxes to show: marketing, tracking and, only where every policy lets one tick cover both, the joint one, which may
    /// be shown instead of the other two.
    pub boxes: Vec<OptIn>,
    /// Why there is no box for marketing. Absent: there is one.
    pub no_marketing: Option<NoOptInReason>,
    /// Why there is no box for tracking, and no joint one. Absent: there is one.
    pub no_tracking: Option<NoOptInReason>,
    /// The items of evidence that a grant by this form must come with.
    pub demands: Vec<EvidenceItem>,
    /// The policies that judge the form's grants, the profile table's first.
    pub policies: Vec<PolicyVersion>,
    /// Who asks. Absent: nobody is named, and no grant is stored.
    pub controller: Option<Controller>,
}

impl OptIns {
    /// One box. `None`: the form must not show it.
    #[must_use]
    pub fn opt_in(&self, of: OptInBox) -> Option<&OptIn> {
        self.boxes.iter().find(|one| one.of == of)
    }

    pub(crate) fn from_wire(wire: v1::DescribeOptInsResponse) -> Result<Self> {
        let why = |number: i32| (number != 0).then(|| NoOptInReason::from_wire(number));
        Ok(Self {
            declared: wire.declared,
            boxes: wire.boxes.into_iter().map(opt_in).collect::<Result<_>>()?,
            no_marketing: why(wire.no_marketing),
            no_tracking: why(wire.no_tracking),
            demands: wire.demands.into_iter().map(EvidenceItem::from_wire).collect(),
            policies: wire.policies.into_iter().map(PolicyVersion::from_wire).collect(),
            controller: wire.controller.map(Controller::from_wire),
        })
    }
}

fn opt_in(wire: v1::OptIn) -> Result<OptIn> {
    let coverage = wire.coverage.ok_or_else(|| Error::unintelligible("boxes.coverage"))?;
    Ok(OptIn {
        of: OptInBox::from_wire(wire.r#box),
        coverage: Coverage::from_wire(coverage),
        wordings: wire.wordings.into_iter().map(wording).collect::<Result<_>>()?,
        missing_languages: wire.missing_languages,
    })
}

fn wording(wire: v1::OptInWording) -> Result<OptInWording> {
    let notice = NoticeId::from_wire(&wire.notice_id);
    Ok(OptInWording {
        language: wire.language,
        notice: notice.ok_or_else(|| Error::unintelligible("boxes.wordings.notice_id"))?,
        text: wire.text,
        declared_by: OptInDeclaredBy::from_wire(wire.declared_by),
    })
}
