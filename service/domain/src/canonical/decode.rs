//! Reading a record's bytes, and nothing but a record's bytes.

use super::{ALL_SCOPES, CanonicalError, FORMAT, kind, tag};
use crate::answer::Answer;
use crate::evidence::{Basis, Controller, Evidence, Source, SourceKind};
use crate::id::{MessageId, NoticeId, Origin, PolicyId, ProfileId, RecordId, TableId};
use crate::record::{
    AnswerGiven, Body, Country, FactsChanged, GrantExpired, NoticeGiven, PolicyVersion, Record, RequestMade,
};
use crate::scope::{Coverage, ScopeSet, Series, TrackingCoverage};
use crate::time::{Day, Instant};

use CanonicalError::{Format, Malformed, Missing, Order, Truncated, Unexpected};

/// The record of those canonical bytes.
///
/// # Errors
/// When [`super::encode`] would not have written exactly these bytes.
pub fn decode(bytes: &[u8]) -> Result<Record, CanonicalError> {
    let mut fields = Fields::read(bytes)?;
    let named = fields.text(tag::KIND)?.ok_or(Missing(tag::KIND))?;
    let table = fields.id(tag::TABLE, TableId::new)?.ok_or(Missing(tag::TABLE))?;
    let profile = fields.id(tag::PROFILE, ProfileId::new)?.ok_or(Missing(tag::PROFILE))?;
    let body = match named {
        kind::ANSWER => Body::Answer(answer(&mut fields)?),
        kind::NOTICE => Body::Notice(notice(&mut fields)?),
        kind::REQUEST => Body::Request(request(&mut fields)?),
        kind::FACTS => Body::Facts(facts(&mut fields)?),
        kind::EXPIRY => Body::Expiry(expiry(&mut fields)?),
        kind::ERASURE => Body::Erasure,
        _ => return Err(Malformed(tag::KIND)),
    };
    let origin = fields.id(tag::ORIGIN, Origin::new)?;
    let policies = fields.policies()?;
    let version = fields.array(tag::PROFILE_VERSION)?.ok_or(Missing(tag::PROFILE_VERSION))?;
    let recorded_at = fields.instant(tag::RECORDED_AT)?.ok_or(Missing(tag::RECORDED_AT))?;
    let id = fields.array(tag::RECORD)?.ok_or(Missing(tag::RECORD))?;
    fields.end()?;
    Ok(Record {
        id: RecordId(id),
        table,
        profile,
        profile_version: u64::from_be_bytes(version),
        recorded_at,
        origin,
        policies,
        body,
    })
}

fn answer(fields: &mut Fields<'_>) -> Result<AnswerGiven, CanonicalError> {
    Ok(AnswerGiven {
        answer: fields.name(tag::ANSWER, Answer::named)?.ok_or(Missing(tag::ANSWER))?,
        coverage: fields.coverage()?,
        basis: fields.name(tag::BASIS, Basis::named)?,
        decided_at: fields.instant(tag::DECIDED_AT)?,
        evidence: Evidence {
            method: fields.owned(tag::METHOD)?,
            source: fields.source()?,
            notice: fields.array(tag::NOTICE)?.map(NoticeId),
            language: fields.owned(tag::LANGUAGE)?,
            actor: fields.owned(tag::ACTOR)?,
            controller: fields.controller()?,
            proof_reference: fields.owned(tag::PROOF_REFERENCE)?,
        },
    })
}

fn notice(fields: &mut Fields<'_>) -> Result<NoticeGiven, CanonicalError> {
    Ok(NoticeGiven {
        coverage: fields.coverage()?,
        source: fields.source()?,
        text: fields.array(tag::NOTICE)?.map(NoticeId),
        proof_reference: fields.owned(tag::PROOF_REFERENCE)?,
        notified_at: fields.instant(tag::NOTIFIED_AT)?,
        conditions_unchanged: fields.yes(tag::CONDITIONS_UNCHANGED)?,
        withdrawal_offered: fields.yes(tag::WITHDRAWAL_OFFERED)?,
        justification: fields.owned(tag::JUSTIFICATION)?,
        sent_message: fields.id(tag::SENT_MESSAGE, MessageId::new)?,
    })
}

fn request(fields: &mut Fields<'_>) -> Result<RequestMade, CanonicalError> {
    Ok(RequestMade {
        coverage: fields.coverage()?,
        source: fields.source()?,
        text: fields.array(tag::NOTICE)?.map(NoticeId),
        requested_at: fields.instant(tag::REQUESTED_AT)?,
        sent_message: fields.id(tag::SENT_MESSAGE, MessageId::new)?,
    })
}

fn facts(fields: &mut Fields<'_>) -> Result<FactsChanged, CanonicalError> {
    Ok(FactsChanged {
        source: fields.source()?.ok_or(Missing(tag::SOURCE))?,
        collected_on: fields.name(tag::COLLECTED_ON, Day::parse)?,
        jurisdiction: fields.name(tag::JURISDICTION, Country::new)?,
    })
}

fn expiry(fields: &mut Fields<'_>) -> Result<GrantExpired, CanonicalError> {
    Ok(GrantExpired {
        coverage: fields.coverage()?,
        grant: fields.array(tag::EXPIRED_GRANT)?.map(RecordId).ok_or(Missing(tag::EXPIRED_GRANT))?,
        expired_at: fields.instant(tag::EXPIRED_AT)?.ok_or(Missing(tag::EXPIRED_AT))?,
    })
}

