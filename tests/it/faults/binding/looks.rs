//! Whoever asks what was recorded: one person's activity, the feed, wait blocks.

use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::{
    self, ExitPolicy, InteractionKind, RecordedInteraction, Series,
    evaluate_wait_blocks_result::Result as Told,
};
use assent_tests::timeline::{Call, Event, What};
use assent_tests::{story, wait};
use tonic::Status;

use super::caller::Caller;
use super::deeds::series;
use super::ground::PEOPLE;

/// What a look was shown, and of whom.
type Seen = Vec<(&'static str, What)>;

impl Caller {
    /// Looks in every way by turns.
    pub(super) async fn looks(mut self) -> Vec<Event> {
        let began = self.now();
        let mut next = None;
        while self.goes_on() {
            let way = self.chance.below(3);
            let looked = match way {
                0 => {
                    let who = self.somebody();
                    self.looks_at(who).await
                }
                1 => self.waits(began).await,
                _ => self.reads(&mut next).await,
            };
            if let Err(status) = looked {
                self.missed(&status).await;
            }
            self.pause(60).await;
        }
        self.noted
    }

    /// Looks once at what is shown of everybody.
    pub(super) async fn looks_at_everybody(mut self) -> Vec<Event> {
        for who in PEOPLE {
            self.looks_at(who).await.expect("an activity is told");
        }
        self.noted
    }

    /// Notes what a call was shown that began then and is answered now.
    fn saw(&mut self, began: i64, replica: usize, seen: Seen) {
        let call = Call { began, answered: Some(self.heard()), replica };
        seen.into_iter().for_each(|(who, what)| self.note(who, call, what));
    }

    async fn looks_at(&mut self, who: &'static str) -> Result<(), Status> {
        let mut page_token = None;
        loop {
            let began = self.now();
            let (replica, client) = self.client();
            let request = v1::GetProfileActivityRequest {
                profile_table: story::people(),
                profile: story::person(who),
                page_size: 500,
                page_token,
            };
            let told = client.interactions().get_profile_activity(request).await?.into_inner();
            let device = told
                .last_device
                .map(|device| What::Shown(Series::Device, micros(device.occurred_at.as_ref())));
            let rows = told.interactions.iter().filter_map(shown);
            let seen = rows.chain(device).map(|what| (who, what)).collect();
            self.saw(began, replica, seen);
            page_token = told.next_page_token;
            if page_token.is_none() {
                return Ok(());
            }
        }
    }

    async fn waits(&mut self, from: i64) -> Result<(), Status> {
        let began = self.now();
        let (replica, client) = self.client();
        let block = |who: &&str| {
            let (site, visits) = (wait::website("shop"), [InteractionKind::WebsiteVisit]);
            let block = wait::block(who, site, &visits, from, from + 3_600_000_000);
            v1::WaitBlock { exit_policy: ExitPolicy::Immediate.into(), ..block }
        };
        let asked = wait::request(PEOPLE.iter().map(block).collect());
        let told = client.wait_blocks().evaluate_wait_blocks(asked).await?.into_inner();
        let matched = PEOPLE.into_iter().zip(told.results).filter_map(|(who, told)| match told.result {
            Some(Told::Outcome(outcome)) => {
                let what = shown(&outcome.matched?)?;
                let What::Shown(series, at) = what else { return None };
                Some((who, What::Matched(series, at)))
            }
            other => panic!("a block was not evaluated: {other:?}"),
        });
        let seen = matched.collect();
        self.saw(began, replica, seen);
        Ok(())
    }

    /// Reads on through the feed, from its start again when it was read to its end.
    async fn reads(&mut self, next: &mut Option<String>) -> Result<(), Status> {
        let began = self.now();
        let (replica, client) = self.client();
        let start = Position::Edge(v1::CursorEdge::Earliest.into());
        let position = Some(next.clone().map_or(start, Position::Cursor));
        let request = v1::ReadInteractionsRequest {
            position,
            page_size: 1_000,
            ..v1::ReadInteractionsRequest::default()
        };
        let page = client.interactions().read_interactions(request).await?.into_inner();
        let of = |row: &RecordedInteraction| {
            let whose = row.interaction.as_ref()?.profile.clone();
            PEOPLE.into_iter().find(|who| story::person(who) == whose)
        };
        let seen = page.interactions.iter().filter_map(|row| Some((of(row)?, shown(row)?))).collect();
        self.saw(began, replica, seen);
        *next = (!page.caught_up).then_some(page.next_cursor);
        Ok(())
    }
}

/// A row that is shown, if it is not a send.
fn shown(row: &RecordedInteraction) -> Option<What> {
    let interaction = row.interaction.as_ref().expect("an interaction");
    let series = series(interaction.what.as_ref().expect("something that was done"))?;
    Some(What::Shown(series, micros(interaction.occurred_at.as_ref())))
}

fn micros(at: Option<&prost_types::Timestamp>) -> i64 {
    let at = at.expect("an instant");
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000
}
