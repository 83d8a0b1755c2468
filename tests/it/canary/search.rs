//! The search of a ground: every place, one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assent_tests::canary::{Form, Found, Sought};
use assent_tests::dump;
use assent_tests::receiver::Received;

use super::ground::Ground;
use super::place::Place;

/// What was found: by the canary's label, in which place and form, with the name of what held it first.
#[derive(Debug, Default)]
pub(super) struct Finds(BTreeMap<String, BTreeMap<(Place, Form), String>>);

impl Finds {
    /// The places in which a canary was found.
    pub(super) fn places(&self, label: &str) -> BTreeSet<Place> {
        let of_it = self.0.get(label).into_iter().flatten();
        of_it.map(|((place, _), _)| place.clone()).collect()
    }

    /// The forms in which a canary was found there.
    pub(super) fn forms(&self, label: &str, place: &Place) -> BTreeSet<Form> {
        let of_it = self.0.get(label).into_iter().flatten();
        of_it.filter(|((found, _), _)| found == place).map(|((_, form), _)| *form).collect()
    }

    /// One line for each find that `is_wrong`: none of them may be left.
    pub(super) fn complaints(&self, is_wrong: impl Fn(&str, &Place) -> bool) -> Vec<String> {
        let all = self.0.iter().flat_map(|(label, finds)| finds.iter().map(move |find| (label, find)));
        let wrong = all.filter(|(label, ((place, _), _))| is_wrong(label, place));
        wrong.map(|(label, ((place, form), name))| format!("{place:?} ({form:?}, {name}): {label}")).collect()
    }

    /// Looks at something of a place.
    pub(super) fn see(&mut self, sought: &Sought, place: &Place, name: &str, bytes: &[u8]) {
        for Found { label, form, packed, at } in sought.in_bytes(bytes) {
            let packed = if packed { ", packed" } else { "" };
            let name = || format!("{name} at {at}{packed}");
            self.0.entry(label).or_default().entry((place.clone(), form)).or_insert_with(name);
        }
    }
}

/// Searches everything that there is now.
pub(super) async fn everywhere(ground: &Ground, sought: &Sought) -> Finds {
    ground.write_out().await;
    let mut finds = Finds::default();
    tables(ground, sought, &mut finds).await;
    finds.see(sought, &Place::Dump, "the dump", &ground.dump().await);
    for file in files(&ground.data()) {
        let place = of_data(&file);
        finds.see(sought, &place, &file.display().to_string(), &read(&file));
    }
    if let Some(log) = ground.server_log() {
        finds.see(sought, &Place::ServerLog, "the server's log", &read(&log));
    }
    logs(ground, sought, &mut finds);
    for file in files(&ground.folder("work")) {
        finds.see(sought, &Place::TemporaryFile, &file.display().to_string(), &read(&file));
    }
    for file in files(&ground.folder("journal")) {
        finds.see(sought, &Place::Journal, &file.display().to_string(), &read(&file));
    }
    for name in ["cmdline", "environ"] {
        let file = PathBuf::from("/proc").join(ground.service.id().to_string()).join(name);
        finds.see(sought, &Place::CommandLine, name, &read(&file));
    }
    answers(ground, sought, &mut finds);
    finds
}

/// Searches what callers were answered.
pub(super) fn answers(ground: &Ground, sought: &Sought, finds: &mut Finds) {
    for (answer, number) in ground.exports.iter().zip(1..) {
        finds.see(sought, &Place::Export, &format!("answer {number}"), answer);
    }
}

/// Searches the tables alone.
pub(super) async fn tables(ground: &Ground, sought: &Sought, finds: &mut Finds) {
    for (table, rows) in dump::whole(&mut ground.look().await).await {
        let rows = rows.join("\n");
        finds.see(sought, &Place::Table(whole(&table).to_owned()), &table, rows.as_bytes());
    }
}

/// A month of a table of PostgreSQL's is the table.
pub(super) fn whole(table: &str) -> &str {
    if table.starts_with("interaction_2") { "interaction" } else { table }
}

/// Searches what the service wrote and told until it ended.
pub(super) fn at_the_end(ground: &Ground, received: &Received, sought: &Sought, finds: &mut Finds) {
    logs(ground, sought, finds);
    let (spans, points) = (format!("{:?}", received.spans), format!("{:?}", received.points));
    finds.see(sought, &Place::Traces, "a span", spans.as_bytes());
    finds.see(sought, &Place::Metrics, "a point", points.as_bytes());
    finds.see(sought, &Place::TelemetryWire, "the wire", &received.bytes);
}

fn logs(ground: &Ground, sought: &Sought, finds: &mut Finds) {
    for file in files(&ground.folder("logs")) {
        let packed = file.extension().is_some_and(|ending| ending == "gz");
        let place = if packed { Place::PackedLog } else { Place::Log };
        finds.see(sought, &place, &file.display().to_string(), &read(&file));
    }
}

/// Every file below a folder, in order. What goes while it is looked at was there no longer.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

fn of_data(file: &Path) -> Place {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if name == "assent.db-wal" || file.components().any(|part| part.as_os_str() == "pg_wal") {
        return Place::WriteAheadLog;
    }
    let beside = name.starts_with("assent.db.");
    if beside { Place::BesideTheFile } else { Place::DatabaseFile }
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap_or_default()
}
