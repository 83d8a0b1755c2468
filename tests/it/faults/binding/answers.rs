//! People who change their minds: by calls, by links in messages, by lists that are imported.

use assent_proto::v1::import_consents_request::Message;
use assent_proto::v1::import_consents_response::Event as Imported;
use assent_proto::v1::import_event::Event;
use assent_proto::v1::{self, Answer, Basis, Coverage, Series, coverage::Tracking};
use assent_tests::client::Client;
use assent_tests::timeline::{Call, Event as Noted, What};
use assent_tests::{link, marks, story};
use tonic::Status;

use super::caller::{Caller, TRACKING};
use super::ground::PEOPLE;

/// An answer, of people.
struct Said {
    answer: Answer,
    series: Vec<Series>,
    /// What is claimed of when it was decided; absent: nothing.
    dated: Option<i64>,
    way: Way,
}

/// How an answer reaches the service: as the same request each time that it is sent.
enum Way {
    Call(v1::UpsertConsentsRequest),
    Link(v1::RedeemTokenRequest),
    List(Vec<v1::ImportConsentsRequest>),
}

impl Caller {
    /// One person, who changes their mind over and over.
    pub(super) async fn wavers(mut self, who: &'static str) -> Vec<Noted> {
        while self.goes_on() {
            self.answers(&[who]).await;
            self.pause(90).await;
        }
        self.noted
    }

    /// Somebody who now and then answers for several, beside what they say themselves.
    pub(super) async fn answers_for_others(mut self) -> Vec<Noted> {
        while self.goes_on() {
            let place = self.one_of(PEOPLE.len());
            let who = [PEOPLE[place], PEOPLE[(place + 1) % PEOPLE.len()]];
            self.answers(&who).await;
            self.pause(600).await;
        }
        self.noted
    }

    /// Sends one answer, and sends it again by chance where nobody knows what became of it.
    async fn answers(&mut self, who: &[&'static str]) {
        let began = self.now();
        let said = self.makes_up(who, began);
        // A grant without a date may count from any later instant while nobody knows what became of it, and
        // nothing could be proved of the person any more: it is sent until it is answered.
        let lasting = said.answer == Answer::Grant && said.dated.is_none();
        let tries = if lasting { u64::MAX } else { 1 + self.chance.below(4) };
        // What a replica knew a moment ago must not outlive the denial there: so each is made to know it, and asked again.
        let probed = (said.answer != Answer::Grant && self.chance.below(2) == 0).then_some(who[0]);
        if let Some(who) = probed {
            self.reports_everywhere(who).await;
        }
        let mut call = Call { began: self.now(), answered: None, replica: 0 };
        for _ in 0..tries {
            let (replica, client) = self.client();
            call.replica = replica;
            match said.way.send(&client).await {
                Ok(stored) => {
                    let at = self.heard();
                    call.answered = stored.then_some(at);
                    if let Some(who) = probed {
                        self.reports_everywhere(who).await;
                    }
                    break;
                }
                Err(status) => self.missed(&status).await,
            }
        }
        let Said { answer, series, dated, way } = said;
        // A link is one person's.
        let who = if matches!(way, Way::Link(_)) { &who[..1] } else { who };
        for who in who {
            let series = series.clone();
            let what = match answer {
                Answer::Grant => What::Granted { series, decided_at: dated },
                _ => {
                    let listed_at = dated.filter(|_| matches!(way, Way::List(_)));
                    What::Denied { series, objects: answer == Answer::Object, listed_at }
                }
            };
            self.note(who, call, what);
        }
    }

    fn makes_up(&mut self, who: &[&'static str], began: i64) -> Said {
        let noes = [Answer::Withdraw, Answer::Refuse, Answer::Object];
        let answer = if self.chance.below(2) == 0 { Answer::Grant } else { noes[self.one_of(3)] };
        let (coverage, series) = self.covered();
        let notice = self.tenant().notice.clone();
        let (dated, way) = match self.chance.below(3) {
            0 => {
                // The date of a no is a claim, and nothing goes by it.
                let dated = self.before(began, if answer == Answer::Grant { 100_000 } else { 3_600_000_000 });
                let said = Answered { answer, coverage: &coverage, notice: &notice, dated };
                let items = who.iter().map(|who| said.item(who)).collect();
                (Some(dated), Way::Call(story::batch(items)))
            }
            1 => {
                let tokens = self.tenant().tokens.iter().find(|(whose, ..)| *whose == who[0]);
                let (_, leaving, choosing) = tokens.expect("tokens of everybody");
                let some = Some(coverage);
                let request = match answer {
                    Answer::Withdraw => link::withdrawal(leaving, some),
                    _ => link::choices(choosing, vec![link::choice(answer, some, &notice)]),
                };
                (None, Way::Link(request))
            }
            _ => {
                let dated = self.before(began, 300_000);
                let said = Answered { answer, coverage: &coverage, notice: &notice, dated };
                let lines = (1..).zip(who).map(|(line, who)| said.line(line, who)).collect();
                let chunk = v1::ImportChunk { number: 1, lines };
                let header = story::import_header(&marks::uuid());
                let messages = [Message::Header(header), Message::Chunk(chunk)];
                (Some(dated), Way::List(messages.into_iter().map(story::import).collect()))
            }
        };
        Said { answer, series, dated, way }
    }

    /// All of tracking, some scopes of it, or marketing.
    fn covered(&mut self) -> (Coverage, Vec<Series>) {
        match self.chance.below(8) {
            0 => (Coverage { marketing: true, tracking: None }, vec![Series::Marketing]),
            1..=4 => (story::tracking().expect("a coverage"), TRACKING.to_vec()),
            _ => {
                let first = self.one_of(TRACKING.len());
                let count = 1 + self.one_of(TRACKING.len() - first);
                let series = TRACKING[first..first + count].to_vec();
                // The scopes are numbered as their series are, which marketing precedes.
                let scopes = series.iter().map(|series| i32::from(*series) - 1).collect();
                let tracking = Some(Tracking::Scopes(v1::ScopeList { scopes }));
                (Coverage { marketing: false, tracking }, series)
            }
        }
    }
}

/// An answer that carries a date.
struct Answered<'a> {
    answer: Answer,
    coverage: &'a Coverage,
    notice: &'a [u8],
    dated: i64,
}

impl Answered<'_> {
    fn given(&self, basis: Basis, evidence: v1::Evidence) -> v1::AnswerGiven {
        let grants = self.answer == Answer::Grant;
        v1::AnswerGiven {
            answer: self.answer.into(),
            coverage: Some(self.coverage.clone()),
            decided_at: Some(story::timestamp(self.dated)),
            basis: if grants { basis.into() } else { 0 },
            evidence: grants.then_some(evidence),
        }
    }

