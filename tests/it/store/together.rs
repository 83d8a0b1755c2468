//! Several calls in one consent write: each has its own answer, and none is in another's way.

use assent_store::{ConsentWrite, Decided, Loaded, Mode, StoreError};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{Answered, Refused, at, call, home, people, person, request, tenant, withdrawn};

/// What is decided when those of one call withdraw.
fn withdrawn_by(loaded: &Loaded, of: &[assent_store::ProfileKey]) -> Decided<Answered> {
    let mut seen = loaded.clone();
    seen.profiles.retain(|key, _| of.contains(key));
    withdrawn(&seen, at(1))
}

async fn texts(look: &mut Look, sql: &str) -> Vec<String> {
    look.column(sql).await.unwrap()
}

#[apply(every_engine)]
async fn each_call_of_a_write_has_its_own_answer(engine: Engine) {
    let home = home(engine).await;
    let (tenant, who, other) = (tenant(), people(2), [person("x")]);
    let with = |profiles, number, content| {
        let mut call = call(profiles);
        call.request = Some(request(number, content));
        call
    };
    let calls = vec![
        with(&who, 1, 1),
        with(&other, 2, 2),
        with(&who[..1], 3, 3),
        with(&who, 1, 1),
        with(&who, 1, 9),
        with(&other, 2, 2),
    ];
    let wanted: Vec<_> = calls.iter().map(|call| call.profiles.to_vec()).collect();
    let write =
        ConsentWrite { name: "write_consents", tenant: &tenant, calls, mode: Mode::Store, now: at(1) };
    let mut refused = 0;
    let decide = |place: usize, loaded: &Loaded| {
        // The first call about this person is refused; the same request again is judged for itself.
        if place == 1 {
            refused += 1;
            return Err(Refused::ByRule);
        }
        Ok(withdrawn_by(loaded, &wanted[place]))
    };
    let answers = home.store.write_consents(&write, decide).await;
    assert_eq!(refused, 1);
    let versions = |answer: &Result<Answered, Refused>| {
        let made = answer.as_ref().unwrap().clone().made();
        made.iter().map(|made| made.version).collect::<Vec<_>>()
    };
    assert_eq!(versions(&answers[0]), [1, 1]);
    assert_eq!(answers[1], Err(Refused::ByRule));
    assert_eq!(versions(&answers[2]), [2], "a later call sees what an earlier one left");
    assert_eq!(answers[3], Ok(Answered::Replayed(vec![1, 1])));
    assert_eq!(answers[4], Err(Refused::ByStore(StoreError::RequestIdReused)));
    assert_eq!(versions(&answers[5]), [1], "what was refused as a whole was never answered");
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(texts(&mut look, "SELECT CAST(count(*) AS TEXT) FROM record").await, ["4"]);
    assert_eq!(texts(&mut look, "SELECT CAST(count(*) AS TEXT) FROM request").await, ["3"]);
    let clocks = "SELECT CAST(count(DISTINCT hlc) AS TEXT) FROM pending";
    assert_eq!(texts(&mut look, clocks).await, ["2"], "a second record of a profile comes after its first");
}

#[apply(every_engine)]
async fn a_call_that_the_database_refuses_fails_alone(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let trigger = match engine {
        Engine::Sqlite => {
            "CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.profile = 'person-1'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        }
        Engine::Postgres => {
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.profile = 'person-1' THEN RAISE 'poison'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER poison BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION poison()"
        }
    };
    look.run(trigger).await.unwrap();
    let (tenant, who) = (tenant(), people(3));
    let calls = who.iter().map(|one| call(std::slice::from_ref(one))).collect();
    let write =
        ConsentWrite { name: "write_consents", tenant: &tenant, calls, mode: Mode::Store, now: at(1) };
    let decide = |place: usize, loaded: &Loaded| Ok(withdrawn_by(loaded, &who[place..=place]));
    let answers = home.store.write_consents(&write, decide).await;
    assert!(matches!(answers[1], Err(Refused::ByStore(StoreError::Driver { .. }))), "{answers:?}");
    assert!(answers[0].is_ok() && answers[2].is_ok());
    let stored = texts(&mut look, "SELECT profile FROM profile ORDER BY profile").await;
    assert_eq!(stored, ["person-0", "person-2"]);
}
