//! The consent write: what it stores, what it leaves, and who waits for whom.

use assent_domain::answer::State;
use assent_domain::scope::Series;
use assent_store::{Decided, Loaded, Mode, StoreError};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{
    Answered, Refused, at, home, open, people, person, request, tenant, withdraw, withdraw_one, withdrawn,
    write,
};

async fn count(look: &mut Look, table: &str) -> String {
    look.column(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).await.unwrap().remove(0)
}

#[apply(every_engine)]
async fn a_record_is_read_back_as_it_was_written(engine: Engine) {
    let home = home(engine).await;
    let who = people(3);
    let made = withdraw(&home.store, &write(&tenant(), &who, at(5))).await.unwrap().made();
    assert_eq!(made.len(), 3);
    let nobody = person("nobody");
    let asked = [vec![nobody.clone()], who.clone(), who.clone()].concat();
    let mut loaded = home.store.load_profiles(&tenant(), &asked).await.unwrap();
    let unknown = loaded.remove(&nobody).expect("everybody asked for is there");
    assert_eq!(home.store.load_profile(&tenant(), &nobody).await.unwrap().id(), unknown.id());
    assert_eq!((unknown.version(), unknown.last_recorded_at(), unknown.records().len()), (0, None, 0));
    assert_eq!(loaded.keys().cloned().collect::<Vec<_>>(), who, "nobody else is there");
    let mut look = Look::at(home.database.url()).await.unwrap();
    let unset = "SELECT CAST(count(*) AS TEXT) FROM profile
        WHERE erased_at IS NULL AND collected_on IS NULL AND jurisdiction IS NULL";
    assert_eq!(look.column(unset).await.unwrap(), ["3"], "what is not known is not there");
    for (key, profile) in &loaded {
        assert_eq!((profile.version(), profile.last_recorded_at()), (1, Some(at(5))));
        let standing = profile.standing(Series::Marketing, at(5), None, None);
        assert_eq!(standing.state, State::Withdrawn);
        assert_eq!(standing.record, made.iter().find(|made| made.profile == *key).map(|made| made.id));
    }
}

#[apply(every_engine)]
async fn two_tenants_with_the_same_ids_do_not_meet(engine: Engine) {
    let home = home(engine).await;
    let other = assent_domain::id::TenantId::new("tenant-b").unwrap();
    withdraw_one(&home.store, &tenant(), &person("a"), at(1)).await;
    assert_eq!(home.store.load_profile(&other, &person("a")).await.unwrap().version(), 0);
    let made = withdraw_one(&home.store, &other, &person("a"), at(2)).await;
    assert_eq!(made.version, 1);
}

#[apply(every_engine)]
async fn the_same_request_is_stored_once_and_answered_with_its_first_codes(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who) = (tenant(), people(2));
    let mut first = write(&tenant, &who, at(1));
    first.calls[0].request = Some(request(1, 1));
    assert_eq!(withdraw(&home.store, &first).await.unwrap().made().len(), 2);
    let mut again = write(&tenant, &who, at(9));
    again.calls[0].request = Some(request(1, 1));
    assert_eq!(withdraw(&home.store, &again).await, Ok(Answered::Replayed(vec![1, 1])));
    let mut other = write(&tenant, &who, at(9));
    other.calls[0].request = Some(request(1, 2));
    assert_eq!(withdraw(&home.store, &other).await, Err(StoreError::RequestIdReused));
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(count(&mut look, "record").await, "2");
}

#[apply(every_engine)]
async fn the_same_request_sent_many_times_at_once_is_stored_once(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who) = (tenant(), people(2));
    // One tells of other people: its profiles' locks do not stop it, so the request's row must.
    let others = [person("x")];
    let calls = (0..12u8).map(|number| {
        let store = home.store.clone();
        let (tenant, who) = (tenant.clone(), if number == 5 { others.to_vec() } else { who.clone() });
        tokio::spawn(async move {
            let mut write = write(&tenant, &who, at(i64::from(number)));
            write.calls[0].request = Some(request(1, u8::from(number == 5)));
            withdraw(&store, &write).await
        })
    });
    let mut stored = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.unwrap() {
            Ok(Answered::Made(_)) => stored += 1,
            Ok(Answered::Replayed(_)) | Err(StoreError::RequestIdReused) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(stored, 1);
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(count(&mut look, "request").await, "1");
}

