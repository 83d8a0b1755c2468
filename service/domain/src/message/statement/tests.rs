use super::*;
use crate::sample::{TEXT, at};
use crate::scene::message;
use crate::scope::Scope;

fn stating(class: MessageClass, statement: Statement) -> Message {
    Message { statement, ..message(class, crate::message::SendingBasis::LegalDuty) }
}

#[test]
fn only_a_send_of_a_message_that_tells_or_asks_says_something() {
    for class in MessageClass::ALL {
        let said = stating(class, Statement::default()).said(at(0));
        assert_eq!(said.is_some(), class.tells_or_asks(), "{}", class.name());
        assert_ne!(
            class.tells_or_asks(),
            class.may_carry_tracking(),
            "what tells or asks carries no tracking"
        );
        match said {
            None => {}
            Some(Said::Notice(_)) => assert_eq!(class, MessageClass::Notice),
            Some(Said::Request(_)) => assert_eq!(class, MessageClass::ConsentRequest),
            Some(Said::Answer(_)) => panic!("nobody answered"),
        }
    }
}

#[test]
fn a_send_is_the_notice_that_its_message_states_at_the_instant_of_the_send() {
    let opens = crate::scene::only(Scope::EmailOpen);
    let full = Statement {
        coverage: Some(opens),
        text: Some(TEXT),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(false),
        justification: Some("strike".to_owned()),
    };
    let expected = NoticeGiven {
        coverage: opens,
        notified_at: Some(at(3)),
        text: Some(TEXT),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(false),
        justification: Some("strike".to_owned()),
        proof_reference: None,
        source: None,
        sent_message: Some(crate::id::MessageId::new("m").unwrap()),
    };
    assert!(stating(MessageClass::Notice, full).said(at(3)) == Some(Said::Notice(expected)));
}

#[test]
fn a_send_is_the_request_that_its_message_states_at_the_instant_of_the_send() {
    let both = Statement { coverage: Some(Coverage::BOTH), text: Some(TEXT), ..Statement::default() };
    let expected = RequestMade {
        coverage: Coverage::BOTH,
        requested_at: Some(at(3)),
        text: Some(TEXT),
        source: None,
        sent_message: Some(crate::id::MessageId::new("m").unwrap()),
    };
    assert!(stating(MessageClass::ConsentRequest, both).said(at(3)) == Some(Said::Request(expected)));
}

#[test]
fn a_message_that_does_not_say_of_what_it_tells_or_asks_means_all_of_tracking() {
    for class in [MessageClass::Notice, MessageClass::ConsentRequest] {
        let said = stating(class, Statement::default()).said(at(0)).unwrap();
        assert_eq!(said.coverage(), Coverage::TRACKING);
    }
}
