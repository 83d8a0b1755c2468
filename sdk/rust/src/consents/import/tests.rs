use std::time::Duration;

use tonic::Status;

use super::*;
use crate::scripted::Scripted;
use crate::scripted::imports::Break;
use crate::{Reason, Retry};

fn lines(numbers: std::ops::RangeInclusive<u64>) -> impl Iterator<Item = ImportLine> {
    numbers.map(|number| ImportLine::new(number, format!("person-{number}")))
}

fn import() -> Import {
    Import::new("a-list", "newsletter").chunk_lines(10)
}

fn sent(service: &Scripted) -> Vec<u64> {
    let chunks = service.imported().chunks;
    chunks.iter().flat_map(|chunk| chunk.lines.iter().map(|line| line.line)).collect()
}

fn unreachable(at: u64, written: bool) -> Break {
    Break { at, written, status: Status::unavailable("gone") }
}

#[tokio::test]
async fn every_line_goes_in_once_and_in_order_and_what_became_of_it_is_told() {
    let service = Scripted::start().await;
    let mut told = Vec::new();
    let totals = service.client().consents().import(import(), lines(1..=57), |more| told.push(more)).await;
    assert_eq!(totals.unwrap().lines(), 57);
    assert_eq!(sent(&service), (1..=57).collect::<Vec<_>>());
    assert_eq!(told.iter().map(|told| told.number).collect::<Vec<_>>(), (1..=6).collect::<Vec<_>>());
    assert_eq!(told.iter().map(|told| told.counts.created).sum::<u64>(), 57);
    assert_eq!(told.last().unwrap().totals.lines(), 57);
    assert_eq!(service.imported().streams, 1);
}

#[tokio::test]
async fn a_list_without_lines_is_an_import_of_nothing() {
    let service = Scripted::start().await;
    let totals = service.client().consents().import(import(), std::iter::empty(), |_| ()).await.unwrap();
    assert_eq!(totals, ImportCounts::default());
}

#[tokio::test]
async fn what_was_not_acknowledged_is_sent_again_after_a_break() {
    for written in [false, true] {
        let service = Scripted::start().await;
        service.break_imports([unreachable(2, written), unreachable(5, written), unreachable(6, written)]);
        let mut told = Vec::new();
        let imported =
            service.client().consents().import(import(), lines(1..=57), |more| told.push(more)).await;
        assert_eq!(imported.unwrap().lines(), 57);
        assert_eq!(sent(&service), (1..=57).collect::<Vec<_>>(), "nothing is lost and nothing twice");
        assert_eq!(told.iter().map(|told| told.number).collect::<Vec<_>>(), (1..=6).collect::<Vec<_>>());
        assert_eq!(told.iter().filter(|told| told.repeated).count(), if written { 3 } else { 0 });
        assert_eq!(service.imported().streams, 4);
    }
}

#[tokio::test]
async fn a_run_after_a_crash_passes_over_what_was_acknowledged() {
    let service = Scripted::start().await;
    let first = service.client();
    let mut importer = first.consents().importer(import());
    for line in lines(1..=45) {
        importer.push(line).await.unwrap();
    }
    drop(importer);
    let before = service.imported().chunks.len();
    assert!(before >= 1);
    let mut told = Vec::new();
    let totals = service.client().consents().import(import(), lines(1..=57), |more| told.push(more)).await;
    assert_eq!(totals.unwrap().lines(), 57);
    assert_eq!(sent(&service), (1..=57).collect::<Vec<_>>());
    assert!(told.first().unwrap().number > 1, "what an earlier run was told is not told again");
}

#[tokio::test]
async fn a_refusal_ends_it_and_a_fault_that_lasts_too() {
    let service = Scripted::start().await;
    let details = tonic_types::ErrorDetails::new();
    let refused = crate::scripted::failure(tonic::Code::AlreadyExists, "IMPORT_ID_REUSED", details);
    service.fail([refused]);
    let error = service.client().consents().import(import(), lines(1..=9), |_| ()).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::ImportIdReused));

    let options = service.options().retry(Retry::default().attempts(3).base(Duration::from_millis(1)));
    let client = crate::Client::connect_lazily(options).unwrap();
    service.break_imports((0..3).map(|_| unreachable(1, false)));
    let mut importer = client.consents().importer(import());
    importer.push(lines(1..=1).next().unwrap()).await.unwrap();
    let error = importer.flush().await.unwrap_err();
    assert_eq!(error.attempts(), 3);
    let told = importer.flush().await.unwrap().expect("it still holds what is not acknowledged");
    assert_eq!(told.counts.created, 1);
}

#[tokio::test]
async fn no_more_is_held_than_the_window() {
    let service = Scripted::start().await;
    let client = service.client();
    let mut importer = client.consents().importer(import());
    for line in lines(1..=1000) {
        importer.push(line).await.unwrap();
        assert!(importer.held() <= 40, "{}", importer.held());
    }
    assert_eq!(importer.finish().await.unwrap().lines(), 1000);
}
