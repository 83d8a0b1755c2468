//! People by their history rows: what they say is what the records say, and nothing where another release wrote last.

use assent_domain::profile::Profile;
use assent_domain::subject::Subject;
use assent_store::{ProfileKey, Store};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, people, person, tenant, withdraw, withdraw_one, write};
use super::statements::Counted;

async fn by_row(store: &Store, who: &ProfileKey) -> Subject {
    store.load_subjects(&tenant(), std::slice::from_ref(who)).await.unwrap().remove(who).unwrap()
}

async fn by_records(store: &Store, who: &ProfileKey) -> Subject {
    store.load_profile(&tenant(), who).await.map(Profile::into_subject).unwrap()
}

#[apply(every_engine)]
async fn a_row_and_the_records_say_the_same(engine: Engine) {
    let home = home(engine).await;
    for (minute, who) in (1..).zip(people(3)) {
        withdraw_one(&home.store, &tenant(), &who, at(minute)).await;
        withdraw_one(&home.store, &tenant(), &who, at(minute + 5)).await;
    }
    let asked = [people(3), vec![person("nobody")], people(2)].concat();
    let told = home.store.load_subjects(&tenant(), &asked).await.unwrap();
    assert_eq!(told.len(), 4);
    for (who, told) in told {
        assert!(told == by_records(&home.store, &who).await);
    }
}

#[apply(every_engine)]
async fn a_row_of_an_earlier_version_is_passed_by(engine: Engine) {
    let home = home(engine).await;
    let who = person("a");
    withdraw_one(&home.store, &tenant(), &who, at(1)).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    look.run("CREATE TABLE kept AS SELECT history FROM profile").await.unwrap();
    withdraw_one(&home.store, &tenant(), &who, at(2)).await;
    // A service of the schema before writes the profile and leaves the row as it was.
    look.run("UPDATE profile SET history = (SELECT history FROM kept)").await.unwrap();
    let told = by_row(&home.store, &who).await;
    assert_eq!(told.version(), 2);
    assert!(told == by_records(&home.store, &who).await);
}

#[apply(every_engine)]
async fn where_there_is_no_row_the_records_are_read_and_only_there(engine: Engine) {
    let home = home(engine).await;
    let who = people(3);
    for who in &who {
        withdraw_one(&home.store, &tenant(), who, at(1)).await;
    }
    let counted = Counted::on(home.database.url()).await;
    let load = || async { counted.store.load_subjects(&tenant(), &who).await.unwrap() };
    assert_eq!(counted.during(async { drop(load().await) }).await, 1);
    let mut look = Look::at(home.database.url()).await.unwrap();
    look.run("UPDATE profile SET history = NULL WHERE profile = 'person-1'").await.unwrap();
    assert_eq!(counted.during(async { drop(load().await) }).await, 2);
    for (who, told) in load().await {
        assert!(told == by_records(&home.store, &who).await);
    }
}

#[apply(every_engine)]
async fn rows_that_an_earlier_release_left_out_are_written(engine: Engine) {
    let home = home(engine).await;
    let who = people(230);
    withdraw(&home.store, &write(&tenant(), &who, at(1))).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    look.run("UPDATE profile SET history = NULL WHERE profile <> 'person-7'").await.unwrap();
    let last = home.store.fill_histories(&tenant(), None).await.unwrap();
    assert_eq!(last.as_ref(), who.iter().max(), "everybody was looked at");
    assert_eq!(home.store.fill_histories(&tenant(), last.as_ref()).await.unwrap(), None);
    let bare = look.column("SELECT profile FROM profile WHERE history IS NULL").await.unwrap();
    assert!(bare.is_empty());
    for (who, told) in home.store.load_subjects(&tenant(), &who).await.unwrap() {
        assert!(told == by_records(&home.store, &who).await);
    }
}
