//! Followers: they read pages through whichever replica there is, save their cursor now and then, are killed and resume
//! from what they saved, and begin anew when they are told that they cannot go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::{
    CursorEdge, GetCursorRequest, ReadConsentChangesRequest, ReadConsentChangesResponse,
    get_cursor_request::Start,
};
use assent_service::clock::{Clock, SystemClock};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use super::directory::Directory;
use super::history::{Change, Event, Follower, Page};
use super::write::oddity;
use crate::faults::chance::Chance;

/// One follower, alive from the first write to the last.
pub(super) struct Reading {
    pub(super) follower: Follower,
    pub(super) chance: Chance,
    pub(super) directory: Arc<Directory>,
    /// Set once nothing is written any more: the end that it then meets is the last.
    pub(super) over: Arc<AtomicBool>,
    pub(super) oddities: Vec<String>,
    /// With its first cursor in hand it sleeps until so many calls were acknowledged.
    asleep_until: usize,
    /// The cursor it reads on from, and the one it would resume from.
    cursor: Option<String>,
    saved: String,
}

/// Why a follower begins anew.
const ANEW: [&str; 3] = ["CURSOR_DIVERGED", "CURSOR_AHEAD_OF_HEAD", "CURSOR_EXPIRED"];

impl Reading {
    pub(super) fn new(
        number: u64,
        seed: u64,
        asleep_until: usize,
        directory: &Arc<Directory>,
        over: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            follower: Follower { name: format!("follower {number}"), events: Vec::new() },
            chance: Chance::seeded(seed ^ (number << 40)),
            directory: Arc::clone(directory),
            over: Arc::clone(over),
            oddities: Vec::new(),
            asleep_until,
            cursor: None,
            saved: String::new(),
        }
    }

    /// Follows until nothing is written any more and everything was read.
    pub(super) async fn follow(mut self) -> Self {
        let clock = SystemClock::new();
        loop {
            // Looked at before the read: what was written before it was set is read then.
            let over = self.over.load(Ordering::SeqCst);
            let asleep = self.cursor.is_some() && self.directory.acknowledged() < self.asleep_until;
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
        let mut client = ConsentChangeServiceClient::new(replica.clone());
        let Some(cursor) = self.cursor.clone() else {
            let start = Some(Start::Edge(CursorEdge::Earliest.into()));
            let found =
                client.get_cursor(timed(GetCursorRequest { start, filter: None })).await?.into_inner();
            self.note(Event::Began { after: found.position });
            self.saved.clone_from(&found.cursor);
            self.cursor = Some(found.cursor);
            return Ok(false);
        };
        let max_wait =
            (self.chance.below(3) == 0).then_some(prost_types::Duration { seconds: 0, nanos: 300_000_000 });
        let page_size = u32::try_from(1 + self.chance.below(400)).expect("a small number");
        let request = ReadConsentChangesRequest { cursor, filter: None, page_size, max_wait };
        let page = client.read_consent_changes(timed(request)).await?.into_inner();
        let caught_up = page.caught_up;
        self.cursor = Some(page.next_cursor.clone());
        self.note(Event::Page(told(page)));
        match self.chance.below(8) {
            0 => {
                self.note(Event::Resumed);
                self.cursor = Some(self.saved.clone());
                return Ok(false);
            }
            1..=5 => {
                self.note(Event::Saved);
                self.saved = self.cursor.clone().unwrap_or_default();
            }
            _ => {}
        }
        Ok(caught_up)
    }

    fn hear(&mut self, status: &Status) {
        let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
        if ANEW.contains(&reason.as_str()) {
            self.cursor = None;
            self.note(Event::Told(reason));
        } else if let Some(odd) = oddity(status) {
            let last = self.follower.events.iter().rev().find_map(|event| match event {
                Event::Page(page) => Some(page.through),
                _ => None,
            });
            let place = last.unwrap_or_default();
            self.oddities.push(format!("{} was told {odd} after position {place}", self.follower.name));
        }
    }

    fn note(&mut self, event: Event) {
        self.follower.events.push(event);
    }
}

fn timed<R>(request: R) -> Request<R> {
    let mut request = Request::new(request);
    request.set_timeout(Duration::from_secs(20));
    request
}

fn told(page: ReadConsentChangesResponse) -> Page {
    let changes = page.changes.into_iter().map(|change| Change {
        position: change.position,
        record: change.record_id.replace('-', ""),
        version: change.profile_version,
    });
    Page { after: page.covered_after, through: page.covered_through, changes: changes.collect() }
}
