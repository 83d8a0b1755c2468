//! The bulk TRUE for a covered audience: an assumption, written as one, and good where nothing more is asked.

use assent_sdk::{ConsentsUpserted, Error, Instant, NoticeGiven, ProfileConsents, Reason, Result};

use super::*;

/// Two calls of as many as one takes.
const AUDIENCE: usize = 2_000;

const CAMPAIGN: &str = "Spring 2026: our mail and how we measure it";

/// When the campaign went out: a day before the test's now.
fn date() -> Instant {
    Instant::from_micros(START - 86_400_000_000)
}

/// TRUE for somebody, by the campaign's name and date.
fn assumed() -> AnswerGiven {
    let campaign = Source::new(SourceKind::Campaign).name(CAMPAIGN);
    let evidence = Evidence::new().method(CAMPAIGN).source(campaign);
    AnswerGiven::grant(Basis::Assumed, Coverage::tracking()).decided_at(date()).evidence(evidence)
}

fn reader(number: usize) -> String {
    marks::id(&format!("reader{number}"))
}

/// Says it of the whole audience.
async fn of_all(client: &Client) -> Vec<Result<ConsentsUpserted>> {
    let items = (0..AUDIENCE).map(|number| Item::new(reader(number)).answer(assumed()));
    let batch = Upsert::into_table(story::people()).items(items);
    client.consents().upsert(batch).await.expect("a batch is answered")
}

async fn reads(client: &Client, who: String) -> ProfileConsents {
    let asked = GetConsents::of(story::people(), [who]);
    client.consents().get(asked).await.expect("states").remove(0).expect("one person's")
}

/// Has the table go by another policy from now on.
async fn goes_by(client: &Client, policy: &str) {
    let table = client.settings().profile_table(story::people()).await.expect("the table");
    client.settings().put_profile_table(table.policy(policy)).await.expect("a table is stored");
}

/// What an open of the first two of them becomes.
async fn opened(client: &Client) -> Vec<String> {
    let at = Instant::from_micros(START);
    let open = |number| Interaction::email_open(reader(number), at, marks::id("spring"));
    fates(client, vec![open(0), open(1)]).await
}

#[apply(every_app)]
async fn actito_3_a_covered_audience_is_true_in_bulk_by_the_campaigns_name_and_date(app: &TestApp) {
    let (client, _) = settled_under(app, "legacy").await;
    // Who said no since the campaign is not made to have said yes.
    say(&client, vec![("reader1", AnswerGiven::refuse(Coverage::tracking()))]).await;
    let told = of_all(&client).await;
    assert_eq!(told.len(), AUDIENCE);
    for (number, told) in told.into_iter().enumerate() {
        let series = told.expect("legacy takes it").series;
        let expected = if number == 1 {
            (Outcome::Superseded, State::Refused)
        } else {
            (Outcome::Created, State::Granted)
        };
        assert_eq!(series.len(), 6);
        assert!(series.iter().all(|told| (told.outcome, told.standing.state) == expected), "{number}");
    }
    let opens = |of: &ProfileConsents| of.standing(Series::EmailOpen).expect("a standing").clone();
    let standing = opens(&reads(&client, reader(0)).await);
    assert_eq!((standing.state, standing.since), (State::Granted, Some(date())));
    let history = client.consents().records(story::people(), reader(0), Paging::first()).await;
    let RecordBody::Answer(said) = &history.expect("a history").items[0].body else { panic!("an answer") };
    let stored = (said.basis, said.decided_at, said.evidence.method.as_deref());
    assert_eq!(stored, (Some(Basis::Assumed), Some(date()), Some(CAMPAIGN)));
    assert_eq!(opened(&client).await, ["RECORDED GRANTED legacy", "DISCARDED REFUSED legacy"]);

    // The same bulk again restamps nobody.
    for told in of_all(&client).await {
        assert!(told.expect("taken").series.iter().all(|told| told.outcome == Outcome::Unchanged));
    }
    let cursor =
        client.changes().cursor(Start::Earliest, ChangeFilter::everything()).await.expect("a cursor");
    let whole = ReadChanges::from_cursor(cursor.cursor).page_size(5_000);
    let page = client.changes().read(whole).await.expect("a page");
    let assumed = |change: &assent_sdk::ConsentChange| {
        (change.basis, change.method.as_deref()) == (Some(Basis::Assumed), Some(CAMPAIGN))
    };
    let exported = page.changes.iter().filter(|change| assumed(change)).count();
    assert_eq!((page.caught_up, exported), (true, AUDIENCE - 1), "each is exported for what it is, once");

    // What was assumed never becomes a consent where one is needed.
    goes_by(&client, "fr-cnil-2026").await;
    app.advance(std::time::Duration::from_secs(1));
    let told = opened(&client).await;
    assert_eq!(told, ["DISCARDED GRANT_UNPROVEN fr-cnil-2026", "DISCARDED REFUSED fr-cnil-2026"]);
    assert!(activity_of(&client, reader(0)).await.is_empty(), "nor is what was recorded shown any more");
    goes_by(&client, "legacy").await;
    assert_eq!(activity_of(&client, reader(0)).await.len(), 1);
}

