//! The table of the answers, rule by rule.

use super::{Answered, Engagement, Question, answer};
use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::context::{Context, MessageInPlay};
use crate::interaction::Interaction;
use crate::interaction::InteractionKind::{self, EmailClick, EmailOpen, Send, SmsClick, WebsiteVisit};
use crate::message::{Channel, Message, MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::{Applicable, Policy};
use crate::scene::{Someone, message, only, paris, pixel, policy, website};
use crate::scope::{Coverage, Scope};
use crate::sight::{Candidate, Known, SendOnRecord, Unseen, Window};
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Life, Person, Unjudged};
use crate::website::Website;

const GRANTED: &str = "2026-11-01 00:00:00";
const SENT: &str = "2026-11-09 09:00:00";
const OPENED: &str = "2026-11-10 12:00:00";
const NOW: &str = "2026-11-12 12:00:00";

/// Somebody of whom something is asked; everything else is ordinary.
#[derive(Clone)]
struct Asked {
    someone: Someone,
    life: Life,
    policies: Vec<Policy>,
    kinds: Vec<InteractionKind>,
    functional: bool,
    window: Option<Window>,
    website: Option<Website>,
    target: Option<Message>,
    sends: Vec<(Sent, Instant)>,
    rows: Vec<(InteractionKind, Instant, bool, Option<Website>)>,
}