#[apply(every_engine)]
async fn a_request_is_forgotten_after_72_hours(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who) = (tenant(), people(1));
    let mut first = write(&tenant, &who, at(0));
    first.calls[0].request = Some(request(1, 1));
    withdraw(&home.store, &first).await.unwrap();
    let hours_72 = 72 * 3_600_000_000;
    assert_eq!(home.store.sweep_requests(at(hours_72)).await, Ok(0));
    assert_eq!(home.store.sweep_requests(at(hours_72 + 1)).await, Ok(1));
}

#[apply(every_engine)]
async fn a_dry_run_answers_and_stores_nothing(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who) = (tenant(), people(3));
    let mut dry = write(&tenant, &who, at(1));
    dry.mode = Mode::ValidateOnly;
    dry.calls[0].request = Some(request(1, 1));
    assert_eq!(withdraw(&home.store, &dry).await.unwrap().made().len(), 3);
    let mut look = Look::at(home.database.url()).await.unwrap();
    for table in ["record", "pending", "profile", "request"] {
        assert_eq!(count(&mut look, table).await, "0", "{table}");
    }
}

#[apply(every_engine)]
async fn who_got_no_record_is_not_named_anywhere(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who) = (tenant(), people(3));
    let one_of_three = |_, loaded: &Loaded| {
        let mut decided = withdrawn(loaded, at(1));
        decided.changes.truncate(1);
        Ok::<_, Refused>(decided)
    };
    home.store.write_consents(&write(&tenant, &who, at(1)), one_of_three).await.remove(0).unwrap();
    let refuse = |_, _: &Loaded| Err::<Decided<()>, _>(Refused::ByRule);
    let refused = home.store.write_consents(&write(&tenant, &[person("x")], at(1)), refuse).await;
    assert_eq!(refused, [Err(Refused::ByRule)]);
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(look.column("SELECT profile FROM profile").await.unwrap(), ["person-0"]);
}

#[apply(every_engine)]
async fn writers_of_the_same_people_in_any_order_all_succeed(engine: Engine) {
    let home = home(engine).await;
    let calls = (0..16usize).map(|number| {
        let store = home.store.clone();
        tokio::spawn(async move {
            let mut who = people(6);
            who.rotate_left(number % 6);
            if number.is_multiple_of(2) {
                who.reverse();
            }
            withdraw(&store, &write(&tenant(), &who, at(1))).await.unwrap().made().len()
        })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 6);
    }
    let loaded = home.store.load_profiles(&tenant(), &people(6)).await.unwrap();
    assert!(loaded.values().all(|profile| profile.version() == 16));
}

#[apply(every_engine)]
async fn what_was_committed_is_there_after_the_database_was_opened_anew(engine: Engine) {
    let home = home(engine).await;
    let made = withdraw_one(&home.store, &tenant(), &person("a"), at(1)).await;
    home.store.close().await;
    let store = open(home.database.url()).await;
    let loaded = store.load_profiles(&tenant(), &[person("a")]).await.unwrap();
    assert_eq!(loaded[&person("a")].records()[0].id, made.id);
}

#[apply(every_engine)]
async fn a_call_that_nobody_waits_for_any_more_leaves_nothing_behind(engine: Engine) {
    let home = home(engine).await;
    withdraw_one(&home.store, &tenant(), &person("a"), at(1)).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let begin = if engine == assent_tests::engine::Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
    look.run(&format!("{begin}; UPDATE profile SET hlc = hlc")).await.unwrap();
    let store = home.store.clone();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let waiting = tokio::spawn(async move {
        let _ = begun.send(());
        withdraw_one(&store, &tenant(), &person("a"), at(2)).await
    });
    has_begun.await.unwrap();
    tokio::task::yield_now().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    look.run("COMMIT").await.unwrap();
    assert_eq!(withdraw_one(&home.store, &tenant(), &person("a"), at(3)).await.version, 2);
}
