use assent_domain::answer::{Answer, State};
use assent_domain::change::{Change, Effect, Line};
use assent_domain::evidence::{Basis, Source, SourceKind};
use assent_domain::id::{MessageId, NoticeId, PolicyId, ProfileId, RecordId, TableId};
use assent_domain::ledger::{Leaf, Salt};
use assent_domain::policy::built_in;
use assent_domain::record::{
    AnswerGiven, FactsChanged, GrantExpired, NoticeGiven, PolicyVersion, RequestMade,
};
use assent_domain::scope::{Scope, ScopeSet, Series, TrackingCoverage};
use assent_store::Held;
use serde_json::{Value, json};

use super::*;

fn controller(name: &str) -> Controller {
    Controller {
        name: name.to_owned(),
        address: "1 High Street".to_owned(),
        contact: "privacy office".to_owned(),
    }
}

fn answer(answer: Answer, basis: Option<Basis>) -> AnswerGiven {
    let source =
        Source { kind: SourceKind::Form, name: Some("newsletter".to_owned()), version: Some("3".to_owned()) };
    AnswerGiven {
        answer,
        coverage: Coverage::MARKETING,
        decided_at: Instant::from_micros(1),
        basis,
        evidence: Evidence {
            method: Some("checkbox".to_owned()),
            source: Some(source),
            notice: Some(NoticeId([0xab; 32])),
            language: Some("fr".to_owned()),
            actor: Some("person".to_owned()),
            controller: Some(controller("Shop then")),
            proof_reference: None,
        },
    }
}

fn stored(body: Body) -> StoredRecord {
    let record = Record {
        id: RecordId([0x11; 16]),
        table: TableId::new("people").unwrap(),
        profile: ProfileId::new("ada").unwrap(),
        profile_version: 4,
        recorded_at: Instant::from_micros(1_500_000).unwrap(),
        origin: None,
        policies: vec![PolicyVersion { id: PolicyId::new("strict").unwrap(), version: 1 }],
        body,
    };
    let held = Held { record, change: None, salt: Salt([0; 32]) };
    StoredRecord { held, leaf: Leaf([0x22; 32]), place: Some((7, ChainHash([0x33; 32]))) }
}

fn text(stored: &StoredRecord, expires_after_days: Option<u32>) -> Option<String> {
    let mut strict = built_in().into_iter().find(|policy| policy.id.as_str() == "strict").unwrap();
    strict.grant.expires_after_days = expires_after_days;
    let now = controller("Shop now");
    let (jurisdiction, policies) = (Country::new("FR"), [strict]);
    let receipted = Receipted { stored, jurisdiction, controller: Some(&now), policies: &policies };
    write(&receipted).unwrap()
}

fn told(body: Body) -> Value {
    serde_json::from_str(&text(&stored(body), None).unwrap()).unwrap()
}

#[test]
fn a_receipt_tells_who_what_when_and_under_which_text() {
    let receipt = told(Body::Answer(answer(Answer::Grant, Some(Basis::Explicit))));
    let id = "11111111-1111-1111-1111-111111111111";
    assert_eq!(
        receipt["header"],
        json!({
            "schema_version": SCHEMA_VERSION, "receipt_id": id, "record_id": id, "pii_principal_id": "ada",
        })
    );
    let reference = "ni:///sha-256;q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s";
    assert_eq!(
        receipt["processing"],
        json!({
            "privacy_notice": {"sha256": "ab".repeat(32), "reference": reference},
            "language": "fr",
            "purposes": [{
                "purpose": "MARKETING",
                "lawful_basis": "consent",
                "pii_information": [{"pii_type": "CONTACT", "pii_optional": true}],
                "pii_controllers": ["controller"],
                "collection_method": "checkbox",
                "storage_locations": null,
                "retention_period": null,
                "jurisdiction": "FR",
                "recipient_third_parties": null,
                "withdrawal_method": "privacy office",
            }],
        })
    );
    assert_eq!(receipt["party"][0]["party_name"], "Shop then", "as it was named when the answer was given");
    assert_eq!(
        receipt["event"],
        json!([{
            "event_time": "1970-01-01T00:00:00.000001Z",
            "validity_duration": "indefinite",
            "entity_id": "ada",
            "event_type": "explicit",
            "event_state": "dpv:ConsentGiven",
            "event_source": {"kind": "FORM", "name": "newsletter", "version": "3"},
        }])
    );
    let assent = &receipt["assent"];
    assert_eq!(assent["ledger"], json!({"position": 7, "leaf": "22".repeat(32), "chain": "33".repeat(32)}));
    assert_eq!(assent["policies"], json!([{"id": "strict", "version": 1}]));
    assert_eq!((&assent["kind"], &assent["joint"]), (&json!("GRANT"), &json!(false)));
    assert_eq!(assent["recorded_at"], "1970-01-01T00:00:01.500Z");
}

