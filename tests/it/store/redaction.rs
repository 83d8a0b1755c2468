//! Redaction: what names a person goes, the chain stays whole.

use std::convert::identity;

use assent_domain::ledger::{Fault, Verifier};
use assent_domain::time::Span;
use assent_store::Store;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, person, sequencer, tenant, withdraw_one};
use super::trimming::{complete, erase, erasing};

async fn walk(store: &Store) -> Result<(u64, u64), assent_domain::ledger::Broken> {
    let mut verifier = Verifier::new(&tenant(), None);
    for link in store.read_links(&tenant(), 0, 100).await.unwrap() {
        verifier.take(&link.link())?;
    }
    verifier.finish().map(|report| (report.verified, report.redacted))
}

#[apply(every_engine)]
async fn redacting_keeps_the_chain_whole_before_and_after_numbering(engine: Engine) {
    let home = home(engine).await;
    let store = erasing(&home).await;
    for (name, recorded) in [("a", 1), ("b", 2), ("c", 3)] {
        withdraw_one(&store, &tenant(), &person(name), at(recorded)).await;
    }
    erase(&store, &person("b"), at(4)).await;
    sequencer(&store).catch_up(&tenant(), at(5)).await.unwrap();
    assert_eq!(walk(&store).await, Ok((3, 1)), "emptied while it waited");
    erase(&store, &person("a"), at(6)).await;
    sequencer(&store).catch_up(&tenant(), at(7)).await.unwrap();
    assert_eq!(walk(&store).await, Ok((3, 2)));
    let later = at(6).plus(Span::from_days(31));
    complete(&store, later).await;
    for erasure in store.erasures_to_forget(later).await.unwrap() {
        store.forget_erased(&erasure, later).await.unwrap();
    }
    assert_eq!(walk(&store).await, Ok((1, 4)));
    let ledger = store.read_ledger(&tenant(), 0, 10, identity).await.unwrap().entries;
    let held: Vec<_> = ledger.iter().map(|entry| entry.held.is_some()).collect();
    assert_eq!(held, [false, false, true, false, false]);
    assert!(store.list_records(&tenant(), &person("a"), 0, 10).await.unwrap().is_empty());
}

#[apply(every_engine)]
async fn a_record_changed_behind_the_store_s_back_is_named_by_position(engine: Engine) {
    let home = home(engine).await;
    for name in ["a", "b", "c"] {
        withdraw_one(&home.store, &tenant(), &person(name), at(1)).await;
    }
    sequencer(&home.store).catch_up(&tenant(), at(4)).await.unwrap();
    let at_2 = "id = (SELECT record_id FROM ledger WHERE position = 2)";
    let mut look = Look::at(home.database.url()).await.unwrap();
    look.run(&format!("UPDATE record SET salt = leaf WHERE {at_2}")).await.unwrap();
    let broken = walk(&home.store).await.unwrap_err();
    assert_eq!((broken.position, broken.fault), (2, Fault::Body));
    look.run(&format!("UPDATE record SET salt = NULL WHERE {at_2}")).await.unwrap();
    assert_eq!(walk(&home.store).await.unwrap_err().position, 2, "a body without its salt is not redacted");
}

#[test]
fn what_was_redacted_is_not_left_in_the_files_of_sqlite() {
    assent_tests::engine::run(async {
        let home = home(Engine::Sqlite).await;
        let name = "marker-of-an-erased-person";
        let store = erasing(&home).await;
        withdraw_one(&store, &tenant(), &person(name), at(1)).await;
        erase(&store, &person(name), at(2)).await;
        sequencer(&store).catch_up(&tenant(), at(3)).await.unwrap();
        let later = at(2).plus(Span::from_days(31));
        complete(&store, later).await;
        let file = home.database.file().unwrap();
        let log = file.with_file_name(format!("{}-wal", file.file_name().unwrap().display()));
        let held = |path: &std::path::Path| {
            let bytes = std::fs::read(path).unwrap_or_default();
            bytes.windows(name.len()).filter(|window| *window == name.as_bytes()).count()
        };
        assert!(held(&file) + held(&log) > 0, "the search finds what is there");
        let named = store.erasures_to_forget(later).await.unwrap().remove(0);
        store.forget_erased(&named, later).await.unwrap();
        assert_eq!(held(&file) + held(&log), 0);
    });
}
