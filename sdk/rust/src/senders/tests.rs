//! The payloads that the senders document, and what is wrong with others.

use std::io::{BufReader, Read};

use super::{Defect, Event, Fields, LINE_BYTES, Malformed, Sender, StopKind, read};
use crate::interaction::{Interaction, What};
use crate::verdict::InteractionKind;

const AGENT: &str = "Mozilla/4.0 (compatible; MSIE 6.1; Windows XP; .NET CLR 1.1.4322; .NET CLR 2.0.50727)";

fn all(sender: Sender, file: &str, fields: &Fields) -> Vec<Result<Event, Malformed>> {
    read(sender, file.as_bytes(), fields).collect()
}

/// The one event of a line.
fn one(sender: Sender, body: &str) -> Result<Event, Defect> {
    let fields = Fields::message_in(if sender == Sender::Brevo { "tags" } else { "category" })
        .link("http://www.sendgrid.com/", "home")
        .link("https://domain.com/product?campaign=x#top", "product");
    let mut told = all(sender, body, &fields);
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0).map_err(|malformed| malformed.defect)
}

fn interaction(told: Result<Event, Defect>) -> Interaction {
    match told {
        Ok(Event::Interaction(interaction)) => *interaction,
        other => panic!("no interaction: {other:?}"),
    }
}

/// What SendGrid documents of any event, with the fields that are its own.
fn sendgrid(event: &str, own: &str) -> String {
    format!(
        r#"[{{"email": "example@test.com", "timestamp": 1513299569, "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": "{event}", "category": "cat facts", "sg_event_id": "FOTFFO0ecsBE-zxFXfs6WA==",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0"{own}}}]"#
    )
    .replace('\n', "")
}

/// What Brevo documents of any transactional event, with the fields that are its own.
fn brevo(event: &str, own: &str) -> String {
    format!(
        r#"{{"event": "{event}", "email": "example@domain.com", "id": 25290, "date": "2020-10-09 00:00:00", "ts": 1604933619,
        "message-id": "201798300811.5787683@relay.domain.com", "ts_event": 1604933654, "subject": "My first Transactional",
        "X-Mailin-custom": "some_custom_header", "sending_ip": "xxx.xxx.xxx.xxx", "ts_epoch": 1604933654, "template_id": 22,
        "tags": ["transac_messages"]{own}}}"#
    )
    .replace('\n', "")
}

