//! Who is inactive, rule by rule.

use super::{Activity, InactivityUse, Mailing, Recipient, activity};
use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::context::{Context, MessageInPlay};
use crate::message::{Channel, Message, MessageClass, SendingBasis};
use crate::mode::PixelMode;
use crate::policy::{Applicable, Policy};
use crate::scene::{Someone, day, message, only, paris, policy, website};
use crate::scope::{Coverage, Scope};
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Life, Person};

use Activity::{Active, Inactive, NotKnown};

const GRANTED: &str = "2026-08-01 00:00:00";
const SENT: &str = "2026-10-05 09:00:00";
const NOW: &str = "2026-11-12 12:00:00";
const SINCE: &str = "2026-10-01";
const BEFORE: &str = "2026-09-30";

/// Somebody of whom it is asked.
struct Asked {
    someone: Someone,
    life: Life,
    policies: Vec<Policy>,
    last_open: Option<&'static str>,
    mail: Vec<(PixelMode, Option<Message>, Instant)>,
}

impl Asked {
    fn of(id: &str, someone: Someone) -> Self {
        Self {
            someone,
            life: Life::NeverErased,
            policies: vec![policy(id)],
            last_open: None,
            mail: Vec::new(),
        }
    }

    fn opened(mut self, on: &'static str) -> Self {
        self.last_open = Some(on);
        self
    }

    fn sent(self, pixel: PixelMode, mail: Option<&Message>) -> Self {
        self.sent_at(pixel, mail, SENT)
    }

    fn sent_at(mut self, pixel: PixelMode, mail: Option<&Message>, at: &str) -> Self {
        self.mail.push((pixel, mail.cloned(), paris(at)));
        self
    }

    fn told_at(&self, now: Instant) -> Activity {
        let history = self.someone.history();
        let policies =
            self.policies[1..].iter().fold(Applicable::of(&self.policies[0]), |all, policy| all.and(policy));
        let in_play = |message| MessageInPlay { message, website: None, campaign: None };
        let mailings: Vec<Mailing<'_>> = self
            .mail
            .iter()
            .map(|(pixel, mail, at)| {
                let context = Context { message: mail.as_ref().map(in_play), ..Context::default() };
                Mailing { context, policies, pixel: *pixel, at: *at }
            })
            .collect();
        let recipient = Recipient {
            person: Person { life: self.life, history: &history },
            policies,
            table_zone: &Zone::utc(),
            last_open: self.last_open.map(day),
            mailings: &mailings,
        };
        activity(day(SINCE), &recipient, now)
    }

    fn told(&self) -> Activity {
        self.told_at(paris(NOW))
    }
}

fn granted() -> Someone {
    Someone::unknown().says(Answer::Grant, Coverage::TRACKING, paris(GRANTED)).says(
        Answer::Grant,
        Coverage::MARKETING,
        paris(GRANTED),
    )
}

fn mail(basis: SendingBasis) -> Message {
    message(MessageClass::Marketing, basis)
}

// Qualifio 8
#[test]
fn inactives_may_be_excluded_or_written_to_less_and_never_targeted() {
    let permitted = InactivityUse::ALL.map(|asked_for| (asked_for.name(), asked_for.is_permitted()));
    assert_eq!(permitted, [("EXCLUDE", true), ("REDUCE_FREQUENCY", true), ("TARGET", false)]);
}

#[test]
fn a_stored_day_decides() {
    for (on, told) in [(SINCE, Active), ("2026-10-02", Active), (BEFORE, Inactive)] {
        assert_eq!(Asked::of("strict", granted()).opened(on).told(), told, "{on}");
    }
    // Whatever went out since: the day says that there was no open.
    let mailed = Asked::of("strict", granted()).opened(SINCE).sent(PixelMode::Identified, None);
    assert_eq!(mailed.told(), Active);
}

#[test]
fn without_a_day_only_a_pixel_that_could_have_written_one_tells() {
    assert_eq!(Asked::of("strict", granted()).told(), NotKnown);
    for (pixel, told) in [
        (PixelMode::Identified, Inactive),
        (PixelMode::ExemptLastOpen, NotKnown),
        (PixelMode::Shared, NotKnown),
        (PixelMode::None, NotKnown),
    ] {
        let asked = Asked::of("strict", granted()).sent(pixel, Some(&mail(SendingBasis::Consent)));
        assert_eq!(asked.told(), told, "{}", pixel.name());
    }
    // Several: one that could is enough.
    let both = Asked::of("strict", granted()).sent(PixelMode::None, None).sent(PixelMode::Identified, None);
    assert_eq!(both.told(), Inactive);
}

