//! Where PostgreSQL's programs are, and as whom they run: the server refuses to run as root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest version that Assent supports, and so the oldest that the tests take.
const OLDEST: u32 = 15;

/// The folder that holds `initdb` and `postgres`: Debian's newest, else the first in the PATH.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn programs() -> PathBuf {
    newest_of_debian()
        .or_else(first_in_path)
        .expect("PostgreSQL 15 or newer is installed (tests/run does that)")
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(version, folder)| *version >= OLDEST && is_complete(folder))
        .max()
        .map(|(_, folder)| folder)
}

fn first_in_path() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the PATH is how programs are found")]
    let path = std::env::var("PATH").ok()?;
    path.split(':').map(PathBuf::from).find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// The user that owns a cluster's files and runs its processes.
#[derive(Clone, Copy)]
pub(super) struct User {
    id: u32,
    group: u32,
}

impl User {
    /// `None`: whoever runs the tests. Run as root, it is `postgres`, else `nobody`.
    pub(super) fn other_than_root() -> Option<Self> {
        let me = fs::metadata("/proc/self").expect("a proc file system").uid();
        if me != 0 {
            return None;
        }
        let list = fs::read_to_string("/etc/passwd").expect("a list of users");
        let found = ["postgres", "nobody"].iter().find_map(|name| Self::named(&list, name));
        Some(found.expect("a user postgres or nobody"))
    }

    fn named(list: &str, name: &str) -> Option<Self> {
        let mut fields =
            list.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(name))?;
        Some(Self { id: fields.nth(2)?.parse().ok()?, group: fields.next()?.parse().ok()? })
    }

    pub(super) fn own(self, folder: &Path) {
        std::os::unix::fs::chown(folder, Some(self.id), Some(self.group))
            .expect("root may give a folder away");
    }

    pub(super) fn run(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        command.uid(self.id).gid(self.group);
    }
}
