//! The project's files as they lie on the disk, or as a test makes them up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Path from the project's top, with `/`, to text. A file that is not text has an empty one.
pub(crate) struct Tree(pub(crate) BTreeMap<String, String>);

/// The project's top.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests is a folder of the project").to_owned()
}

/// What a build or a run leaves behind and git ignores.
const LEFT_BEHIND: [&str; 4] = ["target", ".git", ".venv", "node_modules"];

impl Tree {
    pub(crate) fn of_the_project() -> Self {
        let mut files = BTreeMap::new();
        gather(&root(), "", &mut files);
        Self(files)
    }

    /// A made-up project.
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn gather(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder of the project").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if LEFT_BEHIND.contains(&name.as_str()) || name.starts_with("assent.db") {
            continue;
        }
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
}
