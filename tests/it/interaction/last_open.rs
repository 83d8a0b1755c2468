//! The last-open day: a calendar day, moved forward alone, as an exemption only where section 4 says so, and stopped by whoever
//! objects. Nobody is told it but the person.

use assent_proto::v1::{self, Answer, LinkMode, PixelMode, access_profile_response::Piece};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{click, fates, open, send, sms_click, visit};
use assent_tests::{apply, every_app, story};

use super::{
    BEFORE, HOUR, declare, french, judged_by, marketing, newsletter, opens, receipt, rows, says, says_of,
    settled, under,
};

const DAY: i64 = 24 * HOUR;

/// The day that is told to somebody who asks what is held about them.
async fn day_of(app: &TestApp, who: &str) -> Option<String> {
    let request = v1::AccessProfileRequest { profile_table: story::people(), profile: story::person(who) };
    let mut told = app.client().privacy().access_profile(request).await.expect("access").into_inner();
    let mut day = None;
    while let Some(next) = told.message().await.expect("the next piece") {
        if let Some(Piece::LastOpenDay(told)) = next.piece {
            assert!(day.is_none(), "at most once");
            day = Some(format!("{:04}-{:02}-{:02}", told.year, told.month, told.day));
        }
    }
    day
}

/// Sends mail of that word with that pixel, ten days ago.
async fn sent(app: &TestApp, who: &str, word: &str, pixel: PixelMode) {
    let told = fates(app.client(), vec![send(who, START - 10 * DAY, word, pixel, LinkMode::Tracked)]).await;
    assert_eq!(told, ["RECORDED SEND"]);
}

/// Bruno, who refused, and mail that he asked for.
async fn refusing(app: &TestApp, policy: &str) {
    under(app, policy).await;
    says(app, "bruno", Answer::Refuse).await;
    declare(app, receipt("receipt")).await;
    sent(app, "bruno", "receipt", PixelMode::ExemptLastOpen).await;
}

