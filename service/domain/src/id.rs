//! Identifiers, each its own type, so that one can never stand for another.
//!
//! Text ids are opaque: compared bytewise, never normalised, split or guessed at. Most stand for
//! people or things of a caller, so their `Debug` form never shows the value (logs are not a
//! place where a profile may be named).

use std::fmt;
use std::sync::Arc;

/// Why a text is not an identifier of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It is empty.
    #[error("must not be empty")]
    Empty,
    /// It is longer than that many bytes.
    #[error("must be at most {0} bytes of UTF-8")]
    TooLong(usize),
    /// It holds a control character.
    #[error("must not contain control characters")]
    Control,
}

fn check(text: &str, max: usize) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > max {
        return Err(IdError::TooLong(max));
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::Control);
    }
    Ok(())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        text_id!($(#[$doc])* $name, $max, String);
    };
    ($(#[$doc:meta])* $name:ident, $max:literal, $held:ty) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($held);

        impl $name {
            /// The longest it may be, in bytes of UTF-8.
            pub const MAX_BYTES: usize = $max;

            /// Takes a text as it is.
            ///
            /// # Errors
            /// When it is empty, too long or holds a control character.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text, Self::MAX_BYTES)?;
                Ok(Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

text_id!(
    /// One customer of an installation. It comes from the credential, never from a request.
    TenantId, 64
);
text_id!(
    /// A tenant's list of people.
    TableId, 64
);
text_id!(
    /// One person in one profile table, under the caller's own id.
    ProfileId, 128
);
text_id!(
    /// What an import is known by when it goes on, in the caller's word.
    ImportId, 64
);
text_id!(
    /// The system a record came from; readers of the change feed leave out their own.
    Origin, 64
);
text_id!(
    /// A website.
    WebsiteId, 128
);
text_id!(
    /// A campaign.
    CampaignId, 128
);
text_id!(
    /// A message: one content for many profiles.
    MessageId, 128
);
text_id!(
    /// A link inside a message.
    LinkId, 128
);
text_id!(
    /// A transaction goal.
    GoalId, 128
);
text_id!(
    /// An order of a shop.
    OrderId, 128
);
text_id!(
    /// A policy: a built-in one or a tenant's override. Every verdict names one, so a clone costs no copy.
    PolicyId, 64, Arc<str>
);

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

byte_id!(
    /// A consent record: a UUIDv7, made by the server.
    RecordId, 16
);
byte_id!(
    /// A mutation's idempotency key: a UUID, made by the caller.
    RequestId, 16
);
byte_id!(
    /// An interaction: a UUID, made by the caller; best a UUIDv7, which is stored at half the cost.
    InteractionId, 16
);
byte_id!(
    /// What one transaction recorded of interactions: a UUIDv7, made by the server.
    BatchId, 16
);
byte_id!(
    /// A notice text: the SHA-256 of its bytes.
    NoticeId, 32
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_id_is_1_to_128_bytes_without_control_characters() {
        assert_eq!(ProfileId::new(""), Err(IdError::Empty));
        assert!(ProfileId::new("x".repeat(128)).is_ok());
        assert_eq!(ProfileId::new("x".repeat(129)), Err(IdError::TooLong(128)));
        assert_eq!(ProfileId::new("é".repeat(64)).map(|id| id.as_str().len()), Ok(128));
        assert_eq!(ProfileId::new("é".repeat(65)), Err(IdError::TooLong(128)));
        for control in ["a\0b", "a\nb", "\u{7f}", "a\u{85}"] {
            assert_eq!(ProfileId::new(control), Err(IdError::Control));
        }
    }

    #[test]
    fn a_profile_id_is_never_normalised_and_never_shown() {
        let composed = ProfileId::new("é").unwrap();
        let decomposed = ProfileId::new("e\u{301}").unwrap();
        assert_ne!(composed, decomposed);
        assert_ne!(ProfileId::new("A").unwrap(), ProfileId::new("a").unwrap());
        assert_ne!(ProfileId::new(" a").unwrap(), ProfileId::new("a").unwrap());
        assert_eq!(format!("{:?}", ProfileId::new("secret").unwrap()), "ProfileId(…)");
    }
}
