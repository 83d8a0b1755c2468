//! Imports in the store: a slice is written once and moves its import on, or is not written at all.

use assent_domain::id::ImportId;
use assent_store::{
    Decided, IMPORTS_KEPT, Import, ImportProgress, Loaded, ProfileKey, Reported, SliceWrite, SliceWritten,
    Store, StoreError,
};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{Answered, Refused, at, call, home, people, tenant, withdrawn};
use super::plans::goes_by;
use super::statements::Counted;

fn id() -> ImportId {
    ImportId::new("list").unwrap()
}

const HASH: [u8; 32] = [7; 32];

/// Everybody withdraws, as a slice of the next chunk.
async fn withdraw(
    store: &Store,
    who: &[ProfileKey],
    from: &ImportProgress,
    to_line: Option<u64>,
    chunk: u8,
) -> Result<SliceWritten<Answered>, Refused> {
    let (tenant, id, now) = (tenant(), id(), at(1));
    let import = Import { id: &id, header_hash: HASH };
    let write =
        SliceWrite { tenant: &tenant, import, chunk_hash: [chunk; 32], from, to_line, call: call(who), now };
    let decide = |loaded: &Loaded| {
        let Decided { answer, changes, outcomes } = withdrawn(loaded, now);
        let answer = Reported { answer, report: vec![1], totals: vec![2, chunk] };
        Ok::<_, Refused>(Decided { answer, changes, outcomes })
    };
    store.write_slice(&write, decide).await
}

async fn opened(store: &Store) -> ImportProgress {
    let id = id();
    store.open_import(&tenant(), &Import { id: &id, header_hash: HASH }, at(0)).await.unwrap()
}

async fn records(url: &str) -> usize {
    Look::at(url).await.unwrap().column("SELECT profile FROM record").await.unwrap().len()
}

#[apply(every_engine)]
async fn a_slice_is_written_with_how_far_it_brings_the_import(engine: Engine) {
    let home = home(engine).await;
    let who = people(3);
    let begun = opened(&home.store).await;
    assert_eq!(begun, ImportProgress::default());
    let SliceWritten::Stored(_, half) = withdraw(&home.store, &who[..1], &begun, Some(1), 9).await.unwrap()
    else {
        panic!("it is written")
    };
    assert_eq!((half.chunk, half.line, half.begun_hash), (0, 1, Some([9; 32])));
    assert_eq!((half.begun_report.as_slice(), half.totals.as_slice()), ([1].as_slice(), [].as_slice()));
    assert_eq!(opened(&home.store).await, half, "a stream that begins anew goes on there");

    let SliceWritten::Stored(_, whole) = withdraw(&home.store, &who[1..], &half, None, 9).await.unwrap()
    else {
        panic!("it is written")
    };
    let ended = ImportProgress { chunk: 1, totals: vec![2, 9], ..ImportProgress::default() };
    assert_eq!((&whole, &opened(&home.store).await), (&ended, &ended));
    let id = id();
    let import = Import { id: &id, header_hash: HASH };
    let kept = home.store.import_chunk(&tenant(), &import, 1).await.unwrap().unwrap();
    assert_eq!((kept.content_hash, kept.report), ([9; 32], vec![1]));
    assert_eq!(home.store.import_chunk(&tenant(), &import, 2).await, Ok(None));
    assert_eq!(records(home.database.url()).await, 3);
}

#[apply(every_engine)]
async fn a_slice_from_another_place_than_the_imports_is_not_written(engine: Engine) {
    let home = home(engine).await;
    let who = people(2);
    let begun = opened(&home.store).await;
    let SliceWritten::Stored(_, half) = withdraw(&home.store, &who[..1], &begun, Some(1), 9).await.unwrap()
    else {
        panic!("it is written")
    };
    // The same slice once more, and the same place by another chunk.
    let other = ImportProgress { begun_hash: Some([8; 32]), ..half.clone() };
    for from in [begun, other] {
        match withdraw(&home.store, &who, &from, None, 9).await.unwrap() {
            SliceWritten::Elsewhere(here) => assert_eq!(here, half),
            SliceWritten::Stored(..) => panic!("it was written twice"),
        }
    }
    assert_eq!(records(home.database.url()).await, 1);
}

