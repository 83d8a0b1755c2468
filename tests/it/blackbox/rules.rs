//! Each built-in rulebook judges somebody for a stranger, and says why. The service goes by the real clock here, so that
//! nothing is asked which a day of the year 2026 still decides.

use assent_tests::marks;

use super::*;

/// State of opens, the verdict on one, its reason, and the policy that decided.
pub(super) fn opens(consents: &Value) -> [String; 4] {
    let of = |list: &str, key: &str, name: &str| {
        let all = consents[list].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one[key] == name).unwrap_or_else(|| panic!("{name} in {consents}"))
    };
    let standing = of("standings", "series", "SERIES_EMAIL_OPEN");
    let verdict = of("verdicts", "kind", "INTERACTION_KIND_EMAIL_OPEN");
    let words = [&standing["state"], &verdict["verdict"], &verdict["reason"], &verdict["policy"]["id"]];
    words.map(|word| word.as_str().unwrap_or_default().to_owned())
}

fn source() -> Value {
    json!({"kind": "SOURCE_KIND_IMPORT", "name": "the list of 2026", "version": "1"})
}

fn collected(year: u16, month: u8) -> Value {
    json!({"collected_on": {"year": year, "month": month, "day": 1}, "source": source()})
}

/// That the person was told, after the transition, with the note that this needs.
fn told(notice: &Value) -> Value {
    json!({
        "coverage": {"all_scopes": {}},
        "notified_at": "2026-05-04T09:30:00Z",
        "notice_id": notice,
        "conditions_unchanged": true,
        "withdrawal_offered": true,
        "justification": "the post was on strike",
        "source": source(),
    })
}

#[apply(every_engine)]
async fn each_built_in_policy_judges_by_its_own_rule_and_says_why(engine: Engine) {
    let database = fresh(engine).await;
    let (_service, mut stranger) = meet(&database);
    let text = json!({"text": "We would like to know which of our messages you read."});
    let stored = stranger.call("assent.v1.ConsentService/PutNotice", &text);
    let notice = stored["response"]["notice"]["id"].clone();
    let no = |answer: &str| json!({"answer": answer, "coverage": {"all_scopes": {}}});

    // Policy, what is said of one person (of the other nothing is), and how the two are judged.
    for (policy, said, judged, untold) in [
        (
            "legacy",
            json!({"answer": no("ANSWER_REFUSE")}),
            ["STATE_REFUSED", "VERDICT_DISCARD", "VERDICT_REASON_REFUSED"],
            ["STATE_UNKNOWN", "VERDICT_RECORD", "VERDICT_REASON_DEFAULT_PERMITS"],
        ),
        (
            // Collected before 14 April 2026 and told: measured until they object.
            "fr-cnil-2026",
            json!({"facts": collected(2026, 1), "notice": told(&notice)}),
            ["STATE_INFORMED", "VERDICT_RECORD", "VERDICT_REASON_DEFAULT_PERMITS"],
            ["STATE_UNKNOWN", "VERDICT_DISCARD", "VERDICT_REASON_UNKNOWN"],
        ),
        (
            // The same in Italy: after 28 October 2026 a notice alone does not suffice.
            "it-garante-2026",
            json!({"facts": collected(2026, 1), "notice": told(&notice)}),
            ["STATE_INFORMED", "VERDICT_DISCARD", "VERDICT_REASON_INFORMED"],
            ["STATE_UNKNOWN", "VERDICT_DISCARD", "VERDICT_REASON_UNKNOWN"],
        ),
        (
            "strict",
            json!({"answer": no("ANSWER_OBJECT")}),
            ["STATE_OBJECTED", "VERDICT_DISCARD", "VERDICT_REASON_OBJECTED"],
            ["STATE_UNKNOWN", "VERDICT_DISCARD", "VERDICT_REASON_UNKNOWN"],
        ),
    ] {
        let table = json!({"profile_table": {"id": policy, "zone": "Europe/Paris", "policy_id": policy}});
        let put = stranger.call("assent.v1.SettingsService/PutProfileTable", &table);
        assert_eq!(put["error"], Value::Null, "{policy}");
        let mut item = said;
        item["profile"] = json!({"id": marks::id("ada")});
        let batch = json!({"profile_table": policy, "items": [item], "request_id": marks::uuid()});
        let stored = stranger.call("assent.v1.ConsentService/UpsertConsents", &batch);
        assert!(stored["response"]["results"][0]["outcome"].is_object(), "{policy}: {stored}");

        let both = [marks::id("ada"), marks::id("ben")].map(|id| json!({"id": id}));
        let asked = json!({"profile_table": policy, "profiles": both});
        let told = stranger.call("assent.v1.ConsentService/GetConsents", &asked);
        for (result, [state, verdict, reason]) in [judged, untold].into_iter().enumerate() {
            let consents = &told["response"]["results"][result]["consents"];
            assert_eq!(opens(consents), [state, verdict, reason, policy], "{policy}");
        }
    }
}
