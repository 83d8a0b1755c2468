//! What is told of somebody who was erased, and of a new life.

use super::*;
use assent_tests::{apply, every_app, wait};
use v1::{Answer, State};

/// A grant out of a list.
fn imported(notice: &[u8], at: i64) -> v1::UpsertConsentsItem {
    let mut item = granted(notice, at);
    if let Some(Event::Answer(given)) = &mut item.event {
        given.basis = v1::Basis::Imported.into();
        let evidence = given.evidence.as_mut().expect("evidence");
        evidence.proof_reference = Some("archive 1".to_owned());
        evidence.source.as_mut().expect("a source").kind = v1::SourceKind::Import.into();
    }
    item
}

async fn facts(app: &TestApp) -> String {
    use tonic_types::StatusExt;
    let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
    let facts = v1::ProfileFacts { collected_on, jurisdiction: None, source: story::form("ours") };
    let request = v1::UpsertProfilesRequest {
        profile_table: story::people(),
        items: vec![v1::UpsertProfilesItem { profile: story::person(WHO), facts: Some(facts) }],
        request_id: marks::uuid(),
        ..v1::UpsertProfilesRequest::default()
    };
    let answer = app.client().consents().upsert_profiles(request).await.expect("a batch is answered");
    match answer.into_inner().results.remove(0).result {
        Some(v1::upsert_profiles_result::Result::Error(status)) => {
            fault::status(&status).get_details_error_info().expect("every error has a reason").reason
        }
        other => format!("{other:?}"),
    }
}

async fn consents(app: &TestApp) -> v1::ProfileConsents {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: vec![story::person(WHO).expect("a person")],
        ..v1::GetConsentsRequest::default()
    };
    let answer = app.client().consents().get_consents(request).await.expect("consents").into_inner();
    match answer.results.into_iter().next().and_then(|result| result.result) {
        Some(v1::get_consents_result::Result::Consents(consents)) => consents,
        other => panic!("no consents: {other:?}"),
    }
}

async fn activity(app: &TestApp) -> usize {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(WHO),
        ..v1::GetProfileActivityRequest::default()
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    found.into_inner().interactions.len()
}

/// All that is told of somebody erased, whoever they were before.
async fn is_erased(app: &TestApp, notice: &[u8]) {
    let now = START + HOUR;
    assert_eq!(upsert(app, imported(notice, START - HOUR)).await, "PROFILE_ERASED");
    assert_eq!(upsert(app, imported(notice, now)).await, "PROFILE_ERASED", "a list wakes nobody");
    assert_eq!(upsert(app, granted(notice, START)).await, "PROFILE_ERASED", "not after the erasure");
    assert_eq!(facts(app).await, "PROFILE_ERASED");
    let told = v1::NoticeGiven { coverage: story::tracking(), ..v1::NoticeGiven::default() };
    let told = v1::UpsertConsentsItem { event: Some(Event::Notice(told)), ..says(Answer::Refuse, now) };
    assert_eq!(upsert(app, told).await, "PROFILE_ERASED");

    let before = (rows(app, "record").await, rows(app, "profile").await);
    assert_eq!(upsert(app, says(Answer::Refuse, now)).await, "CREATED REFUSED");
    assert_eq!(upsert(app, says(Answer::Withdraw, now)).await, "CREATED WITHDRAWN");
    assert_eq!(upsert(app, marketing(says(Answer::Object, now))).await, "CREATED OBJECTED");
    assert_eq!((rows(app, "record").await, rows(app, "profile").await), before, "nothing is stored");

    let read = consents(app).await;
    assert!(read.standings.iter().all(|standing| standing.state() == State::Unknown));
    assert_eq!(read.facts, Some(v1::KnownFacts::default()));
    let reasons = read.verdicts.iter().map(v1::KindVerdict::reason);
    assert!(reasons.clone().count() > 0);
    assert!(reasons.into_iter().all(|reason| reason == v1::VerdictReason::ProfileErased));
    for at in [START - 2 * HOUR, START, now] {
        assert_eq!(deeds(app, WHO, at).await, ["DISCARDED PROFILE_ERASED"; 2]);
    }
    let block = wait::block(WHO, wait::message("spring"), &[v1::InteractionKind::EmailOpen], START, now);
    let block = v1::WaitBlock { exit_policy: v1::ExitPolicy::Immediate.into(), ..block };
    assert_eq!(wait::stand(app.client(), vec![block]).await, ["EXITED PROFILE_ERASED"]);
    assert_eq!(activity(app).await, 0);
}

#[apply(every_app)]
async fn an_erased_person_is_told_erased_and_nothing_of_them_is_written(app: &TestApp) {
    let notice = settled(app).await;
    assert_eq!(activity(app).await, 3);
    erase(app, WHO).await;
    app.advance(Duration::from_secs(3600));
    is_erased(app, &notice).await;
}

