//! Profile tables, declarations and policies: one line for each call of the contract's SettingsService.

mod campaigns;
mod messages;
mod policies;
mod profile_tables;
mod websites;

use crate::call::Caller;

/// Keeps what a tenant sets up: its profile tables, what it declares of its websites, campaigns and messages, and what it
/// changes of the built-in policies. Every change is a new version, made against the etag that the caller last read; a Put
/// that says what is stored already changes nothing.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    pub(crate) caller: &'a Caller,
}
