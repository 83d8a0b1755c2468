//! The changes, page by page.

use std::sync::Mutex;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::{self, get_cursor_request};
use tonic::transport::Channel;

use super::Caller;

/// As much as the contract gives at once.
const PAGE: u32 = 5_000;

/// How far each caller has read; empty: nowhere yet.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    cursors: Vec<Mutex<String>>,
}

impl Reading {
    /// For so many callers.
    pub(crate) fn of(callers: usize) -> Self {
        Self { cursors: (0..callers).map(|_| Mutex::default()).collect() }
    }
}

impl Caller {
    /// Reads one page on from where that caller was, from the beginning again when it has read all. Says how many changes it had.
    pub(crate) async fn read_on(&self, number: usize, reading: &Reading) -> u64 {
        let place = &reading.cursors[number];
        let mut cursor = std::mem::take(&mut *place.lock().expect("no panic"));
        if cursor.is_empty() {
            cursor = self.earliest(number).await;
        }
        let (changes, next, caught_up) = self.page(number, cursor).await;
        if !caught_up {
            *place.lock().expect("no panic") = next;
        }
        changes
    }

    /// Before the first change.
    pub(crate) async fn earliest(&self, number: usize) -> String {
        let start = Some(get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
        let request = self.with_key(v1::GetCursorRequest { start, filter: None });
        let found = self.changes(number).get_cursor(request).await;
        found.expect("a cursor").into_inner().cursor
    }

    /// How many changes the page after a cursor has, where to go on, and whether that was all.
    pub(crate) async fn page(&self, number: usize, cursor: String) -> (u64, String, bool) {
        let request = v1::ReadConsentChangesRequest { cursor, page_size: PAGE, ..Default::default() };
        let page = self.changes(number).read_consent_changes(self.with_key(request)).await;
        let page = page.expect("a page").into_inner();
        let count = u64::try_from(page.changes.len()).expect("a page is small");
        (count, page.next_cursor, page.caught_up)
    }

    fn changes(&self, number: usize) -> ConsentChangeServiceClient<Channel> {
        ConsentChangeServiceClient::new(self.channel(number)).max_decoding_message_size(8 << 20)
    }
}
