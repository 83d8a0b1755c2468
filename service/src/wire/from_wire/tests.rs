//! What is sent is what the domain takes, and what is stored reads as it was sent.

use assent_domain::answer::Answer;
use assent_domain::command::Said;
use assent_domain::evidence::{Basis, Item, SourceKind};
use assent_domain::ledger::{ChainHash, Head};
use assent_domain::record::FactsChanged;
use assent_domain::scope::Scope;
use assent_domain::time::Instant;
use assent_proto::google::Date;
use assent_proto::v1::{self, coverage::Tracking, upsert_consents_item::Event};
use prost_types::Timestamp;

use super::{Misfit, answer, evidence, facts, head, item, notice, profile, request, scope, time};
use crate::failure::Failure;
use crate::wire::to_wire;

fn source() -> v1::Source {
    v1::Source {
        kind: v1::SourceKind::Form.into(),
        name: Some("newsletter".into()),
        version: Some("3".into()),
    }
}

fn given() -> v1::AnswerGiven {
    v1::AnswerGiven {
        answer: v1::Answer::Grant.into(),
        coverage: Some(v1::Coverage {
            marketing: true,
            tracking: Some(Tracking::AllScopes(v1::AllScopes {})),
        }),
        decided_at: Some(Timestamp { seconds: 1_790_000_000, nanos: 1_000 }),
        basis: v1::Basis::Explicit.into(),
        evidence: Some(v1::Evidence {
            method: Some("checkbox".into()),
            source: Some(source()),
            notice_id: Some(vec![7; 32]),
            language: Some("fr".into()),
            actor: Some("person".into()),
            proof_reference: Some("archive/1".into()),
        }),
    }
}

fn granting() -> v1::UpsertConsentsItem {
    v1::UpsertConsentsItem {
        profile: Some(v1::ProfileKey { id: "ada".into() }),
        facts: None,
        event: Some(Event::Answer(given())),
    }
}

fn wrong(failure: &Failure) -> Vec<&str> {
    let Failure::Invalid(wrong) = failure else { panic!("{failure}") };
    wrong.iter().map(|wrong| wrong.path.as_str()).collect()
}

#[test]
fn an_answer_reads_as_it_was_sent() {
    assert_eq!(to_wire::answer::given(&answer::given(&given()).unwrap()), given());
    let bare = v1::AnswerGiven {
        decided_at: None,
        basis: 0,
        evidence: None,
        answer: v1::Answer::Refuse.into(),
        coverage: Some(v1::Coverage {
            marketing: false,
            tracking: Some(Tracking::Scopes(v1::ScopeList { scopes: vec![v1::Scope::Device.into()] })),
        }),
    };
    assert_eq!(to_wire::answer::given(&answer::given(&bare).unwrap()), bare);
}

#[test]
fn a_notice_and_a_request_read_as_they_were_sent() {
    let told = v1::NoticeGiven {
        coverage: given().coverage,
        notified_at: given().decided_at,
        notice_id: Some(vec![3; 32]),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(false),
        justification: Some("strike".into()),
        proof_reference: Some("archive/2".into()),
        source: Some(source()),
        sent_message_id: None,
    };
    assert_eq!(to_wire::notice::given(&notice::given(&told).unwrap()), told);
    let made = v1::RequestMade {
        coverage: given().coverage,
        requested_at: given().decided_at,
        notice_id: None,
        source: Some(source()),
        sent_message_id: None,
    };
    assert_eq!(to_wire::request::made(&request::made(&made).unwrap()), made);
}

#[test]
fn no_call_says_that_a_message_was_a_notice_or_request_and_a_record_that_was_one_tells() {
    let mail = Some("mail".to_owned());
    let coverage = given().coverage;
    let told =
        v1::NoticeGiven { coverage: coverage.clone(), sent_message_id: mail.clone(), ..Default::default() };
    let read = notice::given(&told).unwrap();
    assert_eq!(read.sent_message, None);
    let sent_message = Some(assent_domain::id::MessageId::new("mail").unwrap());
    let held = assent_domain::record::NoticeGiven { sent_message: sent_message.clone(), ..read };
    assert_eq!(to_wire::notice::given(&held).sent_message_id, mail);
    let made = v1::RequestMade { coverage, sent_message_id: mail.clone(), ..Default::default() };
    let read = request::made(&made).unwrap();
    assert_eq!(read.sent_message, None);
    let held = assent_domain::record::RequestMade { sent_message, ..read };
    assert_eq!(to_wire::request::made(&held).sent_message_id, mail);
}

#[test]
fn facts_read_as_they_were_sent() {
    let sent = v1::ProfileFacts {
        collected_on: Some(Date { year: 2025, month: 2, day: 28 }),
        jurisdiction: Some("FR".into()),
        source: Some(source()),
    };
    let read = facts::sent(&sent).unwrap();
    let changed = FactsChanged {
        collected_on: read.collected_on,
        jurisdiction: read.jurisdiction,
        source: read.source.unwrap(),
    };
    let told = to_wire::facts::changed(&changed);
    assert_eq!(
        (told.collected_on, told.jurisdiction, told.source),
        (sent.collected_on, sent.jurisdiction, sent.source)
    );
}

