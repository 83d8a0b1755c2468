//! The lane: how many imports run at once, how long a caller may be silent, and two streams of one import.

use super::*;
use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_sdk::{Import, ImportLine as Row, Options};
use assent_tests::{apply, deed, every_app, marks, meter};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Streaming};

/// A stream that has begun and goes on as its caller likes.
pub(super) struct Begun {
    sends: mpsc::Sender<ImportConsentsRequest>,
    answers: Streaming<v1::ImportConsentsResponse>,
}

impl Begun {
    pub(super) async fn hear(&mut self) -> Result<Option<Told>, Status> {
        Ok(self.answers.message().await?.map(|told| told.event.expect("an answer says something")))
    }

    pub(super) async fn send(&self, message: ImportConsentsRequest) {
        self.sends.send(message).await.expect("the stream is read");
    }
}

pub(super) async fn open(app: &TestApp, id: &str) -> Result<Begun, Status> {
    let key = format!("Bearer {}", app.ours().key);
    let with_key = move |mut request: Request<()>| {
        request.metadata_mut().insert("authorization", key.parse().expect("a key is plain text"));
        Ok(request)
    };
    let channel: Channel = app.client().channel();
    let mut client = ConsentServiceClient::new(InterceptedService::new(channel, with_key));
    let (sends, sent) = mpsc::channel(8);
    sends.send(begin(story::import_header(id))).await.expect("there is room");
    let messages = tokio_stream::wrappers::ReceiverStream::new(sent);
    let mut begun = Begun { sends, answers: client.import_consents(messages).await?.into_inner() };
    let first = begun.hear().await?;
    assert!(matches!(first, Some(Told::Opened(_))), "{first:?}");
    Ok(begun)
}

#[apply(every_app)]
async fn more_imports_than_the_lane_takes_are_told_to_come_back(app: &TestApp) {
    settled(app, "strict").await;
    let mut begun = Vec::new();
    for number in 0..4 {
        begun.push(open(app, &format!("list{number}")).await.expect("there is room"));
    }
    let error = open(app, "more").await.map(drop).expect_err("there is none any more");
    assert_eq!((error.code(), reason(&error).as_str()), (Code::Unavailable, "UNAVAILABLE"));
    assert!(error.get_details_retry_info().is_some());
    // Single answers are not turned away for it.
    direct(app, "ada", Answer::Refuse, START, None).await;
    drop(begun);
    for _ in 0..500 {
        if open(app, "more").await.is_ok() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("a place is never left");
}

#[apply(every_app)]
async fn who_sends_nothing_for_a_minute_is_let_go_and_keeps_what_was_acknowledged(app: &TestApp) {
    settled(app, "strict").await;
    let mut begun = open(app, "list").await.expect("a stream");
    begun.send(chunk(1, vec![no(1, "ada", START)])).await;
    let told = begun.hear().await.expect("an answer");
    assert!(matches!(told, Some(Told::Acknowledged(_))), "{told:?}");
    let silent = tokio::spawn(async move { begun.hear().await.map(drop) });
    while !silent.is_finished() {
        app.advance(Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
    let error = silent.await.expect("it ended").expect_err("it was let go");
    assert_eq!(reason(&error), "DEADLINE_EXCEEDED");
    assert_eq!(open(app, "list").await.map(drop).map_err(|error| error.code()), Ok(()));
    assert_eq!(state(app, "ada").await, State::Refused);
}

#[apply(every_app)]
async fn two_streams_of_one_import_write_each_line_once_between_them(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let options = Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = assent_sdk::Client::connect(options).await.expect("the service answers");
    let text = assent_sdk::NoticeId::from_bytes(notice.try_into().expect("32 bytes"));
    let run = || {
        let client = client.clone();
        async move {
            let proof = assent_sdk::Evidence::new()
                .method("checkbox")
                .notice(text)
                .language("fr")
                .actor("data subject")
                .proof_reference("archive 1");
            let at = assent_sdk::Instant::from_micros(START - HOUR);
            let lines = (1..=600).map(|number| {
                let grant = assent_sdk::AnswerGiven::grant(
                    assent_sdk::Basis::Imported,
                    assent_sdk::Coverage::tracking(),
                );
                let grant = grant.decided_at(at).evidence(proof.clone());
                Row::new(number, marks::id(&format!("p{}", number % 500))).answer(grant)
            });
            let list = Import::new(marks::id("list"), story::people()).source_name("CRM").source_version("1");
            let mut told = Vec::new();
            let totals = client.consents().import(list.chunk_lines(150), lines, |more| told.push(more)).await;
            (totals.expect("an import"), told)
        }
    };
    let ((one, told), (other, heard)) = tokio::join!(run(), run());
    assert_eq!((one.created, one.unchanged, one.lines()), (500, 100, 600));
    assert_eq!(one, other);
    for told in [told, heard] {
        assert!(told.iter().all(|told| told.counts.lines() == 150), "{told:?}");
    }
    assert_eq!(story::records(app.client(), "p7").await.len(), 1);
    let held = held(app).await;
    assert_eq!((held["profile"].len(), held["import_chunk"].len()), (500, 4));
}

#[apply(every_app)]
async fn an_import_stands_back_while_somebody_records_and_hurries_while_nobody_does(app: &TestApp) {
    settled(app, "strict").await;
    let upsert = |who: &str| story::batch(vec![story::item(who, Answer::Refuse, START, None)]);
    let open_of = |who: &str| deed::open(who, START, "spring");
    let mut begun = open(app, "list").await.expect("a stream");
    let client = app.client().once();
    // A transaction takes the same statements whatever its number of lines, and a few more at the end of a chunk.
    let taken = |counts: &BTreeMap<String, u64>| counts.get("write_import").copied().unwrap_or(0);
    let mut undisturbed = None;
    for (number, disturbed, transactions) in
        [(1, "by nobody", 1), (2, "by an answer", 4), (3, "by an open", 4)]
    {
        app.advance(Duration::from_secs(5));
        match number {
            2 => drop(client.consents().upsert_consents(upsert("zoe")).await.expect("an answer is recorded")),
            3 => drop(deed::fates(&client, vec![open_of("zoe")]).await),
            _ => {}
        }
        let before = meter::statements();
        let lines = (1..=200).map(|line| no(line, &format!("p{number}-{line}"), START));
        begun.send(chunk(number, lines.collect())).await;
        let told = begun.hear().await.expect("an answer");
        assert!(matches!(told, Some(Told::Acknowledged(_))), "{told:?}");
        let taken = taken(&meter::statements()) - taken(&before);
        let each = *undisturbed.get_or_insert(taken);
        assert_eq!(taken.div_ceil(each), transactions, "disturbed {disturbed}");
    }
}
