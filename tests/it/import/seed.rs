//! A seed: what Actito asked for of imports, told as a customer's program would.

use assent_sdk::{
    AnswerGiven, Basis, ChangeFilter, Client, Coverage, Effect, Evidence, GetConsents, Import,
    ImportLine as Row, Item, LineOutcome as Became, Options, ReadChanges, Scope, Series, Source, SourceKind,
    Start, State, Upsert,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

use super::{HOUR, settled};

async fn connected(app: &TestApp) -> Client {
    let options = Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    Client::connect(options).await.expect("the service answers")
}

/// Actito 11: consent comes by import, by synchronisation with another system, and by the API; the latest word counts, by
/// whichever way it came.
#[apply(every_app)]
async fn actito_11_consent_comes_by_import_synchronisation_and_api(app: &TestApp) {
    let notice = settled(app, "fr-cnil-2026").await;
    let client = connected(app).await;
    let text = assent_sdk::NoticeId::from_bytes(notice.try_into().expect("32 bytes"));
    let at = |hours: i64| assent_sdk::Instant::from_micros(START + hours * HOUR);
    let full = || Evidence::new().method("checkbox").notice(text).language("fr").actor("data subject");
    let listed = |hours, coverage| {
        let grant = AnswerGiven::grant(Basis::Imported, coverage).decided_at(at(hours));
        grant.evidence(full().proof_reference("crm/export/11"))
    };

    // By the API: she said no yesterday, on a form.
    let form = Source::new(SourceKind::Form).name("preference form").version("2");
    let refused = AnswerGiven::refuse(Coverage::tracking()).evidence(full().source(form));
    let batch = Upsert::into_table(story::people()).item(Item::new(marks::id("ada")).answer(refused));
    client.consents().upsert(batch).await.expect("a batch")[0].as_ref().expect("a no is always taken");

    // By import, from the CRM: a file with both consents, some of it blank, first as a dry run.
    let rows = || {
        [
            Row::new(2, marks::id("ada"))
                .answer(listed(-48, Coverage::marketing()))
                .answer(listed(-48, Coverage::tracking())),
            Row::new(3, marks::id("bob")).answer(listed(-48, Coverage::marketing())),
            Row::new(4, marks::id("cleo")),
            Row::new(5, marks::id("dina")).answer(AnswerGiven::grant(Basis::Imported, Coverage::marketing())),
        ]
    };
    let list = || {
        let list = Import::new(marks::id("crm-11"), story::people()).source_name("CRM").source_version("11");
        list.origin("crm")
    };
    let mut forecast = Vec::new();
    let dry = client.consents().import(list().dry_run(), rows(), |told| {
        forecast.extend(told.forecasts.iter().map(|told| (told.line, told.outcome)));
    });
    let dry = dry.await.expect("a dry run");
    let expected = [(2, Became::Created), (3, Became::Created), (4, Became::Blank), (5, Became::Failed)];
    assert_eq!(forecast, expected);
    let mut failed = Vec::new();
    let totals = client.consents().import(list(), rows(), |told| {
        failed.extend(told.failures.iter().map(|failure| (failure.line, failure.error.reason())));
    });
    assert_eq!(totals.await.expect("an import"), dry);
    assert_eq!(failed, [(5, Some(assent_sdk::Reason::EvidenceMissing))]);

    let states = async |who: &str| {
        let found =
            client.consents().get(GetConsents::of(story::people(), [marks::id(who)])).await.expect("states");
        let found = found.into_iter().next().expect("one").expect("told");
        let of = |series| found.standings.iter().find(|told| told.series == series).map(|told| told.state);
        [of(Series::Marketing), of(Series::EmailOpen)].map(|state| state.expect("every series is told"))
    };
    assert_eq!(
        states("ada").await,
        [State::Granted, State::Refused],
        "her own word is later than the list's"
    );
    assert_eq!(states("bob").await, [State::Granted, State::Unknown]);
    assert_eq!(states("cleo").await, [State::Unknown; 2]);

    // By synchronisation: the CRM reads what others changed, and not its own, and sends the same list again.
    let filter = ChangeFilter::everything().exclude_origin("crm");
    let found = client.changes().cursor(Start::Earliest, filter.clone()).await.expect("a cursor");
    let query = ReadChanges::from_cursor(found.cursor).filter(filter);
    let page = client.changes().read(query).await.expect("a page");
    let lines = page.changes.iter().flat_map(|change| change.lines.iter().map(|line| line.effect));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [Effect::Refused; Scope::ALL.len()],
        "what came from the CRM stays there"
    );
    let again = Import::new(marks::id("crm-12"), story::people()).source_name("CRM").source_version("11");
    let totals = client.consents().import(again.origin("crm"), rows(), |_| ()).await.expect("an import");
    assert_eq!((totals.unchanged, totals.blank, totals.failed, totals.lines()), (2, 1, 1, 4));
}
