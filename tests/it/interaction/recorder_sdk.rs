//! The SDK's recorder against the service: it is told what a batch of RecordInteractions is told, goes on by itself when streams
//! grow old, and accounts for everything.

use std::collections::BTreeSet;
use std::time::Duration;

use assent_sdk::recorder::{InteractionRecorder, NotRecorded, NotTakenReason, RecorderOptions, Ticket};
use assent_sdk::{Client, Disposition, Instant, Interaction, Options, Reason, Retry, VerdictReason};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

use super::{BEFORE, settled};

/// Longer than any stream lasts.
const OLD: Duration = Duration::from_secs(15 * 60);

const LONG: Duration = Duration::from_secs(60);

fn open(who: &str, at: i64) -> Interaction {
    Interaction::email_open(marks::id(who), Instant::from_micros(at), marks::id("spring"))
}

fn recorder(app: &TestApp, key: &str, options: RecorderOptions) -> InteractionRecorder {
    let patient = Retry::default().base(Duration::from_millis(20)).max_wait(Duration::from_millis(100));
    let reached = Options::new(format!("http://{}", app.address())).api_key(key).retry(patient);
    Client::connect_lazily(reached).expect("options that fit").interactions().recorder(options)
}

async fn take(recorder: &InteractionRecorder, interaction: Interaction) -> Ticket {
    recorder.record(&story::people(), interaction).await.expect("it is taken")
}

#[apply(every_app)]
async fn a_recorder_is_told_of_each_what_a_batch_is_told(app: &TestApp) {
    settled(app).await;
    let recorder = recorder(app, &app.ours().key, RecorderOptions::default());
    let seen = open("anna", BEFORE);
    let told = take(&recorder, seen.clone()).await.await.expect("it is judged");
    assert_eq!(
        (told.outcome.disposition, told.outcome.reason),
        (Disposition::Recorded, Some(VerdictReason::Granted))
    );
    let again = take(&recorder, seen).await.await.expect("it is judged");
    assert_eq!((again.outcome.disposition, again.resent), (Disposition::Duplicate, false));
    let dropped = take(&recorder, open("stranger", BEFORE)).await.await.expect("it is judged");
    assert_eq!(dropped.outcome.disposition, Disposition::Discarded);

    let ahead = open("anna", START + 86_400_000_000);
    let refused = take(&recorder, ahead.clone()).await.await;
    let Err(NotRecorded::Refused { error, unrecorded }) = refused else { panic!("{refused:?}") };
    assert_eq!(error.reason(), Some(Reason::FieldInvalid));
    assert_eq!(error.violations()[0].path, "occurred_at");
    assert_eq!(unrecorded.interaction, ahead);

    let lost = recorder.record(&marks::id("nowhere"), open("anna", BEFORE)).await.expect("it is taken");
    let failed = lost.await;
    let Err(NotRecorded::Failed { error, .. }) = failed else { panic!("{failed:?}") };
    assert_eq!(error.reason(), Some(Reason::ProfileTableUnknown));

    let end = recorder.shutdown(LONG).await;
    let report = end.report;
    assert_eq!((report.taken, report.accounted(), report.streams), (5, 5, 1));
    assert_eq!(
        [report.recorded, report.duplicate, report.discarded, report.refused, report.failed],
        [1, 1, 1, 1, 1]
    );
}

#[apply(every_app)]
async fn a_key_that_only_records_is_not_told_why(app: &TestApp) {
    settled(app).await;
    let key = app.key(&app.ours().id, "record").await;
    let recorder = recorder(app, &key, RecorderOptions::default());
    let told = take(&recorder, open("stranger", BEFORE)).await.await.expect("it is judged");
    assert_eq!((told.outcome.disposition, told.outcome.reason), (Disposition::Discarded, None));
    assert!(recorder.shutdown(LONG).await.is_complete());
}

#[apply(every_app)]
async fn without_the_role_everything_comes_back(app: &TestApp) {
    settled(app).await;
    let key = app.key(&app.ours().id, "read").await;
    let recorder = recorder(app, &key, RecorderOptions::default());
    let ticket = take(&recorder, open("anna", BEFORE)).await;
    let told = ticket.await;
    assert!(matches!(told, Err(NotRecorded::InShutdownReport { .. })), "{told:?}");
    let not_taken = recorder.record(&story::people(), open("anna", BEFORE)).await.expect_err("no more");
    assert!(matches!(not_taken.reason, NotTakenReason::Failed(_)), "{not_taken:?}");
    let end = recorder.shutdown(LONG).await;
    assert_eq!(end.error.expect("why").reason(), Some(Reason::RoleMissing));
    assert_eq!((end.unrecorded.len(), end.report.failed), (1, 1));
}

#[apply(every_app)]
async fn a_recorder_goes_on_when_its_stream_has_grown_old(app: &TestApp) {
    settled(app).await;
    let recorder = recorder(app, &app.ours().key, RecorderOptions::default());
    let mut turn = 0;
    for stream in 1..=3 {
        while recorder.report().streams < stream {
            turn += 1;
            let told = take(&recorder, open("anna", BEFORE + turn)).await.await.expect("it is judged");
            let done = told.outcome.disposition;
            // Over a stream that was just ending it was sent twice at most, and recorded once.
            assert!(done == Disposition::Recorded || told.resent, "{told:?}");
        }
        app.advance(OLD);
    }
    let end = recorder.shutdown(LONG).await;
    assert!(end.is_complete());
    assert_eq!(end.report.recorded + end.report.duplicate_resent, end.report.taken);
}

#[apply(every_app)]
async fn what_many_tasks_record_at_once_is_on_record_once(app: &TestApp) {
    settled(app).await;
    let options = RecorderOptions::default().max_items(300).batch_items(40).linger(Duration::from_millis(2));
    let recorder = recorder(app, &app.ours().key, options);
    let tasks = (0..8).map(|task| {
        let recorder = recorder.clone();
        tokio::spawn(async move {
            let mut ids = BTreeSet::new();
            for turn in 0..150 {
                let seen = open("anna", BEFORE + task * 1_000 + turn);
                ids.insert(seen.id.to_string().replace('-', ""));
                drop(take(&recorder, seen).await);
                let report = recorder.report();
                assert_eq!(report.taken, report.accounted());
                assert!(report.waiting + report.in_flight <= 300);
            }
            ids
        })
    });
    let mut taken = BTreeSet::new();
    for task in tasks.collect::<Vec<_>>() {
        taken.append(&mut task.await.expect("a task ends"));
    }
    let end = recorder.shutdown(LONG).await;
    assert!(end.is_complete(), "{end:?}");
    assert_eq!((end.report.recorded, taken.len()), (1_200, 1_200));
    let mut look = app.look().await;
    let hex = match &look {
        assent_tests::look::Look::Sqlite(_) => "lower(hex(interaction_id))",
        assent_tests::look::Look::Postgres(_) => "encode(interaction_id, 'hex')",
    };
    let sql = format!("SELECT {hex} FROM interaction WHERE tenant = '{}'", app.ours().id);
    let there = look.column(&sql).await.expect("rows");
    assert_eq!(there.len(), 1_200);
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), taken);
}
