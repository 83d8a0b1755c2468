use proptest::prelude::*;

use super::*;
use crate::answer::State;
use crate::command::Said;
use crate::sample::{Story, at};
use crate::scope::{Scope, ScopeSet, Series, TrackingCoverage};

fn token(capability: Capability) -> Token {
    Token {
        table: TableId::new("people").unwrap(),
        profile: ProfileId::new("anna").unwrap(),
        capability,
        issued_at: at(0),
        message: Some(MessageId::new("spring").unwrap()),
    }
}

fn opens() -> Coverage {
    Coverage::scopes(ScopeSet::NONE.with(Scope::EmailOpen)).unwrap()
}

fn choice(answer: Answer) -> Choice {
    Choice {
        answer,
        coverage: Coverage::TRACKING,
        notice: Some(NoticeId([7; 32])),
        language: Some("fr".to_owned()),
    }
}

fn given(command: Command) -> AnswerGiven {
    match command.said {
        Some(Said::Answer(given)) if command.facts.is_none() => given,
        _ => panic!("an answer and nothing else"),
    }
}

#[test]
fn a_withdrawal_is_of_all_that_the_token_covers_or_of_the_part_that_was_chosen() {
    let token = token(Capability::Withdraw(Coverage::TRACKING));
    assert_eq!(given(token.withdrawal(None).unwrap()).coverage, Coverage::TRACKING);
    assert_eq!(given(token.withdrawal(Some(opens())).unwrap()).coverage, opens());
    for more in [Coverage::MARKETING, Coverage::BOTH] {
        assert_eq!(token.withdrawal(Some(more)).unwrap_err(), Beyond::Coverage);
    }
}

#[test]
fn a_token_of_some_scopes_does_not_withdraw_from_all_that_will_ever_be() {
    let today = token(Capability::Withdraw(Coverage::TRACKING.as_of_today()));
    assert_eq!(today.withdrawal(Some(Coverage::TRACKING)).unwrap_err(), Beyond::Coverage);
    assert_eq!(given(today.withdrawal(None).unwrap()).coverage, Coverage::TRACKING.as_of_today());
}

#[test]
fn a_withdrawal_says_by_which_message_it_came_and_that_it_was_the_person() {
    let mut token = token(Capability::Withdraw(Coverage::TRACKING));
    let said = given(token.withdrawal(None).unwrap());
    assert_eq!((said.answer, said.decided_at, said.basis), (Answer::Withdraw, None, None));
    let source = said.evidence.source.as_ref().unwrap();
    assert_eq!((source.kind, source.name.as_deref()), (SourceKind::Message, Some("spring")));
    assert_eq!(said.evidence.method.as_deref(), Some("message_link"));
    assert_eq!(said.evidence.actor.as_deref(), Some("data subject"));
    assert!(said.direct());
    token.message = None;
    let said = given(token.withdrawal(None).unwrap());
    assert_eq!((said.evidence.method.as_deref(), said.evidence.source), (Some("link"), None));
}

#[test]
fn a_token_to_withdraw_shows_what_it_covers_and_chooses_nothing() {
    let token = token(Capability::Withdraw(opens()));
    assert_eq!(token.shows(at(9_999_999)), Ok(opens()));
    for answer in Answer::ALL {
        let chosen = token.choice(choice(answer), &Form::default(), at(1));
        assert_eq!(chosen.unwrap_err(), Beyond::Capability);
    }
}

#[test]
fn a_choice_has_the_evidence_that_the_service_knows_and_the_form_and_text_that_the_caller_said() {
    let token = token(Capability::Preferences { expires_at: None });
    let form = Form { name: Some("centre".to_owned()), version: Some("2".to_owned()) };
    let grant = given(token.choice(choice(Answer::Grant), &form, at(5)).unwrap());
    assert_eq!((grant.decided_at, grant.basis), (Some(at(5)), Some(Basis::Explicit)));
    let Evidence { method, source, notice, language, actor, proof_reference, .. } = grant.evidence;
    assert_eq!(method.as_deref(), Some("preference_centre"));
    let source = source.unwrap();
    assert_eq!((source.kind, source.name, source.version), (SourceKind::Form, form.name, form.version));
    assert_eq!((notice, language.as_deref()), (Some(NoticeId([7; 32])), Some("fr")));
    assert_eq!(actor.as_deref(), Some("data subject"));
    assert_eq!(proof_reference, None);
    for no in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
        let said = given(token.choice(choice(no), &Form::default(), at(5)).unwrap());
        assert_eq!((said.answer, said.decided_at, said.basis), (no, None, None));
    }
}

