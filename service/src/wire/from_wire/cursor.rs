//! Where a reader of the feed begins, and what its cursor is bound to.

use assent_domain::time::Instant;
use assent_proto::v1::get_cursor_request::Start as Asked;
use assent_proto::v1::{ChangeFilter, CursorEdge};
use prost::Message;

use super::{Misfit, time};
use crate::failure::CursorFault;
use crate::wire::token::{FilterHash, TokenError};

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At one end of what can be read.
    Edge(Edge),
    /// Before the first that was recorded then or later.
    RecordedAt(Instant),
}

/// Where to begin.
///
/// # Errors
/// When it is not said, or no instant the service takes.
pub fn start(start: Option<&Asked>) -> Result<Start, Misfit> {
    match start {
        None => Err(Misfit::of("start")),
        Some(Asked::RecordedAt(at)) => {
            time::instant(at).map(Start::RecordedAt).ok_or(Misfit::of("recorded_at"))
        }
        Some(Asked::Edge(number)) => edge(*number).map(Start::Edge),
    }
}

/// One end of what can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Before the oldest.
    Earliest,
    /// After the newest.
    Latest,
}

/// One end of what can be read.
///
/// # Errors
/// When it is none that is known.
pub fn edge(number: i32) -> Result<Edge, Misfit> {
    match CursorEdge::try_from(number) {
        Ok(CursorEdge::Earliest) => Ok(Edge::Earliest),
        Ok(CursorEdge::Latest) => Ok(Edge::Latest),
        Ok(CursorEdge::Unspecified) | Err(_) => Err(Misfit::of("edge")),
    }
}

/// Why a cursor cannot be opened, in the service's own words.
#[must_use]
pub const fn fault(error: TokenError) -> CursorFault {
    match error {
        TokenError::Malformed => CursorFault::Malformed,
        TokenError::FilterMismatch => CursorFault::FilterMismatch,
    }
}

/// The digest of the filter that a cursor is made for. The same for the same filter in another order or with an
/// item twice; the same in every release, since a field that is not given leaves no trace.
#[must_use]
pub fn made_for(filter: Option<&ChangeFilter>) -> FilterHash {
    let mut canonical = filter.cloned().unwrap_or_default();
    sort(&mut canonical.profile_tables);
    sort(&mut canonical.purposes);
    sort(&mut canonical.scopes);
    sort(&mut canonical.effects);
    FilterHash::of(&canonical.encode_to_vec())
}

pub(super) fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_proto::v1::{Effect, Purpose, Scope};

    #[test]
    fn a_start_is_an_edge_or_an_instant() {
        let at_edge = |edge: CursorEdge| start(Some(&Asked::Edge(edge.into())));
        assert_eq!(at_edge(CursorEdge::Earliest), Ok(Start::Edge(Edge::Earliest)));
        assert_eq!(at_edge(CursorEdge::Latest), Ok(Start::Edge(Edge::Latest)));
        assert_eq!(at_edge(CursorEdge::Unspecified), Err(Misfit::of("edge")));
        assert_eq!(start(Some(&Asked::Edge(7))), Err(Misfit::of("edge")));
        assert_eq!(start(None), Err(Misfit::of("start")));
        let at = |nanos| Asked::RecordedAt(prost_types::Timestamp { seconds: 1, nanos });
        assert_eq!(start(Some(&at(1_999))), Ok(Start::RecordedAt(Instant::from_micros(1_000_001).unwrap())));
        assert_eq!(start(Some(&at(-1))), Err(Misfit::of("recorded_at")));
    }

    #[test]
    fn the_order_of_a_filters_lists_does_not_count_and_its_content_does() {
        let filter = |purposes: &[Purpose], tables: &[&str]| ChangeFilter {
            purposes: purposes.iter().map(|one| (*one).into()).collect(),
            profile_tables: tables.iter().map(|one| (*one).to_owned()).collect(),
            ..ChangeFilter::default()
        };
        let both = [Purpose::Tracking, Purpose::Marketing];
        let one = filter(&both, &["b", "a", "b"]);
        assert_eq!(made_for(Some(&one)), made_for(Some(&filter(&[both[1], both[0]], &["a", "b"]))));
        assert_eq!(made_for(None), made_for(Some(&ChangeFilter::default())));
        let others = [
            ChangeFilter::default(),
            filter(&both, &["a"]),
            filter(&both[..1], &["a", "b"]),
            ChangeFilter { scopes: vec![Scope::Device.into()], ..one.clone() },
            ChangeFilter { effects: vec![Effect::Granted.into()], ..one.clone() },
            ChangeFilter { exclude_origin: Some("crm".to_owned()), ..one.clone() },
        ];
        assert!(others.iter().all(|other| made_for(Some(other)) != made_for(Some(&one))));
    }
}
