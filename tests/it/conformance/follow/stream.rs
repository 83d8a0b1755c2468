//! Following by the stream, which breaks with its replica and with its database, ends when its reader is killed, and is left
//! for one at another replica by who moves.

use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::watch_consent_changes_request::Position;
use assent_proto::v1::watch_consent_changes_response::Event as Said;
use assent_proto::v1::{WatchConsentChangesRequest, WatchConsentChangesResponse};
use assent_service::clock::{Clock, SystemClock};
use tonic::Status;
use tonic::transport::Channel;

use super::super::history::{Event, Page};
use super::{Reading, change};

/// How long a stream may say nothing, which says something every 10 s, on a machine that is busy.
const SILENCE_MAX: Duration = Duration::from_secs(25);

impl Reading {
    pub(super) async fn watch_streams(mut self, moves: bool) -> Self {
        let clock = SystemClock::new();
        let mut last = None::<String>;
        loop {
            let over = self.is_over();
            let found = match &last {
                Some(last) if moves => self.directory.another(last, &mut self.chance),
                _ => self.directory.any(&mut self.chance),
            };
            let Some((address, replica)) = found else {
                clock.sleep(Duration::from_millis(10)).await;
                continue;
            };
            last = Some(address);
            match self.watch(&clock, &replica, over, moves).await {
                Ok(true) => {
                    self.note(Event::Saved);
                    return self;
                }
                Ok(false) => {}
                Err(status) => self.hear(&status),
            }
            clock.sleep(Duration::from_millis(20)).await;
        }
    }

    /// One stream, until it ends or is left. Says whether everything was read that ever was written.
    async fn watch(
        &mut self,
        clock: &SystemClock,
        replica: &Channel,
        over: bool,
        moves: bool,
    ) -> Result<bool, Status> {
        if self.cursor.is_none() {
            self.take_a_cursor(replica).await?;
        }
        let position = self.cursor.clone().map(Position::Cursor);
        let batch_size = u32::try_from(1 + self.chance.below(400)).expect("a small number");
        let request = WatchConsentChangesRequest { position, filter: None, batch_size };
        let mut client = ConsentChangeServiceClient::new(replica.clone());
        let mut stream = client.watch_consent_changes(request).await?.into_inner();
        let mut heard = clock.monotonic();
        loop {
            let said = tokio::select! {
                said = stream.message() => said?,
                () = clock.sleep(Duration::from_millis(200)) => {
                    if clock.monotonic().saturating_sub(heard) > SILENCE_MAX {
                        self.wonder("nothing for 25 s");
                        return Ok(false);
                    }
                    if !over && self.is_over() {
                        return Ok(false);
                    }
                    continue;
                }
            };
            heard = clock.monotonic();
            // In order: its replica stops.
            let Some(said) = said else { return Ok(false) };
            let (page, next, head) = told(said);
            let whole = over && page.through == head;
            self.note(Event::Page(page));
            self.cursor = Some(next);
            if whole {
                return Ok(true);
            }
            if self.is_killed() || (moves && self.chance.below(10) == 0) {
                return Ok(false);
            }
            if self.chance.below(20) == 0 {
                clock.sleep(Duration::from_millis(self.chance.below(400))).await;
            }
        }
    }
}

/// What it covers, where to go on, and the ledger's end.
fn told(said: WatchConsentChangesResponse) -> (Page, String, u64) {
    match said.event.expect("it says something") {
        Said::Batch(batch) => {
            let changes = batch.changes.into_iter().map(change).collect();
            let page = Page { after: batch.covered_after, through: batch.covered_through, changes };
            (page, batch.next_cursor, batch.head_position)
        }
        Said::Checkpoint(point) => {
            let page =
                Page { after: point.covered_after, through: point.covered_through, changes: Vec::new() };
            (page, point.cursor, point.head_position)
        }
    }
}