#[apply(every_app)]
async fn somebody_nobody_heard_of_is_erased_all_the_same(app: &TestApp) {
    let notice = story::settle_in(app.client(), "ours").await;
    erase(app, WHO).await;
    assert_eq!(rows(app, "tombstone").await, 1);
    assert_eq!(changes(app, WHO).await, [vec![v1::Effect::Erased; 7]], "a reader may hold more than answers");
    app.advance(Duration::from_secs(3600));
    is_erased(app, &notice).await;
}

#[apply(every_app)]
async fn a_direct_explicit_grant_opens_a_new_life_that_keeps_what_is_its_own(app: &TestApp) {
    let notice = settled(app).await;
    let before = earliest(app).await;
    erase(app, WHO).await;
    app.advance(Duration::from_secs(1));
    assert_eq!(upsert(app, granted(&notice, START + 1_000_000)).await, "CREATED GRANTED");
    assert_eq!(consents(app).await.profile_version, 4, "versions go on counting");
    app.advance(Duration::from_secs(1));
    assert_eq!(
        deeds(app, WHO, START + 999_999).await,
        ["DISCARDED PROFILE_ERASED"; 2],
        "before the grant that opened it"
    );
    assert_eq!(
        lives(app, START + 1_500_000).await,
        ["RECORDED SEND", "RECORDED GRANTED", "RECORDED GRANTED"]
    );
    completed(app).await;
    assert_eq!(activity(app).await, 3, "the last deletion is of the life before");
    assert_eq!(rows(app, "last_device").await, 1);
    let effects: Vec<_> = changes(app, WHO).await.into_iter().map(|lines| lines[0]).collect();
    assert_eq!(effects, [v1::Effect::Erased, v1::Effect::Granted]);
    assert_eq!(upsert(app, granted(&notice, START)).await, "PROFILE_ERASED", "of the life before");
    assert_eq!(upsert(app, says(Answer::Refuse, START)).await, "CHANGED REFUSED");

    // The second life is erased like the first.
    let again = erase(app, WHO).await;
    assert_eq!(
        (again.state(), again.erased_at),
        (ErasureState::Pending, Some(story::timestamp(START + 62_000_000)))
    );
    assert_eq!(found_in(app, WHO).await, ["record"]);
    assert_eq!(
        changes(app, WHO).await,
        [vec![v1::Effect::Erased; 7]],
        "the earlier erasure is forgotten with it"
    );
    assert_eq!(
        changes_after(app, before, WHO).await,
        [vec![v1::Effect::Erased; 7]],
        "who comes from before the first learns of the second"
    );
    assert_eq!(upsert(app, granted(&notice, START + 30_000_000)).await, "PROFILE_ERASED");
    completed(app).await;
}

#[apply(every_app)]
async fn erasing_again_moves_the_erasure_and_asking_for_access_does_not(app: &TestApp) {
    let notice = settled(app).await;
    erase(app, WHO).await;
    let records = rows(app, "record").await;
    app.advance(Duration::from_secs(10));
    let told = profile(app.client(), WHO).await.erasure.expect("an erasure");
    assert_eq!((told.state(), told.erased_at), (ErasureState::Pending, Some(story::timestamp(START))));
    let again = erase(app, WHO).await;
    assert_eq!(again.erased_at, Some(story::timestamp(START + 10_000_000)));
    assert_eq!(again.completes_after, told.completes_after, "what is left to do is what was");
    assert_eq!(rows(app, "record").await, records, "no second record");
    assert_eq!(upsert(app, granted(&notice, START + 5_000_000)).await, "PROFILE_ERASED");
    app.advance(Duration::from_secs(10));
    assert_eq!(upsert(app, granted(&notice, START + 15_000_000)).await, "CREATED GRANTED");
}

#[apply(every_app)]
async fn a_table_that_is_not_there_is_told(app: &TestApp) {
    use tonic_types::StatusExt;
    let mut client = app.client().privacy();
    let profile_table = marks::id("elsewhere");
    let request = v1::EraseProfileRequest {
        profile_table: profile_table.clone(),
        profile: story::person(WHO),
        origin: None,
    };
    let erased = client.erase_profile(request).await.expect_err("no such table");
    let request = v1::AccessProfileRequest { profile_table, profile: story::person(WHO) };
    let told = client.access_profile(request).await.expect_err("no such table");
    for status in [erased, told] {
        assert_eq!(status.get_details_error_info().expect("a reason").reason, "PROFILE_TABLE_UNKNOWN");
    }
    for role in ["record", "plan", "consent", "read", "settings"] {
        let key = app.key(&app.ours().id, role).await;
        let mut client = app.client().with_key(Some(&key)).privacy();
        let request = v1::EraseProfileRequest {
            profile_table: story::people(),
            profile: story::person(WHO),
            origin: None,
        };
        let status = client.erase_profile(request).await.expect_err("not with that role");
        assert_eq!(status.code(), tonic::Code::PermissionDenied);
    }
}
