//! AccessProfile: all that is held, whatever consent permits, and an end that says so.

use super::*;
use assent_tests::{apply, every_app};
use v1::{Answer, State};

fn words(pieces: &[Piece]) -> Vec<&'static str> {
    let word = |piece: &Piece| match piece {
        Piece::Profile(_) => "profile",
        Piece::Record(_) => "record",
        Piece::Notice(_) => "notice",
        Piece::Interaction(_) => "interaction",
        Piece::LastDevice(_) => "device",
        Piece::LastOpenDay(_) => "last open day",
        Piece::End(_) => "end",
    };
    pieces.iter().map(word).collect()
}

/// The last device, and the last-open day, would go at once.
fn on_all_but_opens_and_the_device(mut item: v1::UpsertConsentsItem) -> v1::UpsertConsentsItem {
    let Some(Event::Answer(given)) = &mut item.event else { panic!("an answer") };
    let scopes = v1::Scope::EmailClick as i32..=v1::Scope::TransactionGoal as i32;
    let tracking = v1::coverage::Tracking::Scopes(v1::ScopeList { scopes: scopes.collect() });
    given.coverage = Some(v1::Coverage { marketing: false, tracking: Some(tracking) });
    item
}

#[apply(every_app)]
async fn everything_held_is_told_whatever_consent_permits(app: &TestApp) {
    let notice = settled(app).await;
    // Sooner than housekeeping looks again: what a withdrawal takes from every other read is told while it is held.
    app.advance(Duration::from_millis(100));
    upsert(app, on_all_but_opens_and_the_device(says(Answer::Withdraw, START))).await;
    let told = access(app.client(), WHO).await;
    let expected = [
        vec!["profile", "record", "record", "notice", "record"],
        vec!["interaction"; 3],
        vec!["device", "last open day", "end"],
    ];
    assert_eq!(words(&told), expected.concat(), "facts, a grant with its text, a withdrawal");
    let Piece::Profile(profile) = &told[0] else { panic!("a profile") };
    assert_eq!((profile.profile_version, &profile.erasure), (3, &None));
    assert_eq!(profile.standings[2].state(), State::Withdrawn);
    assert_eq!(profile.facts.as_ref().and_then(|facts| facts.jurisdiction.as_deref()), Some("BE"));
    let Piece::Record(grant) = &told[2] else { panic!("a record") };
    let Some(v1::consent_record::Body::Answer(given)) = &grant.body else { panic!("an answer") };
    assert_eq!(given.evidence, Some(story::evidence(&notice, WORDS)));
    let Piece::Notice(text) = &told[3] else { panic!("a text") };
    assert_eq!(text.text, story::notice_text("ours"));
    let Piece::LastDevice(device) = &told[8] else { panic!("a device") };
    assert_eq!(device.device.as_deref(), Some(WORDS));
    let Piece::LastOpenDay(day) = &told[9] else { panic!("a day") };
    assert_eq!((day.year, day.month, day.day), (2026, 9, 1));
    assert_eq!(told[10], Piece::End(v1::AccessEnd { records: 3, notices: 1, interactions: 3 }));

    erase(app, WHO).await;
    let told = access(app.client(), WHO).await;
    assert_eq!(words(&told), ["profile", "record", "end"], "the erasure's own record names her for 30 days");
    let Piece::Profile(profile) = &told[0] else { panic!("a profile") };
    assert!(profile.standings.iter().all(|standing| standing.state() == State::Unknown));
    assert_eq!(profile.facts, Some(v1::KnownFacts::default()));
    assert!(profile.erasure.is_some());
}

#[apply(every_app)]
async fn of_somebody_nobody_heard_of_nothing_is_held(app: &TestApp) {
    story::settle_in(app.client(), "ours").await;
    let told = access(app.client(), WHO).await;
    assert_eq!(words(&told), ["profile", "end"]);
    assert_eq!(told[1], Piece::End(v1::AccessEnd::default()));
}

#[apply(every_app)]
async fn pages_are_told_as_one(app: &TestApp) {
    settled(app).await;
    for turn in 0..3 {
        let opens = (0..150).map(|at| deed::open(WHO, START - HOUR / 2 + turn * 1_000 + at, "spring"));
        deed::fates(app.client(), opens.collect()).await;
    }
    let told = access(app.client(), WHO).await;
    let Some(Piece::End(end)) = told.last() else { panic!("an end") };
    assert_eq!(
        (end.interactions, words(&told).iter().filter(|word| **word == "interaction").count()),
        (453, 453)
    );
}
