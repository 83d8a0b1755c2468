//! What the README names between backticks and in links: files, commands, settings and words of the contract.

use std::fs;
use std::path::Path;

use assent_tests::process;

/// Every name that stands for nothing.
pub(crate) fn complaints(text: &str, root: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("a file of the project");
    let settings = settings(&read("service/assent.default.toml"));
    let contract = contract(&root.join("proto/assent/v1"));
    let manifest = read("Cargo.toml");

    let mut complaints = Vec::new();
    for name in named(text) {
        let there = if let Some(command) = name.strip_prefix("assent ") {
            is_command(command)
        } else if let Some(setting) = name.strip_prefix("ASSENT_") {
            let setting = setting.split('=').next().unwrap_or_default().to_lowercase().replace("__", ".");
            settings.contains(&setting) || name.starts_with("ASSENT_README")
        } else if is_path(&name) {
            name.starts_with("target/") || root.join(&name).exists()
        } else if name.starts_with("assent-") {
            manifest.contains(&format!("\n{name} = "))
        } else if is_setting(&name) {
            settings.contains(&name)
        } else if is_word_of_the_contract(&name) {
            contract.contains(&name)
        } else {
            true
        };
        if !there {
            complaints.push(format!("README.md names {name}, which is not there"));
        }
    }
    complaints
}

/// What stands between backticks on a line of text, and where links point.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            names.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            names
                .extend(line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
        }
    }
    names
}

/// A file of the project; not a database, an address or a pattern.
fn is_path(name: &str) -> bool {
    let ends = [".md", ".toml", ".rs", ".proto", ".py"].iter().any(|end| name.ends_with(end));
    !name.contains([' ', ':']) && !name.starts_with("./") && (ends || name.contains('/') || name == "LICENSE")
}

fn is_setting(name: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    name.split_once('.').is_some_and(|(section, key)| plain(section) && plain(key) && key != "db")
}

/// `VerifyHistory`, `CURSOR_DIVERGED`, `known_head`.
fn is_word_of_the_contract(name: &str) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let camel = name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains('_');
    letters && (camel || name.contains('_')) && name != "KEY_ID"
}

/// Whether the binary knows the command; what follows its options and placeholders is left alone.
fn is_command(command: &str) -> bool {
    let words = command
        .split(' ')
        .take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    let mut words: Vec<_> = words.take_while(|word| !word.starts_with("--")).collect();
    words.push("--help");
    process::run(&words, &[]).status.success()
}

/// `section.key` for each key of the commented defaults, set there or not.
fn settings(defaults: &str) -> Vec<String> {
    let mut section = "";
    let mut settings = Vec::new();
    for line in defaults.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") {
            settings.push(format!("{section}.{key}"));
        }
    }
    settings
}

fn contract(folder: &Path) -> String {
    let files = fs::read_dir(folder).expect("the contract").flatten();
    files.map(|file| fs::read_to_string(file.path()).expect("a file of the contract")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::root;
    use super::*;

    #[test]
    fn a_name_that_stands_for_nothing_is_told() {
        for wrong in [
            "`tests/no-such-file`",
            "[a link](CHANGES.md)",
            "`assent fly`",
            "`assent keys lose KEY_ID`",
            "`ASSENT_LISTEN__ADDRES=x`",
            "`listen.addres`",
            "`assent-nothing`",
            "`NoSuchCall`",
            "`NO_SUCH_REASON`",
        ] {
            assert_eq!(complaints(wrong, root()).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_name_that_is_there_is_left_alone() {
        let right =
            "`tests/run` [it](LICENSE) `assent keys revoke KEY_ID` `ASSENT_LISTEN__ADDRESS=x` `tls.cert_file`
            `assent-sdk` `VerifyHistory` `CURSOR_DIVERGED`";
        assert_eq!(complaints(right, root()), Vec::<String>::new());
    }
}
