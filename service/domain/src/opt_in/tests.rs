use super::*;
use crate::ceiling::Ceilings;
use crate::context::CampaignInPlay;
use crate::evidence::{Controller, Item};
use crate::id::NoticeId;
use crate::policy::Policy;
use crate::scene::{campaign, paris, policy, website};
use crate::time::Zone;
use crate::website::Website;

fn table() -> ProfileTable {
    let controller = Some(Controller { name: "A".into(), address: "B".into(), contact: "C".into() });
    ProfileTable { controller, policy: None, zone: Zone::utc(), opt_in_texts: OptInTexts::default() }
}

fn text(of: OptInBox, language: &str, byte: u8) -> OptInText {
    OptInText { of, language: language.to_owned(), text: NoticeId([byte; 32]) }
}

fn texts(all: &[(OptInBox, &str, u8)]) -> OptInTexts {
    OptInTexts::new(all.iter().map(|(of, language, byte)| text(*of, language, *byte)).collect()).unwrap()
}

fn of_website(site: &Website) -> Context<'_> {
    Context { website: Some(site), ..Context::default() }
}

fn asked<'a>(table: &'a ProfileTable, around: Context<'a>, policies: &[&'a Policy]) -> OptIns<'a> {
    let first = Applicable::of(policies[0]);
    let policies = policies[1..].iter().fold(first, |all, one| all.and(one));
    Form { table, around, policies, languages: &[] }.opt_ins(paris("2026-07-14 00:00"))
}

/// The boxes with what they cover of tracking.
fn boxes(opt_ins: &OptIns<'_>) -> Vec<(OptInBox, Vec<Scope>)> {
    let scopes = |coverage: Coverage| match coverage.tracking() {
        TrackingCoverage::Scopes(scopes) => scopes.iter().collect(),
        TrackingCoverage::None => Vec::new(),
        TrackingCoverage::All => panic!("a form asks for the scopes that exist"),
    };
    opt_ins.boxes.iter().map(|one| (one.of, scopes(one.coverage))).collect()
}

#[test]
fn one_tick_may_do_for_both_only_where_every_policy_says_so() {
    use OptInBox::{Joint, Marketing, Tracking};
    let (legacy, fr, it, strict) =
        (policy("legacy"), policy("fr-cnil-2026"), policy("it-garante-2026"), policy("strict"));
    let mut switched = policy("fr-cnil-2026");
    switched.grant.joint = true;
    let (table, site) = (table(), website("", Ceilings::default()));
    for (policies, expected) in [
        (vec![&legacy], vec![Marketing, Tracking, Joint]),
        (vec![&it], vec![Marketing, Tracking, Joint]),
        (vec![&fr], vec![Marketing, Tracking]),
        (vec![&switched], vec![Marketing, Tracking, Joint]),
        (vec![&strict], vec![Marketing, Tracking]),
        (vec![&legacy, &it], vec![Marketing, Tracking, Joint]),
        (vec![&legacy, &fr], vec![Marketing, Tracking]),
        (vec![&it, &strict], vec![Marketing, Tracking]),
        (vec![&strict, &it], vec![Marketing, Tracking]),
    ] {
        let opt_ins = asked(&table, of_website(&site), &policies);
        let shown: Vec<_> = opt_ins.boxes.iter().map(|one| one.of).collect();
        let ids: Vec<_> = policies.iter().map(|policy| policy.id.as_str()).collect();
        assert_eq!(shown, expected, "{ids:?}");
        assert!(opt_ins.boxes.iter().all(|one| one.coverage.joint() == (one.of == Joint)), "{ids:?}");
        assert_eq!((opt_ins.no_marketing, opt_ins.no_tracking), (None, None));
    }
}

// Qualifio 6
#[test]
fn what_a_ceiling_closes_is_not_asked_for() {
    let strict = policy("strict");
    let all: Vec<_> = Scope::ALL.to_vec();
    let without =
        |gone: &[Scope]| all.iter().copied().filter(|scope| !gone.contains(scope)).collect::<Vec<_>>();
    let never = |kind| Ceilings::default().with(kind, Ceiling::Never);
    for (ceilings, expected) in [
        (Ceilings::default(), all.clone()),
        (Ceilings::all(Ceiling::Consented), all.clone()),
        (never(InteractionKind::EmailOpen), without(&[Scope::EmailOpen])),
        (
            never(InteractionKind::EmailClick).with(InteractionKind::SmsClick, Ceiling::Anonymous),
            without(&[Scope::EmailClick, Scope::SmsClick]),
        ),
    ] {
        let site = website("BE", ceilings);
        let (table, plain) = (table(), campaign(Ceiling::Default));
        let of_campaign = Context {
            campaign: Some(CampaignInPlay { campaign: &plain, website: Some(&site) }),
            ..Context::default()
        };
        for around in [of_website(&site), of_campaign] {
            let opt_ins = asked(&table, around, &[&strict]);
            let expected = [(OptInBox::Marketing, Vec::new()), (OptInBox::Tracking, expected.clone())];
            assert_eq!(boxes(&opt_ins), expected);
        }
    }
}

