//! Websites: a country and a ceiling per kind of interaction.

use crate::ceiling::Ceilings;
use crate::id::WebsiteId;
use crate::opt_in::OptInTexts;
use crate::record::Country;

/// A declared website. One that nobody declared has no country and no ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Website {
    /// Which.
    pub id: WebsiteId,
    /// Its country; absent: it adds no policy.
    pub country: Option<Country>,
    /// Its ceilings.
    pub ceilings: Ceilings,
    /// The texts of its forms' boxes; they count before the profile table's.
    pub opt_in_texts: OptInTexts,
}
