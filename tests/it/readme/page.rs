//! The README as text, blocks of commands and blocks of output.

use std::collections::BTreeMap;

/// A part of the page.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Text, fences included.
    Text(String),
    /// The inside of a block of commands.
    Run(String, String),
    /// The inside of a block of output.
    Output(String, String),
}

/// The page, in its parts.
pub(crate) struct Page(Vec<Part>);

impl Page {
    /// Takes the page apart.
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut around = String::new();
        let mut lines = text.split_inclusive('\n');
        while let Some(line) = lines.next() {
            around.push_str(line);
            let Some((word, name)) = mark(line) else { continue };
            let fence = lines.next().unwrap_or_default();
            assert!(fence.starts_with("```"), "a block follows {}", line.trim());
            around.push_str(fence);
            parts.push(Part::Text(std::mem::take(&mut around)));
            let mut inside = String::new();
            for line in lines.by_ref() {
                if line.starts_with("```") {
                    around.push_str(line);
                    break;
                }
                inside.push_str(line);
            }
            let part = if word == "run" { Part::Run } else { Part::Output };
            parts.push(part(name.to_owned(), inside));
        }
        parts.push(Part::Text(around));
        Self(parts)
    }

    /// The blocks of commands with their names, in order.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|part| match part {
            Part::Run(name, commands) => Some((name.as_str(), commands.as_str())),
            Part::Text(_) | Part::Output(..) => None,
        })
    }

    /// The page with these answers as its outputs. What differs only in what no two runs share keeps standing.
    pub(crate) fn with(&self, answers: &BTreeMap<String, String>) -> String {
        let said: String = self.commands().map(|(_, commands)| commands).collect();
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) | Part::Run(_, text) => text.as_str(),
            Part::Output(name, shown) => {
                let answer = answers.get(name).unwrap_or_else(|| panic!("no commands are called {name}"));
                if steady(shown, &said) == steady(answer, &said) { shown } else { answer }
            }
        });
        parts.collect()
    }
}

/// `<!-- run: NAME -->` and `<!-- output: NAME -->`.
fn mark(line: &str) -> Option<(&str, &str)> {
    let inside = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let (word, name) = inside.split_once(':')?;
    let word = word.trim();
    ["run", "output"].contains(&word).then_some((word, name.trim()))
}

/// The text without what varies from run to run: instants and UUIDs between quotes, unless the commands named them.
fn steady(text: &str, said: &str) -> String {
    let words = text.split('"').map(|word| {
        let varies = is_instant(word) || is_uuid(word);
        if varies && !said.contains(word) { "…" } else { word }
    });
    words.collect::<Vec<_>>().join("\"")
}

fn is_instant(word: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        19 => byte == b'.' || byte == b'Z',
        _ => byte.is_ascii_digit() || byte == b'Z',
    };
    word.len() >= 20 && word.ends_with('Z') && word.bytes().enumerate().all(shape)
}

fn is_uuid(word: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    word.len() == 36 && word.bytes().enumerate().all(shape)
}

/// The lines that only one of two texts has, in order. Empty: there are none.
pub(crate) fn difference(shown: &str, real: &str) -> String {
    let (shown, real): (Vec<_>, Vec<_>) = (shown.lines().collect(), real.lines().collect());
    // The length of the longest common sequence of what follows each pair of lines.
    let mut common = vec![vec![0_u32; real.len() + 1]; shown.len() + 1];
    for s in (0..shown.len()).rev() {
        for r in (0..real.len()).rev() {
            let apart = common[s + 1][r].max(common[s][r + 1]);
            common[s][r] = if shown[s] == real[r] { common[s + 1][r + 1] + 1 } else { apart };
        }
    }

    let mut told = String::new();
    let (mut s, mut r) = (0, 0);
    while s < shown.len() || r < real.len() {
        if s < shown.len() && r < real.len() && shown[s] == real[r] {
            (s, r) = (s + 1, r + 1);
        } else if r == real.len() || (s < shown.len() && common[s + 1][r] >= common[s][r + 1]) {
            told.push_str(&format!("- {}\n", shown[s]));
            s += 1;
        } else {
            told.push_str(&format!("+ {}\n", real[r]));
            r += 1;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "One.\n<!-- run: a -->\n```sh\ntell \"2026-01-01T00:00:00Z\"\n```\n\n<!-- output: a -->\n```text\n\
                        old \"2026-11-21T23:52:55.774282Z\"\n\"2026-01-01T00:00:00Z\"\n```\nTwo.\n";

    fn answered(answer: &str) -> String {
        Page::read(PAGE).with(&BTreeMap::from([("a".to_owned(), answer.to_owned())]))
    }

    #[test]
    fn the_commands_are_found() {
        let page = Page::read(PAGE);
        assert_eq!(page.commands().collect::<Vec<_>>(), [("a", "tell \"2026-01-01T00:00:00Z\"\n")]);
    }

    #[test]
    fn another_time_of_day_changes_nothing() {
        assert_eq!(answered("old \"2027-01-02T03:04:05.6Z\"\n\"2026-01-01T00:00:00Z\"\n"), PAGE);
    }

    #[test]
    fn a_time_that_the_commands_name_must_come_back() {
        let now = answered("old \"2026-11-21T23:52:55.774282Z\"\n\"2026-01-01T00:00:01Z\"\n");
        let told = difference(PAGE, &now);
        assert_eq!(told, "- \"2026-01-01T00:00:00Z\"\n+ \"2026-01-01T00:00:01Z\"\n");
    }

    #[test]
    fn another_word_is_told() {
        let now = answered("new \"2026-11-21T23:52:55.774282Z\"\n\"2026-01-01T00:00:00Z\"\n");
        assert!(difference(PAGE, &now).starts_with("- old "));
        assert_ne!(now, PAGE);
    }

    #[test]
    fn only_the_lines_that_differ_are_told() {
        assert_eq!(difference("a\nb\nc\nd\n", "a\nc\nd\ne\n"), "- b\n+ e\n");
        assert_eq!(difference("a\n", "a\n"), "");
    }

    #[test]
    fn only_a_uuid_is_taken_for_one() {
        assert!(is_uuid("01a20088-c854-7ae1-ad40-5df2bf6842b9"));
        assert!(!is_uuid("01a20088-c854-7ae1-ad40-5df2bf6842b"));
        assert!(!is_instant("OUTCOME_CREATED_AND_Z"));
    }
}
