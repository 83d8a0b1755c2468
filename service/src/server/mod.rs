//! What stands around every call: layers, credentials, deadlines, health, telemetry, and the end of it all.
//!
//! Deliberately not here: what a call does. Verbs stand in a folder for each noun and see a
//! [`crate::caller::Call`], never a header.

mod admission;
pub mod answer;
mod around;
mod auth;
mod deadline;
mod ending;
pub(crate) mod health;
pub(crate) mod layers;
pub mod meters;
pub mod methods;
mod names;
mod opening;
pub(crate) mod shutdown;
mod size;
pub mod telemetry;
mod trace;
mod typed;

pub use auth::KEY_TTL;
