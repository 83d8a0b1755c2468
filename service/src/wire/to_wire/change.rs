//! What a record did, and how the feed carries it.

use assent_domain::change::{Effect, Line};
use assent_domain::evidence::{Basis, Source};
use assent_domain::id::NoticeId;
use assent_domain::record::{Body, Record};
use assent_proto::v1;

use super::standing::record_id;
use super::{answer, evidence, policy, scope, time};

/// What was done to a series.
#[must_use]
pub const fn effect(effect: Effect) -> v1::Effect {
    match effect {
        Effect::Granted => v1::Effect::Granted,
        Effect::Renewed => v1::Effect::Renewed,
        Effect::Refused => v1::Effect::Refused,
        Effect::Withdrawn => v1::Effect::Withdrawn,
        Effect::Informed => v1::Effect::Informed,
        Effect::Objected => v1::Effect::Objected,
        Effect::Expired => v1::Effect::Expired,
        Effect::Erased => v1::Effect::Erased,
    }
}

/// What a record did to one series.
#[must_use]
pub fn of_series(line: &Line) -> v1::SeriesChange {
    v1::SeriesChange {
        series: scope::series(line.series).into(),
        effect: effect(line.effect).into(),
        old_state: answer::state(line.old).into(),
        new_state: answer::state(line.new).into(),
    }
}

/// The change that the record at `position` made, but for its lines.
#[must_use]
pub fn of_record(position: u64, record: &Record) -> v1::ConsentChange {
    let told = Told::by(&record.body);
    v1::ConsentChange {
        record_id: record_id(record.id),
        position,
        profile_table: record.table.as_str().to_owned(),
        profile: Some(v1::ProfileKey { id: record.profile.as_str().to_owned() }),
        profile_version: record.profile_version,
        recorded_at: Some(time::instant(record.recorded_at)),
        effective_at: Some(time::instant(record.effective())),
        lines: Vec::new(),
        basis: told.basis.map_or(v1::Basis::Unspecified, evidence::basis).into(),
        method: told.method.map(str::to_owned),
        source: told.source.map(evidence::source),
        notice_id: told.notice.map(|id| id.0.to_vec()),
        policies: record.policies.iter().map(policy::version).collect(),
        origin: record.origin.as_ref().map(|origin| origin.as_str().to_owned()),
    }
}

/// What the feed says of how a record came to be.
#[derive(Default)]
struct Told<'a> {
    basis: Option<Basis>,
    method: Option<&'a str>,
    source: Option<&'a Source>,
    notice: Option<NoticeId>,
}

impl<'a> Told<'a> {
    fn by(body: &'a Body) -> Self {
        match body {
            Body::Answer(given) => Self {
                basis: given.basis,
                method: given.evidence.method.as_deref(),
                source: given.evidence.source.as_ref(),
                notice: given.evidence.notice,
            },
            Body::Notice(given) => {
                Self { source: given.source.as_ref(), notice: given.text, ..Self::default() }
            }
            Body::Request(made) => {
                Self { source: made.source.as_ref(), notice: made.text, ..Self::default() }
            }
            Body::Facts(changed) => Self { source: Some(&changed.source), ..Self::default() },
            Body::Expiry(_) | Body::Erasure => Self::default(),
        }
    }
}
