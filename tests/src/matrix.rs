//! What the tests have shown, cell by cell: each call on each engine answered well, refused what is wrong,
//! told another tenant nothing and left it alone, and gave the same answer again; and each reason of an error was met.
//!
//! The tests run in many processes, so that each adds its lines to one file; the program `matrix` reads them
//! at the end of a whole run. The cells that there must be are read from the contract.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use prost_reflect::DescriptorPool;

use crate::engine::Engine;

/// What a test has shown of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// It answered.
    Ok,
    /// It refused a request that says what it must not.
    Invalid,
    /// Made as another tenant who names our ids, etags, cursors and tokens, it told and changed nothing of ours.
    /// A test that has looked notes it; nothing is noted in passing.
    Foreign,
    /// The same request once more had the same answer. Mutations only.
    Replayed,
}

impl Case {
    const ALL: [Self; 4] = [Self::Ok, Self::Invalid, Self::Foreign, Self::Replayed];

    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Invalid => "invalid",
            Self::Foreign => "foreign",
            Self::Replayed => "replayed",
        }
    }
}

/// Whether a method of the contract writes, going by its name: whatever does not ask. Tokens are made and not stored.
#[must_use]
pub fn is_mutation(method: &str) -> bool {
    let name = method.rsplit('/').next().unwrap_or(method);
    let asks = [
        "Access",
        "Check",
        "CreateTokens",
        "Describe",
        "Evaluate",
        "Find",
        "Get",
        "List",
        "Query",
        "Read",
        "Verify",
    ];
    !asks.iter().any(|verb| name.starts_with(verb)) && !is_endless(method)
}

/// Whether a method of the contract goes on telling until its reader has enough, or for so long that a reader takes it piece
/// by piece, going by its name.
#[must_use]
pub fn is_endless(method: &str) -> bool {
    let name = method.rsplit('/').next().unwrap_or(method);
    ["Snapshot", "Watch"].iter().any(|verb| name.starts_with(verb))
}

/// Notes that a test has shown `case` of `method` (`assent.v1.ConsentService/GetConsents`).
pub fn note(method: &str, engine: Engine, case: Case) {
    add(&call_cell(method, engine, case));
}

/// Notes that a test has met a reason of an error (`FIELD_INVALID`).
pub fn note_reason(reason: &str) {
    add(&reason_cell(reason));
}

fn call_cell(method: &str, engine: Engine, case: Case) -> String {
    format!("{method} {} {}", engine.name(), case.name())
}

fn reason_cell(reason: &str) -> String {
    format!("reason {reason}")
}

/// The file of this run, beside the build.
#[must_use]
pub fn file() -> PathBuf {
    crate::target().join("tests").join("matrix")
}

fn add(cell: &str) {
    let file = file();
    std::fs::create_dir_all(file.parent().expect("a folder under target")).expect("a folder under target");
    let mut file = OpenOptions::new().create(true).append(true).open(file).expect("a file under target");
    // One write, so that lines of several processes do not mix.
    file.write_all(format!("{cell}\n").as_bytes()).expect("a line");
}

/// The cells of the contract that `shown` does not hold.
#[must_use]
pub fn empty_cells(shown: &str) -> Vec<String> {
    let shown: BTreeSet<&str> = shown.lines().collect();
    all_cells().into_iter().filter(|cell| !shown.contains(cell.as_str())).collect()
}

/// Every cell that the contract asks for.
///
/// # Panics
/// When the contract's own descriptors cannot be read.
#[must_use]
pub fn all_cells() -> Vec<String> {
    let pool = DescriptorPool::decode(assent_proto::FILE_DESCRIPTOR_SET).expect("the contract's descriptors");
    let ours = pool.services().filter(|service| service.package_name() == "assent.v1");
    let methods = ours.flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut cells = Vec::new();
    for method in methods {
        let name = format!("{}/{}", method.parent_service().full_name(), method.name());
        for engine in Engine::ALL {
            let cases = Case::ALL.into_iter().filter(|case| *case != Case::Replayed || is_mutation(&name));
            cells.extend(cases.map(|case| call_cell(&name, engine, case)));
        }
    }
    let reasons = pool.get_enum_by_name("assent.v1.ErrorReason").expect("the contract names its reasons");
    let said = reasons.values().filter(|value| value.number() != 0);
    cells.extend(said.map(|value| reason_cell(value.name().trim_start_matches("ERROR_REASON_"))));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_no_test_filled_is_named() {
        let all = all_cells();
        assert!(empty_cells(&all.join("\n")).is_empty());

        let missing = "assent.v1.ConsentService/UpsertConsents postgres replayed";
        let most: Vec<_> = all.iter().filter(|cell| *cell != missing).map(String::as_str).collect();
        assert_eq!(empty_cells(&most.join("\n")), [missing]);
    }

    #[test]
    fn only_what_writes_is_repeated() {
        let cells = all_cells();
        let replayed = |method| cells.contains(&call_cell(method, Engine::Sqlite, Case::Replayed));
        assert!(replayed("assent.v1.ConsentService/PutNotice"));
        assert!(!replayed("assent.v1.ConsentService/GetConsents"));
        assert!(replayed("assent.v1.ConsentService/RedeemToken"));
        assert!(!replayed("assent.v1.ConsentService/CreateTokens"));
        assert!(!replayed("assent.v1.ConsentService/CheckAskable"));
        assert!(!replayed("assent.v1.InteractionService/WatchInteractions"));
        assert!(!replayed("assent.v1.ConsentChangeService/SnapshotConsents"));
        assert!(cells.contains(&reason_cell("FIELD_INVALID")));
        assert!(!cells.contains(&reason_cell("UNSPECIFIED")));
    }
}
