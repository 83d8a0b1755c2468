//! A preference centre: everything that the person chose can be changed through a link, each choice for itself.

use std::time::Duration;

use super::*;

async fn choose(app: &TestApp, token: &str, choices: Vec<v1::PreferenceChoice>) -> Vec<Told> {
    link::redeem(app.client(), link::choices(token, choices)).await.expect("choices are answered")
}

#[apply(every_app)]
async fn a_grant_in_a_preference_centre_has_all_the_evidence_that_policies_demand(app: &TestApp) {
    for policy in ["strict", "fr-cnil-2026", "it-garante-2026"] {
        let item = story::item("anna", Answer::Refuse, START, None);
        let notice = if policy == "strict" { settled(app, policy).await } else { under(app, policy).await };
        app.client().consents().upsert_consents(story::batch(vec![item])).await.expect("a refusal");
        app.advance(Duration::from_secs(60));
        let token = choosing(app).await;
        let opens = scopes(&[v1::Scope::EmailOpen]);
        let told = choose(app, &token, vec![link::choice(Answer::Grant, opens.clone(), &notice)]).await;
        assert_eq!(link::words(&told[0]), ["EMAIL_OPEN CHANGED GRANTED"], "{policy}");
        let history = story::records(app.client(), "anna").await;
        let record = history.last().expect("a record");
        let said = answered(record);
        assert_eq!(
            (said.answer(), said.basis(), said.coverage.clone()),
            (Answer::Grant, v1::Basis::Explicit, opens)
        );
        assert_eq!((said.decided_at, record.effective_at), (record.recorded_at, record.recorded_at));
        let evidence = said.evidence.clone().expect("evidence");
        let source = evidence.source.expect("a source");
        assert_eq!(
            (source.kind(), source.name.as_deref(), source.version.as_deref()),
            (v1::SourceKind::Form, Some("preference centre"), Some("3"))
        );
        assert_eq!(
            (evidence.method.as_deref(), evidence.actor.as_deref(), evidence.language.as_deref()),
            (Some("preference_centre"), Some("data subject"), Some("fr"))
        );
        assert_eq!(evidence.notice_id, Some(notice));
        assert!(record.controller.is_some());
    }
}

/// Puts the table under another policy; returns the text's id.
async fn under(app: &TestApp, policy: &str) -> Vec<u8> {
    let get = v1::GetProfileTableRequest { id: story::people() };
    let found = app.client().settings().get_profile_table(get).await.expect("the table").into_inner();
    let table =
        v1::ProfileTable { policy_id: Some(policy.to_owned()), ..found.profile_table.expect("the table") };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    app.client().consents().put_notice(put).await.expect("a text").into_inner().notice.expect("the text").id
}

#[apply(every_app)]
async fn what_a_grant_lacks_is_named_and_the_other_choices_are_recorded(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let token = choosing(app).await;
    let bare = v1::PreferenceChoice {
        notice_id: None,
        language: None,
        ..link::choice(Answer::Grant, marketing(), &[])
    };
    let both = link::choice(Answer::Grant, story::everything(), &notice);
    let unknown = link::choice(Answer::Grant, marketing(), &[9; 32]);
    let no = v1::PreferenceChoice {
        notice_id: None,
        language: None,
        ..link::choice(Answer::Withdraw, story::tracking(), &[])
    };
    let mut request = link::choices(&token, vec![bare, both, unknown, no]);
    let Some(v1::redeem_token_request::Said::Preferences(said)) = &mut request.said else {
        panic!("choices")
    };
    (said.form_name, said.form_version) = (None, None);
    let told = link::redeem(app.client(), request).await.expect("choices are answered");

    let status = refused(&told[0]);
    let fields = [
        "preferences.form_name",
        "preferences.form_version",
        "preferences.choices[0].notice_id",
        "preferences.choices[0].language",
    ];
    assert_eq!(fault(&status), is(Code::FailedPrecondition, "EVIDENCE_MISSING", &fields));
    let info = status.get_details_error_info().expect("a reason");
    assert_eq!(info.metadata["items"], "SOURCE,SOURCE_VERSION,NOTICE_TEXT,LANGUAGE");
    let (code, reason, fields) = fault(&refused(&told[1]));
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "JOINT_NOT_ALLOWED"));
    assert!(fields.contains(&"preferences.choices[1].coverage".to_owned()), "{fields:?}");
    let (_, reason, fields) = fault(&refused(&told[2]));
    assert_eq!(reason, "NOTICE_UNKNOWN");
    assert!(fields.contains(&"preferences.choices[2].notice_id".to_owned()), "{fields:?}");
    assert_eq!(link::words(&told[3]), each(&TRACKING, "CHANGED WITHDRAWN"));
    assert_eq!(story::records(app.client(), "anna").await.len(), 3);
}