#[apply(every_engine)]
async fn many_streams_of_one_import_write_a_slice_once(engine: Engine) {
    let home = home(engine).await;
    let who = people(20);
    let begun = opened(&home.store).await;
    let mut streams = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (store, who, begun) = (home.store.clone(), who.clone(), begun.clone());
        streams.spawn(async move { withdraw(&store, &who, &begun, None, 9).await.unwrap() });
    }
    let told = streams.join_all().await;
    let written = told.iter().filter(|told| matches!(told, SliceWritten::Stored(..))).count();
    assert_eq!((written, records(home.database.url()).await), (1, 20));
}

#[apply(every_engine)]
async fn an_id_stands_for_one_header_and_a_failed_slice_moves_nothing(engine: Engine) {
    let home = home(engine).await;
    let begun = opened(&home.store).await;
    let id = id();
    let other = Import { id: &id, header_hash: [1; 32] };
    let told = home.store.open_import(&tenant(), &other, at(0)).await;
    assert_eq!(told, Err(StoreError::ImportIdReused));

    let who = people(1);
    let tenant = tenant();
    let write = SliceWrite {
        tenant: &tenant,
        import: Import { id: &id, header_hash: HASH },
        chunk_hash: [9; 32],
        from: &begun,
        to_line: None,
        call: call(&who),
        now: at(1),
    };
    let refuse = |_: &Loaded| Err::<Decided<Reported<()>>, _>(Refused::ByRule);
    assert_eq!(home.store.write_slice(&write, refuse).await.map(drop), Err(Refused::ByRule));
    let reused = SliceWrite { import: other, ..write };
    let told =
        home.store.write_slice(&reused, |_: &Loaded| Err::<Decided<Reported<()>>, _>(Refused::ByRule)).await;
    assert_eq!(told.map(drop), Err(Refused::ByStore(StoreError::ImportIdReused)));
    assert_eq!(opened(&home.store).await, begun);
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert!(look.column("SELECT profile FROM profile").await.unwrap().is_empty(), "nobody is left locked");
}

#[apply(every_engine)]
async fn what_nobody_goes_on_with_is_forgotten_after_its_time(engine: Engine) {
    let home = home(engine).await;
    let begun = opened(&home.store).await;
    withdraw(&home.store, &people(1), &begun, None, 9).await.unwrap();
    let last = at(1);
    assert_eq!(home.store.sweep_imports(last.plus(IMPORTS_KEPT)).await, Ok(0));
    assert_eq!(opened(&home.store).await.chunk, 1);
    let after = last.plus(IMPORTS_KEPT).plus(assent_domain::time::Span::from_micros(1));
    assert_eq!(home.store.sweep_imports(after).await, Ok(1));
    assert_eq!(home.store.sweep_imports(after).await, Ok(0));
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert!(look.column("SELECT import_id FROM import_chunk").await.unwrap().is_empty());
    assert_eq!(opened(&home.store).await, ImportProgress::default(), "it begins anew");
}

#[apply(every_engine)]
async fn one_line_and_a_thousand_take_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let mut taken = Vec::new();
    for count in [1, 1000] {
        let from = opened(&counted.store).await;
        let who = people(count);
        taken.push(
            counted.during(async { withdraw(&counted.store, &who, &from, None, 9).await.unwrap() }).await,
        );
    }
    // The import's lock; lock, load, save and take away as any write of withdrawals; how far it has come, and the chunk.
    assert_eq!(taken, [7, 7]);
}

#[apply(every_engine)]
async fn every_statement_of_imports_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let key = "(tenant=? AND import_id=?)";
    let statements = [
        ("lock_import", "'t', 'i'", "import_pkey", key),
        (
            "advance_import",
            "'t', 'i', 1, 1, '\\x01'::bytea, '\\x01'::bytea, '\\x01'::bytea, 1",
            "import_pkey",
            key,
        ),
        ("find_import_chunk", "'t', 'i', 1", "import_chunk_pkey", "(tenant=? AND import_id=? AND number=?)"),
        ("list_idle_imports", "'t', 5, 10", "import_by_age", "(tenant=? AND touched_at<?)"),
        ("forget_import", "'t', 'i', 5", "Index Scan using import_", key),
        ("delete_import_chunks", "'t', 'i'", "import_chunk_pkey", key),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}
