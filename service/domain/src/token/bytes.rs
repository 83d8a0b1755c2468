//! A token's content as bytes, before it is sealed. Links live for years: what is read here is read for ever, so a new form
//! gets a new first byte.
//!
//! `form ‖ issued at ‖ what it may ‖ table ‖ person ‖ message`, then zeros up to a whole number of blocks, so that the length
//! tells little of the ids. Instants are eight bytes of microseconds since 1970, texts are led by a byte of length; without
//! a message its length is 0. What a WITHDRAW token may: a byte of flags and one of scopes. What a PREFERENCES token may: whether it
//! runs out, and when.

use super::{Capability, Token};
use crate::id::{MessageId, ProfileId, TableId};
use crate::scope::{Coverage, Scope, TrackingCoverage};
use crate::time::Instant;

const WITHDRAW: u8 = 1;
const PREFERENCES: u8 = 2;

const MARKETING: u8 = 1;
const ALL_SCOPES: u8 = 2;

const LASTS: u8 = 0;
const RUNS_OUT: u8 = 1;

/// What the length of the content is a multiple of.
const BLOCK: usize = 32;

impl Token {
    /// The content to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.capability {
            Capability::Withdraw(coverage) => {
                bytes.push(WITHDRAW);
                bytes.extend(self.issued_at.micros().to_be_bytes());
                bytes.extend(covered(coverage));
            }
            Capability::Preferences { expires_at } => {
                bytes.push(PREFERENCES);
                bytes.extend(self.issued_at.micros().to_be_bytes());
                match expires_at {
                    None => bytes.push(LASTS),
                    Some(at) => {
                        bytes.push(RUNS_OUT);
                        bytes.extend(at.micros().to_be_bytes());
                    }
                }
            }
        }
        let message = self.message.as_ref().map_or("", MessageId::as_str);
        for text in [self.table.as_str(), self.profile.as_str(), message] {
            // Ids are at most 128 bytes long.
            bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            bytes.extend(text.as_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    /// Reads content that was opened; `None` when it is not what [`Token::to_bytes`] of this release or an earlier one gives.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let form = reader.byte()?;
        let issued_at = reader.instant()?;
        let capability = match form {
            WITHDRAW => Capability::Withdraw(reader.coverage()?),
            PREFERENCES => Capability::Preferences {
                expires_at: match reader.byte()? {
                    LASTS => None,
                    RUNS_OUT => Some(reader.instant()?),
                    _ => return None,
                },
            },
            _ => return None,
        };
        let table = TableId::new(reader.text()?).ok()?;
        let profile = ProfileId::new(reader.text()?).ok()?;
        let message = match reader.text()? {
            "" => None,
            id => Some(MessageId::new(id).ok()?),
        };
        let padded = bytes.len().is_multiple_of(BLOCK) && reader.0.len() < BLOCK;
        let rest_is_padding = padded && reader.0.iter().all(|byte| *byte == 0);
        rest_is_padding.then_some(Self { table, profile, capability, issued_at, message })
    }
}

fn covered(coverage: Coverage) -> [u8; 2] {
    let marketing = if coverage.marketing() { MARKETING } else { 0 };
    match coverage.tracking() {
        TrackingCoverage::None => [marketing, 0],
        TrackingCoverage::All => [marketing | ALL_SCOPES, 0],
        TrackingCoverage::Scopes(scopes) => {
            [marketing, scopes.iter().fold(0, |bits, scope| bits | 1 << scope as u8)]
        }
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn instant(&mut self) -> Option<Instant> {
        let (micros, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Instant::from_micros(i64::from_be_bytes(*micros))
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.byte()?);
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn coverage(&mut self) -> Option<Coverage> {
        let (flags, bits) = (self.byte()?, self.byte()?);
        let tracking = match flags & !MARKETING {
            ALL_SCOPES if bits == 0 => TrackingCoverage::All,
            0 => {
                let scopes: Vec<Scope> =
                    Scope::ALL.into_iter().filter(|scope| bits & (1 << *scope as u8) != 0).collect();
                // A scope that only a later release knows: less would be withdrawn than the link promised.
                if scopes.len() != bits.count_ones() as usize {
                    return None;
                }
                TrackingCoverage::Scopes(scopes.into_iter().collect())
            }
            _ => return None,
        };
        Coverage::new(flags & MARKETING != 0, tracking)
    }
}