#[test]
fn the_exempt_day_could_be_written_by_mail_that_was_asked_for_under_fr_alone() {
    let told = |id: &str, someone: Someone, basis, pixel| {
        Asked::of(id, someone).sent(pixel, Some(&mail(basis))).told()
    };
    let fr = "fr-cnil-2026";
    for pixel in [PixelMode::Identified, PixelMode::ExemptLastOpen] {
        assert_eq!(told(fr, Someone::unknown(), SendingBasis::RequestedService, pixel), Inactive);
        assert_eq!(told(fr, Someone::unknown(), SendingBasis::SoftOptIn, pixel), NotKnown);
        assert_eq!(
            told(fr, Someone::unknown(), SendingBasis::Consent, pixel),
            NotKnown,
            "MARKETING is not granted"
        );
        for id in ["it-garante-2026", "strict"] {
            assert_eq!(told(id, Someone::unknown(), SendingBasis::RequestedService, pixel), NotKnown, "{id}");
        }
        let mut both = Asked::of(fr, Someone::unknown());
        both.policies.push(policy("strict"));
        let both = both.sent(pixel, Some(&mail(SendingBasis::RequestedService)));
        assert_eq!(both.told(), NotKnown, "every policy must let it");
    }
    let undeclared = Asked::of(fr, Someone::unknown()).sent(PixelMode::ExemptLastOpen, None);
    assert_eq!(undeclared.told(), NotKnown, "nobody claims an exemption afterwards");
}

#[test]
fn mail_that_carries_no_tracking_tells_nothing() {
    let told = |mail: &Message| Asked::of("strict", granted()).sent(PixelMode::Identified, Some(mail)).told();
    for class in MessageClass::ALL {
        let expected = if class.may_carry_tracking() { Inactive } else { NotKnown };
        assert_eq!(told(&message(class, SendingBasis::Consent)), expected, "{}", class.name());
    }
    let mut sms = mail(SendingBasis::Consent);
    sms.channel = Channel::Sms;
    assert_eq!(told(&sms), NotKnown);
    for ceiling in Ceiling::ALL {
        let mut closed = mail(SendingBasis::Consent);
        closed.ceiling = ceiling;
        let expected = if ceiling < Ceiling::Anonymous { Inactive } else { NotKnown };
        assert_eq!(told(&closed), expected, "{}", ceiling.name());
    }
    let never = website("BE", Ceilings::all(Ceiling::Never));
    let context = Context { website: Some(&never), ..Context::default() };
    let (history, strict) = (granted().history(), policy("strict"));
    let policies = Applicable::of(&strict);
    let mailing = Mailing { context, policies, pixel: PixelMode::Identified, at: paris(SENT) };
    let recipient = Recipient {
        person: Person { life: Life::NeverErased, history: &history },
        policies,
        table_zone: &Zone::utc(),
        last_open: None,
        mailings: &[mailing],
    };
    assert_eq!(activity(day(SINCE), &recipient, paris(NOW)), NotKnown);
}

#[test]
fn an_open_must_have_counted_when_it_went_out_and_now() {
    let told = |someone: Someone| Asked::of("strict", someone).sent(PixelMode::Identified, None).told();
    assert_eq!(told(Someone::unknown().grants(paris("2026-10-06 00:00:00"))), NotKnown, "granted since");
    assert_eq!(told(granted().withdraws(paris(NOW))), NotKnown);
    let anew = granted().withdraws(paris("2026-10-06 00:00:00")).grants(paris("2026-10-07 00:00:00"));
    assert_eq!(told(anew), NotKnown, "what was opened before a withdrawal is not told");
}

#[test]
fn an_erased_person_is_not_known() {
    let mut erased = Asked::of("strict", granted()).opened(BEFORE).sent(PixelMode::Identified, None);
    erased.life = Life::Erased;
    assert_eq!(erased.told(), NotKnown);
    erased.last_open = None;
    erased.life = Life::NewSince(paris("2026-10-06 00:00:00"));
    assert_eq!(erased.told(), NotKnown, "mail of a life before");
}

