//! The outcome codes of a plan whose sends were recorded: what is kept of it, recipient by recipient, so that a
//! repeated call is told the same modes. They hold no id, no state, no reason, and nothing that names a policy.
//!
//! A recipient is four bytes: what became of it, and the contract's numbers of the pixel, the links and the send's
//! disposition, 0 where there is none. Numbers are never given a new meaning.

use assent_domain::mode::Sent;
use assent_proto::v1::Disposition;

use crate::wire::{from_wire, to_wire};

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// It could not be read.
    Unread,
    /// Modes were asked for that are above these; one that was not has none.
    Above(Sent),
    /// It was planned with these modes, and that became of the send.
    Planned(Sent, Disposition),
}

const LENGTH: usize = 4;

const UNREAD: u8 = 0;
const ABOVE: u8 = 1;
const PLANNED: u8 = 2;

impl Code {
    fn write(self) -> [u8; LENGTH] {
        let (kind, sent, send) = match self {
            Self::Unread => (UNREAD, Sent::default(), Disposition::Unspecified),
            Self::Above(permitted) => (ABOVE, permitted, Disposition::Unspecified),
            Self::Planned(sent, send) => (PLANNED, sent, send),
        };
        let (pixel, links) =
            (to_wire::interaction::pixel(sent.pixel), to_wire::interaction::links(sent.links));
        [kind, number(pixel.into()), number(links.into()), number(send.into())]
    }

    fn read(bytes: [u8; LENGTH]) -> Option<Self> {
        let [kind, pixel, links, send] = bytes;
        let sent = from_wire::interaction::modes(pixel.into(), links.into()).ok()?;
        match kind {
            UNREAD => Some(Self::Unread),
            ABOVE => Some(Self::Above(sent)),
            PLANNED => Some(Self::Planned(sent, Disposition::try_from(i32::from(send)).ok()?)),
            _ => None,
        }
    }
}

/// The contract's enums have far fewer values than a byte can tell apart.
fn number(of: i32) -> u8 {
    u8::try_from(of).unwrap_or(u8::MAX)
}

/// The bytes that are kept.
pub(super) fn write(codes: &[Code]) -> Vec<u8> {
    codes.iter().flat_map(|code| code.write()).collect()
}

/// The codes of `recipients` recipients; `None` when no release up to this one wrote those bytes for them.
pub(super) fn read(bytes: &[u8], recipients: usize) -> Option<Vec<Code>> {
    let (codes, rest) = bytes.as_chunks::<LENGTH>();
    let whole = rest.is_empty() && codes.len() == recipients;
    whole.then(|| codes.iter().map(|code| Code::read(*code)).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use assent_domain::mode::{LinkMode, PixelMode};

    use super::*;

    #[test]
    fn codes_are_read_as_they_were_written() {
        let mut codes = vec![Code::Unread];
        for pixel in PixelMode::ALL {
            for links in LinkMode::ALL {
                let sent = Sent { pixel: Some(pixel), links: Some(links) };
                codes.push(Code::Above(Sent { links: None, ..sent }));
                codes.push(Code::Above(Sent { pixel: None, ..sent }));
                for send in [Disposition::Recorded, Disposition::Discarded, Disposition::Duplicate] {
                    codes.push(Code::Planned(sent, send));
                }
            }
        }
        let bytes = write(&codes);
        assert_eq!(read(&bytes, codes.len()), Some(codes.clone()));
        assert_eq!(read(&bytes, codes.len() - 1), None);
        assert_eq!(read(&bytes, codes.len() + 1), None);
        assert_eq!(read(&bytes[1..], codes.len()), None);
        assert_eq!(read(&[9, 1, 1, 1], 1), None);
        assert_eq!(read(&[PLANNED, 99, 1, 1], 1), None);
    }

    #[test]
    fn a_numbers_meaning_stays() {
        let sent = Sent { pixel: Some(PixelMode::Shared), links: Some(LinkMode::Plain) };
        assert_eq!(write(&[Code::Planned(sent, Disposition::Duplicate)]), [2, 3, 2, 4]);
        assert_eq!(write(&[Code::Above(sent), Code::Unread]), [1, 3, 2, 0, 0, 0, 0, 0]);
    }
}