async fn activity_of(client: &Client, who: String) -> Vec<assent_sdk::RecordedInteraction> {
    let found = client.interactions().activity(story::people(), who, Paging::first()).await;
    found.expect("activity").interactions
}

/// That a claim was refused for its ground, and what may be done instead.
fn refusal(error: &Error) -> (Option<Reason>, Vec<&str>, Option<&str>) {
    (error.reason(), error.policies().collect(), error.fact("instead"))
}

// Actito 3
#[apply(every_app)]
async fn under_every_other_policy_the_bulk_is_refused_and_the_right_way_named(app: &TestApp) {
    let (client, notice) = settled_under(app, "strict").await;
    for (policy, instead) in [
        ("strict", "CONSENT_REQUEST,IMPORTED"),
        ("it-garante-2026", "CONSENT_REQUEST,IMPORTED"),
        ("fr-cnil-2026", "CONSENT_REQUEST,NOTICE,IMPORTED"),
    ] {
        goes_by(&client, policy).await;
        let told = of_all(&client).await;
        assert_eq!(told.len(), AUDIENCE);
        for (number, told) in told.iter().enumerate() {
            let error = told.as_ref().expect_err("nothing of it is taken");
            assert_eq!(refusal(error), (Some(Reason::BasisNotAccepted), vec![policy], Some(instead)));
            let path = format!("items[{number}].answer.basis");
            let wrong = error.violations().iter().find(|wrong| wrong.path == path).expect("the ground");
            for way in instead.split(',') {
                let words = if way == "NOTICE" { "by a notice" } else { way };
                assert!(wrong.description.contains(words), "{way} in {}", wrong.description);
            }
        }
        let state = reads(&client, reader(0)).await;
        assert_eq!(state.profile_version, 0, "nothing is stored");
    }
    // Several policies: what one of them does not take is no way out.
    let form = Source::new(SourceKind::Form).name("newsletter form").version("3");
    let german = Facts::new(form.clone()).jurisdiction("DE");
    let item = Item::new(reader(0)).facts(german).answer(assumed());
    let told = client.consents().upsert(Upsert::into_table(story::people()).item(item)).await;
    let error = told.expect("a batch is answered").remove(0).expect_err("it is refused");
    let both = vec!["fr-cnil-2026", "strict"];
    assert_eq!(refusal(&error), (Some(Reason::BasisNotAccepted), both, Some("CONSENT_REQUEST,IMPORTED")));

    // The ways lead there.
    let elsewhere = AnswerGiven::grant(Basis::Imported, Coverage::tracking()).decided_at(date());
    let elsewhere = elsewhere.evidence(evidence(notice).proof_reference("archive 7"));
    let known = Facts::new(form).collected_on("2025-01-01".parse().expect("a day"));
    let informed = NoticeGiven::new(Coverage::tracking())
        .notified_at(date())
        .notice(notice)
        .conditions_unchanged(true)
        .justification("a strike of the post");
    let batch = Upsert::into_table(story::people())
        .item(Item::new(reader(0)).answer(elsewhere))
        .item(Item::new(reader(1)).facts(known).notice(informed));
    let told = client.consents().upsert(batch).await.expect("a batch is answered");
    assert!(told.iter().all(std::result::Result::is_ok), "{told:?}");
    app.advance(std::time::Duration::from_secs(1));
    let at = Instant::from_micros(START + 1_000_000);
    let open = |number| Interaction::email_open(reader(number), at, marks::id("spring"));
    let told = fates(&client, vec![open(0), open(1)]).await;
    assert_eq!(told, ["RECORDED GRANTED fr-cnil-2026", "RECORDED DEFAULT_PERMITS fr-cnil-2026"]);
}