#[test]
fn every_word_goes_round_and_the_unspecified_one_is_none() {
    for word in Answer::ALL {
        assert_eq!(answer::answer(to_wire::answer::answer(word)), Some(word));
    }
    for word in Basis::ALL {
        assert_eq!(evidence::basis(to_wire::evidence::basis(word).into()), Ok(Some(word)));
    }
    for word in SourceKind::ALL {
        assert_eq!(evidence::source_kind(to_wire::evidence::source_kind(word)), Some(word));
    }
    for word in Item::ALL {
        assert_eq!(evidence::item(to_wire::evidence::item(word)), Some(word));
    }
    for word in Scope::ALL {
        assert_eq!(scope::scope(to_wire::scope::scope(word)), Some(word));
    }
    assert_eq!(answer::answer(v1::Answer::Unspecified), None);
    assert_eq!(evidence::basis(0), Ok(None));
    assert_eq!(evidence::basis(4), Err(Misfit::of("basis")));
    assert_eq!(evidence::source_kind(v1::SourceKind::Unspecified), None);
    assert_eq!(evidence::item(v1::EvidenceItem::Unspecified), None);
    assert_eq!(scope::scope(v1::Scope::Unspecified), None);
}

#[test]
fn a_time_is_cut_to_microseconds_towards_the_past() {
    let at = |seconds, nanos| time::instant(&Timestamp { seconds, nanos }).map(Instant::micros);
    assert_eq!(at(1, 1_999), Some(1_000_001));
    assert_eq!(at(-1, 999_999_999), Some(-1));
    for (seconds, nanos) in [(i64::MAX, 0), (0, -1), (0, 1_000_000_000), (253_402_300_800, 0)] {
        assert_eq!(at(seconds, nanos), None, "{seconds} {nanos}");
    }
    for instant in [Instant::MIN, Instant::MAX] {
        assert_eq!(time::instant(&to_wire::time::instant(instant)), Some(instant));
    }
    assert_eq!(time::day(&Date { year: 2026, month: 2, day: 29 }), None);
    assert_eq!(time::day(&Date { year: 2026, month: 0, day: 0 }), None);
}

#[test]
fn all_scopes_is_not_the_list_of_todays() {
    let covers = |tracking| scope::coverage(Some(&v1::Coverage { marketing: false, tracking }));
    let all = Scope::ALL.map(|one| to_wire::scope::scope(one).into()).to_vec();
    let listed = covers(Some(Tracking::Scopes(v1::ScopeList { scopes: all })));
    assert_ne!(listed, covers(Some(Tracking::AllScopes(v1::AllScopes {}))));
    assert_eq!(covers(None), Err(Misfit::of("coverage")));
    assert_eq!(covers(Some(Tracking::Scopes(v1::ScopeList { scopes: vec![] }))), Err(Misfit::of("coverage")));
    let unknown = covers(Some(Tracking::Scopes(v1::ScopeList { scopes: vec![99] })));
    assert_eq!(unknown, Err(Misfit::of("coverage.scopes")));
}

#[test]
fn an_item_says_who_and_what() {
    let read = item::consents(&granting(), 0).unwrap();
    assert_eq!(read.profile.as_str(), "ada");
    assert!(matches!(read.command.said, Some(Said::Answer(given)) if given.answer == Answer::Grant));
    assert!(read.command.facts.is_none());
}

#[test]
fn a_basis_stands_beside_a_grant_and_nothing_else() {
    let said = |said: v1::Answer, basis: v1::Basis| {
        let given = v1::AnswerGiven { answer: said.into(), basis: basis.into(), ..given() };
        item::consents(&v1::UpsertConsentsItem { event: Some(Event::Answer(given)), ..granting() }, 4)
    };
    assert_eq!(
        wrong(&said(v1::Answer::Grant, v1::Basis::Unspecified).unwrap_err()),
        ["items[4].answer.basis"]
    );
    for no in [v1::Answer::Refuse, v1::Answer::Withdraw, v1::Answer::Object] {
        assert!(said(no, v1::Basis::Unspecified).is_ok());
        assert_eq!(wrong(&said(no, v1::Basis::Explicit).unwrap_err()), ["items[4].answer.basis"]);
    }
}

#[test]
fn everything_wrong_with_an_item_is_told_at_once() {
    let mut item = granting();
    item.profile = None;
    item.facts = Some(v1::ProfileFacts::default());
    let Some(Event::Answer(given)) = &mut item.event else { panic!() };
    given.basis = 0;
    given.coverage = Some(v1::Coverage {
        marketing: false,
        tracking: Some(Tracking::Scopes(v1::ScopeList { scopes: vec![1; 17] })),
    });
    let failure = item::consents(&item, 1).unwrap_err();
    let paths = wrong(&failure);
    for path in ["items[1].profile", "items[1].facts.source", "items[1].answer.basis"] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    // A list inside an item that is too long is a wrong field, not a batch that is too large.
    assert!(paths.contains(&"items[1].answer.coverage.scopes.scopes"), "{paths:?}");
    let failure = item::profiles(&v1::UpsertProfilesItem::default(), 2).unwrap_err();
    assert_eq!(wrong(&failure), ["items[2].profile", "items[2].facts"]);
}

#[test]
fn what_is_not_what_it_stands_for_names_its_field() {
    assert_eq!(notice::id(&[0; 31]), Err(Misfit::of("notice_id")));
    assert_eq!(request::id("no"), Err(Misfit::of("request_id")));
    assert_eq!(profile::table(""), Err(Misfit::of("profile_table")));
    assert_eq!(profile::profile(None), Err(Misfit::of("profile")));
    assert_eq!(profile::origin(Some("\n")), Err(Misfit::of("origin")));
    assert_eq!(profile::origin(None), Ok(None));
    assert_eq!(wrong(&Misfit::of("request_id").at("")), ["request_id"]);
    assert_eq!(wrong(&Misfit::of("profile").at("items[2]")), ["items[2].profile"]);
}

#[test]
fn a_head_reads_as_it_was_told() {
    let kept = Head { position: 7, chain: ChainHash([5; 32]) };
    assert_eq!(head::known(&to_wire::ledger::head(kept)), Ok(kept));
    let short = v1::LedgerHead { position: 7, chain: vec![5; 31] };
    assert_eq!(head::known(&short), Err(Misfit::of("known_head.chain")));
}
