use assent_domain::ceiling::{Ceiling, Ceilings};
use assent_domain::evidence::{Basis, Controller, Item};
use assent_domain::id::{CampaignId, LinkId, MessageId, NoticeId, PolicyId, WebsiteId};
use assent_domain::interaction::InteractionKind;
use assent_domain::message::{Channel, Message, MessageClass, SendingBasis, Statement};
use assent_domain::opt_in::{OptInBox, OptInText, OptInTexts};
use assent_domain::policy::{CounterMode, DefaultRule, OnWithdrawal, Rulebook, WithoutPolicy};
use assent_domain::profile_table::ProfileTable;
use assent_domain::record::Country;
use assent_domain::scope::{Coverage, Scope, ScopeSet};
use assent_domain::time::Zone;
use assent_domain::{campaign::Campaign, website::Website};

use super::{StoredCampaign, StoredMessage, StoredOverride, StoredTable, StoredWebsite};

fn id(text: &str) -> PolicyId {
    PolicyId::new(text).unwrap()
}

/// A text for each box, the joint one in two languages.
fn wordings() -> OptInTexts {
    let text = |(byte, of)| OptInText { of, language: "fr".to_owned(), text: NoticeId([byte; 32]) };
    let mut texts: Vec<_> = (0xf0..).zip(OptInBox::ALL).map(text).collect();
    texts.push(OptInText { language: "zh-Hant".to_owned(), ..texts[2].clone() });
    OptInTexts::new(texts).unwrap()
}

