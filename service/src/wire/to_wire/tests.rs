//! Every word of the domain has its own in the contract, and it is the same word.

use std::collections::BTreeSet;

use assent_domain::answer::{Answer, State};
use assent_domain::asking::AskReason;
use assent_domain::ceiling::Ceiling;
use assent_domain::change::{Effect, Outcome};
use assent_domain::evidence::{Basis, Item, SourceKind};
use assent_domain::inactivity::InactivityUse;
use assent_domain::interaction::InteractionKind;
use assent_domain::ledger::{Broken, ChainHash, Fault, Head, Report};
use assent_domain::message::{Channel, MessageClass, SendingBasis};
use assent_domain::mode::{LinkMode, PixelMode};
use assent_domain::opt_in::{DeclaredBy, NoOptIn, OptInBox};
use assent_domain::reason::Reason;
use assent_domain::record::PolicyVersion;
use assent_domain::scope::{Scope, Series};
use assent_domain::sight::Unseen;
use assent_domain::verdict::{Disposition, Effects, Verdict};
use assent_domain::wait_block::ExitReason;
use assent_proto::v1::{self, verify_history_response::Event};

use super::{
    answer, asking, audience, ceiling, change, evidence, interaction, ledger, message, opt_in, outcome,
    scope, time, verdict, wait_block,
};
use assent_domain::id::PolicyId;
use assent_domain::time::{Day, Instant};

/// Every one of `all` reads in the contract as its own name there, without the prefix, in any case.
fn same_words<T: Copy>(
    all: &[T],
    own: fn(T) -> &'static str,
    prefix: &str,
    shown: impl Fn(T) -> &'static str,
) {
    let mut words = BTreeSet::new();
    for one in all {
        let word = shown(*one).strip_prefix(prefix).unwrap();
        assert_eq!(word, own(*one).to_uppercase());
        assert!(words.insert(word), "{word}");
    }
}

#[test]
fn a_word_of_the_domain_is_the_same_word_in_the_contract() {
    same_words(&Answer::ALL, Answer::name, "ANSWER_", |a| answer::answer(a).as_str_name());
    same_words(&State::ALL, State::name, "STATE_", |s| answer::state(s).as_str_name());
    same_words(&Outcome::ALL, Outcome::name, "OUTCOME_", |o| outcome::outcome(o).as_str_name());
    same_words(&Effect::ALL, Effect::name, "EFFECT_", |e| change::effect(e).as_str_name());
    same_words(&Basis::ALL, Basis::name, "BASIS_", |b| evidence::basis(b).as_str_name());
    same_words(&SourceKind::ALL, SourceKind::name, "SOURCE_KIND_", |k| {
        evidence::source_kind(k).as_str_name()
    });
    same_words(&Item::ALL, Item::name, "EVIDENCE_ITEM_", |i| evidence::item(i).as_str_name());
    same_words(&Scope::ALL, Scope::name, "SCOPE_", |s| scope::scope(s).as_str_name());
    same_words(&Series::ALL, Series::name, "SERIES_", |s| scope::series(s).as_str_name());
    same_words(&Ceiling::ALL, Ceiling::name, "CEILING_", |c| ceiling::ceiling(c).as_str_name());
    same_words(&Channel::ALL, Channel::name, "CHANNEL_", |c| message::channel(c).as_str_name());
    let class = |class| message::class(class).as_str_name();
    same_words(&MessageClass::ALL, MessageClass::name, "MESSAGE_CLASS_", class);
    let basis = |basis| message::basis(basis).as_str_name();
    same_words(&SendingBasis::ALL, SendingBasis::name, "SENDING_BASIS_", basis);
    let kind = |kind| verdict::kind(kind).as_str_name();
    same_words(&InteractionKind::ALL, InteractionKind::name, "INTERACTION_KIND_", kind);
    let pixel = |mode| interaction::pixel(Some(mode)).as_str_name();
    same_words(&PixelMode::ALL, PixelMode::name, "PIXEL_MODE_", pixel);
    let links = |mode| interaction::links(Some(mode)).as_str_name();
    same_words(&LinkMode::ALL, LinkMode::name, "LINK_MODE_", links);
    let exit = |reason| wait_block::reason(reason).as_str_name();
    same_words(&ExitReason::ALL, ExitReason::name, "WAIT_REASON_", exit);
    let unseen = |unseen| audience::reason(unseen).as_str_name();
    same_words(&Unseen::ALL, Unseen::name, "ENGAGEMENT_REASON_", unseen);
    same_words(&AskReason::ALL, AskReason::name, "ASK_REASON_", |r| asking::reason(r).as_str_name());
    same_words(&OptInBox::ALL, OptInBox::name, "OPT_IN_BOX_", |b| opt_in::of_box(b).as_str_name());
    let declared_by = |declared_by| opt_in::declared_by(declared_by).as_str_name();
    same_words(&DeclaredBy::ALL, DeclaredBy::name, "OPT_IN_DECLARED_BY_", declared_by);
    same_words(&NoOptIn::ALL, NoOptIn::name, "NO_OPT_IN_REASON_", |n| opt_in::reason(n).as_str_name());
}

