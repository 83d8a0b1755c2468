//! What a series reads.

use assent_domain::history::Standing;
use assent_domain::id::RecordId;
use assent_domain::scope::Series;
use assent_proto::v1;

use super::{answer, scope, time};

/// What `series` reads.
#[must_use]
pub fn standing(series: Series, standing: &Standing) -> v1::Standing {
    v1::Standing {
        series: scope::series(series).into(),
        state: answer::state(standing.state).into(),
        since: standing.since.map(time::instant),
        last_confirmed: standing.last_confirmed.map(time::instant),
        record_id: standing.record.map(record_id),
    }
}

/// What those series read that are `wanted`, in their order.
#[must_use]
pub fn standings(all: &[Standing; Series::COUNT], wanted: impl Fn(Series) -> bool) -> Vec<v1::Standing> {
    let wanted = Series::ALL.into_iter().zip(all).filter(|(series, _)| wanted(*series));
    wanted.map(|(series, read)| standing(series, read)).collect()
}

/// The id of a record, as a UUID is written.
#[must_use]
pub fn record_id(id: RecordId) -> String {
    uuid::Uuid::from_bytes(id.0).to_string()
}
