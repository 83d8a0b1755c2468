//! Three sources laid over each other, key by key, and the list of everything that is wrong with them.
//!
//! Problems name the key and the source, never the value: it may be a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use toml::Value;

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key's path, `section.key`; of a whole source, its name.
    pub path: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

/// Everything that is wrong with the configuration: at least one problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not usable:")?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}", problem.path, problem.text)?;
        }
        Ok(())
    }
}

struct Entry {
    value: Value,
    source: String,
}

/// Collects the sources, hands out values by path, and remembers which paths were asked for.
pub(super) struct Reader {
    entries: BTreeMap<String, Entry>,
    asked: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), asked: BTreeSet::new(), problems: Vec::new() }
    }

    pub(super) fn add_text(&mut self, source: &str, text: &str) {
        match text.parse::<toml::Table>() {
            Ok(table) => self.lay(source, "", table),
            Err(error) => {
                // The parser's own text quotes the line, which may hold a secret.
                let line = error.span().map_or(0, |at| text[..at.start].matches('\n').count() + 1);
                self.problem(source, format!("is not TOML: line {line}: {}", error.message()));
            }
        }
    }

    pub(super) fn add_file(&mut self, file: &Path) {
        let name = file.display().to_string();
        match std::fs::read_to_string(file) {
            Ok(text) => self.add_text(&name, &text),
            Err(error) => self.problem(&name, format!("cannot be read: {}", error.kind())),
        }
    }

    pub(super) fn add_environment(&mut self, environment: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in environment {
            if let Some(rest) = name.strip_prefix("ASSENT_") {
                let path = rest.to_ascii_lowercase().replace("__", ".");
                let source = format!("the environment, {name}");
                self.entries.insert(path, Entry { value: Value::String(value), source });
            }
        }
    }

    fn lay(&mut self, source: &str, prefix: &str, table: toml::Table) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                Value::Table(inner) => self.lay(source, &path, inner),
                value => {
                    self.entries.insert(path, Entry { value, source: source.to_owned() });
                }
            }
        }
    }

    /// The value at `path`, or `None` when it is not set or wrong (which is then a problem).
    pub(super) fn maybe<T>(
        &mut self,
        path: &str,
        convert: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        self.asked.insert(path.to_owned());
        let entry = self.entries.get(path)?;
        match convert(&entry.value) {
            Ok(value) => Some(value),
            Err(text) => {
                let text = format!("{text} (set in {})", entry.source);
                self.problem(path, text);
                None
            }
        }
    }

    /// The value at `path`, which the defaults set; `None` when it is wrong (which is then a problem).
    pub(super) fn one<T>(&mut self, path: &str, convert: impl Fn(&Value) -> Result<T, String>) -> Option<T> {
        let known = self.entries.contains_key(path);
        let value = self.maybe(path, convert);
        if !known {
            self.problem(path, "must be set");
        }
        value
    }

    /// Where the value at `path` was set, if it was.
    pub(super) fn source(&self, path: &str) -> Option<&str> {
        self.entries.get(path).map(|entry| entry.source.as_str())
    }

    /// Whether the value at `path` was set by somebody else than the defaults.
    pub(super) fn is_chosen(&self, path: &str) -> bool {
        self.source(path).is_some_and(|source| source != "the defaults")
    }

    pub(super) fn problem(&mut self, path: &str, text: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), text: text.into() });
    }

    /// The whole, if there is no problem and every key that was set is one that was asked for.
    pub(super) fn finish<T>(mut self, whole: Option<T>) -> Result<T, Problems> {
        for (path, entry) in &self.entries {
            if !self.asked.contains(path) {
                let text = format!("is not a known key (set in {})", entry.source);
                self.problems.push(Problem { path: path.clone(), text });
            }
        }
        match whole {
            Some(whole) if self.problems.is_empty() => Ok(whole),
            _ => Err(Problems(self.problems)),
        }
    }
}
