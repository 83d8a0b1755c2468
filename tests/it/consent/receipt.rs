//! The receipt of a record, judged by a schema that is written from the published tables of ISO/IEC TS 27560's fields.

use super::*;
use assent_tests::blackbox::Stranger;
use assent_tests::{apply, deed, every_app, marks};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../receipt/iso-iec-ts-27560.schema.json");

async fn ask(app: &TestApp, who: &str, record_id: &str) -> Result<v1::GetConsentReceiptResponse, Status> {
    let request = v1::GetConsentReceiptRequest {
        profile_table: story::people(),
        profile: story::person(who),
        record_id: record_id.to_owned(),
    };
    Ok(app.client().consents().get_consent_receipt(request).await?.into_inner())
}

async fn receipt(app: &TestApp, who: &str, record_id: &str) -> String {
    let told = ask(app, who, record_id).await.expect("a receipt");
    assert_eq!(told.media_type, "application/json");
    told.receipt
}

/// Code and reason of a receipt that there is not.
async fn none(app: &TestApp, who: &str, record_id: &str) -> (Code, String) {
    let status = ask(app, who, record_id).await.expect_err("no receipt");
    (status.code(), reason(&status))
}

fn unknown() -> (Code, String) {
    (Code::NotFound, "CONSENT_RECORD_UNKNOWN".to_owned())
}

fn event(who: &str, event: Event) -> v1::UpsertConsentsItem {
    v1::UpsertConsentsItem { profile: story::person(who), facts: None, event: Some(event) }
}

/// Ada says, is told and is asked all that there is, under a policy whose grants run out.
async fn lives(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let expiring = v1::PolicyOverride {
        id: marks::id("expiring"),
        base_policy_id: "legacy".to_owned(),
        expires_after_days: Some(1),
        ..v1::PolicyOverride::default()
    };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(expiring) };
    app.client().settings().put_policy_override(put).await.expect("an override is stored");
    let facts = v1::ProfileFacts {
        jurisdiction: Some("US".to_owned()),
        source: story::form("ours"),
        ..v1::ProfileFacts::default()
    };
    upsert(
        app,
        vec![v1::UpsertConsentsItem { profile: story::person("ada"), facts: Some(facts), event: None }],
    )
    .await;
    let proof = || Some(story::evidence(&notice, "ours"));
    let told = v1::NoticeGiven {
        coverage: opens(),
        notice_id: Some(notice.clone()),
        proof_reference: Some("archive 2".to_owned()),
        source: story::form("ours"),
        ..v1::NoticeGiven::default()
    };
    let asked = v1::RequestMade {
        coverage: marketing(),
        notice_id: Some(notice.clone()),
        ..v1::RequestMade::default()
    };
    let assumed =
        with(says("ada", Answer::Grant, opens(), None), |given| given.basis = Basis::Assumed.into());
    let mut imported =
        with(says("ada", Answer::Grant, opens(), proof()), |given| given.basis = Basis::Imported.into());
    imported = with(imported, |given| {
        given.evidence.as_mut().expect("evidence").proof_reference = Some("archive 1".to_owned());
    });
    for item in [
        event("ada", Event::Notice(told)),
        event("ada", Event::Request(asked)),
        assumed,
        imported,
        says("ada", Answer::Grant, story::everything(), proof()),
        says("ada", Answer::Withdraw, opens(), proof()),
        says("ada", Answer::Refuse, opens(), None),
        says("ada", Answer::Object, opens(), None),
    ] {
        let told = upsert(app, vec![item]).await;
        assert!(told[0].is_ok(), "{told:?}");
    }
    // The request of a message that was sent, and the grant of marketing that ran out before the last word.
    asking_mail(app).await;
    let sent = deed::send("ada", START, "ask", v1::PixelMode::None, v1::LinkMode::Plain);
    deed::record(app.client(), vec![sent]).await;
    app.advance(std::time::Duration::from_secs(25 * 3600));
    upsert(app, vec![says("ada", Answer::Refuse, marketing(), None)]).await;
}