#[test]
fn an_objection_to_opens_or_mail_and_a_no_to_mail_leave_the_person_out_under_every_policy() {
    let opens = only(Scope::EmailOpen);
    for id in ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"] {
        let told = |answer, coverage| {
            let someone = granted().says(answer, coverage, paris("2026-11-01 00:00:00"));
            Asked::of(id, someone).opened(BEFORE).told()
        };
        assert_eq!(told(Answer::Object, opens), NotKnown, "{id}");
        for answer in [Answer::Object, Answer::Refuse, Answer::Withdraw] {
            assert_eq!(told(answer, Coverage::MARKETING), NotKnown, "{id}");
        }
        let clicks = only(Scope::EmailClick);
        assert_eq!(told(Answer::Object, clicks), Inactive, "{id}: another scope is another matter");
    }
}

#[test]
fn a_no_to_opens_leaves_the_person_out_where_the_policy_takes_the_day_away() {
    for (id, told) in [("fr-cnil-2026", Inactive), ("it-garante-2026", NotKnown), ("strict", NotKnown)] {
        assert_eq!(policy(id).last_open.kept_on_tracking_refusal, told == Inactive, "{id}");
        for answer in [Answer::Refuse, Answer::Withdraw] {
            let someone = granted().says(answer, only(Scope::EmailOpen), paris("2026-11-01 00:00:00"));
            assert_eq!(Asked::of(id, someone.clone()).opened(BEFORE).told(), told, "{id}");
            let mut beside = Asked::of("fr-cnil-2026", someone).opened(BEFORE);
            beside.policies.push(policy(id));
            assert_eq!(beside.told(), told, "{id} beside fr: one that takes it away is enough");
        }
    }
}

#[test]
fn a_day_of_the_answer_itself_is_not_looked_at_while_that_answer_holds() {
    let said = |answer, coverage| granted().says(answer, coverage, paris("2026-11-01 08:00:00"));
    let told = |id, answer, coverage| Asked::of(id, said(answer, coverage)).opened("2026-11-01").told();
    let opens = only(Scope::EmailOpen);
    for id in ["fr-cnil-2026", "strict"] {
        assert_eq!(told(id, Answer::Object, opens), NotKnown, "{id}");
        assert_eq!(told(id, Answer::Withdraw, Coverage::MARKETING), NotKnown, "{id}");
    }
    assert_eq!(told("strict", Answer::Withdraw, opens), NotKnown);
    assert_eq!(told("fr-cnil-2026", Answer::Withdraw, opens), Active, "kept");
}

#[test]
fn a_day_that_an_answer_took_away_stays_so_after_a_later_grant() {
    let again = |answer, coverage, on: &'static str| {
        let someone = granted().says(answer, coverage, paris("2026-10-10 08:00:00"));
        let someone = someone.says(Answer::Grant, Coverage::TRACKING, paris("2026-10-11 00:00:00"));
        let someone = someone.says(Answer::Grant, Coverage::MARKETING, paris("2026-10-11 00:00:00"));
        move |id: &str| Asked::of(id, someone.clone()).opened(on).told()
    };
    let opens = only(Scope::EmailOpen);
    assert_eq!(again(Answer::Object, opens, "2026-10-09")("fr-cnil-2026"), NotKnown);
    assert_eq!(again(Answer::Withdraw, opens, "2026-10-09")("strict"), NotKnown);
    assert_eq!(again(Answer::Withdraw, opens, "2026-10-09")("fr-cnil-2026"), Active, "kept");
    assert_eq!(again(Answer::Withdraw, Coverage::MARKETING, "2026-10-09")("fr-cnil-2026"), NotKnown);
    assert_eq!(again(Answer::Withdraw, opens, "2026-10-10")("strict"), Active, "of the day itself or later");
}

#[test]
fn a_day_older_than_it_is_kept_is_none() {
    let kept = i64::from(policy("strict").last_open.retention_days);
    let asked = Asked::of("strict", granted()).opened("2026-08-20");
    let last = paris("2026-08-20 12:00:00").plus(Span::from_days(kept));
    assert_eq!(asked.told_at(last), Inactive);
    assert_eq!(asked.told_at(last.plus(Span::from_days(1))), NotKnown);
    let mailed = asked.sent_at(PixelMode::Identified, None, "2027-08-01 00:00:00");
    assert_eq!(mailed.told_at(last.plus(Span::from_days(1))), Inactive, "mail since then tells");
}
