//! People: the erased, those whose list takes something away, and those of another tenant.

use super::*;
use assent_tests::{apply, every_app, marks};

#[apply(every_app)]
async fn an_erased_person_stays_erased_whatever_a_list_says(app: &TestApp) {
    let notice = settled(app, "strict").await;
    import(app.client(), "before", vec![vec![yes(1, "ada", &notice)]]).await.one();
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        ..v1::EraseProfileRequest::default()
    };
    app.client().privacy().erase_profile(erase).await.expect("an erasure");
    app.advance(std::time::Duration::from_secs(60));
    let before = held(app).await;
    let mut facts = story::import_line(2, "ada", []);
    facts.facts = Some(v1::ImportFacts { collected_on: None, jurisdiction: Some("BE".to_owned()) });
    let later = said(Answer::Grant, START + 30_000_000, Some(evidence(&notice)));
    let told = Event::Notice(v1::NoticeGiven {
        coverage: story::tracking(),
        notice_id: Some(notice.clone()),
        ..v1::NoticeGiven::default()
    });
    let lines = vec![
        yes(1, "ada", &notice),
        facts,
        story::import_line(3, "ada", [later]),
        story::import_line(4, "ada", [told]),
        no(5, "ada", START),
        no(6, "ada", START + 30_000_000),
    ];
    let told = import(app.client(), "list", vec![lines]).await;
    let told = told.one();
    assert_eq!(counts(told.counts), [2, 0, 0, 0, 0, 0, 4], "a no gets the ordinary answer");
    let reasons: Vec<_> = failures(told).into_iter().map(|(line, reason, _)| (line, reason)).collect();
    assert_eq!(reasons, [1, 2, 3, 4].map(|line| (line, "PROFILE_ERASED".to_owned())));
    assert_eq!(state(app, "ada").await, State::Unknown);
    let mut after = held(app).await;
    for table in ["import", "import_chunk"] {
        after.insert(table.to_owned(), before[table].clone());
    }
    assert_eq!(after, before, "and nothing of them is stored");
}

#[apply(every_app)]
async fn what_is_kept_of_an_import_names_nobody(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let bare = story::import_line(2, "bob", [said(Answer::Grant, START, None)]);
    import(app.client(), "list", vec![vec![yes(1, "ada", &notice), bare]]).await.one();
    let held = held(app).await;
    for table in ["import", "import_chunk"] {
        let hex = |who: &str| marks::id(who).bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        for row in &held[table] {
            for who in ["ada", "bob"] {
                assert!(!row.contains(&marks::id(who)) && !row.to_lowercase().contains(&hex(who)), "{table}");
            }
        }
    }
}

#[apply(every_app)]
async fn a_no_in_a_list_takes_away_what_a_direct_one_would(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let [listed, answered] = ["ada", "bob"];
    for who in [listed, answered] {
        direct(app, who, Answer::Grant, START - HOUR, Some(story::evidence(&notice, "ours"))).await;
        let opened = assent_tests::deed::open(who, START - HOUR / 2, "spring");
        let told = assent_tests::deed::fates(app.client(), vec![opened]).await;
        assert_eq!(told, ["RECORDED GRANTED"]);
    }
    let activity = async |who: &str| {
        let request = v1::GetProfileActivityRequest {
            profile_table: story::people(),
            profile: story::person(who),
            ..v1::GetProfileActivityRequest::default()
        };
        let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
        found.into_inner().interactions.len()
    };
    assert_eq!((activity(listed).await, activity(answered).await), (1, 1));
    app.advance(std::time::Duration::from_secs(1));
    import(app.client(), "list", vec![vec![no(1, listed, START)]]).await.one();
    direct(app, answered, Answer::Refuse, START, None).await;
    assert_eq!((activity(listed).await, activity(answered).await), (0, 0));
    let queued = held(app).await["removal"].len();
    assert!(queued == 2 || activity(listed).await == 0, "{queued}");
}