#[apply(every_app)]
async fn every_receipt_keeps_to_the_published_fields_and_to_the_ledger(app: &TestApp) {
    lives(app).await;
    let records = story::records(app.client(), "ada").await;
    let mut receipts = Vec::new();
    for record in &records {
        if matches!(record.body, Some(v1::consent_record::Body::Facts(_))) {
            assert_eq!(none(app, "ada", &record.id).await, unknown(), "facts are no event of consent");
            continue;
        }
        let text = receipt(app, "ada", &record.id).await;
        assert_eq!(receipt(app, "ada", &record.id).await, text, "the same bytes each time");
        let told: Value = serde_json::from_str(&text).expect("JSON");
        let ledger = &told["assent"]["ledger"];
        let hashes = json!({
            "position": record.position, "leaf": hex::encode(&record.leaf), "chain": hex::encode(&record.chain),
        });
        assert_eq!(ledger, &hashes);
        assert_eq!(told["header"]["record_id"], record.id);
        assert_eq!(told["header"]["pii_principal_id"], marks::id("ada"));
        assert_eq!(told["processing"]["purposes"][0]["jurisdiction"], "US");
        let head = v1::LedgerHead { position: record.position, chain: record.chain.clone() };
        let whole = verdict(app, Some(head)).await;
        assert!(matches!(whole, verify_history_response::Event::Whole(_)), "the ledger holds it: {whole:?}");
        receipts.push(text);
    }
    let states = receipts.iter().map(|text| {
        let told: Value = serde_json::from_str(text).expect("JSON");
        let event = &told["event"][0];
        let word = |key: &str| event[key].as_str().expect("a word").to_owned();
        format!("{} {} {}", word("event_type"), word("event_state"), word("validity_duration"))
    });
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            "notice assent:Informed P0D",
            "request dpv:ConsentRequested P0D",
            "assumed dpv:ConsentGiven P1D",
            "imported dpv:RenewedConsentGiven P1D",
            "explicit dpv:ConsentGiven P1D",
            "explicit dpv:ConsentWithdrawn P0D",
            "explicit dpv:ConsentRefused P0D",
            "explicit assent:Objected P0D",
            "request dpv:ConsentRequested P0D",
            "expiry dpv:ConsentExpired P0D",
            "explicit dpv:ConsentRefused P0D",
        ]
    );

    let mut judge = Stranger::at(&app.address().to_string());
    assert_eq!(judge.complaints(SCHEMA, &receipts), Vec::<String>::new());
    // The judge objects where a field is lost, of another form, or nobody's.
    let mut broken: Value = serde_json::from_str(&receipts[4]).expect("JSON");
    broken["header"].as_object_mut().expect("an object").remove("pii_principal_id");
    broken["event"][0]["event_state"] = json!("maybe");
    broken["party"][0]["party_shoe_size"] = json!(43);
    assert_eq!(judge.complaints(SCHEMA, &[broken.to_string()]).len(), 3);
}

#[apply(every_app)]
async fn a_receipt_is_had_for_the_persons_own_record_until_they_are_erased(app: &TestApp) {
    let (client, notice) = crate::actito::settled_under(app, "strict").await;
    let yes = crate::actito::yes(assent_sdk::Coverage::marketing(), notice);
    crate::actito::say(
        &client,
        vec![("ada", yes), ("ben", assent_sdk::AnswerGiven::refuse(assent_sdk::Coverage::marketing()))],
    )
    .await;
    let record = story::records(app.client(), "ada").await.remove(0).id;
    let told =
        client.consents().receipt(story::people(), marks::id("ada"), &record).await.expect("a receipt");
    assert_eq!(told.media_type, "application/json");
    let told: Value = serde_json::from_str(&told.content).expect("JSON");
    assert_eq!(told["processing"]["privacy_notice"]["sha256"], notice.to_string());
    assert_eq!(told["processing"]["language"], "fr");
    assert_eq!(told["party"][0]["party_name"], "Shop");
    assert_eq!(told["assent"]["policies"], json!([{"id": "strict", "version": 1}]));

    assert_eq!(none(app, "ben", &record).await, unknown(), "it is Ada's");
    assert_eq!(none(app, "ada", &marks::uuid()).await, unknown());
    let key = app.key(&app.ours().id, "consent,record,plan,settings").await;
    let request = v1::GetConsentReceiptRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        record_id: record.clone(),
    };
    let other = app.client().with_key(Some(&key));
    let status = other.consents().get_consent_receipt(request).await.expect_err("not its role");
    assert_eq!(reason(&status), "ROLE_MISSING");

    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        origin: None,
    };
    app.client().privacy().erase_profile(erase).await.expect("she is erased");
    assert_eq!(none(app, "ada", &record).await, unknown());
    let erasure =
        client.consents().records(story::people(), marks::id("ada"), assent_sdk::Paging::first()).await;
    for left in erasure.expect("a history").items {
        assert_eq!(none(app, "ada", &left.id).await, unknown(), "an erasure is no event of consent");
    }
}
