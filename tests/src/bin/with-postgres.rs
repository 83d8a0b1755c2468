//! `with-postgres COMMAND …` runs a command with a PostgreSQL cluster of its own, whose address the command's
//! tests find in their environment, and takes the cluster down with the command.

use std::process::{Command, ExitCode};

use assent_tests::postgres::{Cluster, SERVER_VARIABLE, Settings};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        return ExitCode::from(2);
    };
    let cluster = Cluster::start(Settings::default());
    let ended = Command::new(program).args(words).env(SERVER_VARIABLE, cluster.server()).status();
    drop(cluster);
    let code = ended.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
