//! Runs against a service that answers from a script, interrupted wherever they can be.

mod end;
mod form;
mod interrupted;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use tonic::Code;
use tonic_types::ErrorDetails;

use super::*;
use crate::Client;
use crate::scripted::{Scripted, failure};

/// 2026-11-22T14:30:05Z.
const NOW: i64 = 1_795_357_805_000_000;

/// Both formats, in small pages.
fn both(folder: &Path) -> Export {
    let now = Instant::from_micros(NOW);
    Export::new(folder, "consents_$yyyyMMdd", ExportFormat::Csv, now)
        .and_format(ExportFormat::Ndjson)
        .page_size(97)
}

async fn run(client: &Client, export: Export) -> Result<Exported, ExportError> {
    client.changes().export(export, |_| {}).await
}

/// What lies in a folder under names that are not hidden.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    let shown = named.filter(|(name, _)| !name.starts_with('.'));
    shown.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

/// The text of a file, which is one member of gzip and nothing else.
fn text(file: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = GzDecoder::new(file);
    decoder.read_to_string(&mut text).unwrap();
    assert!(decoder.into_inner().is_empty(), "nothing comes after the one member");
    text
}

/// What ends a run that is under way.
fn interruption() -> tonic::Status {
    failure(Code::PermissionDenied, "ROLE_MISSING", ErrorDetails::new())
}
