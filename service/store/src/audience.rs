//! A walk through the people of one profile table whose opens can be told of: whoever has a last-open day, or was sent
//! something.
//!
//! People come in the order of the hash that leads both `last_open` and `send`, each found from the one before by its
//! index, so that a walk costs what it looks at and never a whole table; and because the hash leads, a person is walked
//! whole or not at all. The day is read here to be judged, and goes no further.

use assent_domain::id::{MessageId, ProfileId, TableId, TenantId};
use assent_domain::mode::PixelMode;
use assent_domain::time::{Day, Instant};

use crate::Store;
use crate::error::StoreError;
use crate::interaction::code;
use crate::statement::{Sql, Values, sql};

const WALK_AUDIENCE: Sql = sql!("walk_audience");

/// How many of a person's mailings are told: the latest.
const MAILINGS_MAX: i64 = 50;

/// A place in the walk: the people after it are not looked at yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonPlace(i64);

impl PersonPlace {
    /// The place as bytes, in order.
    #[must_use]
    pub const fn bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The place of those bytes.
    #[must_use]
    pub const fn of(bytes: [u8; 8]) -> Self {
        Self(i64::from_be_bytes(bytes))
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct AudienceWalk<'a> {
    /// Whose people.
    pub table: &'a TableId,
    /// Where the walk goes on; absent: it begins.
    pub after: Option<PersonPlace>,
    /// How many people are looked at, those of other tables too.
    pub people: u32,
    /// Only mailings from this instant on are told.
    pub since: Instant,
}

/// Somebody of the table.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailed {
    /// Where the walk is.
    pub place: PersonPlace,
    /// Who.
    pub profile: ProfileId,
    /// The stored last-open day.
    pub last_open: Option<Day>,
    /// What they were sent from that instant on with a pixel that may write the day: of each message in each mode the
    /// latest, the latest 50 of them.
    pub mailings: Vec<Mailing>,
}

/// A message that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailing {
    /// The message.
    pub message: MessageId,
    /// The pixel it went out with.
    pub pixel: PixelMode,
    /// When it last did.
    pub at: Instant,
}

/// A stretch of the walk.
#[derive(Default)]
pub struct Walked {
    /// The people of the table, in the order of the walk.
    pub people: Vec<Mailed>,
    /// Where it ends; absent: there is nobody after it.
    pub more: Option<PersonPlace>,
}

impl std::fmt::Debug for Mailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailed(…)")
    }
}

impl Store {
    /// A stretch of the walk.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn walk_audience(
        &self,
        tenant: &TenantId,
        walk: &AudienceWalk<'_>,
    ) -> Result<Walked, StoreError> {
        let from = match walk.after {
            None => i64::MIN,
            Some(PersonPlace(i64::MAX)) => return Ok(Walked::default()),
            Some(PersonPlace(after)) => after + 1,
        };
        let telling = PixelMode::ALL.into_iter().filter(|mode| mode.may_write_last_open());
        let values = Values::of([
            tenant.as_str().into(),
            from.into(),
            i64::from(walk.people).into(),
            walk.table.as_str().into(),
            walk.since.micros().into(),
            telling.fold(0_i64, |mask, mode| mask | 1 << code::pixel(mode)).into(),
            MAILINGS_MAX.into(),
        ]);
        let mut walked = Walked::default();
        let (mut looked_at, mut last) = (0, None);
        for row in self.rows(&WALK_AUDIENCE, "send", values).await? {
            let place = PersonPlace(row.number("person")?);
            if last != Some(place) {
                (looked_at, last) = (looked_at + 1, Some(place));
            }
            let Some(profile) = row.text_or_none("profile")? else { continue };
            let profile = ProfileId::new(profile).map_err(|_| row.wrong("profile"))?;
            let fresh = |one: &Mailed| one.place != place || one.profile != profile;
            if walked.people.last().is_none_or(fresh) {
                walked.people.push(Mailed { place, profile, last_open: None, mailings: Vec::new() });
            }
            let Some(one) = walked.people.last_mut() else { continue };
            if let Some(day) = row.number_or_none("day")? {
                one.last_open = Some(Day::numbered(day).ok_or_else(|| row.wrong("day"))?);
            }
            if let Some(message) = row.text_or_none("message")? {
                let pixel = code::find(&PixelMode::ALL, code::pixel, row.number("pixel")?);
                one.mailings.push(Mailing {
                    message: MessageId::new(message).map_err(|_| row.wrong("message"))?,
                    pixel: pixel.ok_or_else(|| row.wrong("pixel"))?,
                    at: row.instant("sent_at")?,
                });
            }
        }
        walked.more = last.filter(|_| looked_at == walk.people);
        Ok(walked)
    }
}