#[test]
fn a_token_that_has_run_out_neither_shows_nor_grants_and_still_says_no() {
    let token = token(Capability::Preferences { expires_at: Some(at(10)) });
    let choose = |answer, minute| token.choice(choice(answer), &Form::default(), at(minute)).map(|_| ());
    assert_eq!(token.shows(at(9)), Ok(Coverage::BOTH));
    assert_eq!(choose(Answer::Grant, 9), Ok(()));
    assert_eq!(token.shows(at(10)), Err(Beyond::Expired));
    assert_eq!(choose(Answer::Grant, 10), Err(Beyond::Expired));
    for no in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
        assert_eq!(choose(no, 10), Ok(()));
    }
    assert!(token.withdrawal(None).is_ok());
}

#[test]
fn a_link_that_was_used_once_bites_again_after_a_later_grant() {
    let token = token(Capability::Withdraw(Coverage::TRACKING));
    let withdrawal = token.withdrawal(None).unwrap();
    let mut story = Story::new();
    let open = Series::Tracking(Scope::EmailOpen);
    let reads = |story: &Story, minute| story.profile.standing(open, at(minute), None, None).state;
    for minute in [1, 2] {
        story.apply(&withdrawal, at(minute)).unwrap();
        assert_eq!(story.profile.version(), u64::try_from(minute).unwrap(), "each is a record");
    }
    story.say(crate::sample::answer(Answer::Grant, at(3)), at(3));
    assert_eq!(reads(&story, 3), State::Granted);
    story.apply(&withdrawal, at(4)).unwrap();
    assert_eq!(reads(&story, 4), State::Withdrawn);
}

#[test]
fn the_content_tells_little_of_the_length_of_an_id() {
    let length = |id: &str| {
        let profile = ProfileId::new(id).unwrap();
        Token { profile, ..token(Capability::Withdraw(Coverage::TRACKING)) }.to_bytes().len()
    };
    assert_eq!((length("a"), length("abcdefghijklmnopqrstuvwxyz0123")), (32, 64));
    assert_eq!(length(&"x".repeat(128)) % 32, 0);
}

fn capabilities() -> impl Strategy<Value = Capability> {
    let scopes = prop::collection::vec(prop::sample::select(Scope::ALL.to_vec()), 1..6);
    let some = scopes.prop_map(|scopes| TrackingCoverage::Scopes(scopes.into_iter().collect()));
    let tracking = prop_oneof![Just(TrackingCoverage::None), Just(TrackingCoverage::All), some];
    let coverage = (any::<bool>(), tracking);
    let coverage = coverage.prop_filter_map("something", |(marketing, some)| Coverage::new(marketing, some));
    prop_oneof![
        coverage.prop_map(Capability::Withdraw),
        prop::option::of((0i64..1_000_000).prop_map(at))
            .prop_map(|expires_at| Capability::Preferences { expires_at }),
    ]
}

proptest! {
    #[test]
    fn content_is_read_as_it_was_written(
        capability in capabilities(),
        table in "[^\\p{Cc}]{1,16}",
        profile in "[^\\p{Cc}]{1,32}",
        message in prop::option::of("[^\\p{Cc}]{1,32}"),
    ) {
        let token = Token {
            table: TableId::new(table).unwrap(),
            profile: ProfileId::new(profile).unwrap(),
            capability,
            issued_at: at(7),
            message: message.map(|id| MessageId::new(id).unwrap()),
        };
        let bytes = token.to_bytes();
        prop_assert!(bytes.len() <= 352);
        prop_assert!(Token::from_bytes(&bytes) == Some(token));
        // Neither what was cut off nor what was added is taken for content.
        prop_assert!(Token::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        prop_assert!(Token::from_bytes(&[bytes.as_slice(), &[0; 32]].concat()).is_none());
    }

    #[test]
    fn whatever_bytes_come_are_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(token) = Token::from_bytes(&bytes) {
            prop_assert_eq!(token.to_bytes(), bytes);
        }
    }

    #[test]
    fn whatever_follows_a_first_byte_that_is_known_is_read_or_not(
        form in 1u8..3,
        rest in prop::collection::vec(0u8..4, 0..95),
    ) {
        let bytes: Vec<u8> = std::iter::once(form).chain(rest).collect();
        if let Some(token) = Token::from_bytes(&bytes) {
            prop_assert_eq!(token.to_bytes(), bytes);
        }
    }
}

#[test]
fn a_scope_of_a_later_release_is_not_left_out_in_silence() {
    let mut bytes = token(Capability::Withdraw(opens())).to_bytes();
    assert!(Token::from_bytes(&bytes).is_some());
    bytes[10] |= 0b1000_0000;
    assert!(Token::from_bytes(&bytes).is_none());
}
