//! A reader's terminal: the commands of the README, in one shell, with what was built in place of what would be built.

use std::path::Path;
use std::process::{Command, Stdio};

/// Between the answers of two blocks.
const END: &str = "-- end of a block --\n";

/// Where the commands reach the service.
pub(crate) struct Shell<'a> {
    /// Its database, for the commands that go past it.
    pub(crate) database: &'a str,
    /// Its address.
    pub(crate) address: &'a str,
}

impl Shell<'_> {
    /// Runs the blocks one after the other and gives what each wrote to standard output.
    pub(crate) fn run(&self, blocks: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ended = format!("printf '%s' '{END}'\n");
        let script: String = blocks.iter().map(|block| self.built(block) + &ended).collect();

        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path()).env_clear();
        shell.env("PATH", std::env::var_os("PATH").expect("a path of programs")).env("HOME", folder.path());
        shell.env("ASSENT_DATABASE__URL", self.database).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = shell.output().expect("there is a shell");

        let told = String::from_utf8(output.stdout).expect("the answers are text");
        assert!(output.status.success(), "the README's commands failed after these answers:\n{told}");
        told.split_terminator(END).map(str::to_owned).collect()
    }

    /// The commands with the programs that the tests were built with, and the service's own address.
    fn built(&self, block: &str) -> String {
        let target = assent_tests::target();
        let program = |path: &str| {
            let path = target.join(path);
            assert!(Path::new(&path).is_file(), "{} is not there: tests/run makes it", path.display());
            format!("'{}'", path.display())
        };
        let example = |options: &str, name: &str| {
            let written = format!("cargo run --release -p assent-sdk {options}--example {name} --");
            (written, program(&format!("debug/examples/{name}")))
        };
        let stand_ins = [
            example("", "generate_contacts"),
            example("", "load_contacts"),
            example("--features senders ", "generate_events"),
            example("--features senders ", "tour"),
            example("--features export ", "export_changes"),
            ("cargo run --release --".to_owned(), program("debug/assent")),
            ("target/python/bin/buf".to_owned(), program("python/bin/buf")),
            ("127.0.0.1:50051".to_owned(), self.address.to_owned()),
        ];
        let built =
            stand_ins.iter().fold(block.to_owned(), |text, (written, ran)| text.replace(written, ran));
        assert!(!built.contains("cargo "), "this command would build: {block}");
        built
    }
}
