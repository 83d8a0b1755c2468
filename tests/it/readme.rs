//! README.md: its commands are run as they stand, against the real service on SQLite, and what they answer is compared
//! with what stands there.
//!
//! A block of commands follows `<!-- run: NAME -->`, what it answers follows `<!-- output: NAME -->`. All commands run in one
//! shell, in order, as a reader's would. With `ASSENT_README=write` the outputs are written anew instead.
//! Deliberately not here: `tests/run`, and the building that `cargo run` would do.

mod claims;
mod page;
mod shell;

use std::path::{Path, PathBuf};

use assent_tests::engine::{Engine, empty, run};
use assent_tests::process::Process;

use page::Page;
use shell::Shell;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests is a folder of the project")
}

fn path() -> PathBuf {
    root().join("README.md")
}

fn text() -> String {
    std::fs::read_to_string(path()).expect("there is a README")
}

#[expect(clippy::disallowed_methods, reason = "the word of whoever runs this test")]
fn asked_to_write() -> bool {
    std::env::var("ASSENT_README").is_ok_and(|word| word == "write")
}

#[test]
fn what_the_readme_shows_is_what_happens() {
    let database = run(empty(Engine::Sqlite));
    let mut service = Process::serve(&database, &[]);
    let address = service.address();

    let before = text();
    let page = Page::read(&before);
    let commands = page.commands().map(|(_, commands)| commands).collect::<Vec<_>>();
    let answers = Shell { database: database.url(), address: &address }.run(&commands);
    let answers = page.commands().map(|(name, _)| name.to_owned()).zip(answers).collect();
    let now = page.with(&answers);

    if asked_to_write() {
        std::fs::write(path(), now).expect("the README is written");
    } else {
        let difference = page::difference(&before, &now);
        assert!(
            difference.is_empty(),
            "README.md: ASSENT_README=write tests/run readme would mend it\n{difference}"
        );
    }
}

#[test]
fn what_the_readme_names_is_there() {
    let complaints = claims::complaints(&text(), root());
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
