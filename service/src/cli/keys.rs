//! x
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command { List }
pub(super) async fn keys(_: crate::config::Config, _: Command) -> Result<(), super::Failed> { Ok(()) }