#[test]
fn where_nothing_can_be_recorded_there_is_no_tracking_box_and_no_joint_one() {
    let it = policy("it-garante-2026");
    let (plain, table) = (campaign(Ceiling::Default), table());
    let mixed = Ceilings::all(Ceiling::Never).with(InteractionKind::EmailOpen, Ceiling::Anonymous);
    for (ceilings, of_campaign, why) in [
        (Ceilings::all(Ceiling::Never), Ceiling::Default, NoOptIn::TrackingDisabled),
        (Ceilings::all(Ceiling::Anonymous), Ceiling::Default, NoOptIn::AnonymousOnly),
        (mixed, Ceiling::Default, NoOptIn::AnonymousOnly),
        (Ceilings::default(), Ceiling::Never, NoOptIn::TrackingDisabled),
        (Ceilings::default(), Ceiling::Anonymous, NoOptIn::AnonymousOnly),
    ] {
        let site = website("IT", ceilings);
        let closed = campaign(of_campaign);
        let in_play = CampaignInPlay {
            campaign: if of_campaign == Ceiling::Default { &plain } else { &closed },
            website: Some(&site),
        };
        let opt_ins = asked(&table, Context { campaign: Some(in_play), ..Context::default() }, &[&it]);
        assert_eq!(boxes(&opt_ins), [(OptInBox::Marketing, Vec::new())]);
        assert_eq!((opt_ins.no_marketing, opt_ins.no_tracking), (None, Some(why)));
    }
}

#[test]
fn the_french_switch_counts_from_its_instant_on() {
    let mut switched = policy("strict");
    switched.force_never.on = true;
    let (table, french, belgian) =
        (table(), website("FR", Ceilings::default()), website("BE", Ceilings::default()));
    let told = |site, now| {
        let form = Form {
            table: &table,
            around: of_website(site),
            policies: Applicable::of(&switched),
            languages: &[],
        };
        form.opt_ins(paris(now)).no_tracking
    };
    assert_eq!(told(&french, "2026-07-13 23:59:59.999999"), None);
    assert_eq!(told(&french, "2026-07-14 00:00:00"), Some(NoOptIn::TrackingDisabled));
    assert_eq!(told(&belgian, "2026-07-14 00:00:00"), None);
}

#[test]
fn a_form_whose_grants_nobody_would_store_shows_no_box() {
    let (strict, mut imports_alone) = (policy("strict"), policy("strict"));
    imports_alone.grant.bases = vec![Basis::Imported];
    let site = website("", Ceilings::default());
    let nobody = ProfileTable { controller: None, ..table() };
    let opt_ins = asked(&nobody, of_website(&site), &[&strict]);
    assert!(opt_ins.boxes.is_empty());
    assert_eq!(
        (opt_ins.no_marketing, opt_ins.no_tracking),
        (Some(NoOptIn::NoController), Some(NoOptIn::NoController))
    );
    let table = table();
    let opt_ins = asked(&table, of_website(&site), &[&imports_alone]);
    assert!(opt_ins.boxes.is_empty());
    assert_eq!(opt_ins.no_tracking, Some(NoOptIn::ExplicitNotAccepted));
}

#[test]
fn a_grant_comes_with_all_that_any_policy_demands() {
    let (legacy, it) = (policy("legacy"), policy("it-garante-2026"));
    let (table, site) = (table(), website("", Ceilings::default()));
    assert_eq!(asked(&table, of_website(&site), &[&legacy]).demands, Items::NONE);
    let demands = asked(&table, of_website(&site), &[&legacy, &it]).demands;
    assert_eq!(demands.iter().collect::<Vec<_>>(), Item::ALL);
}

