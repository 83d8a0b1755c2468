//! Followers: they go through whichever replica there is, save their cursor now and then, are killed and resume from what they
//! saved, and begin anew when they are told that they cannot go on. Some read pages ([`pages`]), some watch the stream
//! ([`stream`]), some leave it to the SDK ([`customer`]).

mod customer;
mod pages;
mod stream;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::{self, CursorEdge, GetCursorRequest, get_cursor_request::Start};
use assent_sdk::{FileCursors, MemoryCursors, StreamChanges};
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use super::directory::Directory;
use super::history::{Change, Event, Follower};
use super::write::oddity;
use crate::faults::chance::Chance;

/// How a follower follows.
pub(super) enum Way {
    /// Page by page. With its first cursor in hand it sleeps until so many calls were acknowledged.
    Pages { asleep_until: usize },
    /// By the stream; one that moves leaves each for one at another replica after a while.
    Stream { moves: bool },
    /// By the SDK's stream, from the earliest, with its bookmark in memory.
    Customer,
    /// By the SDK's stream, from a snapshot, with its bookmark in that file.
    CustomerOfFile(PathBuf),
}

/// One follower, alive from the first write to the last.
pub(super) struct Reading {
    pub(super) follower: Follower,
    pub(super) oddities: Vec<String>,
    chance: Chance,
    directory: Arc<Directory>,
    /// Set once nothing is written any more: the end that it then meets is the last.
    over: Arc<AtomicBool>,
    /// Whether it ever had a cursor.
    begun: bool,
    /// The cursor it reads on from, and the one it would resume from.
    cursor: Option<String>,
    saved: String,
}

/// Why a follower begins anew.
const ANEW: [&str; 3] = ["CURSOR_DIVERGED", "CURSOR_AHEAD_OF_HEAD", "CURSOR_EXPIRED"];

impl Reading {
    /// Begins to follow; done when nothing is written any more and everything was read.
    pub(super) fn begin(
        way: Way,
        number: u64,
        seed: u64,
        directory: &Arc<Directory>,
        over: &Arc<AtomicBool>,
    ) -> JoinHandle<Self> {
        let reading = Self {
            follower: Follower { name: format!("follower {number} ({})", way.name()), events: Vec::new() },
            oddities: Vec::new(),
            chance: Chance::seeded(seed ^ (number << 40)),
            directory: Arc::clone(directory),
            over: Arc::clone(over),
            begun: false,
            cursor: None,
            saved: String::new(),
        };
        match way {
            Way::Pages { asleep_until } => tokio::spawn(reading.read_pages(asleep_until)),
            Way::Stream { moves } => tokio::spawn(reading.watch_streams(moves)),
            Way::Customer => {
                let store = MemoryCursors::new();
                tokio::spawn(reading.be_a_customer(StreamChanges::from_earliest(), move || store.clone()))
            }
            Way::CustomerOfFile(file) => {
                let store = move || FileCursors::at(file.clone());
                tokio::spawn(reading.be_a_customer(StreamChanges::from_snapshot(), store))
            }
        }
    }

    /// Looked at before a read: what was written before it was set is read then.
    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Takes a cursor at the earliest.
    async fn take_a_cursor(&mut self, replica: &Channel) -> Result<(), Status> {
        let start = Some(Start::Edge(CursorEdge::Earliest.into()));
        let request = timed(GetCursorRequest { start, filter: None });
        let found = ConsentChangeServiceClient::new(replica.clone()).get_cursor(request).await?.into_inner();
        self.note_beginning(Event::Began { after: found.position });
        self.saved.clone_from(&found.cursor);
        self.cursor = Some(found.cursor);
        Ok(())
    }

    /// Saves its cursor by chance, or is killed by chance and has what it saved last. Says whether it was killed.
    fn is_killed(&mut self) -> bool {
        match self.chance.below(8) {
            0 => {
                self.note(Event::Resumed);
                self.cursor = Some(self.saved.clone());
                return true;
            }
            1..=5 => {
                self.note(Event::Saved);
                self.saved = self.cursor.clone().unwrap_or_default();
            }
            _ => {}
        }
        false
    }

    fn hear(&mut self, status: &Status) {
        let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
        if ANEW.contains(&reason.as_str()) {
            self.cursor = None;
            self.note(Event::Told(reason));
        } else if let Some(odd) = oddity(status) {
            self.wonder(&odd);
        }
    }

    /// Something that no fault explains.
    fn wonder(&mut self, odd: &str) {
        let last = self.follower.events.iter().rev().find_map(|event| match event {
            Event::Page(page) => Some(page.through),
            _ => None,
        });
        let place = last.unwrap_or_default();
        self.oddities.push(format!("{} was told {odd} after position {place}", self.follower.name));
    }

    fn note(&mut self, event: Event) {
        self.follower.events.push(event);
    }

    fn note_beginning(&mut self, event: Event) {
        if !self.begun {
            self.begun = true;
            self.directory.note_follower();
        }
        self.note(event);
    }
}

impl Way {
    const fn name(&self) -> &'static str {
        match self {
            Self::Pages { asleep_until: 0 } => "pages",
            Self::Pages { .. } => "pages, asleep at first",
            Self::Stream { moves: false } => "stream",
            Self::Stream { moves: true } => "stream, moved",
            Self::Customer => "SDK",
            Self::CustomerOfFile(_) => "SDK, from a snapshot",
        }
    }
}

fn timed<R>(request: R) -> Request<R> {
    let mut request = Request::new(request);
    request.set_timeout(Duration::from_secs(20));
    request
}

fn change(told: v1::ConsentChange) -> Change {
    Change {
        position: told.position,
        record: told.record_id.replace('-', ""),
        who: told.profile.map(|profile| profile.id).unwrap_or_default(),
        version: told.profile_version,
    }
}
