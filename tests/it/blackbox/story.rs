//! A yes with its evidence, a yes without, and a no: told whole by a stranger, to an open service and over TLS with keys.

use assent_tests::marks;

use super::*;
use crate::serve::keys::keys;
use crate::serve::tls::{signed, written};

const CONSENTS: &str = "assent.v1.ConsentService";
const CHANGES: &str = "assent.v1.ConsentChangeService";

/// What a call answered.
fn answered(stranger: &mut Stranger, method: &str, request: &Value) -> Value {
    let answer = stranger.call(method, request);
    assert_eq!(answer["error"], Value::Null, "{method}");
    answer["response"].clone()
}

/// The code and the reason with which a call is refused.
fn refused(stranger: &mut Stranger, method: &str, request: &Value) -> (String, String) {
    let answer = stranger.call(method, request);
    let error = &answer["error"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (word(&error["code"]), word(&detail(error, "ErrorInfo")["reason"]))
}

fn detail(error: &Value, kind: &str) -> Value {
    let details = error["details"].as_array().cloned().unwrap_or_default();
    let found =
        details.into_iter().find(|one| one["@type"].as_str().is_some_and(|name| name.ends_with(kind)));
    found.unwrap_or_default()
}

fn table() -> Value {
    json!({"profile_table": {
        "id": marks::id("customers"),
        "zone": "Europe/Paris",
        "policy_id": "fr-cnil-2026",
        "controller": {"name": "Shop", "address": "1 rue Haute, Paris", "contact": "privacy office"},
    }})
}

/// A grant to record opens; with everything that the law asks for, or with nothing of it.
fn yes(who: &str, notice: Option<&Value>) -> Value {
    let mut given = json!({
        "answer": "ANSWER_GRANT",
        "coverage": {"scopes": {"scopes": ["SCOPE_EMAIL_OPEN"]}},
        "basis": "BASIS_EXPLICIT",
    });
    if let Some(notice) = notice {
        given["decided_at"] = json!("2026-05-04T09:30:00Z");
        given["evidence"] = json!({
            "method": "checkbox",
            "source": {"kind": "SOURCE_KIND_FORM", "name": "sign-up", "version": "3"},
            "notice_id": notice,
            "language": "fr",
            "actor": "data subject",
        });
    }
    json!({"profile": {"id": marks::id(who)}, "answer": given})
}

fn batch(items: &[Value]) -> Value {
    json!({"profile_table": marks::id("customers"), "items": items, "request_id": marks::uuid()})
}

/// State of opens, and the verdict on one with its reason and its policy.
fn opens(stranger: &mut Stranger, who: &str) -> [String; 4] {
    let asked = json!({"profile_table": marks::id("customers"), "profiles": [{"id": marks::id(who)}]});
    let told = answered(stranger, "assent.v1.ConsentService/GetConsents", &asked);
    rules::opens(&told["results"][0]["consents"])
}

fn verified(stranger: &mut Stranger, known_head: Option<&Value>) -> Value {
    let known = known_head.map_or_else(|| json!({}), |head| json!({"known_head": head}));
    let told = stranger.call("assent.v1.ConsentService/VerifyHistory", &known);
    let last = told["responses"].as_array().and_then(|all| all.last().cloned());
    last.unwrap_or_else(|| panic!("a walk ends with a verdict: {told}"))
}

/// The story, by a stranger who may do all that it needs; the tenant's name is what its ledger begins with.
fn tell(stranger: &mut Stranger, tenant: &str) {
    answered(stranger, "assent.v1.SettingsService/PutProfileTable", &table());
    let text = json!({"text": "Mesurez mes lectures. Je peux changer d’avis à tout moment."});
    let stored = answered(stranger, &format!("{CONSENTS}/PutNotice"), &text);
    let notice = stored["notice"]["id"].clone();
    let begin = answered(stranger, &format!("{CHANGES}/GetCursor"), &json!({"edge": "CURSOR_EDGE_EARLIEST"}));
    let empty = verified(stranger, None)["whole"]["head"].clone();

    let said = batch(&[yes("ada", Some(&notice)), yes("ben", None)]);
    let told = answered(stranger, &format!("{CONSENTS}/UpsertConsents"), &said);
    let [granted, unproven] = [&told["results"][0], &told["results"][1]];
    let series = &granted["outcome"]["series"][0];
    assert_eq!(
        (&series["outcome"], &series["standing"]["state"]),
        (&json!("OUTCOME_CREATED"), &json!("STATE_GRANTED"))
    );
    assert_lacks_everything(&unproven["error"]);
    assert_eq!(
        opens(stranger, "ada"),
        ["STATE_GRANTED", "VERDICT_RECORD", "VERDICT_REASON_GRANTED", "fr-cnil-2026"]
    );
    assert_eq!(
        opens(stranger, "ben"),
        ["STATE_UNKNOWN", "VERDICT_DISCARD", "VERDICT_REASON_UNKNOWN", "fr-cnil-2026"]
    );

    let no = json!({
        "profile": {"id": marks::id("ada")},
        "answer": {"answer": "ANSWER_WITHDRAW", "coverage": {"scopes": {"scopes": ["SCOPE_EMAIL_OPEN"]}}},
    });
    let told = answered(stranger, &format!("{CONSENTS}/UpsertConsents"), &batch(&[no]));
    assert_eq!(told["results"][0]["outcome"]["series"][0]["outcome"], "OUTCOME_CHANGED", "{told}");
    let withdrawn = ["STATE_WITHDRAWN", "VERDICT_DISCARD", "VERDICT_REASON_WITHDRAWN", "fr-cnil-2026"];
    assert_eq!(opens(stranger, "ada"), withdrawn);

    let pulled = pull(stranger, begin["cursor"].clone());
    let expected = [("1", "EFFECT_GRANTED", "STATE_GRANTED"), ("2", "EFFECT_WITHDRAWN", "STATE_WITHDRAWN")];
    for (change, (number, effect, state)) in pulled.iter().zip(expected) {
        // Ada is alone on record, so that her versions are the positions.
        assert_eq!((&change["position"], &change["profile_version"]), (&json!(number), &json!(number)));
        let line = &change["lines"][0];
        assert_eq!((&line["effect"], &line["new_state"]), (&json!(effect), &json!(state)), "{change}");
    }
    assert_eq!(pulled.len(), 2, "a refused yes is no change");
    prove(stranger, tenant, &empty);
}

/// Every item that the French rulebook demands of a grant is named, by its name and by the field that lacks it.
fn assert_lacks_everything(error: &Value) {
    let info = detail(error, "ErrorInfo");
    assert_eq!(info["reason"], "EVIDENCE_MISSING", "{error}");
    let items = "DECISION_TIME,METHOD,SOURCE,SOURCE_VERSION,NOTICE_TEXT,LANGUAGE,ACTOR";
    assert_eq!(info["metadata"], json!({"items": items, "policies": "fr-cnil-2026"}));
    let wrong = detail(error, "BadRequest")["field_violations"].as_array().cloned().unwrap_or_default();
    let fields: Vec<_> = wrong.iter().filter_map(|one| one["field"].as_str()).collect();
    let expected = [
        "decided_at",
        "evidence.method",
        "evidence.source.name",
        "evidence.source.version",
        "evidence.notice_id",
        "evidence.language",
        "evidence.actor",
    ];
    assert_eq!(fields, expected.map(|field| format!("items[1].answer.{field}")));
}

/// All changes after a cursor, one page for each.
fn pull(stranger: &mut Stranger, mut cursor: Value) -> Vec<Value> {
    let mut pulled = Vec::new();
    loop {
        let asked = json!({"cursor": cursor, "page_size": 1});
        let page = answered(stranger, &format!("{CHANGES}/ReadConsentChanges"), &asked);
        pulled.extend(page["changes"].as_array().cloned().unwrap_or_default());
        cursor = page["next_cursor"].clone();
        if page["caught_up"] == true {
            return pulled;
        }
    }
}

/// The ledger is whole by the service's word, and by that of another language's SHA-256.
fn prove(stranger: &mut Stranger, tenant: &str, known: &Value) {
    let whole = verified(stranger, Some(known))["whole"].clone();
    assert_eq!((&whole["verified"], &whole["head"]["position"]), (&json!("2"), &json!("2")), "{whole}");
    let asked = json!({"profile_table": marks::id("customers"), "profile": {"id": marks::id("ada")}});
    let history = answered(stranger, &format!("{CONSENTS}/ListConsentRecords"), &asked);
    let records = history["records"].as_array().cloned().unwrap_or_default();
    let told: Vec<_> =
        records.iter().map(|one| json!({"leaf": one["leaf"], "chain": one["chain"]})).collect();
    assert_eq!(stranger.recompute(tenant, &records), told);
    assert_eq!(told.last().map(|last| &last["chain"]), Some(&whole["head"]["chain"]));
    assert_ne!(stranger.recompute("another", &records), told, "a ledger begins with its tenant");
}

#[apply(every_engine)]
async fn a_stranger_proves_a_consent_and_its_withdrawal(engine: Engine) {
    let database = fresh(engine).await;
    let (_service, mut stranger) = meet(&database);
    tell(&mut stranger, "default");
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[apply(every_engine)]
async fn a_stranger_with_a_key_does_the_same_over_tls_and_one_without_nothing(engine: Engine) {
    let (folder, ours) = (tempfile::tempdir().expect("a folder"), signed());
    let [authority, cert, private] =
        [("ca.crt", &ours.authority), ("tls.crt", &ours.cert), ("tls.key", &ours.key)]
            .map(|(name, text)| written(folder.path(), name, text));
    let database = fresh(engine).await;
    let made = |roles: &str| {
        let key = keys(database.url(), &["make", "--tenant", "shop", "--roles", roles]).expect("a key");
        marks::keep_secret(key.rsplit('_').next().expect("a key ends with its secret"));
        key
    };
    let (whole, reader) = (made("consent,settings,read"), made("read"));
    let mut service = Process::serve(&database, &[("TLS__CERT_FILE", &cert), ("TLS__KEY_FILE", &private)]);
    let port = service.address().rsplit(':').next().expect("a port").to_owned();
    let mut stranger = Stranger::over_tls(&format!("localhost:{port}"), &authority);
    stranger.learn_by("v1");

    let put = "assent.v1.SettingsService/PutProfileTable";
    let code = |code: &str, reason: &str| (code.to_owned(), reason.to_owned());
    let wrong = format!("{}{}", &whole[..whole.len() - 1], if whole.ends_with('0') { '1' } else { '0' });
    assert_eq!(refused(&mut stranger, put, &table()), code("UNAUTHENTICATED", "CREDENTIAL_MISSING"));
    stranger.show(Some(&wrong));
    assert_eq!(refused(&mut stranger, put, &table()), code("UNAUTHENTICATED", "CREDENTIAL_UNKNOWN"));
    stranger.show(Some(&reader));
    for (method, request) in
        [(put.to_owned(), table()), (format!("{CONSENTS}/UpsertConsents"), batch(&[yes("ada", None)]))]
    {
        assert_eq!(refused(&mut stranger, &method, &request), code("PERMISSION_DENIED", "ROLE_MISSING"));
    }

    stranger.show(Some(&whole));
    tell(&mut stranger, "shop");
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[test]
fn the_test_vector_of_the_ledger_is_what_another_language_makes_of_it() {
    let vector =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../service/domain/src/canonical/vector.txt"));
    // No service answers there, and none is asked.
    let mut stranger = Stranger::at("127.0.0.1:1");
    assert_eq!(stranger.recompute_vector(vector), vector);
}
