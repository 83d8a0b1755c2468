//! How the service ends, step by step, within a bound.
//!
//! 1. Health says NOT_SERVING, so that nobody new is sent here.
//! 2. Connections are told to go away (GOAWAY), and new ones are no longer accepted.
//! 3. Reads that wait for changes end with the cursor they have.
//! 4. Calls under way end in their own time, at most the drain's bound.
//! 5. What is left then is told UNAVAILABLE with the reason SHUTTING_DOWN, and its work is undone
//!    unless its commit was on the way already.
//! 6. Batches that are at work for somebody end, and housekeeping finishes its turn.
//! 7. The database's connections are closed, and the lock on a SQLite file is let go.
//! 8. The last traces and metrics are sent, in at most two seconds (`telemetry.rs`).

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::health::Vitals;
use crate::clock::SharedClock;

/// How long the last answers of calls that were cut off may take to leave.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The two words of the end: the polite one and the last one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending {
    /// Nothing new is begun, and nobody waits any longer.
    pub(crate) stopping: CancellationToken,
    /// What is still under way is cut off.
    pub(crate) cutoff: CancellationToken,
}

/// Steps 1 to 5: serves until `shutdown`, then drains.
///
/// # Errors
/// What `serving` ended with.
pub(crate) async fn serve_until<E>(
    mut serving: Pin<&mut (impl Future<Output = Result<(), E>> + Send)>,
    shutdown: impl Future<Output = ()> + Send,
    ending: &Ending,
    vitals: &Vitals,
    clock: &SharedClock,
    drain: Duration,
) -> Result<(), E> {
    tokio::select! {
        ended = &mut serving => return ended,
        () = shutdown => {}
    }
    tracing::info!("stopping");
    vitals.stopping().await;
    ending.stopping.cancel();
    tokio::select! {
        ended = &mut serving => return ended,
        () = clock.sleep(drain) => {}
    }
    tracing::warn!("the time to drain is over: what is left of the calls is cut off");
    ending.cutoff.cancel();
    tokio::select! {
        ended = &mut serving => ended,
        // Whoever does not take its last answer by now is left behind with its connection.
        () = clock.sleep(LAST_WORDS) => Ok(()),
    }
}
