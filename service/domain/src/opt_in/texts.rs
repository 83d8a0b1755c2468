//! The texts that settings declare for the boxes of their forms, and which of them stand beside a box.

use super::OptInBox;
use crate::id::NoticeId;

/// The text of one box in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptInText {
    /// Which box.
    pub of: OptInBox,
    /// The language, a BCP 47 tag; compared without regard to case.
    pub language: String,
    /// The text.
    pub text: NoticeId,
}

/// The texts that one setting declares, at most one for each box and language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptInTexts(Vec<OptInText>);

/// Which setting a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclaredBy {
    /// The campaign.
    Campaign,
    /// The website, the form's own or its campaign's.
    Website,
    /// The profile table.
    ProfileTable,
}

impl DeclaredBy {
    /// Every one, the nearest to a form first.
    pub const ALL: [Self; 3] = [Self::Campaign, Self::Website, Self::ProfileTable];

    /// Its name, the same on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campaign => "CAMPAIGN",
            Self::Website => "WEBSITE",
            Self::ProfileTable => "PROFILE_TABLE",
        }
    }
}

/// A text beside a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundText<'a> {
    /// Its language, as it was declared.
    pub language: &'a str,
    /// The text.
    pub text: NoticeId,
    /// By whom.
    pub declared_by: DeclaredBy,
}

impl OptInTexts {
    /// Those texts.
    ///
    /// # Errors
    /// The places of those whose box and language one before them has already.
    pub fn new(texts: Vec<OptInText>) -> Result<Self, Vec<usize>> {
        let is_repeated = |place: &usize| {
            let one = &texts[*place];
            texts[..*place].iter().any(|before| before.of == one.of && same(&before.language, &one.language))
        };
        let repeated: Vec<usize> = (0..texts.len()).filter(is_repeated).collect();
        if repeated.is_empty() { Ok(Self(texts)) } else { Err(repeated) }
    }

    /// All of them, in the order declared.
    #[must_use]
    pub fn all(&self) -> &[OptInText] {
        &self.0
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The texts beside a box in the wanted languages (none wanted: all), and the wanted languages that have none. Of each
/// language the first level that declares it counts; what is wanted is looked up as RFC 4647, section 3.4 says: "fr-BE"
/// takes "fr" where nobody declared more.
pub(super) fn beside<'a>(
    of: OptInBox,
    levels: impl Iterator<Item = (DeclaredBy, &'a OptInTexts)>,
    wanted: &'a [String],
) -> (Vec<FoundText<'a>>, Vec<&'a str>) {
    let mut at_hand: Vec<FoundText<'a>> = Vec::new();
    for (declared_by, texts) in levels {
        for one in texts.0.iter().filter(|one| one.of == of) {
            if !at_hand.iter().any(|nearer| same(nearer.language, &one.language)) {
                at_hand.push(FoundText { language: &one.language, text: one.text, declared_by });
            }
        }
    }
    at_hand.sort_by_cached_key(|found| found.language.to_ascii_lowercase());
    if wanted.is_empty() {
        return (at_hand, Vec::new());
    }
    let (mut found, mut missing): (Vec<FoundText<'a>>, Vec<&'a str>) = (Vec::new(), Vec::new());
    for tag in wanted {
        match looked_up(&at_hand, tag) {
            Some(one) if found.contains(one) => {}
            Some(one) => found.push(one.clone()),
            None => missing.push(tag),
        }
    }
    (found, missing)
}

fn looked_up<'t, 'a>(at_hand: &'t [FoundText<'a>], wanted: &str) -> Option<&'t FoundText<'a>> {
    let mut tag = wanted;
    loop {
        if let Some(found) = at_hand.iter().find(|found| same(found.language, tag)) {
            return Some(found);
        }
        tag = tag.rsplit_once('-')?.0;
        // A single letter only introduces what stood after it.
        if let Some((before, introduced)) = tag.rsplit_once('-')
            && introduced.len() == 1
        {
            tag = before;
        }
    }
}
