//! Tells everything held about a person, piece by piece.

use std::fmt;

use assent_proto::v1;
use tonic::Streaming;

use super::{Erasure, Privacy};
use crate::error::{Error, Result};
use crate::interaction::{LastDevice, RecordedInteraction};
use crate::notice::Notice;
use crate::profile::{self, KnownFacts};
use crate::record::ConsentRecord;
use crate::state::Standing;
use crate::time::Day;
use crate::trace::CallSpan;

/// A profile as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldProfile {
    /// One line for each series that the service knows, in their order, as it reads now.
    pub standings: Vec<Standing>,
    /// What is known of the profile beside its answers.
    pub facts: KnownFacts,
    /// The version of its last record; 0: none. It goes on counting after an erasure.
    pub profile_version: u64,
    /// Its last erasure. Absent: it was never erased.
    pub erasure: Option<Erasure>,
}

/// A piece of what is held about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Held {
    /// The profile itself. First.
    Profile(HeldProfile),
    /// A record with its evidence, in the order of recording.
    Record(Box<ConsentRecord>),
    /// A text that a record before it names; each once.
    Notice(Notice),
    /// A recorded interaction or send, the newest first.
    Interaction(Box<RecordedInteraction>),
    /// The last device and user agent. At most once.
    LastDevice(LastDevice),
    /// The calendar day of the last known open, in the zone of the policy that decided. At most once.
    LastOpenDay(Day),
}

/// What is held about a person, as it is told. [`AccessWalk::next`] gives `None` only after all of it.
pub struct AccessWalk {
    stream: Option<(Streaming<v1::AccessProfileResponse>, CallSpan)>,
}

impl AccessWalk {
    /// The next piece; `None`: that was all.
    ///
    /// # Errors
    ///
    /// What broke the stream: what was told until then is not all. It is asked for again from the beginning.
    pub async fn next(&mut self) -> Result<Option<Held>> {
        use v1::access_profile_response::Piece;
        let Some((pieces, call)) = &mut self.stream else { return Ok(None) };
        let piece = match pieces.message().await {
            Ok(Some(told)) => told.piece.ok_or_else(|| Error::unintelligible("piece")),
            Ok(None) => Err(Error::unintelligible("the end of what is held")),
            Err(status) => Err(Error::from_status(&status)),
        };
        let held = piece.and_then(|piece| {
            Ok(Some(match piece {
                Piece::Profile(profile) => Held::Profile(held(profile)?),
                Piece::Record(record) => Held::Record(Box::new(ConsentRecord::from_wire(record)?)),
                Piece::Notice(notice) => Held::Notice(Notice::from_wire(Some(notice))?),
                Piece::Interaction(row) => Held::Interaction(Box::new(RecordedInteraction::from_wire(row)?)),
                Piece::LastDevice(device) => Held::LastDevice(LastDevice::from_wire(device)?),
                Piece::LastOpenDay(day) => Held::LastOpenDay(
                    Day::from_wire(day).ok_or_else(|| Error::unintelligible("last_open_day"))?,
                ),
                Piece::End(_) => return Ok(None),
            }))
        });
        if let Err(error) = &held {
            call.failed(error);
        }
        if !matches!(held, Ok(Some(_))) {
            self.stream = None;
        }
        held
    }
}

impl fmt::Debug for AccessWalk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessWalk").field("over", &self.stream.is_none()).finish_non_exhaustive()
    }
}

fn held(wire: v1::HeldProfile) -> Result<HeldProfile> {
    Ok(HeldProfile {
        standings: wire.standings.into_iter().map(Standing::from_wire).collect(),
        facts: KnownFacts::from_wire(wire.facts),
        profile_version: wire.profile_version,
        erasure: wire.erasure.map(Erasure::from_wire).transpose()?,
    })
}

impl Privacy<'_> {
    /// Tells everything held about one profile, whatever consent permits: what is stored, not what may be used.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown).
    pub async fn access(self, table: impl Into<String>, profile: impl Into<String>) -> Result<AccessWalk> {
        let message = v1::AccessProfileRequest {
            profile_table: table.into(),
            profile: Some(profile::key(profile.into())),
        };
        let begun = self.caller.stream(message, |request| {
            let mut client = self.caller.privacy();
            async move { client.access_profile(request).await }
        });
        Ok(AccessWalk { stream: Some(begun.await?) })
    }
}
