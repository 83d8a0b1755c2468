//! What a form must ask, and the texts that settings declare for it.

use std::collections::BTreeMap;

use assent_domain::id::NoticeId;
use assent_domain::opt_in::{DeclaredBy, Form, FoundText, NoOptIn, OptIn, OptInBox, OptInTexts, OptIns};
use assent_proto::v1;
use assent_store::Notice;

use super::{evidence, notice, policy, scope};
use crate::failure::{Failure, Outcome};

/// One box.
#[must_use]
pub const fn of_box(one: OptInBox) -> v1::OptInBox {
    match one {
        OptInBox::Marketing => v1::OptInBox::Marketing,
        OptInBox::Tracking => v1::OptInBox::Tracking,
        OptInBox::Joint => v1::OptInBox::Joint,
    }
}

/// Which setting declares a text.
#[must_use]
pub const fn declared_by(declared_by: DeclaredBy) -> v1::OptInDeclaredBy {
    match declared_by {
        DeclaredBy::Campaign => v1::OptInDeclaredBy::Campaign,
        DeclaredBy::Website => v1::OptInDeclaredBy::Website,
        DeclaredBy::ProfileTable => v1::OptInDeclaredBy::ProfileTable,
    }
}

/// Why there is no box.
#[must_use]
pub const fn reason(why: NoOptIn) -> v1::NoOptInReason {
    match why {
        NoOptIn::NoController => v1::NoOptInReason::NoController,
        NoOptIn::ExplicitNotAccepted => v1::NoOptInReason::ExplicitNotAccepted,
        NoOptIn::TrackingDisabled => v1::NoOptInReason::TrackingDisabled,
        NoOptIn::AnonymousOnly => v1::NoOptInReason::AnonymousOnly,
    }
}

/// The texts that a setting declares.
#[must_use]
pub fn texts(texts: &OptInTexts) -> Vec<v1::OptInText> {
    let told = texts.all().iter().map(|one| v1::OptInText {
        r#box: of_box(one.of).into(),
        language: one.language.clone(),
        notice_id: one.text.0.to_vec(),
    });
    told.collect()
}

/// What a form must ask, with the texts that `stored` has.
///
/// # Errors
/// An internal error when a declared text is not stored, or not as it was put.
pub fn described(
    form: &Form<'_>,
    opt_ins: &OptIns<'_>,
    stored: &BTreeMap<NoticeId, Notice>,
) -> Outcome<v1::DescribeOptInsResponse> {
    let told = |why: Option<NoOptIn>| why.map_or(v1::NoOptInReason::Unspecified, reason).into();
    Ok(v1::DescribeOptInsResponse {
        declared: form.around.website.is_some() || form.around.campaign.is_some(),
        boxes: opt_ins.boxes.iter().map(|one| opt_in(one, stored)).collect::<Outcome<_>>()?,
        no_marketing: told(opt_ins.no_marketing),
        no_tracking: told(opt_ins.no_tracking),
        demands: opt_ins.demands.iter().map(|item| evidence::item(item).into()).collect(),
        policies: form.policies.named().iter().map(policy::version).collect(),
        controller: form.table.controller.as_ref().map(evidence::controller),
    })
}

fn opt_in(one: &OptIn<'_>, stored: &BTreeMap<NoticeId, Notice>) -> Outcome<v1::OptIn> {
    Ok(v1::OptIn {
        r#box: of_box(one.of).into(),
        coverage: Some(scope::coverage(one.coverage)),
        wordings: one.texts.iter().map(|found| wording(found, stored)).collect::<Outcome<_>>()?,
        missing_languages: one.missing.iter().map(|&language| language.to_owned()).collect(),
    })
}

fn wording(found: &FoundText<'_>, stored: &BTreeMap<NoticeId, Notice>) -> Outcome<v1::OptInWording> {
    let text = stored.get(&found.text).ok_or_else(|| Failure::internal("a declared text is not stored"))?;
    Ok(v1::OptInWording {
        language: found.language.to_owned(),
        notice_id: found.text.0.to_vec(),
        text: notice::text(text.clone())?.text,
        declared_by: declared_by(found.declared_by).into(),
    })
}
