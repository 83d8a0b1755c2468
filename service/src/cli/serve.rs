//! `assent serve`.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::Failed;
use crate::app::App;
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::entropy::{OsEntropy, SharedEntropy};
use crate::server::telemetry;

pub(super) async fn serve(config: Config) -> Result<(), Failed> {
    let clock: SharedClock = Arc::new(SystemClock::new());
    let entropy: SharedEntropy = Arc::new(OsEntropy);
    let (mut terminated, mut interrupted) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);

    let telling = telemetry::start(&config.telemetry, entropy.as_ref())?;
    let app = App::build(config, clock, entropy).await?;
    tracing::info!(address = %app.address(), "serving");
    app.run(async {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
    .await?;
    // The exporters' last words wait for the network: not on a thread that drives it.
    tokio::task::spawn_blocking(move || telling.stop()).await?;
    Ok(())
}
