//! The first send of a message meets a change of it: what is judged is what is fixed.

use assent_domain::id::BatchId;
use assent_store::{DeclarationKind, InteractionWrite, Named, StoreError};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_engine};

use super::batch_race::{send, weighed};
use super::declaration::{message, plain, put};
use super::people::{at, home, open, tenant};
use super::race::on_thread;

/// Records the first send of a message that is changed, or declared, while it is judged for the first time: what was
/// declared each time it was judged, what the change came to, and what is declared in the end.
async fn sent_while_changed(
    engine: Engine,
    declared: bool,
) -> (Vec<Option<String>>, Result<u64, StoreError>, Option<String>) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    if declared {
        put(&home.store, &plain(DeclarationKind::Message, "mail", "one"), None).await.unwrap();
    }
    let (tenant, arrivals) = (tenant(), [send("mail", 1, at(2))]);
    let named = Named { messages: [message("mail")].into(), ..Named::default() };
    let batch = BatchId([1; 16]);
    let write = InteractionWrite { tenant: &tenant, arrivals: &arrivals, named: &named, batch, now: at(2) };

    let (mut seen, mut change, mut changed) = (Vec::new(), None, None);
    let recorded = home.store.record_interactions(&write, |ground, asked| {
        seen.push(ground.declarations.messages.get(&message("mail")).map(|found| found.body.clone()));
        if seen.len() == 1 {
            let url = home.database.url().to_owned();
            let other = on_thread(async move || {
                let store = open(&url).await;
                let two = plain(DeclarationKind::Message, "mail", "two");
                put(&store, &two, declared.then_some(1)).await.map(|stored| stored.stored.version)
            });
            match engine {
                // It slips in between what was loaded and what is fixed.
                Engine::Postgres => changed = Some(other.join().unwrap()),
                // One writer at a time: it waits for all of this.
                Engine::Sqlite => change = Some(other),
            }
        }
        asked.iter().map(|asked| Some(weighed(&arrivals[asked.arrival], at(2)))).collect()
    });
    let fates = recorded.await.unwrap();
    assert!(fates.iter().flatten().all(|fate| !fate.duplicate) && fates.len() == 1);
    let changed = changed.or_else(|| change.map(|change| change.join().unwrap())).unwrap();
    let found = home.store.declaration(&tenant, DeclarationKind::Message, "mail").await.unwrap();
    assert!(found.as_ref().is_none_or(|found| found.fixed_at == Some(at(2))));
    (seen, changed, found.map(|found| found.stored.body))
}

#[apply(every_engine)]
async fn a_change_that_slips_in_before_the_first_send_is_judged(engine: Engine) {
    let (seen, changed, declared) = sent_while_changed(engine, true).await;
    assert_eq!(seen.last(), Some(&declared), "what was judged is what is fixed");
    let (one, two) = (Some("one".to_owned()), Some("two".to_owned()));
    match engine {
        Engine::Postgres => assert_eq!((seen, changed), (vec![one, two], Ok(2))),
        Engine::Sqlite => assert_eq!((seen, changed), (vec![one], Err(StoreError::Fixed))),
    }
}

#[apply(every_engine)]
async fn a_declaration_that_slips_in_before_the_first_send_is_judged(engine: Engine) {
    let (seen, changed, declared) = sent_while_changed(engine, false).await;
    assert_eq!(seen.last(), Some(&declared), "what was judged is what is fixed");
    match engine {
        Engine::Postgres => assert_eq!((seen, changed), (vec![None, Some("two".to_owned())], Ok(1))),
        Engine::Sqlite => assert_eq!((seen, changed), (vec![None], Err(StoreError::Fixed))),
    }
}