    fn item(&self, who: &str) -> v1::UpsertConsentsItem {
        let given = self.given(Basis::Explicit, story::evidence(self.notice, "form"));
        let event = Some(v1::upsert_consents_item::Event::Answer(given));
        v1::UpsertConsentsItem { profile: story::person(who), facts: None, event }
    }

    fn line(&self, line: u64, who: &str) -> v1::ImportLine {
        let proof_reference = Some("archive 1".to_owned());
        let evidence = v1::Evidence { proof_reference, source: None, ..story::evidence(self.notice, "list") };
        story::import_line(line, who, [Event::Answer(self.given(Basis::Imported, evidence))])
    }
}

impl Way {
    /// Sends it; whether it is on record now. An imported line that was on record before says nothing new.
    async fn send(&self, client: &Client) -> Result<bool, Status> {
        match self {
            Self::Call(request) => {
                let told = client.consents().upsert_consents(request.clone()).await?.into_inner();
                for told in told.results {
                    let stored = matches!(told.result, Some(v1::upsert_consents_result::Result::Outcome(_)));
                    assert!(stored, "an answer is not stored: {told:?}");
                }
                Ok(true)
            }
            Self::Link(request) => {
                let told = link::redeem(client, request.clone()).await?;
                assert!(told.iter().all(Result::is_ok), "a choice is not stored: {told:?}");
                Ok(true)
            }
            Self::List(messages) => {
                let messages = tokio_stream::iter(messages.clone());
                let mut answers = client.consents().import_consents(messages).await?.into_inner();
                let mut stored = false;
                while let Some(told) = answers.message().await? {
                    if let Some(Imported::Acknowledged(told)) = told.event {
                        assert!(told.failures.is_empty(), "a line is not stored: {:?}", told.failures);
                        stored = told.counts.is_some_and(|counts| counts.unchanged == 0);
                    }
                }
                Ok(stored)
            }
        }
    }
}