#[apply(every_app)]
async fn a_table_without_a_controller_is_named_by_the_token(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let get = v1::GetProfileTableRequest { id: story::people() };
    let found = app.client().settings().get_profile_table(get).await.expect("the table").into_inner();
    let table = v1::ProfileTable { controller: None, ..found.profile_table.expect("the table") };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let token = choosing(app).await;
    let told = choose(app, &token, vec![link::choice(Answer::Grant, marketing(), &notice)]).await;
    assert_eq!(fault(&refused(&told[0])), is(Code::FailedPrecondition, "EVIDENCE_MISSING", &["token"]));
}

#[apply(every_app)]
async fn choices_fold_in_their_order_and_what_is_not_chosen_stays(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let token = choosing(app).await;
    app.advance(Duration::from_secs(1));
    let opens = scopes(&[v1::Scope::EmailOpen]);
    let said = vec![
        link::choice(Answer::Object, marketing(), &notice),
        link::choice(Answer::Refuse, opens, &notice),
        link::choice(Answer::Withdraw, scopes(&[v1::Scope::Device]), &notice),
    ];
    let told = choose(app, &token, said).await;
    let words: Vec<_> = told.iter().flat_map(link::words).collect();
    assert_eq!(
        words,
        ["MARKETING CHANGED OBJECTED", "EMAIL_OPEN CHANGED REFUSED", "DEVICE CHANGED WITHDRAWN"]
    );
    let granted = State::Granted;
    let expected = [State::Objected, State::Refused, granted, granted, granted, granted, State::Withdrawn];
    assert_eq!(states(app, "anna").await, expected);
    let shown = link::describe(app.client(), &token).await.expect("a description");
    assert_eq!(shown.standings.iter().map(v1::Standing::state).collect::<Vec<_>>(), expected);
}

#[apply(every_app)]
async fn the_same_choices_are_answered_once_and_alike(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let token = choosing(app).await;
    let bare = v1::PreferenceChoice { language: None, ..link::choice(Answer::Grant, marketing(), &notice) };
    let request = link::choices(&token, vec![bare, link::choice(Answer::Object, story::tracking(), &notice)]);
    let client = app.client().once();
    let first = link::redeem(&client, request.clone()).await.expect("choices are answered");
    app.advance(Duration::from_secs(60));
    let again = link::redeem(&client, request).await.expect("choices are answered");
    assert_eq!(fault(&refused(&first[0])), fault(&refused(&again[0])));
    assert_eq!(link::words(&first[1]), link::words(&again[1]));
    assert_eq!(story::records(app.client(), "anna").await.len(), 3);
}

#[apply(every_app)]
async fn a_token_that_has_run_out_neither_shows_nor_grants_and_still_says_no(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let expires_at = Some(story::timestamp(START + 60_000_000));
    let capability = v1::create_tokens_item::Capability::Preferences(v1::PreferencesToken { expires_at });
    let item = v1::CreateTokensItem { capability: Some(capability), ..link::choosing("anna") };
    let token = link::token(app.client(), item).await;
    app.advance(Duration::from_micros(59_999_999));
    let shown = link::describe(app.client(), &token).await.expect("a description");
    assert_eq!(shown.expires_at, expires_at);
    let grant = || link::choice(Answer::Grant, marketing(), &notice);
    assert_eq!(link::words(&choose(app, &token, vec![grant()]).await[0]), ["MARKETING RENEWED GRANTED"]);

    app.advance(Duration::from_micros(1));
    let status = link::describe(app.client(), &token).await.expect_err("it has run out");
    assert_eq!(fault(&status), is(Code::FailedPrecondition, "TOKEN_EXPIRED", &["token"]));
    let said = vec![grant(), link::choice(Answer::Object, marketing(), &notice)];
    let told = choose(app, &token, said).await;
    let expired = is(Code::FailedPrecondition, "TOKEN_EXPIRED", &["preferences.choices[0]"]);
    assert_eq!(fault(&refused(&told[0])), expired);
    assert_eq!(link::words(&told[1]), ["MARKETING CHANGED OBJECTED"]);
    let told = link::redeem(app.client(), link::withdrawal(&token, story::tracking())).await.expect("a no");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
}