// R37
#[apply(every_app)]
async fn of_opens_on_three_days_the_latest_is_kept_and_no_trace_of_the_others(app: &TestApp) {
    refusing(app, "fr-cnil-2026").await;
    let held = || async { assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    story::number_everything(app.client()).await;
    let before = held().await;
    // 22:30 UTC is the next day in Paris.
    let [first, third, second] = [5, 1, 3].map(|days| START - days * DAY + 10 * HOUR + HOUR / 2);
    for at in [first, third, second] {
        assert_eq!(fates(app.client(), vec![open("bruno", at, "receipt")]).await, ["EXEMPTED REFUSED"]);
    }
    assert_eq!(day_of(app, "bruno").await.as_deref(), Some("2026-09-01"));
    let (mut after, number) = (held().await, 20_697);
    assert_eq!(after["last_open"].len(), 1, "one row, overwritten");
    assert!(after["last_open"][0].contains(&number.to_string()), "{:?}", after["last_open"]);
    after.insert("last_open".to_owned(), before["last_open"].clone());
    assert_eq!(after, before, "nothing else of the three opens is kept");
}

#[apply(every_app)]
async fn of_one_batch_the_latest_day_is_kept(app: &TestApp) {
    refusing(app, "fr-cnil-2026").await;
    let opened = [5, 1, 3].map(|days| open("bruno", START - days * DAY, "receipt")).to_vec();
    assert_eq!(fates(app.client(), opened).await, ["EXEMPTED REFUSED"; 3]);
    assert_eq!(day_of(app, "bruno").await.as_deref(), Some("2026-08-31"));
}

// R36
#[apply(every_app)]
async fn it_strict_and_legacy_never_write_it_as_an_exemption(app: &TestApp) {
    refusing(app, "it-garante-2026").await;
    for policy in ["it-garante-2026", "strict", "legacy"] {
        judged_by(app, policy).await;
        let told = fates(app.client(), vec![open("bruno", BEFORE, "receipt")]).await;
        assert_eq!(told, ["DISCARDED REFUSED"], "{policy}");
    }
    assert_eq!((day_of(app, "bruno").await, rows(app, "last_open").await), (None, 0));
}

#[apply(every_app)]
async fn a_recorded_open_writes_it_under_every_policy(app: &TestApp) {
    settled(app).await;
    let people =
        [("anna", "strict"), ("chloe", "it-garante-2026"), ("dario", "fr-cnil-2026"), ("elena", "legacy")];
    for (who, policy) in people {
        judged_by(app, policy).await;
        // Nobody declared it: its exempt day would need that, this one does not.
        let told = fates(app.client(), vec![open(who, START - 13 * HOUR, "undeclared")]).await;
        assert_eq!(told, ["RECORDED GRANTED"], "{policy}");
        assert_eq!(day_of(app, who).await.as_deref(), Some("2026-09-01"), "{policy}: two hours ahead of UTC");
        // An older one never replaces it.
        let told = fates(app.client(), vec![open(who, START - 22 * HOUR, "undeclared")]).await;
        assert_eq!(told, ["RECORDED GRANTED"], "{policy}");
        assert_eq!(day_of(app, who).await.as_deref(), Some("2026-09-01"), "{policy}");
    }
    assert_eq!(rows(app, "last_open").await, 4);
}

// R40, R41
#[apply(every_app)]
async fn nothing_but_an_open_writes_it_recorded_or_not(app: &TestApp) {
    refusing(app, "fr-cnil-2026").await;
    let deeds = |who| {
        vec![
            click(who, BEFORE, "receipt", "offer"),
            sms_click(who, BEFORE, "text"),
            visit(who, BEFORE, "shop"),
        ]
    };
    assert_eq!(fates(app.client(), deeds("bruno")).await, ["DISCARDED REFUSED"; 3]);
    assert_eq!(fates(app.client(), deeds("anna")).await, ["RECORDED GRANTED"; 3]);
    assert_eq!(rows(app, "last_open").await, 0);
}

// R35
#[apply(every_app)]
async fn mail_nobody_asked_for_has_no_exempt_day_nor_has_mail_of_which_nothing_is_known(app: &TestApp) {
    french(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let soft = v1::Message { basis: v1::SendingBasis::SoftOptIn.into(), ..newsletter("soft") };
    for message in [soft, newsletter("consented"), receipt("receipt"), receipt("never sent")] {
        declare(app, message).await;
    }
    for word in ["soft", "consented", "undeclared"] {
        sent(app, "bruno", word, PixelMode::Identified).await;
    }
    sent(app, "bruno", "receipt", PixelMode::Unspecified).await;
    for word in ["soft", "consented", "undeclared", "receipt", "never sent"] {
        let told = fates(app.client(), vec![open("bruno", BEFORE, word)]).await;
        assert_eq!(told, ["DISCARDED REFUSED"], "{word}");
    }
    let machine = v1::Interaction { automated: true, ..open("bruno", BEFORE, "receipt") };
    sent(app, "bruno", "receipt", PixelMode::Identified).await;
    assert_eq!(fates(app.client(), vec![machine]).await, ["DISCARDED REFUSED"]);
    assert_eq!(rows(app, "last_open").await, 0);
    // With a grant of marketing, mail that stands on it is mail the person asked for.
    let notice = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let notice = app.client().consents().put_notice(notice).await.expect("a notice").into_inner().notice;
    let evidence = story::evidence(&notice.expect("the stored notice").id, "ours");
    let mut yes = story::item("bruno", Answer::Grant, START, Some(evidence));
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut yes.event {
        given.coverage = Some(marketing());
    }
    app.client().consents().upsert_consents(story::batch(vec![yes])).await.expect("a batch is answered");
    assert_eq!(fates(app.client(), vec![open("bruno", BEFORE, "consented")]).await, ["EXEMPTED REFUSED"]);
    assert_eq!(fates(app.client(), vec![open("bruno", BEFORE, "soft")]).await, ["DISCARDED REFUSED"]);
}

#[apply(every_app)]
async fn an_objection_or_marketing_refused_stops_it_under_every_verdict(app: &TestApp) {
    french(app).await;
    declare(app, receipt("receipt")).await;
    for who in ["anna", "bruno", "chloe", "dario"] {
        sent(app, who, "receipt", PixelMode::Identified).await;
    }
    // Recorded all the same, without the day.
    says_of(app, "anna", Answer::Object, marketing()).await;
    says_of(app, "bruno", Answer::Refuse, marketing()).await;
    for who in ["anna", "bruno"] {
        let told = fates(app.client(), vec![open(who, BEFORE, "receipt")]).await;
        assert_eq!(told, ["RECORDED GRANTED"], "{who}");
        says_of(app, who, Answer::Withdraw, opens()).await;
        assert_eq!(fates(app.client(), vec![open(who, BEFORE, "receipt")]).await, ["DISCARDED WITHDRAWN"]);
    }
    says_of(app, "chloe", Answer::Object, opens()).await;
    assert_eq!(fates(app.client(), vec![open("chloe", BEFORE, "receipt")]).await, ["DISCARDED OBJECTED"]);
    says_of(app, "dario", Answer::Withdraw, opens()).await;
    assert_eq!(fates(app.client(), vec![open("dario", BEFORE, "receipt")]).await, ["EXEMPTED WITHDRAWN"]);
    assert_eq!(rows(app, "last_open").await, 1, "a withdrawal of opens alone does not stop the exempt day");
}

// Small print 2 and 8
#[apply(every_app)]
async fn an_exempt_pixel_writes_it_after_a_grant_and_a_human_signal_on_a_row_does_not(app: &TestApp) {
    french(app).await;
    declare(app, receipt("receipt")).await;
    sent(app, "anna", "receipt", PixelMode::ExemptLastOpen).await;
    assert_eq!(fates(app.client(), vec![open("anna", BEFORE, "receipt")]).await, ["EXEMPTED LAST_OPEN_ONLY"]);
    assert_eq!(day_of(app, "anna").await.as_deref(), Some("2026-09-01"));

    sent(app, "chloe", "receipt", PixelMode::Identified).await;
    let human = open("chloe", BEFORE, "receipt");
    let machine = v1::Interaction { automated: true, ..human.clone() };
    assert_eq!(fates(app.client(), vec![machine.clone()]).await, ["RECORDED GRANTED"]);
    assert_eq!(fates(app.client(), vec![human.clone()]).await, ["DUPLICATE GRANTED"]);
    assert_eq!(day_of(app, "chloe").await, None);
    let fresh =
        |of: &v1::Interaction| v1::Interaction { interaction_id: assent_tests::marks::uuid(), ..of.clone() };
    let (machine, human) = (fresh(&machine), fresh(&human));
    let human = v1::Interaction { interaction_id: machine.interaction_id.clone(), ..human };
    assert_eq!(fates(app.client(), vec![machine, human]).await, ["RECORDED GRANTED", "DUPLICATE GRANTED"]);
    assert_eq!(day_of(app, "chloe").await, None, "in one batch neither");
}

#[apply(every_app)]
async fn an_erasure_takes_it_away(app: &TestApp) {
    refusing(app, "fr-cnil-2026").await;
    fates(app.client(), vec![open("bruno", BEFORE, "receipt")]).await;
    assert!(day_of(app, "bruno").await.is_some());
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("bruno"),
        origin: None,
    };
    app.client().privacy().erase_profile(erase).await.expect("an erasure");
    assert_eq!((day_of(app, "bruno").await, rows(app, "last_open").await), (None, 0));
    assert_eq!(
        fates(app.client(), vec![open("bruno", BEFORE, "receipt")]).await,
        ["DISCARDED PROFILE_ERASED"]
    );
}