#[test]
fn a_setting_of_an_earlier_release_declares_no_texts() {
    assert_eq!(StoredTable::read(r#"{"zone":"UTC"}"#).unwrap().opt_in_texts, OptInTexts::default());
    assert_eq!(StoredWebsite::read(site(), "{}").unwrap().opt_in_texts, OptInTexts::default());
    let website = Website {
        id: site(),
        country: None,
        ceilings: Ceilings::default(),
        opt_in_texts: OptInTexts::default(),
    };
    assert_eq!(
        StoredWebsite::write(&website).as_deref(),
        Ok("{}"),
        "nor does this one write that there are none"
    );
    let text = "00".repeat(32);
    let told =
        |text: &str| StoredCampaign::read(spring(), &format!(r#"{{"opt_in_texts":[{text}]}}"#)).is_ok();
    let whole = format!(r#"{{"box":"JOINT","language":"fr","text":"{text}"}}"#);
    assert!(told(&whole));
    for (known, unknown) in [("JOINT", "EACH"), ("language", "tongue"), ("00", "0"), ("box", "tick")] {
        assert!(!told(&whole.replacen(known, unknown, 1)), "{unknown}");
    }
    assert!(!told(&format!("{whole},{whole}")), "one language twice");
}

#[test]
fn a_table_reads_as_it_was_written() {
    let [name, address, contact] = ["Shop", "1 rue de la Paix\nParis", "dpo@shop.example"].map(str::to_owned);
    let full = ProfileTable {
        controller: Some(Controller { name, address, contact }),
        policy: Some(id("fr-cnil-2026")),
        zone: Zone::named("Europe/Brussels").unwrap(),
        opt_in_texts: wordings(),
    };
    let opt_in_texts = OptInTexts::default();
    let bare = ProfileTable { controller: None, policy: None, zone: Zone::utc(), opt_in_texts };
    for table in [full, bare] {
        let body = StoredTable::write(&table).unwrap();
        assert!(StoredTable::read(&body).unwrap() == table, "{body}");
    }
}

#[test]
fn what_a_later_release_wrote_is_never_half_understood() {
    for body in ["", "{}", r#"{"zone":"Mars/Base"}"#, r#"{"zone":"UTC","pixel":"none"}"#] {
        assert!(StoredTable::read(body).is_err(), "{body}");
    }
    assert!(StoredOverride::read(r#"{"base":"strict","tighter":true}"#).is_err());
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    for body in [r#"{"base":"gone"}"#, r#"{"base":"strict","more_demands":["shoe_size"]}"#] {
        assert!(
            StoredOverride::read(body).unwrap().of(id("ours"), 1, rulebook.policies()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn an_override_is_kept_as_asked_and_applied_to_its_policy() {
    let asked = StoredOverride {
        base: "legacy".to_owned(),
        more_demands: vec!["method".to_owned()],
        refused_bases: vec!["ASSUMED".to_owned()],
        joint_allowed: Some(false),
        expires_after_days: Some(30),
        notice_alone_suffices: None,
        anonymous_mode: Some("OFF".to_owned()),
        earlier_interactions: Some("ERASE".to_owned()),
        unanswered_denied: Some(true),
        withdrawal_offer_demanded: None,
        interactions_kept_days: Some(90),
        force_never_on_french_websites: Some(true),
        anonymous_kinds: vec!["EMAIL_OPEN".to_owned()],
    };
    let read = StoredOverride::read(&asked.write().unwrap()).unwrap();
    assert_eq!(read, asked);
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let tightened = read.of(id("ours"), 2, rulebook.policies()).unwrap();
    let policy = tightened.apply(rulebook.policy(&id("legacy")).unwrap()).unwrap();
    assert!(policy.grant.demands.contains(Item::Method));
    assert!(!policy.grant.bases.contains(&Basis::Assumed) && !policy.grant.bases.is_empty());
    assert!(!policy.grant.joint);
    assert_eq!(policy.default, DefaultRule::Denied);
    assert_eq!((policy.grant.expires_after_days, policy.interactions_kept_days), (Some(30), Some(90)));
    assert!(policy.force_never.on && policy.counter.anonymous_kinds.contains(Scope::EmailOpen));
    assert_eq!((policy.counter.mode, policy.on_withdrawal), (CounterMode::Off, OnWithdrawal::Erase));
}

#[test]
fn what_an_override_says_of_notices_is_applied_to_the_policys_own() {
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let base = rulebook.policy(&id("fr-cnil-2026")).unwrap();
    let asked = StoredOverride {
        base: "fr-cnil-2026".to_owned(),
        withdrawal_offer_demanded: Some(true),
        ..StoredOverride::default()
    };
    let policy = asked.of(id("ours"), 1, rulebook.policies()).unwrap().apply(base).unwrap();
    assert!(policy.notice.is_some_and(|notice| notice.withdrawal_offered));
    let loose = StoredOverride { unanswered_denied: Some(false), ..asked };
    let problems = loose.of(id("ours"), 1, rulebook.policies()).unwrap().apply(base).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.field).collect::<Vec<_>>(), ["default"]);
}

fn site() -> WebsiteId {
    WebsiteId::new("site").unwrap()
}

fn spring() -> CampaignId {
    CampaignId::new("spring").unwrap()
}

fn mail() -> MessageId {
    MessageId::new("mail").unwrap()
}

#[test]
fn a_website_and_a_campaign_read_as_they_were_written() {
    let each = InteractionKind::TRACKED.into_iter().zip([
        Ceiling::Never,
        Ceiling::Default,
        Ceiling::Anonymous,
        Ceiling::Consented,
        Ceiling::Never,
    ]);
    let mixed = each.fold(Ceilings::default(), |ceilings, (kind, ceiling)| ceilings.with(kind, ceiling));
    for (country, ceilings) in [(Country::new("FR"), mixed), (None, Ceilings::default())] {
        let website = Website { id: site(), country, ceilings, opt_in_texts: wordings() };
        let body = StoredWebsite::write(&website).unwrap();
        assert_eq!(StoredWebsite::read(site(), &body), Ok(website), "{body}");
    }
    for (website, ceiling) in [(Some(site()), Ceiling::Never), (None, Ceiling::Default)] {
        let campaign = Campaign { id: spring(), website, ceiling, opt_in_texts: wordings() };
        let body = StoredCampaign::write(&campaign).unwrap();
        assert_eq!(StoredCampaign::read(spring(), &body), Ok(campaign), "{body}");
    }
}

#[test]
fn a_message_reads_as_it_was_written() {
    let bare = Message {
        id: mail(),
        channel: Channel::Sms,
        campaign: None,
        website: None,
        class: MessageClass::Security,
        basis: SendingBasis::LegalDuty,
        ceiling: Ceiling::Default,
        functional_links: Vec::new(),
        statement: Statement::default(),
    };
    let full = Message {
        campaign: Some(spring()),
        website: Some(site()),
        ceiling: Ceiling::Consented,
        functional_links: ["a", "b"].map(|id| LinkId::new(id).unwrap()).to_vec(),
        ..bare.clone()
    };
    let told = |coverage| Message {
        class: MessageClass::Notice,
        statement: Statement {
            coverage,
            text: Some(NoticeId([0xfe; 32])),
            conditions_unchanged: Some(true),
            withdrawal_offered: Some(false),
            justification: Some("strike".to_owned()),
        },
        ..bare.clone()
    };
    let opens = Coverage::scopes(ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::Device));
    let notices = [None, Some(Coverage::BOTH), Some(Coverage::MARKETING), Some(Coverage::TRACKING), opens];
    for message in notices.map(told).into_iter().chain([bare.clone(), full]) {
        let body = StoredMessage::write(&message).unwrap();
        assert_eq!(StoredMessage::read(mail(), &body), Ok(message), "{body}");
    }
}

#[test]
fn a_ceiling_or_class_of_a_later_release_is_never_taken_for_none() {
    for body in [
        "",
        r#"{"country":"fr"}"#,
        r#"{"ceilings":{"EMAIL_OPEN":"LESS"}}"#,
        r#"{"ceilings":{"SEND":"NEVER"}}"#,
        r#"{"colour":"red"}"#,
    ] {
        assert!(StoredWebsite::read(site(), body).is_err(), "{body}");
    }
    for body in ["", r#"{"ceiling":"LESS"}"#, r#"{"website":""}"#, r#"{"colour":"red"}"#] {
        assert!(StoredCampaign::read(spring(), body).is_err(), "{body}");
    }
    let whole = r#"{"channel":"EMAIL","class":"NOTICE","basis":"CONSENT"}"#;
    assert!(StoredMessage::read(mail(), whole).is_ok());
    for (known, unknown) in [("EMAIL", "FAX"), ("NOTICE", "JOKE"), ("CONSENT", "HABIT"), ("basis", "bases")] {
        let body = whole.replace(known, unknown);
        assert!(StoredMessage::read(mail(), &body).is_err(), "{body}");
    }
    assert!(StoredMessage::read(mail(), "").is_err(), "nobody declared it");
    let stating = |what: &str| whole.replace('}', &format!(r#","statement":{what}}}"#));
    assert!(StoredMessage::read(mail(), &stating(r#"{"coverage":["MARKETING"]}"#)).is_ok());
    let strange =
        [r#"{"coverage":["SMELL"]}"#, r#"{"coverage":[]}"#, r#"{"text":"00"}"#, r#"{"tone":"grave"}"#];
    for what in strange {
        assert!(StoredMessage::read(mail(), &stating(what)).is_err(), "{what}");
    }
}
