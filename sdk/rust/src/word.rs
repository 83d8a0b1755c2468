//! How an enum of the contract becomes one of ours. A word that only a later release knows is kept by its number: an
//! old client goes on reading, and never takes what it does not understand for a yes.

/// An enum that the contract knows by number.
pub(crate) trait Word: Copy {
    /// Its number in the contract.
    fn to_wire(self) -> i32;
    /// The word of that number.
    fn from_wire(number: i32) -> Self;
}

/// Makes an enum of ours for one of the contract's. Fails to compile when the contract has a word that is not listed.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident = $wire:ty, $prefix:literal {
            $( $(#[$word_doc:meta])* $word:ident, )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$word_doc])* $word, )+
            /// A word of a later release, by its number in the contract. Never to be taken for a yes.
            Unrecognised(i32),
        }

        impl $name {
            /// Every word that this release knows, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The word as the contract writes it, such as `EMAIL_OPEN`; `UNRECOGNISED` for a later release's.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$word => <$wire>::$word.as_str_name().trim_start_matches($prefix), )+
                    Self::Unrecognised(_) => "UNRECOGNISED",
                }
            }
        }

        impl $crate::word::Word for $name {
            fn to_wire(self) -> i32 {
                match self {
                    $( Self::$word => <$wire>::$word as i32, )+
                    Self::Unrecognised(number) => number,
                }
            }

            fn from_wire(number: i32) -> Self {
                match <$wire>::try_from(number) {
                    $( Ok(<$wire>::$word) => Self::$word, )+
                    Ok(<$wire>::Unspecified) | Err(_) => Self::Unrecognised(number),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use words;