impl Asked {
    fn of(id: &str, someone: Someone) -> Self {
        Self {
            someone,
            life: Life::NeverErased,
            policies: vec![policy(id)],
            kinds: vec![EmailOpen],
            functional: false,
            window: None,
            website: None,
            target: None,
            sends: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn also(mut self, id: &str) -> Self {
        self.policies.push(policy(id));
        self
    }

    fn kinds(mut self, kinds: &[InteractionKind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    fn within(mut self, from: &str, to: &str) -> Self {
        self.window = Some(Window { start: paris(from), deadline: paris(to) });
        self
    }

    fn sent(mut self, sent: Sent) -> Self {
        self.sends.push((sent, paris(SENT)));
        self
    }

    fn did(mut self, kind: InteractionKind, at: Instant) -> Self {
        self.rows.push((kind, at, false, None));
        self
    }

    fn opened(self) -> Self {
        self.did(EmailOpen, paris(OPENED))
    }

    fn answered(&self) -> Answered<Instant> {
        let history = self.someone.history();
        let policies =
            self.policies[1..].iter().fold(Applicable::of(&self.policies[0]), |all, policy| all.and(policy));
        let in_play = |message| MessageInPlay { message, website: None, campaign: None };
        let message = self.target.as_ref().map(in_play);
        let sends: Vec<SendOnRecord<'_>> =
            self.sends.iter().map(|(sent, at)| SendOnRecord { message, sent: *sent, at: *at }).collect();
        let known = Known {
            person: Person { life: self.life, history: &history },
            policies,
            table_zone: &Zone::utc(),
            target: Context { website: self.website.as_ref(), campaign: None, message },
            sends: &sends,
        };
        let rows = self.rows.iter().map(|(kind, at, automated, website)| {
            let interaction = Interaction {
                kind: *kind,
                occurred_at: *at,
                functional: self.functional,
                automated: *automated,
            };
            let context = Context { website: website.as_ref(), ..Context::default() };
            Unjudged::new(Candidate { interaction, context, sent: Sent::default(), row: *at })
        });
        let question = Question { kinds: &self.kinds, functional_link: self.functional, window: self.window };
        answer(&question, &known, rows, paris(NOW))
    }

    fn told(&self) -> Engagement<Instant> {
        self.answered().engagement
    }
}

fn granted() -> Someone {
    Someone::unknown().grants(paris(GRANTED))
}

fn yes() -> Engagement<Instant> {
    Engagement::Yes(paris(OPENED))
}

const NO: Engagement<Instant> = Engagement::No(None);
const NOT_TRACKABLE: Engagement<Instant> = Engagement::NotKnown(Unseen::NotTrackable);
const WITHDRAWN: Engagement<Instant> = Engagement::NotKnown(Unseen::ConsentWithdrawn);

#[test]
fn who_may_be_tracked_has_or_has_not() {
    let asked = Asked::of("strict", granted());
    assert_eq!(asked.clone().opened().told(), yes());
    // No send known: no, for a profile that may be tracked.
    assert_eq!(asked.told(), NO);
    assert_eq!(asked.clone().sent(pixel(PixelMode::Identified)).told(), NO);
    assert_eq!(asked.answered().policy.id.as_str(), "strict");
    let later = paris(OPENED).plus(Span::from_micros(1));
    assert_eq!(asked.clone().did(EmailOpen, later).opened().told(), yes(), "the earliest");
    assert_eq!(asked.did(EmailClick, later).told(), NO, "of the kinds that were asked for");
}

#[test]
fn who_may_not_be_tracked_is_not_known_even_with_a_row_on_record() {
    assert_eq!(Asked::of("strict", Someone::unknown()).opened().told(), NOT_TRACKABLE);
    for said in [Answer::Withdraw, Answer::Refuse, Answer::Object] {
        let someone = granted().says(said, Coverage::TRACKING, paris(NOW));
        assert_eq!(Asked::of("strict", someone).opened().told(), WITHDRAWN);
    }
    // Granted anew: what is on record may be read.
    let again = granted().withdraws(paris(SENT)).grants(paris("2026-11-10 00:00:00"));
    assert_eq!(Asked::of("strict", again).opened().told(), yes());
}

#[test]
fn mail_that_could_not_show_it_is_not_known_even_with_a_row_on_record() {
    let asked = || Asked::of("strict", granted()).opened();
    for mode in [PixelMode::None, PixelMode::Shared, PixelMode::ExemptLastOpen] {
        assert_eq!(asked().sent(pixel(mode)).told(), NOT_TRACKABLE, "{}", mode.name());
        let again = asked().sent(pixel(mode)).sent(pixel(PixelMode::Identified));
        assert_eq!(again.told(), yes(), "another send could");
    }
    assert_eq!(asked().sent(Sent::default()).told(), yes(), "an unknown mode sets no ceiling");
    let plain = Sent { pixel: Some(PixelMode::None), links: Some(LinkMode::Plain) };
    assert_eq!(asked().kinds(&[EmailClick]).sent(plain).told(), NOT_TRACKABLE);
    assert_eq!(asked().kinds(&[WebsiteVisit]).sent(plain).told(), NO, "modes bound opens and clicks alone");
    // What went out after the window bounds nothing in it.
    let before = asked().sent(pixel(PixelMode::None)).within("2026-11-02 00:00:00", SENT);
    assert_eq!(before.told(), NO);
}

#[test]
fn a_message_that_carries_no_tracking_and_a_functional_link_are_not_known() {
    for class in MessageClass::ALL {
        let mut asked = Asked::of("strict", granted());
        asked.target = Some(message(class, SendingBasis::Consent));
        let expected = if class.may_carry_tracking() { NO } else { NOT_TRACKABLE };
        assert_eq!(asked.told(), expected, "{}", class.name());
    }
    let mut sms = message(MessageClass::Marketing, SendingBasis::Consent);
    sms.channel = Channel::Sms;
    let mut asked = Asked::of("strict", granted());
    asked.target = Some(sms);
    assert_eq!(asked.told(), NOT_TRACKABLE, "an SMS has no pixel");
    assert_eq!(asked.kinds(&[SmsClick]).told(), NO);
    let mut link = Asked::of("strict", granted()).kinds(&[EmailClick]).did(EmailClick, paris(OPENED));
    link.functional = true;
    assert_eq!(link.told(), NOT_TRACKABLE);
}

#[test]
fn the_order_is_erased_ceiling_consent_and_mode_match_no() {
    let never = website("BE", Ceilings::all(Ceiling::Never));
    let mut asked = Asked::of("strict", granted().withdraws(paris(NOW))).opened();
    assert_eq!(asked.told(), WITHDRAWN);
    asked.website = Some(never);
    assert_eq!(asked.told(), Engagement::NotKnown(Unseen::TrackingDisabled));
    asked.life = Life::Erased;
    assert_eq!(asked.told(), Engagement::NotKnown(Unseen::ProfileErased));
}

#[test]
fn machines_and_rows_that_may_not_be_read_are_no_yes() {
    let mut asked = Asked::of("strict", granted()).opened();
    asked.rows[0].2 = true;
    assert_eq!(asked.told(), NO);
    asked.rows[0] = (EmailOpen, paris(OPENED), false, Some(website("BE", Ceilings::all(Ceiling::Never))));
    assert_eq!(asked.told(), NO);
    let ahead = Asked::of("strict", granted()).did(EmailOpen, paris(NOW).plus(Span::from_micros(1)));
    assert_eq!(ahead.told(), NO, "what is dated ahead is not seen yet");
    // What a new life does not own.
    let mut anew = Asked::of("strict", granted()).opened();
    anew.life = Life::NewSince(paris("2026-11-11 00:00:00"));
    assert_eq!(anew.told(), NO);
}

#[test]
fn the_window_holds_its_beginning_and_not_its_end() {
    let at = |from, to| Asked::of("strict", granted()).opened().within(from, to).told();
    assert_eq!(at(OPENED, "2026-11-11 00:00:00"), yes());
    assert_eq!(at("2026-11-09 00:00:00", OPENED), NO);
    assert_eq!(at("2026-11-10 12:00:01", NOW), NO);
    assert_eq!(at(OPENED, OPENED), NOT_TRACKABLE, "an empty one");
    // At no instant of it was anything permitted.
    assert_eq!(at("2026-10-01 00:00:00", "2026-10-31 00:00:00"), NOT_TRACKABLE);
}

// Small print 18
#[test]
fn of_several_kinds_one_is_a_yes_and_one_that_could_not_be_seen_leaves_it_unknown() {
    let opens = Someone::unknown().says(Answer::Grant, only(Scope::EmailOpen), paris(GRANTED));
    let both = |someone: Someone| Asked::of("strict", someone).kinds(&[EmailOpen, EmailClick]);
    assert_eq!(both(opens.clone()).opened().told(), yes());
    assert_eq!(both(opens).told(), NOT_TRACKABLE, "a click could not be seen");
    let no_clicks = granted().says(Answer::Withdraw, only(Scope::EmailClick), paris(NOW));
    assert_eq!(both(no_clicks.clone()).told(), WITHDRAWN);
    assert_eq!(both(no_clicks).opened().told(), yes());
    assert_eq!(both(granted()).told(), NO);
    let disabled = |kind| {
        let mut asked = both(granted());
        asked.website = Some(website("BE", Ceilings::default().with(kind, Ceiling::Never)));
        asked
    };
    assert_eq!(disabled(EmailClick).told(), NOT_TRACKABLE, "disabled only if so for all");
    assert_eq!(disabled(EmailClick).opened().told(), yes());
    assert_eq!(Asked::of("strict", granted()).kinds(&[]).told(), NOT_TRACKABLE);
    assert_eq!(Asked::of("strict", granted()).kinds(&[Send]).told(), NOT_TRACKABLE);
}

// Actito 7
#[test]
fn legacy_answers_no_where_no_other_policy_applies() {
    let no = |unseen| Engagement::No(Some(unseen));
    let legacy = || Asked::of("legacy", granted().withdraws(paris(NOW))).opened();
    assert_eq!(legacy().told(), no(Unseen::ConsentWithdrawn), "a non-opener, whatever was recorded");
    let dark = Asked::of("legacy", Someone::unknown()).opened().sent(pixel(PixelMode::None));
    assert_eq!(dark.told(), no(Unseen::NotTrackable));
    assert_eq!(legacy().also("strict").told(), WITHDRAWN);
    assert_eq!(Asked::of("strict", granted().withdraws(paris(NOW))).also("legacy").told(), WITHDRAWN);
    assert_eq!(Asked::of("legacy", Someone::unknown()).opened().told(), yes());
    let mut erased = legacy();
    erased.life = Life::Erased;
    assert_eq!(erased.told(), Engagement::NotKnown(Unseen::ProfileErased));
}

#[test]
fn the_policy_that_denies_is_named() {
    let joint = Someone::unknown().says(Answer::Grant, Coverage::BOTH, paris(GRANTED));
    let told = Asked::of("it-garante-2026", joint).answered();
    assert_eq!((told.engagement, told.policy.id.as_str()), (NO, "it-garante-2026"));
    // Withdrawn, and since then assumed, which proves nothing under strict.
    let assumed = granted().withdraws(paris(SENT)).assumed(Coverage::TRACKING, paris(OPENED));
    let told = Asked::of("legacy", assumed).also("strict").answered();
    assert_eq!((told.engagement, told.policy.id.as_str()), (NOT_TRACKABLE, "strict"));
}
