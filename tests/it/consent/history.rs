//! One profile's history, and the ledger that proves it.

use super::*;
use assent_tests::{apply, every_app};
use std::time::Duration;
use verify_history_response::Event as Walked;

use sha2::{Digest, Sha256};

/// Actito 14: a profile's consents and their history can be read.
#[apply(every_app)]
async fn a_profiles_consents_and_their_history_can_be_read(app: &TestApp) {
    let notice = settled(app, "fr-cnil-2026").await;
    let yes = says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    let Some(Event::Answer(said)) = yes.event.clone() else { panic!("an answer") };
    let mut batch = story::batch(vec![yes]);
    batch.origin = Some("crm".to_owned());
    send(app, batch).await.expect("a grant is stored");
    app.advance(Duration::from_secs(1));
    upsert(app, vec![says("ada", Answer::Withdraw, story::tracking(), None)]).await;

    let history = story::records(app.client(), "ada").await;
    let [grant, withdrawal] = history.as_slice() else { panic!("two records: {history:?}") };
    assert_eq!(grant.body, Some(v1::consent_record::Body::Answer(said)), "as it was said, with its evidence");
    assert_eq!(grant.origin.as_deref(), Some("crm"));
    assert_eq!(grant.controller.as_ref().map(|controller| controller.name.as_str()), Some("Shop ours"));
    assert_eq!((grant.profile_version, withdrawal.profile_version), (1, 2));
    assert_eq!(grant.policies[0].id, "fr-cnil-2026");
    let change = &grant.changes[0];
    assert_eq!((change.series(), change.effect()), (Series::EmailOpen, v1::Effect::Granted));
    assert_eq!((change.old_state(), change.new_state()), (State::Unknown, State::Granted));
    assert_eq!(withdrawal.changes.len(), 6, "a withdrawal of all is told for each scope");
    assert_eq!(withdrawal.effective_at, Some(story::timestamp(START + 1_000_000)));
    assert!(grant.position < withdrawal.position);

    for record in &history {
        let leaf: [u8; 32] =
            Sha256::new().chain_update(&record.salt).chain_update(&record.canonical).finalize().into();
        assert_eq!(record.leaf, leaf);
    }
    let chained = Sha256::new()
        .chain_update(&grant.chain)
        .chain_update(withdrawal.position.to_be_bytes())
        .chain_update(&withdrawal.leaf);
    assert_eq!(withdrawal.position, grant.position + 1);
    assert_eq!(withdrawal.chain, chained.finalize().to_vec());
}

#[apply(every_app)]
async fn a_history_is_told_page_by_page(app: &TestApp) {
    settled(app, "legacy").await;
    for _ in 0..5 {
        app.advance(Duration::from_secs(1));
        upsert(app, vec![says("ada", Answer::Refuse, opens(), None)]).await;
    }
    upsert(app, vec![says("bob", Answer::Refuse, opens(), None)]).await;
    let page = async |who: &str, page_token: Option<String>| {
        let request = v1::ListConsentRecordsRequest {
            profile_table: story::people(),
            profile: story::person(who),
            page_size: 2,
            page_token,
        };
        app.client().consents().list_consent_records(request).await.map(tonic::Response::into_inner)
    };
    let mut versions = Vec::new();
    let mut token = None;
    let mut sizes = Vec::new();
    loop {
        let told = page("ada", token.clone()).await.expect("a page");
        sizes.push(told.records.len());
        versions.extend(told.records.iter().map(|record| record.profile_version));
        let Some(next) = told.next_page_token else { break };
        token = Some(next);
    }
    assert_eq!((versions, sizes), (vec![1, 2, 3, 4, 5], vec![2, 2, 1]));

    let foreign = page("bob", token.clone()).await.expect_err("a token of another history");
    assert_eq!((foreign.code(), reason(&foreign).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));
    let broken = page("ada", Some("made up".to_owned())).await.expect_err("no token");
    assert_eq!(reason(&broken), "PAGE_TOKEN_MALFORMED");
    let them = app.client().with_key(Some(&app.theirs().key)).blind();
    let request = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        page_size: 2,
        page_token: token,
    };
    let theirs = them.consents().list_consent_records(request).await.expect_err("a token of another tenant");
    assert_eq!(reason(&theirs), "PAGE_TOKEN_MALFORMED");
}

#[apply(every_app)]
async fn a_whole_ledger_is_said_to_be_whole_and_knows_its_old_heads(app: &TestApp) {
    settled(app, "legacy").await;
    let Walked::Whole(empty) = verdict(app, None).await else { panic!("an empty ledger is whole") };
    assert_eq!((empty.verified, empty.head.as_ref().map(|head| head.position)), (0, Some(0)));

    upsert(app, vec![says("ada", Answer::Refuse, opens(), None)]).await;
    let Walked::Whole(whole) = verdict(app, empty.head).await else { panic!("it grew from the empty one") };
    assert_eq!((whole.verified, whole.redacted), (1, 0));
    let head = whole.head.expect("a head");
    assert_eq!((head.position, &head.chain), (1, &story::records(app.client(), "ada").await[0].chain));

    upsert(app, vec![says("bob", Answer::Refuse, opens(), None)]).await;
    assert!(matches!(verdict(app, Some(head.clone())).await, Walked::Whole(_)));
    let other = v1::LedgerHead { chain: vec![9; 32], ..head.clone() };
    let Walked::Broken(broken) = verdict(app, Some(other)).await else { panic!("another past") };
    assert_eq!((broken.position, broken.fault()), (1, v1::HistoryFault::KnownHeadMismatch));
    let ahead = v1::LedgerHead { position: 9, ..head };
    let Walked::Broken(broken) = verdict(app, Some(ahead)).await else { panic!("a cut tail") };
    assert_eq!((broken.position, broken.fault()), (3, v1::HistoryFault::KnownHeadMissing));
}