/// How many values an enum of the contract has, beside the unspecified one.
fn values<T: TryFrom<i32>>() -> usize {
    (1..1000).filter(|number| T::try_from(*number).is_ok()).count()
}

#[test]
fn no_word_of_the_contract_is_without_one_in_the_domain() {
    assert_eq!(values::<v1::Answer>(), Answer::ALL.len());
    assert_eq!(values::<v1::State>(), State::ALL.len());
    assert_eq!(values::<v1::Outcome>(), Outcome::ALL.len());
    assert_eq!(values::<v1::Effect>(), Effect::ALL.len());
    assert_eq!(values::<v1::Basis>(), Basis::ALL.len());
    assert_eq!(values::<v1::SourceKind>(), SourceKind::ALL.len());
    assert_eq!(values::<v1::EvidenceItem>(), Item::ALL.len());
    assert_eq!(values::<v1::Scope>(), Scope::ALL.len());
    assert_eq!(values::<v1::Series>(), Series::ALL.len());
    assert_eq!(values::<v1::Ceiling>(), Ceiling::ALL.len());
    assert_eq!(values::<v1::Channel>(), Channel::ALL.len());
    assert_eq!(values::<v1::MessageClass>(), MessageClass::ALL.len());
    assert_eq!(values::<v1::SendingBasis>(), SendingBasis::ALL.len());
    assert_eq!(values::<v1::InteractionKind>(), InteractionKind::ALL.len());
    assert_eq!(values::<v1::PixelMode>(), PixelMode::ALL.len());
    assert_eq!(values::<v1::LinkMode>(), LinkMode::ALL.len());
    // A match has a reason too.
    assert_eq!(values::<v1::WaitReason>(), ExitReason::ALL.len() + 1);
    // A yes and a plain no have one too.
    assert_eq!(values::<v1::EngagementReason>(), Unseen::ALL.len() + 2);
    assert_eq!(values::<v1::InactivityUse>(), InactivityUse::ALL.len());
    assert_eq!(values::<v1::AskReason>(), AskReason::ALL.len());
    assert_eq!(values::<v1::OptInBox>(), OptInBox::ALL.len());
    assert_eq!(values::<v1::OptInDeclaredBy>(), DeclaredBy::ALL.len());
    assert_eq!(values::<v1::NoOptInReason>(), NoOptIn::ALL.len());
    let told: BTreeSet<_> = Reason::ALL.into_iter().map(verdict::reason).map(i32::from).collect();
    assert_eq!(values::<v1::VerdictReason>(), told.len());
}

#[test]
fn a_time_is_told_to_the_microsecond_before_and_after_1970() {
    let told = |micros| {
        let told = time::instant(Instant::from_micros(micros).unwrap());
        (told.seconds, told.nanos)
    };
    assert_eq!(told(1), (0, 1_000));
    assert_eq!(told(-1), (-1, 999_999_000));
    assert_eq!(told(1_500_000), (1, 500_000_000));
    assert_eq!(told(Instant::MIN.micros()), (-62_135_596_800, 0));
    let day = time::day(Day::new(2026, 7, 14).unwrap());
    assert_eq!((day.year, day.month, day.day), (2026, 7, 14));
}

#[test]
fn a_verdict_names_its_policy_unless_none_was_asked() {
    let policy = PolicyVersion { id: PolicyId::new("strict").unwrap(), version: 1 };
    let told = |reason| {
        let verdict = Verdict {
            disposition: Disposition::Discard,
            effects: Effects::NONE,
            reason,
            policy: policy.clone(),
        };
        verdict::of_kind(InteractionKind::EmailOpen, &verdict)
    };
    assert!(told(Reason::Refused).policy.is_some());
    assert!(told(Reason::ProfileErased).policy.is_none());
}

#[test]
fn a_walk_ends_with_what_it_saw_and_what_is_broken() {
    let head = |position| Head { position, chain: ChainHash([1; 32]) };
    let seen = Report { verified: 4, redacted: 2, head: head(6) };
    let told = ledger::verdict(Ok(seen), seen).event;
    let whole = v1::HistoryWhole { verified: 4, redacted: 2, head: Some(ledger::head(head(6))) };
    assert_eq!(told, Some(Event::Whole(whole)));
    let faults = [
        (Fault::Gap { found: 9 }, v1::HistoryFault::EntryMissing),
        (Fault::Missing, v1::HistoryFault::EntryMissing),
        (Fault::Body, v1::HistoryFault::LeafMismatch),
        (Fault::Chain, v1::HistoryFault::ChainMismatch),
        (Fault::Rewritten, v1::HistoryFault::KnownHeadMismatch),
        (Fault::Cut { known: 9 }, v1::HistoryFault::KnownHeadMissing),
    ];
    for (fault, expected) in faults {
        let told = ledger::verdict(Err(Broken { position: 7, fault }), seen).event;
        let broken = v1::HistoryBroken { position: 7, fault: expected.into(), verified: 4, redacted: 2 };
        assert_eq!(told, Some(Event::Broken(broken)));
    }
}