#[test]
fn the_sections_and_keys_stand_in_their_order() {
    let stored = stored(Body::Answer(answer(Answer::Refuse, None)));
    let [text, again] = [text(&stored, None), text(&stored, None)].map(Option::unwrap);
    assert_eq!(text, again, "the same bytes each time");
    let places: Vec<_> = ["\"header\"", "\"processing\"", "\"party\"", "\"event\"", "\"assent\""]
        .iter()
        .map(|section| text.find(&format!("{section}:")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
    assert!(text.starts_with(r#"{"header":{"schema_version":"#), "{text}");
}

#[test]
fn each_kind_of_record_has_its_state() {
    let given = |said, basis| Body::Answer(answer(said, basis));
    let source = None;
    let notice = NoticeGiven {
        coverage: Coverage::TRACKING,
        notified_at: None,
        text: None,
        conditions_unchanged: None,
        withdrawal_offered: None,
        justification: None,
        proof_reference: Some("archive".to_owned()),
        source: source.clone(),
        sent_message: MessageId::new("mail").ok(),
    };
    let request = RequestMade {
        coverage: Coverage::TRACKING,
        requested_at: None,
        text: Some(NoticeId([1; 32])),
        source,
        sent_message: None,
    };
    let expiry = GrantExpired {
        coverage: Coverage::TRACKING,
        grant: RecordId([9; 16]),
        expired_at: Instant::from_micros(2).unwrap(),
    };
    for (body, kind, state, whose, basis) in [
        (
            given(Answer::Grant, Some(Basis::Explicit)),
            "explicit",
            "dpv:ConsentGiven",
            "ada",
            json!("consent"),
        ),
        (
            given(Answer::Grant, Some(Basis::Imported)),
            "imported",
            "dpv:ConsentGiven",
            "ada",
            json!("consent"),
        ),
        (
            given(Answer::Grant, Some(Basis::Assumed)),
            "assumed",
            "dpv:ConsentGiven",
            "controller",
            Value::Null,
        ),
        (given(Answer::Refuse, None), "explicit", "dpv:ConsentRefused", "ada", json!("consent")),
        (given(Answer::Withdraw, None), "explicit", "dpv:ConsentWithdrawn", "ada", json!("consent")),
        (given(Answer::Object, None), "explicit", "assent:Objected", "ada", Value::Null),
        (Body::Notice(notice), "notice", "assent:Informed", "controller", Value::Null),
        (Body::Request(request), "request", "dpv:ConsentRequested", "controller", json!("consent")),
        (Body::Expiry(expiry), "expiry", "dpv:ConsentExpired", "controller", json!("consent")),
    ] {
        let receipt = told(body);
        let event = &receipt["event"][0];
        assert_eq!((&event["event_type"], &event["event_state"]), (&json!(kind), &json!(state)));
        assert_eq!(
            (&event["entity_id"], &receipt["processing"]["purposes"][0]["lawful_basis"]),
            (&json!(whose), &basis)
        );
        let gives = state == "dpv:ConsentGiven";
        assert_eq!(event["validity_duration"], if gives { "indefinite" } else { "P0D" }, "{state}");
    }
}

#[test]
fn what_is_covered_is_told_purpose_by_purpose_and_kept_as_the_policy_says() {
    let scopes = ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::Device);
    let coverage = Coverage::new(true, TrackingCoverage::Scopes(scopes)).unwrap();
    let joint = AnswerGiven { coverage, ..answer(Answer::Grant, Some(Basis::Explicit)) };
    let mut stored = stored(Body::Answer(joint));
    let lines = [Series::Marketing, Series::Tracking(Scope::EmailOpen)].map(|series| Line {
        series,
        effect: Effect::Renewed,
        old: State::Granted,
        new: State::Granted,
    });
    let record = stored.held.record.id;
    stored.held.change = Some(Change { record, profile_version: 4, lines: lines.to_vec() });
    let receipt: Value = serde_json::from_str(&text(&stored, Some(365)).unwrap()).unwrap();
    let purposes = receipt["processing"]["purposes"].as_array().unwrap();
    let told: Vec<_> = purposes.iter().map(|one| (&one["purpose"], &one["retention_period"])).collect();
    assert_eq!(told, [(&json!("MARKETING"), &Value::Null), (&json!("TRACKING"), &json!("P761D"))]);
    let data: Vec<_> =
        purposes[1]["pii_information"].as_array().unwrap().iter().map(|one| &one["pii_type"]).collect();
    assert_eq!(data, ["EMAIL_OPEN", "DEVICE"]);
    let event = &receipt["event"][0];
    assert_eq!(
        (&event["event_state"], &event["validity_duration"]),
        (&json!("dpv:RenewedConsentGiven"), &json!("P365D"))
    );
    assert_eq!(receipt["assent"]["joint"], true);
}

#[test]
fn what_is_no_event_of_consent_or_has_no_number_yet_has_no_receipt() {
    let source = Source { kind: SourceKind::Api, name: None, version: None };
    let facts = FactsChanged { collected_on: None, jurisdiction: Country::new("FR"), source };
    assert_eq!(text(&stored(Body::Facts(facts)), None), None);
    assert_eq!(text(&stored(Body::Erasure), None), None);
    let mut pending = stored(Body::Answer(answer(Answer::Refuse, None)));
    pending.place = None;
    assert_eq!(text(&pending, None), None);
}
