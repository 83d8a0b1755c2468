//! Hot statements are files, each in both dialects, each beginning with its own name.

use super::tree::Tree;

const FOLDER: &str = "service/store/src/sql/";
const DIALECTS: [&str; 2] = ["postgres", "sqlite"];

pub(crate) fn complaints(tree: &Tree) -> Vec<String> {
    let statements = tree.files().filter(|(path, _)| path.starts_with(FOLDER));
    statements.flat_map(|(path, text)| objections(tree, path, text)).collect()
}

fn objections(tree: &Tree, path: &str, text: &str) -> Vec<String> {
    let Some((name, dialect)) = name_and_dialect(path) else {
        return vec![format!("{path}: is called neither verb_noun.postgres.sql nor verb_noun.sqlite.sql")];
    };
    let mut objections = Vec::new();
    for other in DIALECTS.iter().filter(|other| **other != dialect) {
        if !tree.0.contains_key(&format!("{FOLDER}{name}.{other}.sql")) {
            objections.push(format!("{path}: has no twin for {other}"));
        }
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    if text.lines().next() != Some(&format!("-- {last}")) {
        objections.push(format!("{path}: its first line is not `-- {last}`"));
    }
    objections
}

fn name_and_dialect(path: &str) -> Option<(&str, &str)> {
    let (name, dialect) = path.strip_prefix(FOLDER)?.strip_suffix(".sql")?.rsplit_once('.')?;
    (DIALECTS.contains(&dialect) && name.contains('_')).then_some((name, dialect))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> usize {
        let files: Vec<_> = files.iter().map(|(name, text)| (format!("{FOLDER}{name}"), *text)).collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        complaints(&Tree::sample(&files)).len()
    }

    #[test]
    fn a_pair_is_left_alone() {
        let text = "-- lock_profiles\nSELECT 1\n";
        assert_eq!(of(&[("lock_profiles.postgres.sql", text), ("lock_profiles.sqlite.sql", text)]), 0);
    }

    #[test]
    fn a_missing_twin_is_seen() {
        assert_eq!(of(&[("lock_profiles.sqlite.sql", "-- lock_profiles\n")]), 1);
    }

    #[test]
    fn a_statement_without_its_name_is_seen() {
        let (named, other) = ("-- lock_profiles\n", "-- lock_profile\n");
        assert_eq!(of(&[("lock_profiles.sqlite.sql", named), ("lock_profiles.postgres.sql", other)]), 1);
    }

    #[test]
    fn a_dialect_that_nobody_speaks_is_seen() {
        assert_eq!(of(&[("lock_profiles.mysql.sql", "-- lock_profiles\n")]), 1);
    }
}