#[test]
fn sendgrids_documented_open_is_one_by_a_person() {
    let own = format!(r#", "sg_machine_open": false, "useragent": "{AGENT}", "ip": "255.255.255.255""#);
    let open = interaction(one(Sender::SendGrid, &sendgrid("open", &own)));
    assert_eq!(open.what, What::EmailOpen { message_id: "cat facts".to_owned() });
    assert_eq!(open.profile.as_deref(), Some("example@test.com"));
    assert_eq!(open.occurred_at.to_string(), "2017-12-15T00:59:29Z");
    assert_eq!((open.automated, open.user_agent.as_deref()), (false, Some(AGENT)));
    // The derivation must never change: an event that is read again has to be the same interaction.
    assert_eq!(open.id.to_string(), "016057ae-e968-8ca2-a7b4-9608f7e9650a");
}

#[test]
fn sendgrid_tells_which_opens_apple_made() {
    let machine = interaction(one(Sender::SendGrid, &sendgrid("open", r#", "sg_machine_open": true"#)));
    assert!(machine.automated);
    let wrong = one(Sender::SendGrid, &sendgrid("open", r#", "sg_machine_open": "perhaps""#));
    assert_eq!(wrong, Err(Defect::Wrong("sg_machine_open".to_owned())));
}

#[test]
fn sendgrids_documented_click_names_its_link_by_the_address_alone() {
    let link = |url: &str| {
        let own = format!(r#", "url": "{url}", "url_offset": {{"index": 0, "type": "html"}}"#);
        match interaction(one(Sender::SendGrid, &sendgrid("click", &own))).what {
            What::EmailClick(click) => click.link_id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(link("http://www.sendgrid.com/").as_deref(), Some("home"));
    assert_eq!(link("http://www.sendgrid.com/?person=7#top").as_deref(), Some("home"));
    assert_eq!(link("http://www.sendgrid.com/elsewhere"), None);
}

#[test]
fn sendgrids_other_events_are_no_interactions() {
    for name in ["processed", "deferred", "delivered", "bounce", "dropped", "group_resubscribe"] {
        assert_eq!(one(Sender::SendGrid, &sendgrid(name, "")), Ok(Event::Other(name)));
    }
    let account =
        r#"[{"event":"account_status_change","sg_event_id":"MjEzNTg5OTcyOC10ZXJtaW5hdGUtMTcwNzg1MTUzMQ",
        "timestamp":1709142428,"type":"compliance_suspend"}]"#
            .replace('\n', "");
    assert_eq!(one(Sender::SendGrid, &account), Ok(Event::Other("account_status_change")));
}

#[test]
fn who_wants_no_more_is_told_apart() {
    for (sender, body, kind) in [
        (Sender::SendGrid, sendgrid("unsubscribe", ""), StopKind::Unsubscribe),
        (
            Sender::SendGrid,
            sendgrid("group_unsubscribe", r#", "asm_group_id": 10"#),
            StopKind::GroupUnsubscribe,
        ),
        (Sender::SendGrid, sendgrid("spamreport", ""), StopKind::Complaint),
        (Sender::Brevo, brevo("unsubscribed", r#", "tag": "[\"transactionalTag\"]""#), StopKind::Unsubscribe),
        (Sender::Brevo, brevo("spam", ""), StopKind::Complaint),
        (Sender::Brevo, brevo("complaint", ""), StopKind::Complaint),
    ] {
        let Ok(Event::Stop(stop)) = one(sender, &body) else { panic!("{kind:?} is told apart") };
        assert_eq!(stop.kind, kind);
        assert!(stop.profile.starts_with("example@"));
    }
    // Somebody who is not named cannot be stopped for: it must not go unnoticed.
    let nobody = sendgrid("unsubscribe", "").replace("example@test.com", "");
    assert_eq!(one(Sender::SendGrid, &nobody), Err(Defect::Missing("email".to_owned())));
}

#[test]
fn brevos_documented_open_and_click_are_a_persons() {
    let own = r#", "user_agent": "Mozilla/5.0", "device_used": "DESKTOP", "contact_id": 8"#;
    let open = interaction(one(Sender::Brevo, &brevo("opened", own)));
    assert_eq!(open.what, What::EmailOpen { message_id: "transac_messages".to_owned() });
    assert_eq!(open.occurred_at.to_string(), "2020-11-09T14:54:14Z");
    assert_eq!((open.automated, open.device.as_deref()), (false, Some("DESKTOP")));
    assert_eq!(open.id.to_string(), "0175ad80-15f0-8943-b975-c6fb8554cc87");

    let click = brevo("click", r#", "link": "https://domain.com/product""#);
    let What::EmailClick(click) = interaction(one(Sender::Brevo, &click)).what else { panic!("a click") };
    assert_eq!(click.link_id.as_deref(), Some("product"));
}

#[test]
fn brevos_first_opening_is_the_opening_that_it_is() {
    let id = |name: &str| interaction(one(Sender::Brevo, &brevo(name, ""))).id;
    assert_eq!(id("opened"), id("unique_opened"));
    assert_eq!(id("proxy_open"), id("unique_proxy_open"));
    assert_ne!(id("opened"), id("proxy_open"), "a proxy is not the person");
}

#[test]
fn brevos_documented_proxy_is_a_machine_and_names_nobody() {
    let body =
        r#"{"id": 25290, "email": "", "message-id": "an#2705147202202651768", "date": "2024-08-22 16:03:29",
        "tags": ["this_tag", "tag_thos"], "tag": "[\"this_tag\", \"tag_thos\"]", "event": "unique_proxy_open",
        "subject": "this is required subject", "sending_ip": "::", "ts": 1724322809, "template_id": 660,
        "ts_epoch": 1724322809710, "ts_event": 1724322809, "link": "", "sender_email": "abc@sendinblue.com",
        "user_agent": "Mozilla/5.0", "device_used": "DESKTOP", "contact_id": 4816445214646337536}"#
            .replace('\n', "");
    let open = interaction(one(Sender::Brevo, &body));
    assert_eq!((open.automated, open.profile, open.what.kind()), (true, None, InteractionKind::EmailOpen));
}

#[test]
fn brevos_marketing_events_are_named_by_their_campaign() {
    let marketing = |event: &str, own: &str| {
        format!(
            r#"{{"id": 1, "camp_id": 33, "email": "example@domain.com", "campaign name": "My First Campaign",
            "date_sent": "2020-10-09 00:00:00", "date_event": "2020-10-09 00:00:00", "event": "{event}", "tag": "",
            "ts_sent": 1604933619, "ts_event": 1604933737, "ts": 1604937337{own}}}"#
        )
        .replace('\n', "")
    };
    let fields = Fields::message_in("camp_id").link("https://myCampaignUrl.net", "offer");
    let click = marketing("click", r#", "URL": "https://myCampaignUrl.net""#);
    let told = all(Sender::Brevo, &click, &fields).remove(0).unwrap();
    let Event::Interaction(told) = told else { panic!("a click") };
    let What::EmailClick(click) = told.what else { panic!("a click") };
    assert_eq!((click.message_id.as_str(), click.link_id.as_deref()), ("33", Some("offer")));
    for (name, own) in [("delivered", ""), ("hard_bounced", r#", "reason": "deferred""#)] {
        assert_eq!(all(Sender::Brevo, &marketing(name, own), &fields), [Ok(Event::Other(name))]);
    }
}

#[test]
fn one_event_told_twice_is_one_interaction() {
    let open = sendgrid("open", "");
    let id = |body: &str| interaction(one(Sender::SendGrid, body)).id;
    assert_eq!(id(&open), id(&open));
    assert_ne!(id(&open), id(&open.replace("FOTFFO0", "FOTFFO1")));
    let id = |body: &str| interaction(one(Sender::Brevo, body)).id;
    let click = brevo("click", r#", "link": "https://domain.com/product""#);
    assert_eq!(id(&click), id(&click.replace("25290", "25291")), "`id` is the webhook's, not the event's");
    for (what, other) in [
        ("another second", click.replace("\"ts_event\": 1604933654", "\"ts_event\": 1604933655")),
        ("another person", click.replace("example@", "another@")),
        ("another mail", click.replace("201798300811", "201798300812")),
        ("another link", click.replace("/product", "/basket")),
    ] {
        assert_ne!(id(&click), id(&other), "{what}");
    }
}

#[test]
fn fields_of_the_callers_own_name_the_profile_and_the_message() {
    let fields = Fields::message_in("mailing").profile_in("person");
    let body = sendgrid("open", r#", "mailing": 12, "person": "p-7""#);
    let Ok(Event::Interaction(open)) = all(Sender::SendGrid, &body, &fields).remove(0) else {
        panic!("an open")
    };
    assert_eq!(open.profile.as_deref(), Some("p-7"));
    assert_eq!(open.what, What::EmailOpen { message_id: "12".to_owned() });
    let told = all(Sender::SendGrid, &sendgrid("open", r#", "mailing": 12"#), &fields).remove(0).unwrap_err();
    assert_eq!(told.defect, Defect::Missing("person".to_owned()));
}

#[test]
fn what_cannot_be_understood_is_told_by_its_line_and_costs_nothing_else() {
    let open = sendgrid("open", "");
    let inside = open.trim_matches(['[', ']']);
    let file = [
        "{\"event\": ",
        "",
        "7",
        &format!("[{inside}, 7, {inside}]"),
        &open.replace("\"open\"", "\"levitate\""),
        &open.replace("1513299569", "\"yesterday\""),
        &open.replace("1513299569", "253402300800"),
        &open.replace("1513299569", "\"1513299569\""),
        &open.replace("sg_event_id", "sg_event"),
        &open.replace("\"cat facts\"", "{}"),
        &open.replace("\"cat facts\"", "[]"),
        "caf\u{e9}",
    ]
    .join("\n");
    let told = all(Sender::SendGrid, &file, &Fields::message_in("category"));
    let wrong: Vec<_> = told
        .iter()
        .filter_map(|told| told.as_ref().err())
        .map(|told| (told.line, told.place, told.defect.to_string()))
        .collect();
    let expected = [
        (1, 0, "not JSON"),
        (3, 0, "neither an event nor a list of events"),
        (4, 2, "neither an event nor a list of events"),
        (5, 1, "an event of no documented kind"),
        (6, 1, "timestamp is of the wrong kind"),
        (7, 1, "timestamp is of the wrong kind"),
        (9, 1, "sg_event_id is missing"),
        (10, 1, "category is of the wrong kind"),
        (11, 1, "category is missing"),
        (12, 0, "not JSON"),
    ];
    assert_eq!(wrong, expected.map(|(line, place, defect)| (line, place, defect.to_owned())));
    assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 3);
    // Told without anything of anybody.
    let text = format!("{wrong:?}");
    assert!(!text.contains("example") && !text.contains("levitate") && !text.contains("yesterday"));
}

#[test]
fn a_line_without_end_is_told_and_left_behind() {
    let long = |length: usize| std::io::repeat(b'x').take(u64::try_from(length).unwrap());
    let open = format!("\n{}", sendgrid("open", ""));
    let file = BufReader::new(long(3 * LINE_BYTES).chain(open.as_bytes()));
    let told: Vec<_> = read(Sender::SendGrid, file, &Fields::message_in("category")).collect();
    assert_eq!(told[0], Err(Malformed { line: 1, place: 0, defect: Defect::TooLong }));
    assert!(matches!(told[1..], [Ok(Event::Interaction(_))]), "{told:?}");
    // At the end of the file, and just as long as is taken.
    let told: Vec<_> =
        read(Sender::Brevo, BufReader::new(long(LINE_BYTES)), &Fields::message_in("m")).collect();
    assert_eq!(told, [Err(Malformed { line: 1, place: 0, defect: Defect::NotJson })]);
}

#[test]
fn a_device_that_the_contract_would_refuse_does_not_cost_the_event() {
    for agent in [r"two\nlines", &"x".repeat(1025)] {
        let open = sendgrid("open", &format!(r#", "useragent": "{agent}""#));
        assert_eq!(interaction(one(Sender::SendGrid, &open)).user_agent, None);
    }
}
