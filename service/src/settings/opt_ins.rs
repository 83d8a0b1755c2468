//! The texts that profile tables, websites and campaigns declare for the boxes of their forms: each must be stored. Texts
//! never go away, so what a form showed can always be shown again.

use std::collections::BTreeSet;

use assent_domain::opt_in::OptInTexts;
use assent_proto::v1;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::wire::from_wire;

/// Refuses two texts for one box in one language.
///
/// # Errors
/// [`Failure::Invalid`], each named.
pub(super) fn are_said_once(setting: &str, sent: &[v1::OptInText]) -> Outcome<()> {
    let repeated = from_wire::opt_in::repeated(setting, sent);
    if repeated.is_empty() { Ok(()) } else { Err(Failure::Invalid(repeated)) }
}

/// Refuses texts that are not stored.
///
/// # Errors
/// [`Failure::NoticeNotThere`], each named; what the store says.
pub(super) async fn are_stored(
    context: &Context,
    call: &Call,
    setting: &str,
    texts: &OptInTexts,
) -> Outcome<()> {
    let ids: BTreeSet<_> = texts.all().iter().map(|one| one.text).collect();
    let stored = context.store_for(call).stored_notices(call.tenant(), &ids).await?;
    let lost = texts.all().iter().enumerate().filter(|(_, one)| !stored.contains(&one.text));
    let fields: Vec<_> =
        lost.map(|(place, _)| format!("{setting}.opt_in_texts[{place}].notice_id")).collect();
    if fields.is_empty() { Ok(()) } else { Err(Failure::NoticeNotThere { fields }) }
}
