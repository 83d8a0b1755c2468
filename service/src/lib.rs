//! The voice of Assent: the gRPC service and its binary.
//!
//! A reader starts at [`app`], which puts everything together. Around a call stands [`server`]; between
//! the contract and the domain stands [`wire`]; what a call does stands in a folder for each noun, a file
//! for each verb. Deliberately not here: rules about consent (the domain's) and SQL (the store's).

pub mod app;
pub mod audience;
pub mod caller;
pub mod change;
pub mod cli;
pub mod clock;
pub mod config;
pub mod consent;
pub mod context;
pub mod credential;
pub mod declared;
pub mod entropy;
pub mod failure;
pub mod feed;
mod housekeeping;
pub mod interaction;
mod keyring;
pub mod lane;
mod lock;
mod pace;
mod page;
pub mod privacy;
pub mod receipt;
pub mod rules;
mod seal;
pub mod server;
pub mod settings;
mod sight;
pub mod stored;
pub mod wait_block;
pub mod wire;
