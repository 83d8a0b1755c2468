//! A person's rights over what is held about them: one line for each call of the contract's PrivacyService.

mod access;
mod erase;
#[cfg(test)]
mod tests;

pub use access::{AccessWalk, Held, HeldProfile};
pub use erase::{Erasure, ErasureState};

use crate::call::Caller;

/// Tells a person all that is held about them, and erases it. Needs the role `privacy`.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Privacy<'a> {
    pub(crate) caller: &'a Caller,
}
