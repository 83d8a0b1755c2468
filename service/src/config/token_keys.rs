//! The keys of links' tokens: several, since links live for years and keys should not.
//!
//! One text: `id:key` for each, newest first, separated by commas or white space. The id stands in front of every token that the
//! key sealed.

use super::read::Reader;
use super::secret::{KeyBytes, secret};

/// The key's path in the configuration.
const PATH: &str = "secrets.token_keys";

/// What a key is called: 1 to 16 lower-case letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKeyId(String);

impl TokenKeyId {
    /// Takes a text as it is; `None` when it is no such id.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let right = (1..=16).contains(&text.len()) && text.bytes().all(letter);
        right.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One key, with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    /// What it is called.
    pub id: TokenKeyId,
    /// The key itself.
    pub bytes: KeyBytes,
}

/// Keys of tokens, the newest first: it seals, all open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKeys(Vec<TokenKey>);

impl TokenKeys {
    /// Every key, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &TokenKey> {
        self.0.iter()
    }

    /// Reads a text of keys.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let listed = text.split(|letter: char| letter == ',' || letter.is_whitespace());
        let listed = listed.filter(|part| !part.is_empty());
        let keys: Option<Vec<_>> = listed
            .map(|part| {
                let (id, bytes) = part.split_once(':')?;
                Some(TokenKey { id: TokenKeyId::new(id)?, bytes: KeyBytes::parse(bytes)? })
            })
            .collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or(
            "must be a list of id:key, the newest first; an id is 1 to 16 lower-case letters and digits, \
             a key 64 hexadecimal digits, made by `openssl rand -hex 32`",
        )?;
        let twice = keys.iter().enumerate().any(|(place, key)| {
            keys.iter().skip(place + 1).any(|other| other.id == key.id || other.bytes == key.bytes)
        });
        if twice { Err("must name each id and each key once") } else { Ok(Self(keys)) }
    }
}

/// The configured keys; the inner `None`: not set.
#[expect(
    clippy::option_option,
    reason = "the outer level says whether it was readable, the inner whether it was set"
)]
pub(super) fn read(reader: &mut Reader, must_be_set: bool) -> Option<Option<TokenKeys>> {
    let set = reader.source(PATH).is_some() || reader.source(&format!("{PATH}_file")).is_some();
    let text = secret(reader, PATH);
    if !set {
        if must_be_set {
            let text = "must be set with PostgreSQL, the same on every replica: id:key, the newest first, \
                        each key made by `openssl rand -hex 32`";
            reader.problem(PATH, text);
        }
        return Some(None);
    }
    match TokenKeys::parse(text?.reveal()) {
        Ok(keys) => Some(Some(keys)),
        Err(problem) => {
            reader.problem(PATH, problem);
            Some(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0101010101010101010101010101010101010101010101010101010101010101";
    const TWO: &str = "0202020202020202020202020202020202020202020202020202020202020202";

    #[test]
    fn keys_are_listed_newest_first_by_commas_or_lines() {
        for text in
            [format!("b:{TWO},a:{ONE}"), format!(" b:{TWO}\n\na:{ONE}\n"), format!("b:{TWO}, a:{ONE},")]
        {
            let keys = TokenKeys::parse(&text).unwrap();
            let read: Vec<_> = keys.iter().map(|key| (key.id.as_str(), key.bytes.reveal()[0])).collect();
            assert_eq!(read, [("b", 2), ("a", 1)]);
        }
    }

    #[test]
    fn a_list_that_would_confuse_two_keys_is_refused() {
        for text in [format!("a:{ONE},a:{TWO}"), format!("a:{ONE},b:{ONE}")] {
            assert!(TokenKeys::parse(&text).unwrap_err().contains("once"));
        }
    }

    #[test]
    fn what_is_no_list_of_keys_is_refused() {
        let long = format!("abcdefghijklmnopq:{ONE}");
        for text in ["", ",", ONE, "a:", "a:01", ":01", &format!("A:{ONE}"), &format!("a.b:{ONE}"), &long] {
            assert!(TokenKeys::parse(text).unwrap_err().contains("id:key"), "{text}");
        }
    }

    #[test]
    fn a_key_is_never_shown() {
        let keys = TokenKeys::parse(&format!("a:{ONE}")).unwrap();
        assert!(!format!("{keys:?}").contains("1, 1"), "{keys:?}");
    }
}
