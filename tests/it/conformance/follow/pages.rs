//! Following page by page.

use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::{ReadConsentChangesRequest, ReadConsentChangesResponse};
use assent_service::clock::{Clock, SystemClock};
use tonic::Status;
use tonic::transport::Channel;

use super::super::history::{Event, Page};
use super::{Reading, change, timed};

impl Reading {
    pub(super) async fn read_pages(mut self, asleep_until: usize) -> Self {
        let clock = SystemClock::new();
        loop {
            let over = self.is_over();
            let asleep = self.cursor.is_some() && self.directory.acknowledged() < asleep_until;
            let Some((_, replica)) = self.directory.any(&mut self.chance) else {
                clock.sleep(Duration::from_millis(10)).await;
                continue;
            };
            if asleep && !over {
                clock.sleep(Duration::from_millis(50)).await;
                continue;
            }
            match self.step(&replica).await {
                Ok(true) if over => {
                    self.note(Event::Saved);
                    return self;
                }
                Ok(_) => clock.sleep(Duration::from_millis(20 + self.chance.below(180))).await,
                Err(status) => {
                    self.hear(&status);
                    clock.sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// One call: a cursor if it has none, else a page. Says whether everything was read.
    async fn step(&mut self, replica: &Channel) -> Result<bool, Status> {
        let Some(cursor) = self.cursor.clone() else {
            self.take_a_cursor(replica).await?;
            return Ok(false);
        };
        let max_wait =
            (self.chance.below(3) == 0).then_some(prost_types::Duration { seconds: 0, nanos: 300_000_000 });
        let page_size = u32::try_from(1 + self.chance.below(400)).expect("a small number");
        let request = ReadConsentChangesRequest { cursor, filter: None, page_size, max_wait };
        let mut client = ConsentChangeServiceClient::new(replica.clone());
        let page = client.read_consent_changes(timed(request)).await?.into_inner();
        let caught_up = page.caught_up;
        self.cursor = Some(page.next_cursor.clone());
        self.note(Event::Page(told(page)));
        Ok(!self.is_killed() && caught_up)
    }
}

fn told(page: ReadConsentChangesResponse) -> Page {
    let changes = page.changes.into_iter().map(change).collect();
    Page { after: page.covered_after, through: page.covered_through, changes }
}
