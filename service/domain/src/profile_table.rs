//! A tenant's list of people: what holds for everybody in it.

use crate::evidence::Controller;
use crate::id::PolicyId;
use crate::opt_in::OptInTexts;
use crate::time::Zone;

/// What is set for a profile table.
#[derive(Clone, PartialEq, Eq)]
pub struct ProfileTable {
    /// Who decides why and how the data are used; without one no grant is stored.
    pub controller: Option<Controller>,
    /// The built-in policy that judges its people; absent: the operator's choice for tables without one.
    pub policy: Option<PolicyId>,
    /// Whose days count under policies without a zone of their own.
    pub zone: Zone,
    /// The texts of the boxes of forms whose answers go here, where website and campaign declare none.
    pub opt_in_texts: OptInTexts,
}

hidden!(ProfileTable);
