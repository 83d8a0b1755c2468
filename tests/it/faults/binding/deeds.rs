//! What people did, reported one by one, in batches and by streams, now and once more; and what is planned to be sent to them.

use assent_proto::v1::{
    self, Disposition, Interaction, LinkMode, PixelMode, Series, interaction::What as Kind,
    plan_tracking_result::Result as Planned, record_interactions_result::Result as Told,
};
use assent_tests::client::Client;
use assent_tests::timeline::{Call, Deed, Event, What};
use assent_tests::{deed, marks, plan, story, streamed};
use tonic::Response;

use super::caller::Caller;
use super::ground::{LETTER, PEOPLE, TEXT};

/// Something that a person did, and what is noted of it.
#[derive(Clone)]
struct Done {
    who: &'static str,
    deed: Deed,
    interaction: Interaction,
}

impl Caller {
    /// Reports what people do, and now and then the same again.
    pub(super) async fn records(mut self) -> Vec<Event> {
        let mut last: Vec<Done> = Vec::new();
        while self.goes_on() {
            let again = !last.is_empty() && self.chance.below(5) == 0;
            if !again {
                let count = if self.chance.below(2) == 0 { 1 } else { 1 + self.one_of(12) };
                let now = self.now();
                last = (0..count).map(|_| self.does(now)).collect();
            }
            self.reports(&last).await;
            self.pause(12).await;
        }
        self.noted
    }

    /// Reports at each replica what somebody does now: of whoever is about to deny, and of whoever has.
    pub(super) async fn reports_everywhere(&mut self, who: &'static str) {
        for at in self.clients() {
            let now = self.now();
            let done: Vec<Done> = (0..4).map(|_| self.is_done(who, now)).collect();
            self.reports_at(at, &done).await;
        }
    }

    async fn reports(&mut self, done: &[Done]) {
        let at = self.client();
        self.reports_at(at, done).await;
    }

    async fn reports_at(&mut self, (replica, client): (usize, Client), done: &[Done]) {
        let began = self.now();
        let interactions = done.iter().map(|done| done.interaction.clone()).collect();
        let request = v1::RecordInteractionsRequest { profile_table: story::people(), interactions };
        let answered = match self.chance.below(3) {
            0 => streamed::one(client.interactions(), request).await,
            _ => client.interactions().record_interactions(request).await.map(Response::into_inner),
        };
        let (told, answered): (Vec<Option<Disposition>>, _) = match answered {
            Ok(answer) => {
                let at = self.heard();
                let told = answer.results.iter().map(|told| Some(disposition(told))).collect();
                (told, Some(at))
            }
            Err(status) => {
                self.missed(&status).await;
                (vec![None; done.len()], None)
            }
        };
        assert_eq!(told.len(), done.len());
        for (Done { who, deed, .. }, told) in done.iter().zip(told) {
            let deed = deed.clone();
            self.note(who, Call { began, answered, replica }, What::Reported { deed, told });
        }
    }

    /// Something that somebody does now, or did a little before.
    fn does(&mut self, now: i64) -> Done {
        let who = self.somebody();
        self.is_done(who, now)
    }

    fn is_done(&mut self, who: &'static str, now: i64) -> Done {
        let late = [0, 20_000, 500_000][self.one_of(3)];
        let at = self.before(now, late + 1);
        let (series, interaction) = match self.chance.below(7) {
            0 | 1 => (Series::EmailOpen, deed::open(who, at, LETTER)),
            2 => (Series::EmailClick, deed::click(who, at, LETTER, "offer")),
            3 => (Series::SmsClick, deed::sms_click(who, at, TEXT)),
            4 | 5 => (Series::WebsiteVisit, deed::visit(who, at, "shop")),
            _ => (Series::TransactionGoal, deed::goal(who, at, "order", 4_200)),
        };
        let device = (self.chance.below(2) == 0).then(|| marks::id("telephone"));
        let interaction = Interaction { device, ..interaction };
        let deed = noted(&interaction.interaction_id, at, Some(series));
        Done { who, deed, interaction }
    }

    /// Plans sends to everybody, and records every second one.
    pub(super) async fn plans(mut self) -> Vec<Event> {
        while self.goes_on() {
            let (message, clicks) = if self.chance.below(3) == 0 {
                (TEXT, Series::SmsClick)
            } else {
                (LETTER, Series::EmailClick)
            };
            let asked = plan::to(&PEOPLE, message);
            let records = self.chance.below(2) == 0;
            let asked = if records { plan::recording(asked) } else { asked };
            self.plans_once(asked, clicks).await;
            self.pause(30).await;
        }
        self.noted
    }

    /// A plan. One that records its sends is known again by its id, and answered as it was at first.
    async fn plans_once(&mut self, mut asked: v1::PlanTrackingRequest, clicks: Series) {
        let began = self.now();
        let records = asked.record_sends.is_some();
        for recipient in asked.recipients.iter_mut().filter(|_| records) {
            recipient.interaction_id = Some(marks::uuid());
            recipient.sent_at = Some(story::timestamp(began));
        }
        let tries = if records { 1 + self.chance.below(4) } else { 1 };
        let mut call = Call { began, answered: None, replica: 0 };
        let mut told = Vec::new();
        for _ in 0..tries {
            let (replica, client) = self.client();
            call.replica = replica;
            match client.interactions().plan_tracking(asked.clone()).await {
                Ok(answer) => {
                    call.answered = Some(self.heard());
                    told = answer.into_inner().results;
                    assert_eq!(told.len(), PEOPLE.len());
                    break;
                }
                Err(status) => self.missed(&status).await,
            }
        }
        let plans = told.into_iter().map(|told| match told.result {
            Some(Planned::Plan(plan)) => plan,
            other => panic!("a send is not planned: {other:?}"),
        });
        let mut plans = plans.collect::<Vec<_>>().into_iter();
        for (who, recipient) in PEOPLE.into_iter().zip(&asked.recipients) {
            let plan = plans.next();
            if let Some(id) = &recipient.interaction_id {
                let told = plan.as_ref().map(v1::TrackingPlan::send);
                self.note(who, call, What::Reported { deed: noted(id, began, None), told });
            }
            let Some(plan) = plan else { continue };
            let pixel = plan.pixel.as_ref().map_or(PixelMode::Unspecified, v1::PlannedPixel::mode);
            let links = plan.links.as_ref().map_or(LinkMode::Unspecified, v1::PlannedLinks::mode);
            self.note(who, call, What::Pixel(pixel));
            self.note(who, call, What::Links(clicks, links));
        }
    }
}

fn disposition(told: &v1::RecordInteractionsResult) -> Disposition {
    match &told.result {
        Some(Told::Outcome(outcome)) => outcome.disposition(),
        other => panic!("an interaction was not judged: {other:?}"),
    }
}

fn noted(id: &str, occurred_at: i64, series: Option<Series>) -> Deed {
    Deed { id: id.replace('-', ""), occurred_at, series }
}

/// The series that has to permit what a person did; `None`: it is a send.
pub(super) const fn series(kind: &Kind) -> Option<Series> {
    match kind {
        Kind::EmailOpen(_) => Some(Series::EmailOpen),
        Kind::EmailClick(_) => Some(Series::EmailClick),
        Kind::SmsClick(_) => Some(Series::SmsClick),
        Kind::WebsiteVisit(_) => Some(Series::WebsiteVisit),
        Kind::TransactionGoal(_) => Some(Series::TransactionGoal),
        Kind::Send(_) => None,
    }
}