/// The fields not yet read, in order. Whoever reads takes them in the order of their tags, so a
/// field that does not belong is still there when another is looked for, and is named.
struct Fields<'a> {
    next: Option<(u16, &'a [u8])>,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, CanonicalError> {
        let (format, rest) = bytes.split_first().ok_or(Format(None))?;
        if *format != FORMAT {
            return Err(Format(Some(*format)));
        }
        let mut fields = Self { next: None, rest };
        fields.advance()?;
        Ok(fields)
    }

    /// Goes on to the field after this one, which comes in its order.
    fn advance(&mut self) -> Result<(), CanonicalError> {
        let before = self.next.take();
        if self.rest.is_empty() {
            return Ok(());
        }
        let (head, tail) = self.rest.split_at_checked(6).ok_or(Truncated)?;
        let [t0, t1, l0, l1, l2, l3] = *head else { return Err(Truncated) };
        let tag = u16::from_be_bytes([t0, t1]);
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).map_err(|_| Truncated)?;
        let (value, rest) = tail.split_at_checked(length).ok_or(Truncated)?;
        if before.is_some_and(|(last, _)| last > tag || last == tag && !tag::is_list(tag)) {
            return Err(Order(tag));
        }
        (self.next, self.rest) = (Some((tag, value)), rest);
        Ok(())
    }

    fn take(&mut self, tag: u16) -> Result<Option<&'a [u8]>, CanonicalError> {
        match self.next {
            Some((next, _)) if next < tag => Err(Unexpected(next)),
            Some((next, value)) if next == tag => {
                self.advance()?;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    fn end(self) -> Result<(), CanonicalError> {
        self.next.map_or(Ok(()), |(tag, _)| Err(Unexpected(tag)))
    }

    fn text(&mut self, tag: u16) -> Result<Option<&'a str>, CanonicalError> {
        let value = self.take(tag)?;
        value.map(|value| std::str::from_utf8(value).map_err(|_| Malformed(tag))).transpose()
    }

    fn owned(&mut self, tag: u16) -> Result<Option<String>, CanonicalError> {
        Ok(self.text(tag)?.map(str::to_owned))
    }

    fn name<T>(&mut self, tag: u16, named: impl Fn(&str) -> Option<T>) -> Result<Option<T>, CanonicalError> {
        self.text(tag)?.map(|text| named(text).ok_or(Malformed(tag))).transpose()
    }

    fn id<T, E>(
        &mut self,
        tag: u16,
        new: impl Fn(String) -> Result<T, E>,
    ) -> Result<Option<T>, CanonicalError> {
        self.name(tag, |text| new(text.to_owned()).ok())
    }

    fn array<const N: usize>(&mut self, tag: u16) -> Result<Option<[u8; N]>, CanonicalError> {
        self.take(tag)?.map(|value| value.try_into().map_err(|_| Malformed(tag))).transpose()
    }

    fn instant(&mut self, tag: u16) -> Result<Option<Instant>, CanonicalError> {
        let micros = self.array(tag)?.map(i64::from_be_bytes);
        micros.map(|micros| Instant::from_micros(micros).ok_or(Malformed(tag))).transpose()
    }

    fn yes(&mut self, tag: u16) -> Result<Option<bool>, CanonicalError> {
        match self.take(tag)? {
            None => Ok(None),
            Some([0]) => Ok(Some(false)),
            Some([1]) => Ok(Some(true)),
            Some(_) => Err(Malformed(tag)),
        }
    }

    fn source(&mut self) -> Result<Option<Source>, CanonicalError> {
        let Some(kind) = self.name(tag::SOURCE, SourceKind::named)? else { return Ok(None) };
        let (name, version) = (self.owned(tag::SOURCE_NAME)?, self.owned(tag::SOURCE_VERSION)?);
        Ok(Some(Source { kind, name, version }))
    }

    fn controller(&mut self) -> Result<Option<Controller>, CanonicalError> {
        let Some(name) = self.owned(tag::CONTROLLER_NAME)? else { return Ok(None) };
        let address = self.owned(tag::CONTROLLER_ADDRESS)?.ok_or(Missing(tag::CONTROLLER_ADDRESS))?;
        let contact = self.owned(tag::CONTROLLER_CONTACT)?.ok_or(Missing(tag::CONTROLLER_CONTACT))?;
        Ok(Some(Controller { name, address, contact }))
    }

    fn coverage(&mut self) -> Result<Coverage, CanonicalError> {
        let mut marketing = false;
        let mut all = false;
        let mut scopes = ScopeSet::NONE;
        let mut place = None;
        while let Some(word) = self.text(tag::COVERAGE)? {
            let next = if word == ALL_SCOPES {
                all = true;
                Series::COUNT
            } else {
                let series = Series::named(word).ok_or(Malformed(tag::COVERAGE))?;
                match series {
                    Series::Marketing => marketing = true,
                    Series::Tracking(scope) => scopes = scopes.with(scope),
                }
                series.index()
            };
            if place.is_some_and(|place| next <= place) || all && !scopes.is_empty() {
                return Err(Order(tag::COVERAGE));
            }
            place = Some(next);
        }
        let tracking = if all { TrackingCoverage::All } else { TrackingCoverage::Scopes(scopes) };
        Coverage::new(marketing, tracking).ok_or(Missing(tag::COVERAGE))
    }

    fn policies(&mut self) -> Result<Vec<PolicyVersion>, CanonicalError> {
        let mut policies = Vec::new();
        while let Some(value) = self.take(tag::POLICY)? {
            let malformed = Malformed(tag::POLICY);
            let (version, id) = value.split_first_chunk().ok_or(malformed)?;
            let version = u32::try_from(i64::from_be_bytes(*version)).map_err(|_| malformed)?;
            let id = std::str::from_utf8(id).ok().and_then(|id| PolicyId::new(id).ok()).ok_or(malformed)?;
            policies.push(PolicyVersion { id, version });
        }
        Ok(policies)
    }
}
