//! Rows that are read and written one by one, by their key.
//!
//! What goes by the thousand, takes a lock or has a conflict rule stands in `sql/` instead.

#![expect(unreachable_pub, reason = "the derives make public items; nothing of this module leaves the crate")]

pub(crate) mod api_key;
pub(crate) mod declaration;
pub(crate) mod notice;
pub(crate) mod policy_override;
pub(crate) mod profile_table;
