//! Erasures on the wire.

use assent_proto::v1;

use super::{Erasure, ErasureState};
use crate::time::Instant;

const AT: Instant = Instant::from_micros(1_795_253_400_000_000);

#[test]
fn an_erasure_is_complete_only_where_it_is_told_so() {
    let told = |state: i32, completes_after| {
        let erased_at = Some(AT.into_wire());
        Erasure::from_wire(v1::Erasure { erased_at, state, completes_after }).unwrap()
    };
    let pending = told(v1::ErasureState::Pending.into(), Some(AT.into_wire()));
    assert_eq!((pending.state, pending.completes_after), (ErasureState::Pending, Some(AT)));
    assert_eq!(told(v1::ErasureState::Complete.into(), None).state, ErasureState::Complete);
    assert_eq!(told(0, None).state, ErasureState::Unrecognised(0));
    assert!(Erasure::from_wire(v1::Erasure::default()).is_err());
}