/// Language and byte of the texts beside a box, with who declared them.
fn beside<'a>(opt_ins: &OptIns<'a>, of: OptInBox) -> (Vec<(&'a str, u8, DeclaredBy)>, Vec<&'a str>) {
    let one = opt_ins.boxes.iter().find(|one| one.of == of).unwrap();
    let texts = one.texts.iter().map(|found| (found.language, found.text.0[0], found.declared_by));
    (texts.collect(), one.missing.clone())
}

#[test]
fn the_nearest_text_counts_for_each_box_and_language() {
    use DeclaredBy::{Campaign, ProfileTable as Table, Website};
    let it = policy("it-garante-2026");
    let mut table = table();
    table.opt_in_texts = texts(&[
        (OptInBox::Tracking, "fr", 1),
        (OptInBox::Tracking, "nl", 2),
        (OptInBox::Tracking, "de", 3),
        (OptInBox::Marketing, "fr", 4),
        (OptInBox::Joint, "fr", 5),
    ]);
    let mut site = website("", Ceilings::default());
    site.opt_in_texts = texts(&[(OptInBox::Tracking, "FR", 11), (OptInBox::Tracking, "nl", 12)]);
    let mut spring = campaign(Ceiling::Default);
    spring.opt_in_texts = texts(&[(OptInBox::Tracking, "nl", 22), (OptInBox::Marketing, "nl", 24)]);
    let in_play = CampaignInPlay { campaign: &spring, website: Some(&site) };
    let of_campaign = Context { campaign: Some(in_play), ..Context::default() };
    let opt_ins = asked(&table, of_campaign, &[&it]);
    let expected = [("de", 3, Table), ("FR", 11, Website), ("nl", 22, Campaign)];
    assert_eq!(beside(&opt_ins, OptInBox::Tracking), (expected.to_vec(), Vec::new()));
    let expected = [("fr", 4, Table), ("nl", 24, Campaign)];
    assert_eq!(beside(&opt_ins, OptInBox::Marketing).0, expected);
    assert_eq!(beside(&opt_ins, OptInBox::Joint).0, [("fr", 5, Table)]);
    let opt_ins = asked(&table, of_website(&site), &[&it]);
    let expected = [("de", 3, Table), ("FR", 11, Website), ("nl", 12, Website)];
    assert_eq!(beside(&opt_ins, OptInBox::Tracking).0, expected);
}

#[test]
fn a_wanted_language_is_looked_up_and_told_where_there_is_none() {
    let strict = policy("strict");
    let site = website("", Ceilings::default());
    let mut table = table();
    table.opt_in_texts = texts(&[
        (OptInBox::Tracking, "fr", 1),
        (OptInBox::Tracking, "fr-CA", 2),
        (OptInBox::Tracking, "zh-Hant", 3),
    ]);
    let told = |wanted: &[&str]| {
        let languages: Vec<String> = wanted.iter().map(|&tag| tag.to_owned()).collect();
        let form = Form {
            table: &table,
            around: of_website(&site),
            policies: Applicable::of(&strict),
            languages: &languages,
        };
        let opt_ins = form.opt_ins(paris("2026-07-14 00:00"));
        let (found, missing) = beside(&opt_ins, OptInBox::Tracking);
        let found: Vec<u8> = found.into_iter().map(|(_, byte, _)| byte).collect();
        (found, missing.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(told(&[]), (vec![1, 2, 3], none.clone()));
    assert_eq!(told(&["fr"]), (vec![1], none.clone()));
    assert_eq!(told(&["FR-be"]), (vec![1], none.clone()));
    assert_eq!(told(&["fr-CA", "fr-BE", "fr"]), (vec![2, 1], none.clone()), "in the order wanted, each once");
    assert_eq!(told(&["zh-Hant-TW-x-private"]), (vec![3], none));
    assert_eq!(told(&["zh", "de", "fr"]), (vec![1], vec!["zh".to_owned(), "de".to_owned()]));
    assert_eq!(told(&["f"]), (Vec::new(), vec!["f".to_owned()]));
}

#[test]
fn a_box_has_one_text_in_a_language() {
    let all = vec![
        text(OptInBox::Tracking, "fr", 1),
        text(OptInBox::Marketing, "fr", 1),
        text(OptInBox::Tracking, "FR", 2),
        text(OptInBox::Tracking, "fr-BE", 2),
        text(OptInBox::Tracking, "fr", 1),
    ];
    assert_eq!(OptInTexts::new(all.clone()), Err(vec![2, 4]));
    assert_eq!(OptInTexts::new(all[..2].to_vec()).unwrap().all().len(), 2);
}

#[test]
fn names_of_boxes_go_round() {
    assert!(OptInBox::ALL.into_iter().all(|one| OptInBox::named(one.name()) == Some(one)));
    assert_eq!(OptInBox::named(""), None);
}

#[test]
fn every_reason_for_no_box_has_its_name() {
    let names = NoOptIn::ALL.map(NoOptIn::name);
    assert_eq!(names, ["NO_CONTROLLER", "EXPLICIT_NOT_ACCEPTED", "TRACKING_DISABLED", "ANONYMOUS_ONLY"]);
}
