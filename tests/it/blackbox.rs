//! The running binary, spoken to by a client that others wrote, which knows nothing but its address.

mod rules;
mod story;

use assent_tests::blackbox::Stranger;
use assent_tests::engine::{Database, fresh};
use assent_tests::process::Process;
use assent_tests::{apply, every_engine};
use serde_json::{Value, json};

/// A running binary and the stranger at its door. Without keys it serves loopback as one tenant.
fn meet(database: &Database) -> (Process, Stranger) {
    let mut service = Process::serve(database, &[]);
    let address = service.address();
    (service, Stranger::at(&address))
}

#[apply(every_engine)]
async fn a_stranger_finds_every_service_by_reflection(engine: Engine) {
    let database = fresh(engine).await;
    let (_service, mut stranger) = meet(&database);

    let services = stranger.services();
    for service in ["assent.v1.ConsentService", "assent.v1.ConsentChangeService", "assent.v1.SettingsService"]
    {
        assert!(services.iter().any(|name| name == service), "{service} among {services:?}");
        assert!(!stranger.methods(service).is_empty());
        assert_eq!(stranger.health(service), "SERVING");
    }
    for version in ["v1alpha", "v1"] {
        stranger.learn_by(version);
        let services = stranger.services();
        let own = format!("grpc.reflection.{version}.ServerReflection");
        assert!(services.contains(&own), "{own} among {services:?}");
        let methods = stranger.methods("assent.v1.ConsentService");
        assert!(methods.iter().any(|method| method == "VerifyHistory"), "{methods:?}");
    }
    assert_eq!(stranger.health(""), "SERVING");
    assert_eq!(stranger.health("assent.v1.NoSuchService"), "NOT_FOUND");
}

#[apply(every_engine)]
async fn a_stranger_records_reads_and_follows_a_consent(engine: Engine) {
    let database = fresh(engine).await;
    let (_service, mut stranger) = meet(&database);
    let table = json!({
        "id": "customers",
        "zone": "Europe/Brussels",
        "controller": {"name": "Shop", "address": "1 High Street", "contact": "privacy office"},
    });
    let stored = stranger.call("assent.v1.SettingsService/PutProfileTable", &json!({"profile_table": table}));
    assert_eq!(stored["response"]["profile_table"]["id"], "customers", "{stored}");

    let start =
        stranger.call("assent.v1.ConsentChangeService/GetCursor", &json!({"edge": "CURSOR_EDGE_EARLIEST"}));
    let cursor = start["response"]["cursor"].clone();

    let refusal = json!({
        "profile": {"id": "one"},
        "answer": {"answer": "ANSWER_REFUSE", "coverage": {"marketing": true, "all_scopes": {}}},
    });
    let batch = json!({
        "profile_table": "customers",
        "items": [refusal],
        "request_id": "7f0c1f6e-58a4-4b43-9d3a-1c7d0a4b8a11",
    });
    let recorded = stranger.call("assent.v1.ConsentService/UpsertConsents", &batch);
    let outcomes =
        recorded["response"]["results"][0]["outcome"]["series"].as_array().cloned().unwrap_or_default();
    assert_eq!(outcomes.len(), 7, "{recorded}");
    assert!(outcomes.iter().all(|series| series["outcome"] == "OUTCOME_CREATED"), "{recorded}");

    let asked = json!({"profile_table": "customers", "profiles": [{"id": "one"}, {"id": "nobody"}]});
    let states = stranger.call("assent.v1.ConsentService/GetConsents", &asked);
    assert!(states.to_string().contains("STATE_REFUSED"), "{states}");
    assert!(states.to_string().contains("STATE_UNKNOWN"), "{states}");

    let changes =
        stranger.call("assent.v1.ConsentChangeService/ReadConsentChanges", &json!({"cursor": cursor}));
    let read = changes["response"]["changes"].as_array().map_or(0, Vec::len);
    assert_eq!(read, 1, "{changes}");
    assert_eq!(changes["response"]["caught_up"], true, "{changes}");

    let again = changes["response"]["next_cursor"].clone();
    let nothing =
        stranger.call("assent.v1.ConsentChangeService/ReadConsentChanges", &json!({"cursor": again}));
    assert_eq!(nothing["response"]["changes"], Value::Null, "{nothing}");
}

#[apply(every_engine)]
async fn a_stranger_is_told_every_wrong_field_at_once(engine: Engine) {
    let database = fresh(engine).await;
    let (_service, mut stranger) = meet(&database);

    let answer =
        stranger.call("assent.v1.ConsentService/UpsertConsents", &json!({"request_id": "not a number"}));

    assert_eq!(answer["error"]["code"], "INVALID_ARGUMENT", "{answer}");
    let details = answer["error"]["details"].to_string();
    for field in ["profile_table", "items", "request_id"] {
        assert!(details.contains(field), "{field} in {details}");
    }
    assert!(!details.contains("not a number"), "no value is told again");
}
