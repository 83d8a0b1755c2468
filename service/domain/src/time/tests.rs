use super::*;

fn micros(text: &str) -> Instant {
    let stamp: jiff::Timestamp = text.parse().unwrap();
    Instant::from_micros(stamp.as_microsecond()).unwrap()
}

#[test]
fn a_day_is_a_day_of_the_zone() {
    let paris = Zone::named("Europe/Paris").unwrap();
    let rome = Zone::named("Europe/Rome").unwrap();
    // Summer time in July, winter time after 25 October 2026.
    assert_eq!(micros("2026-07-14T21:59:59.999999Z").day_in(&paris).to_string(), "2026-07-14");
    assert_eq!(micros("2026-07-14T22:00:00Z").day_in(&paris).to_string(), "2026-07-15");
    assert_eq!(micros("2026-10-28T22:59:59.999999Z").day_in(&rome).to_string(), "2026-10-28");
    assert_eq!(micros("2026-10-28T23:00:00Z").day_in(&rome).to_string(), "2026-10-29");
}

#[test]
fn a_day_starts_at_its_first_instant() {
    let paris = Zone::named("Europe/Paris").unwrap();
    assert_eq!(Day::new(2026, 7, 15).unwrap().start_in(&paris), micros("2026-07-14T22:00:00Z"));
    assert_eq!(Day::new(2026, 12, 1).unwrap().start_in(&paris), micros("2026-11-30T23:00:00Z"));
}

#[test]
fn a_month_later_is_the_same_date_or_the_months_last() {
    for (day, months, later) in [
        ("2026-01-14", 6, "2026-07-14"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-12-31", 12, "2027-12-31"),
        ("9999-07-01", 6, "9999-12-31"),
        ("2026-01-01", u32::MAX, "9999-12-31"),
    ] {
        let day = Day::parse(day).unwrap();
        assert_eq!(day.months_later(months).to_string(), later, "{day} and {months} months");
    }
}

#[test]
fn only_real_days_are_read() {
    for (text, real) in [
        ("2026-02-28", true),
        ("2026-02-29", false),
        ("2024-02-29", true),
        ("2026-13-01", false),
        ("2026-1-01", false),
        ("2026-+1-01", false),
        ("+026-01-01", false),
        ("0000-01-01", false),
        ("", false),
    ] {
        assert_eq!(Day::parse(text).is_some(), real, "{text}");
    }
}

#[test]
fn instants_stay_within_bounds() {
    assert_eq!(Instant::MAX.plus(Span::from_days(1)), Instant::MAX);
    assert_eq!(Instant::MIN.minus(Span::from_days(1)), Instant::MIN);
    for bound in [Instant::MIN, Instant::MAX] {
        assert_eq!(Instant::from_micros(bound.micros()), Some(bound));
        assert_eq!(bound.plus(Span::from_micros(0)), bound);
    }
    assert!(Instant::from_micros(Instant::MAX.micros() + 1).is_none());
    assert!(Instant::from_micros(Instant::MIN.micros() - 1).is_none());
    let late = Instant::MAX.day_in(&Zone::named("Pacific/Kiritimati").unwrap());
    assert_eq!(late.ymd().0, 9999);
    let _ = Instant::MIN.day_in(&Zone::named("Pacific/Pago_Pago").unwrap());
}

#[test]
fn a_day_is_counted_from_1970() {
    for (text, number) in [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2000-02-29", 11_016),
        ("2026-07-14", 20_648),
        ("0001-01-01", -719_162),
        ("9999-12-31", 2_932_896),
    ] {
        assert_eq!(Day::parse(text).map(Day::number), Some(number), "{text}");
        assert_eq!(Day::numbered(number), Day::parse(text), "{text}");
    }
    for beyond in [-719_163, 2_932_897, i64::MIN, i64::MAX] {
        assert_eq!(Day::numbered(beyond), None);
    }
}
