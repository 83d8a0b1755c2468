//! Every state and reason of a wait block, its boundaries and its order.

mod room;

use room::{DEADLINE, GRANTED, Room, START, micro, rows};

use super::{End, ExitPolicy, ExitReason, LateGrace, Start, WaitState};
use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::interaction::InteractionKind::{EmailClick, EmailOpen, Send, SmsClick, WebsiteVisit};
use crate::message::{Channel, MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::scene::{Someone, message, only, paris, pixel, policy, website};
use crate::scope::{Coverage, Scope};
use crate::time::{Instant, Span};
use crate::verdict::Life;
use crate::website::Website;

fn granted() -> Someone {
    Someone::unknown().grants(paris(GRANTED))
}

fn room() -> Room {
    Room::of(granted())
}

fn at(text: &str) -> Instant {
    paris(text)
}

fn due() -> Instant {
    at(DEADLINE).plus(Span::from_minutes(10))
}

#[test]
fn a_recorded_human_interaction_in_the_window_matches() {
    let now = at("2026-11-10 18:00:00");
    let row = ("row", EmailOpen, at("2026-11-10 12:00:00"));
    let told = room().evaluate(&[row], now, now);
    assert_eq!((told.state, told.next_check_at), (WaitState::Matched("row"), None));
    assert_eq!(told.policy.id.as_str(), "strict");
    let told = room().evaluate(&[], now, now);
    assert_eq!((told.state, told.next_check_at), (WaitState::Waiting, Some(due())));
    assert!(!told.send_unknown && told.evaluated_at == now);
}

#[test]
fn the_window_holds_its_start_and_not_its_deadline() {
    let (start, deadline) = (at(START), at(DEADLINE));
    for (occurred_at, matched) in
        [(start.minus(micro()), false), (start, true), (deadline.minus(micro()), true), (deadline, false)]
    {
        let told = room().evaluate(&[("row", EmailOpen, occurred_at)], due(), due());
        let exited = WaitState::Exited(ExitReason::Timeout);
        assert_eq!(told.state, if matched { WaitState::Matched("row") } else { exited });
    }
}

#[test]
fn the_timeout_comes_at_deadline_and_late_grace_and_a_late_wake_up_still_matches() {
    let (before, after) = (due().minus(micro()), due());
    assert_eq!(room().evaluate(&[], before, before).state, WaitState::Waiting);
    let told = room().evaluate(&[], after, after);
    assert_eq!((told.state, told.next_check_at), (WaitState::Exited(ExitReason::Timeout), None));
    let week_later = after.plus(Span::from_days(7));
    let row = ("row", EmailOpen, at(DEADLINE).minus(micro()));
    assert_eq!(room().evaluate(&[row], week_later, week_later).state, WaitState::Matched("row"));
    // IMMEDIATE hastens every exit but the timeout.
    let immediate = room().exit(ExitPolicy::Immediate);
    assert_eq!(immediate.evaluate(&[], before, before).state, WaitState::Waiting);
}

#[test]
fn late_grace_is_ten_minutes_unless_set_and_24_hours_at_most() {
    assert_eq!(LateGrace::default().span(), Span::from_minutes(10));
    assert_eq!(LateGrace::new(Span::from_days(1)), Some(LateGrace::MAX));
    assert_eq!(LateGrace::new(Span::from_micros(Span::from_days(1).micros() + 1)), None);
    assert_eq!(LateGrace::new(Span::from_micros(-1)), None);
    let none = LateGrace::new(Span::from_micros(0)).unwrap();
    let told = room().grace(none).evaluate(&[], at(DEADLINE), at(DEADLINE));
    assert_eq!(told.state, WaitState::Exited(ExitReason::Timeout));
}

#[test]
fn machines_and_kinds_that_are_not_awaited_never_match() {
    let when = at("2026-11-10 12:00:00");
    let told = room().evaluate(&[("click", EmailClick, when)], due(), due());
    assert_eq!(told.state, WaitState::Exited(ExitReason::Timeout));
    let mut machine = rows(&[("open", EmailOpen, when)]);
    machine[0].interaction.automated = true;
    assert_eq!(room().evaluate_rows(machine, due(), due()).state, WaitState::Exited(ExitReason::Timeout));
    // The earliest of several.
    let both = [("later", EmailOpen, when.plus(micro())), ("earlier", EmailOpen, when)];
    assert_eq!(room().evaluate(&both, due(), due()).state, WaitState::Matched("earlier"));
    // A row that no mode of its own send could show is none.
    let mut hidden = rows(&[("open", EmailOpen, when)]);
    hidden[0].sent = pixel(PixelMode::None);
    assert_eq!(room().evaluate_rows(hidden, due(), due()).state, WaitState::Exited(ExitReason::Timeout));
    for ceiling in [Ceiling::Anonymous, Ceiling::Never] {
        let site = website("BE", Ceilings::all(ceiling));
        let mut closed = rows(&[("open", EmailOpen, when)]);
        closed[0].context.website = Some(&site);
        assert_eq!(room().evaluate_rows(closed, due(), due()).state, WaitState::Exited(ExitReason::Timeout));
    }
}

#[test]
fn a_window_from_a_send_starts_at_the_latest_one_not_after_entering() {
    let entered_at = at("2026-11-10 12:00:00");
    let room = |sends: &[Instant]| {
        let room = room().start(Start::FromSend { entered_at }).end(End::After(Span::from_days(1)));
        sends.iter().fold(room, |room, at| room.started_by(*at))
    };
    let (first, second) = (at("2026-11-09 08:00:00"), at("2026-11-10 08:00:00"));
    let told = room(&[second, first, entered_at.plus(micro())]).evaluate(&[], entered_at, entered_at);
    assert_eq!((told.window.start, told.send_unknown), (second, false));
    assert_eq!(told.window.deadline, second.plus(Span::from_days(1)));
    let told = room(&[entered_at]).evaluate(&[], entered_at, entered_at);
    assert_eq!((told.window.start, told.send_unknown), (entered_at, false));
    for sends in [&[][..], &[entered_at.plus(micro())]] {
        let told = room(sends).evaluate(&[], entered_at, entered_at);
        assert_eq!((told.window.start, told.send_unknown), (entered_at, true));
    }
    // Another message that leads to the same target starts nothing.
    let told = room(&[first]).send(Sent::default(), second).evaluate(&[], entered_at, entered_at);
    assert_eq!((told.window.start, told.send_unknown), (first, false));
    let told = room(&[]).send(Sent::default(), second).evaluate(&[], entered_at, entered_at);
    assert_eq!((told.window.start, told.send_unknown), (entered_at, true));
}

#[test]
fn consent_withdrawn_exits_even_if_an_open_was_recorded_before() {
    let (opened, now) = (at("2026-11-10 12:00:00"), at("2026-11-10 18:00:00"));
    for answer in [Answer::Withdraw, Answer::Refuse, Answer::Object] {
        let room = Room::of(granted().says(answer, Coverage::TRACKING, now)).exit(ExitPolicy::Immediate);
        let told = room.evaluate(&[("row", EmailOpen, opened)], now, now);
        assert_eq!(told.state, WaitState::Exited(ExitReason::ConsentWithdrawn));
    }
    // Withdrawn before the window: at no instant of it was anything permitted.
    let before = Room::of(granted().withdraws(at(START))).exit(ExitPolicy::Immediate);
    assert_eq!(before.evaluate(&[], now, now).state, WaitState::Exited(ExitReason::NotTrackable));
}

// Actito 7
#[test]
fn exits_are_told_at_the_deadline_so_that_timing_tells_nothing() {
    let now = at("2026-11-10 18:00:00");
    let never = website("BE", Ceilings::all(Ceiling::Never));
    let cases = [
        (room().life(Life::Erased), ExitReason::ProfileErased),
        (Room::of(Someone::unknown()), ExitReason::NotTrackable),
        (Room::of(granted().withdraws(now)), ExitReason::ConsentWithdrawn),
        (room().website(&never), ExitReason::TrackingDisabled),
    ];
    let row = [("row", EmailOpen, at("2026-11-10 12:00:00"))];
    for (room, reason) in cases {
        let before = due().minus(micro());
        let told = room.evaluate(&row, before, before);
        assert_eq!((told.state, told.next_check_at), (WaitState::Waiting, Some(due())), "{}", reason.name());
        assert_eq!(room.evaluate(&row, due(), due()).state, WaitState::Exited(reason));
        let immediate = room.exit(ExitPolicy::Immediate);
        assert_eq!(immediate.evaluate(&row, now, now).state, WaitState::Exited(reason));
    }
}

#[test]
fn the_order_is_erased_ceiling_consent_and_mode_match_timeout() {
    let never = website("BE", Ceilings::all(Ceiling::Never));
    let row = [("row", EmailOpen, at("2026-11-10 12:00:00"))];
    let withdrawn = || Room::of(granted().withdraws(due()));
    let told = |room: Room| room.evaluate(&row, due(), due()).state;
    assert_eq!(
        told(withdrawn().website(&never).life(Life::Erased)),
        WaitState::Exited(ExitReason::ProfileErased)
    );
    assert_eq!(told(withdrawn().website(&never)), WaitState::Exited(ExitReason::TrackingDisabled));
    assert_eq!(told(withdrawn()), WaitState::Exited(ExitReason::ConsentWithdrawn));
    assert_eq!(told(room()), WaitState::Matched("row"));
}

#[test]
fn no_mode_sent_that_could_show_it_is_not_trackable_even_with_a_row_on_record() {
    let row = [("row", EmailOpen, at("2026-11-10 12:00:00"))];
    let sent = at("2026-11-09 09:00:00");
    let told = |room: Room| room.evaluate(&row, due(), due()).state;
    let exited = WaitState::Exited(ExitReason::NotTrackable);
    for mode in [PixelMode::None, PixelMode::Shared, PixelMode::ExemptLastOpen] {
        assert_eq!(told(room().send(pixel(mode), sent)), exited, "{}", mode.name());
        // Another send that could is enough; one after the deadline is not.
        let again = room().send(pixel(mode), sent).send(pixel(PixelMode::Identified), at(START));
        assert_eq!(told(again), WaitState::Matched("row"));
        let too_late = room().send(pixel(mode), sent).send(pixel(PixelMode::Identified), at(DEADLINE));
        assert_eq!(told(too_late), exited);
    }
    assert_eq!(told(room().send(Sent::default(), sent)), WaitState::Matched("row"), "an unknown mode");
    let plain = Sent { pixel: Some(PixelMode::None), links: Some(LinkMode::Plain) };
    assert_eq!(told(room().kinds(&[EmailClick]).send(plain, sent)), exited);
    let visit = [("row", WebsiteVisit, at("2026-11-10 12:00:00"))];
    let told = room().kinds(&[WebsiteVisit]).send(plain, sent).evaluate(&visit, due(), due());
    assert_eq!(told.state, WaitState::Matched("row"), "modes bound opens and clicks alone");
}

#[test]
fn a_message_that_carries_no_tracking_is_not_trackable() {
    for class in MessageClass::ALL {
        let mail = message(class, SendingBasis::Consent);
        let expected =
            if class.may_carry_tracking() { ExitReason::Timeout } else { ExitReason::NotTrackable };
        let target = room().target(&mail).evaluate(&[], due(), due());
        assert_eq!(target.state, WaitState::Exited(expected), "{}", class.name());
        let sent = room().send_of(&mail, pixel(PixelMode::Identified), at(START));
        assert_eq!(sent.evaluate(&[], due(), due()).state, WaitState::Exited(expected), "{}", class.name());
    }
}

#[test]
fn a_message_that_could_not_show_the_kind_is_not_trackable() {
    let mut sms = message(MessageClass::Marketing, SendingBasis::Consent);
    sms.channel = Channel::Sms;
    for (kind, reason) in [(EmailOpen, ExitReason::NotTrackable), (SmsClick, ExitReason::Timeout)] {
        let told = room().kinds(&[kind]).target(&sms).evaluate(&[], due(), due());
        assert_eq!(told.state, WaitState::Exited(reason), "{}", kind.name());
    }
    for ceiling in Ceiling::ALL {
        let mut mail = message(MessageClass::Marketing, SendingBasis::Consent);
        mail.ceiling = ceiling;
        let shown = ceiling < Ceiling::Anonymous;
        let reason = if shown { ExitReason::Timeout } else { ExitReason::NotTrackable };
        let told = room().send_of(&mail, pixel(PixelMode::Identified), at(START)).evaluate(&[], due(), due());
        assert_eq!(told.state, WaitState::Exited(reason), "{}", ceiling.name());
    }
}

#[test]
fn ceilings_that_forbid_every_awaited_kind_disable_tracking() {
    for (ceiling, reason) in [
        (Ceiling::Never, ExitReason::TrackingDisabled),
        (Ceiling::Anonymous, ExitReason::TrackingDisabled),
        (Ceiling::Consented, ExitReason::Timeout),
        (Ceiling::Default, ExitReason::Timeout),
    ] {
        let site = website("BE", Ceilings::all(ceiling));
        let told = room().website(&site).evaluate(&[], due(), due());
        assert_eq!(told.state, WaitState::Exited(reason), "{}", ceiling.name());
    }
}

// Small print 18
#[test]
fn of_several_kinds_disabled_needs_all_withdrawn_needs_one() {
    let opens_never = website("BE", Ceilings::default().with(EmailOpen, Ceiling::Never));
    let both = &[EmailOpen, EmailClick][..];
    let told = |someone: Someone| Room::of(someone).kinds(both).website(&opens_never);
    let state = |room: Room| room.evaluate(&[], due(), due()).state;
    assert_eq!(state(told(granted())), WaitState::Exited(ExitReason::Timeout), "clicks can still match");
    let withdrawn = granted().withdraws(at("2026-11-10 12:00:00"));
    assert_eq!(state(told(withdrawn)), WaitState::Exited(ExitReason::ConsentWithdrawn));
    assert_eq!(state(told(Someone::unknown())), WaitState::Exited(ExitReason::NotTrackable));
    // One kind withdrawn, the other never answered, in both orders.
    let clicks = Someone::unknown().says(Answer::Grant, only(Scope::EmailClick), at(GRANTED));
    let clicks = clicks.says(Answer::Withdraw, only(Scope::EmailClick), at("2026-11-10 12:00:00"));
    for kinds in [&[EmailOpen, EmailClick][..], &[EmailClick, EmailOpen]] {
        let told = state(Room::of(clicks.clone()).kinds(kinds));
        assert_eq!(told, WaitState::Exited(ExitReason::ConsentWithdrawn));
    }
    // The withdrawn kind's row does not match while the other kind goes on.
    let opens = granted().says(Answer::Withdraw, only(Scope::EmailClick), at("2026-11-10 12:00:00"));
    let row = [("row", EmailClick, at("2026-11-10 11:00:00"))];
    let told = Room::of(opens).kinds(both).evaluate(&row, due(), due()).state;
    assert_eq!(told, WaitState::Exited(ExitReason::Timeout));
    assert_eq!(state(room().kinds(&[])), WaitState::Exited(ExitReason::NotTrackable));
    assert_eq!(state(room().kinds(&[Send])), WaitState::Exited(ExitReason::NotTrackable));
}

// Small print 17
#[test]
fn an_empty_window_and_a_functional_link_are_not_trackable() {
    let exited = WaitState::Exited(ExitReason::NotTrackable);
    let empty = room().end(End::At(at(START)));
    assert_eq!(empty.evaluate(&[("row", EmailOpen, at(START))], due(), due()).state, exited);
    let backwards = room().end(End::After(Span::from_minutes(-1)));
    assert_eq!(backwards.evaluate(&[], due(), due()).state, exited);
    let row = [("row", EmailClick, at("2026-11-10 12:00:00"))];
    assert_eq!(room().kinds(&[EmailClick]).functional().evaluate(&row, due(), due()).state, exited);
    // A link filters clicks only: an open awaited beside them is still seen.
    let opened = [("open", EmailOpen, at("2026-11-10 12:00:00"))];
    let either = room().kinds(&[EmailClick, EmailOpen]).functional();
    assert_eq!(either.evaluate(&opened, due(), due()).state, WaitState::Matched("open"));
}

// Small print 17
#[test]
fn the_windows_instants_are_judged_whole_future_ones_too() {
    // Permitted now by the default, which ends before the window starts.
    let old = || Room::under("fr-cnil-2026", Someone::collected("2025-01-01"));
    let now = at("2026-07-14 12:00:00");
    let window = |start: &str, room: Room| {
        room.start(Start::At(at(start))).end(End::At(at("2026-07-20 00:00:00"))).exit(ExitPolicy::Immediate)
    };
    let told = window("2026-07-15 00:00:00", old()).evaluate(&[], now, now).state;
    assert_eq!(told, WaitState::Exited(ExitReason::NotTrackable));
    let told = window("2026-07-14 23:59:59.999999", old()).evaluate(&[], now, now).state;
    assert_eq!(told, WaitState::Waiting);
    // A grant inside the window opens it, however late in it.
    let later = Room::of(Someone::unknown().grants(at(DEADLINE).minus(micro())));
    assert_eq!(later.evaluate(&[], due(), due()).state, WaitState::Exited(ExitReason::Timeout));
    let after = Room::of(Someone::unknown().grants(at(DEADLINE)));
    assert_eq!(after.evaluate(&[], due(), due()).state, WaitState::Exited(ExitReason::NotTrackable));
    // So does a late notice with a justification, and a new life only from its grant.
    let justified =
        crate::record::NoticeGiven { justification: Some("strike".into()), ..crate::scene::notice() };
    let told = Someone::collected("2025-01-01").told(justified, at("2026-11-10 12:00:00"));
    let told = Room::under("fr-cnil-2026", told).evaluate(&[], due(), due()).state;
    assert_eq!(told, WaitState::Exited(ExitReason::Timeout));
    for someone in [granted(), Someone::unknown().grants(at(START))] {
        let reborn = Room::of(someone).life(Life::NewSince(at(DEADLINE)));
        assert_eq!(reborn.evaluate(&[], due(), due()).state, WaitState::Exited(ExitReason::NotTrackable));
    }
}

#[test]
fn granted_again_while_waiting_the_window_goes_on() {
    let (gone, back) = (at("2026-11-10 10:00:00"), at("2026-11-10 16:00:00"));
    let someone = granted().withdraws(gone).grants(back);
    let told = |text: &str| {
        let row = [("row", EmailOpen, at(text))];
        Room::of(someone.clone()).evaluate(&row, due(), due()).state
    };
    assert_eq!(told("2026-11-10 17:00:00"), WaitState::Matched("row"));
    let now = at("2026-11-10 18:00:00");
    assert_eq!(Room::of(someone.clone()).evaluate(&[], now, now).state, WaitState::Waiting);
}

#[test]
fn a_past_instant_never_shows_more_than_now() {
    let (past, now) = (at("2026-11-10 13:00:00"), due());
    let row = [("row", EmailOpen, at("2026-11-10 12:00:00"))];
    assert_eq!(room().evaluate(&row, past, now).state, WaitState::Matched("row"));
    let later = [("row", EmailOpen, past.plus(micro()))];
    let told = room().evaluate(&later, past, now);
    assert_eq!((told.state, told.evaluated_at), (WaitState::Waiting, past), "not yet seen then");
    // Withdrawn since: the past shows nothing of it.
    let withdrawn = Room::of(granted().withdraws(at("2026-11-10 20:00:00")));
    assert_eq!(withdrawn.evaluate(&row, past, now).state, WaitState::Waiting);
    let immediate = withdrawn.exit(ExitPolicy::Immediate).evaluate(&row, past, now).state;
    assert_eq!(immediate, WaitState::Exited(ExitReason::ConsentWithdrawn));
    // The future is not told.
    let told = room().evaluate(&[], due().plus(Span::from_days(1)), past);
    assert_eq!((told.state, told.evaluated_at), (WaitState::Waiting, past));
}

#[test]
fn a_row_whose_own_ceiling_asks_for_consent_matches_by_a_grant_alone() {
    let row = |ceilings| website("BE", Ceilings::all(ceilings));
    let told = |someone: Someone, site: &Website| {
        let mut row = rows(&[("row", EmailOpen, at("2026-11-10 12:00:00"))]);
        row[0].context.website = Some(site);
        Room::under("legacy", someone).evaluate_rows(row, due(), due()).state
    };
    let (open, consented) = (row(Ceiling::Default), row(Ceiling::Consented));
    assert_eq!(told(Someone::unknown(), &open), WaitState::Matched("row"));
    assert_eq!(told(Someone::unknown(), &consented), WaitState::Exited(ExitReason::Timeout));
    assert_eq!(told(granted(), &consented), WaitState::Matched("row"));
}

// Small print 19
#[test]
fn the_targets_policies_decide_and_the_denying_one_is_named() {
    let (it, strict) = (policy("it-garante-2026"), policy("strict"));
    let joint = Someone::unknown().says(Answer::Grant, Coverage::BOTH, at(GRANTED));
    let told = Room::under("it-garante-2026", joint.clone()).evaluate(&[], due(), due());
    assert_eq!((told.state, told.policy), (WaitState::Exited(ExitReason::Timeout), it.named()));
    let told = Room::under("it-garante-2026", joint).beside("strict").evaluate(&[], due(), due());
    assert_eq!(told.state, WaitState::Exited(ExitReason::NotTrackable));
    let withdrawn = granted().assumed(Coverage::TRACKING, at(GRANTED)).withdraws(due());
    let told = Room::under("strict", withdrawn).evaluate(&[], due(), due());
    assert_eq!((told.state, told.policy), (WaitState::Exited(ExitReason::ConsentWithdrawn), strict.named()));
}
