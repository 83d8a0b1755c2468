//! The texts of opt-ins as they are kept in the settings that declare them.

use assent_domain::id::NoticeId;
use assent_domain::opt_in::{OptInBox, OptInText, OptInTexts};
use serde::{Deserialize, Serialize};

/// The text of one box in one language.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredText {
    #[serde(rename = "box")]
    of: String,
    language: String,
    /// Hexadecimal.
    text: String,
}

/// The form of some texts.
pub(super) fn said(texts: &OptInTexts) -> Vec<StoredText> {
    let said = texts.all().iter().map(|one| StoredText {
        of: one.of.name().to_owned(),
        language: one.language.clone(),
        text: hex::encode(one.text.0),
    });
    said.collect()
}

/// The texts that were said; `None`: a box that nobody knows, a text that is none, or one language twice.
pub(super) fn read(said: Vec<StoredText>) -> Option<OptInTexts> {
    let texts = said.into_iter().map(|StoredText { of, language, text }| {
        let mut id = [0; 32];
        hex::decode_to_slice(text, &mut id).ok()?;
        Some(OptInText { of: OptInBox::named(&of)?, language, text: NoticeId(id) })
    });
    OptInTexts::new(texts.collect::<Option<_>>()?).ok()
}
