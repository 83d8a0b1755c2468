//! Instants and days, to the wire and back.

use assent_proto::google;

use super::{Day, Instant, TimeError};

#[test]
fn instants_are_cut_to_microseconds_towards_the_past() {
    let instant: Instant = "1969-12-31T23:59:59.9999999Z".parse().unwrap();
    assert_eq!(instant.micros(), -1);
    assert_eq!(Instant::from_wire(instant.into_wire()), instant);
    assert_eq!(instant.into_wire(), prost_types::Timestamp { seconds: -1, nanos: 999_999_000 });
}

#[test]
fn a_day_is_one_of_the_calendar() {
    for wrong in ["2026-02-29", "2026-2-9", "2026-13-01", "0000-01-01", "2026-01-01x", "+026-01-01", ""] {
        assert_eq!(wrong.parse::<Day>(), Err(TimeError::Day), "{wrong}");
    }
    let day: Day = "2024-02-29".parse().unwrap();
    assert_eq!(Day::from_wire(day.into_wire()), Some(day));
    assert_eq!(day.to_string(), "2024-02-29");
    assert_eq!(day.midnight_utc().to_string(), "2024-02-29T00:00:00Z");
    assert_eq!(Day::from_wire(google::Date { year: 2026, month: 0, day: 0 }), None);
}
