//! What a message may carry to each recipient, and how that bounds what comes back of it.

use std::time::Duration;

use assent_proto::v1::{self, Answer, LinkMode, MessageClass, PixelMode, SendingBasis};
use assent_tests::deed::{click, fates, open};
use assent_tests::plan::{asking, plan, recording, to, words};
use assent_tests::{apply, every_app, fault, marks, story};
use tonic::Code;
use tonic_types::StatusExt;

use super::feed::{earliest, read};
use super::{START, campaign, declare, french, newsletter, of_campaign, receipt, rows, says, settled};

const ALL: &str = "IDENTIFIED GRANTED, TRACKED GRANTED";

#[apply(every_app)]
async fn each_mode_is_planned_with_its_reason_and_policy(app: &TestApp) {
    french(app).await;
    says(app, "bruno", Answer::Refuse).await;
    campaign(app, "open", v1::Ceiling::Default).await;
    campaign(app, "closed", v1::Ceiling::Never).await;
    campaign(app, "nameless", v1::Ceiling::Anonymous).await;
    let sms = v1::Message { channel: v1::Channel::Sms.into(), ..receipt("text") };
    let asks = v1::Message { class: MessageClass::ConsentRequest.into(), ..receipt("asks") };
    for message in [
        newsletter("news"),
        receipt("receipt"),
        of_campaign(newsletter("of campaign"), "open"),
        of_campaign(newsletter("never"), "closed"),
        of_campaign(newsletter("anonymous"), "nameless"),
        sms,
        asks,
    ] {
        declare(app, message).await;
    }
    let expected = [
        ("news", [ALL, "NONE REFUSED, PLAIN REFUSED", "NONE UNKNOWN, PLAIN UNKNOWN"]),
        (
            "receipt",
            [ALL, "EXEMPT_LAST_OPEN REFUSED, PLAIN REFUSED", "EXEMPT_LAST_OPEN UNKNOWN, PLAIN UNKNOWN"],
        ),
        ("of campaign", [ALL, "SHARED REFUSED, PLAIN REFUSED", "SHARED UNKNOWN, PLAIN UNKNOWN"]),
        ("undeclared", [ALL, "NONE REFUSED, PLAIN REFUSED", "NONE UNKNOWN, PLAIN UNKNOWN"]),
        ("never", ["NONE TRACKING_DISABLED, PLAIN TRACKING_DISABLED"; 3]),
        ("anonymous", ["SHARED ANONYMOUS_ONLY, PLAIN ANONYMOUS_ONLY"; 3]),
        (
            "text",
            [
                "NONE NO_PIXEL, TRACKED GRANTED",
                "NONE NO_PIXEL, PLAIN REFUSED",
                "NONE NO_PIXEL, PLAIN UNKNOWN",
            ],
        ),
        ("asks", ["NONE CONSENT_REQUEST, PLAIN CONSENT_REQUEST"; 3]),
    ];
    for (message, expected) in expected {
        let told = words(app.client(), to(&["anna", "bruno", "zoe"], message)).await;
        assert_eq!(told, expected, "{message}");
    }
    assert_eq!(
        (rows(app, "interaction").await, rows(app, "send").await),
        (0, 0),
        "nothing was to be recorded"
    );
    assert_eq!(rows(app, "request").await, 1 + 1, "what people said, and nothing of the plans");

    use v1::plan_tracking_result::Result::Plan;
    let told = plan(app.client(), to(&["anna"], "news")).await;
    let [Plan(planned)] = told.as_slice() else { panic!("one plan: {told:?}") };
    let french = Some(v1::PolicyVersion { id: "fr-cnil-2026".to_owned(), version: 1 });
    assert_eq!(planned.pixel.as_ref().map(|pixel| &pixel.policy), Some(&french));
    assert_eq!(planned.links.as_ref().map(|links| &links.policy), Some(&french));
}

#[apply(every_app)]
async fn the_modes_recorded_bound_what_comes_back(app: &TestApp) {
    let notice = french(app).await;
    says(app, "bruno", Answer::Refuse).await;
    declare(app, receipt("receipt")).await;
    let planned = words(app.client(), recording(to(&["anna", "bruno", "chloe"], "receipt"))).await;
    let (all, exempt) = (format!("{ALL}, RECORDED"), "EXEMPT_LAST_OPEN REFUSED, PLAIN REFUSED, RECORDED");
    assert_eq!(planned, [&*all, exempt, &*all]);
    // Less than permitted may be asked for, and binds.
    let dark = asking(to(&["dario"], "receipt"), PixelMode::None, LinkMode::Plain);
    assert_eq!(words(app.client(), recording(dark)).await, ["NONE GRANTED, PLAIN GRANTED, RECORDED"]);

    app.advance(Duration::from_secs(60));
    let at = START + 60_000_000;
    let yes = story::item("bruno", Answer::Grant, at, Some(story::evidence(&notice, "ours")));
    app.client().consents().upsert_consents(story::batch(vec![yes])).await.expect("a grant is stored");
    let after = |who| vec![open(who, at, "receipt"), click(who, at, "receipt", "offer")];
    assert_eq!(fates(app.client(), after("anna")).await, ["RECORDED GRANTED"; 2]);
    assert_eq!(fates(app.client(), after("dario")).await, ["DISCARDED TRACKING_DISABLED"; 2]);
    let told = fates(app.client(), after("bruno")).await;
    assert!(told[0].ends_with("LAST_OPEN_ONLY"), "a later grant changes nothing: {told:?}");
    assert_eq!(told[1], "DISCARDED TRACKING_DISABLED");
    // Sent to somebody else, it says nothing of them.
    assert_eq!(fates(app.client(), after("elena")).await, ["RECORDED GRANTED"; 2]);

    // It bites on mail already sent, and the next plan knows.
    says(app, "chloe", Answer::Withdraw).await;
    assert_eq!(fates(app.client(), after("chloe")).await, ["EXEMPTED WITHDRAWN", "DISCARDED WITHDRAWN"]);
    let again = words(app.client(), to(&["chloe"], "receipt")).await;
    assert_eq!(again, ["EXEMPT_LAST_OPEN WITHDRAWN, PLAIN WITHDRAWN"]);
}

#[apply(every_app)]
async fn a_send_that_is_planned_is_read_as_any_other(app: &TestApp) {
    settled(app).await;
    let mut request = recording(to(&["anna", "zoe"], "spring"));
    let (id, at) = (marks::uuid(), START - 3 * 366 * 86_400_000_000);
    request.recipients[0].interaction_id = Some(id.clone());
    // A month that nobody made yet.
    request.recipients[0].sent_at = Some(story::timestamp(at));
    let none = "NONE UNKNOWN, PLAIN UNKNOWN, RECORDED";
    assert_eq!(words(app.client(), request).await, [&format!("{ALL}, RECORDED"), none]);
    let mut shown = read(app.client(), earliest()).await.interactions;
    // What is past its policy's retention is shown to nobody.
    assert_eq!(shown.len(), 1, "{shown:?}");
    let sent = shown.remove(0).interaction.expect("an interaction");
    assert_eq!((sent.profile, sent.occurred_at), (story::person("zoe"), Some(story::timestamp(START))));
    let modes = v1::MessageSent {
        message_id: marks::id("spring"),
        pixel: PixelMode::None.into(),
        links: LinkMode::Plain.into(),
    };
    assert_eq!(sent.what, Some(v1::interaction::What::Send(modes)));
    assert_eq!(rows(app, "send").await, 2);
}

#[apply(every_app)]
async fn a_mode_above_the_plan_is_refused_with_its_reason_and_stops_no_other(app: &TestApp) {
    french(app).await;
    says(app, "bruno", Answer::Refuse).await;
    declare(app, receipt("receipt")).await;
    let asked = asking(to(&["anna", "bruno"], "receipt"), PixelMode::Identified, LinkMode::Tracked);
    let above =
        "MODE_ABOVE_PLAN links=PLAIN links_reason=REFUSED pixel=EXEMPT_LAST_OPEN pixel_reason=REFUSED";
    assert_eq!(words(app.client(), asked.clone()).await, [ALL, above]);
    let recorded = words(app.client(), recording(asked)).await;
    assert_eq!(recorded, [&*format!("{ALL}, RECORDED"), above]);
    assert_eq!(rows(app, "send").await, 1);

    let pixel = asking(to(&["bruno"], "receipt"), PixelMode::Identified, LinkMode::Unspecified);
    let above = "MODE_ABOVE_PLAN pixel=EXEMPT_LAST_OPEN pixel_reason=REFUSED";
    assert_eq!(words(app.client(), pixel).await, [above]);
    let links = asking(to(&["bruno"], "receipt"), PixelMode::Shared, LinkMode::Tracked);
    assert_eq!(words(app.client(), links).await, ["MODE_ABOVE_PLAN links=PLAIN links_reason=REFUSED"]);

    // One that went out all the same is a fact.
    let sent = assent_tests::deed::send("bruno", START, "receipt", PixelMode::Identified, LinkMode::Tracked);
    assert_eq!(fates(app.client(), vec![sent]).await, ["RECORDED SEND"]);
}

/// No call erases yet: what an erasure leaves is planted.
#[apply(every_app)]
async fn nothing_is_sent_to_who_was_erased_that_tells(app: &TestApp) {
    french(app).await;
    campaign(app, "open", v1::Ceiling::Default).await;
    declare(app, of_campaign(receipt("receipt"), "open")).await;
    let (ours, anna) = (&app.ours().id, marks::id("anna"));
    for what in [
        "record SET profile = NULL, body = NULL, salt = NULL, effects = NULL".to_owned(),
        format!("profile SET erased_at = {START}"),
    ] {
        let erase = format!("UPDATE {what} WHERE tenant = '{ours}' AND profile = '{anna}'");
        assert_eq!(app.look().await.run(&erase).await.expect("an erasure"), 1);
    }
    let erased = "NONE PROFILE_ERASED, PLAIN PROFILE_ERASED";
    assert_eq!(words(app.client(), to(&["anna"], "receipt")).await, [erased]);
    let told = words(app.client(), recording(to(&["anna"], "receipt"))).await;
    assert_eq!(told, [format!("{erased}, DISCARDED")]);
    assert_eq!((rows(app, "interaction").await, rows(app, "send").await), (0, 0));
    use v1::plan_tracking_result::Result::Plan;
    let told = plan(app.client(), to(&["anna"], "receipt")).await;
    let [Plan(planned)] = told.as_slice() else { panic!("one plan: {told:?}") };
    assert_eq!(planned.pixel.as_ref().and_then(|pixel| pixel.policy.as_ref()), None, "none was asked");
}

#[apply(every_app)]
async fn a_message_is_fixed_by_its_first_plan(app: &TestApp) {
    settled(app).await;
    declare(app, newsletter("declared")).await;
    let put = async |message: v1::Message| {
        let put = v1::PutMessageRequest { message: Some(message) };
        let status = app.client().settings().put_message(put).await.err()?;
        Some(status.get_details_error_info().expect("a reason").reason)
    };
    // A plan that fails fixes nothing, nor does one for nobody who can be read.
    let nowhere =
        v1::PlanTrackingRequest { profile_table: marks::id("nowhere"), ..to(&["anna"], "declared") };
    let status = app.client().interactions().plan_tracking(nowhere).await.expect_err("no such table");
    assert_eq!(status.code(), Code::NotFound);
    let unread =
        v1::PlanTrackingRequest { recipients: vec![v1::PlanRecipient::default()], ..to(&[], "declared") };
    assert_eq!(words(app.client(), unread).await, ["FIELD_INVALID"]);
    let get = v1::GetMessageRequest { id: marks::id("declared") };
    let message = app.client().settings().get_message(get.clone()).await.expect("a message").into_inner();
    let message = message.message.expect("a message");
    assert_eq!(message.fixed_at, None);

    for id in ["declared", "undeclared"] {
        words(app.client(), to(&["anna"], id)).await;
    }
    let changed = v1::Message { basis: SendingBasis::RequestedService.into(), ..message };
    assert_eq!(put(changed).await.as_deref(), Some("MESSAGE_FIXED"));
    assert_eq!(put(receipt("undeclared")).await.as_deref(), Some("MESSAGE_FIXED"));
    let fixed = app.client().settings().get_message(get).await.expect("a message").into_inner();
    assert_eq!(fixed.message.expect("a message").fixed_at, Some(story::timestamp(START)));
}

#[apply(every_app)]
async fn what_two_fields_say_together_is_told_of_the_recipient_alone(app: &TestApp) {
    settled(app).await;
    let fields = |told: &v1::plan_tracking_result::Result| {
        let v1::plan_tracking_result::Result::Error(error) = told else { return Vec::new() };
        let wrong = fault::status(error).get_details_bad_request().expect("the fields").field_violations;
        wrong.into_iter().map(|wrong| wrong.field).collect::<Vec<_>>()
    };
    let mut request = to(&["anna", "bruno"], "spring");
    request.recipients[1].interaction_id = Some(marks::uuid());
    request.recipients[1].sent_at = Some(story::timestamp(START));
    let told = plan(app.client(), request.clone()).await;
    assert_eq!(fields(&told[0]), [""; 0]);
    assert_eq!(fields(&told[1]), ["recipients[1].interaction_id", "recipients[1].sent_at"]);

    let hour = 3_600_000_000;
    let mut request = recording(request);
    for (at, right) in [
        (START + hour / 12, true),
        (START + hour / 12 + 1, false),
        (START - 3653 * 24 * hour, true),
        (START - 3653 * 24 * hour - 1, false),
    ] {
        request = recording(request);
        request.recipients[1].sent_at = Some(story::timestamp(at));
        let told = plan(app.client(), request.clone()).await;
        assert_eq!(fields(&told[1]).is_empty(), right, "{at}");
        assert!(right || fields(&told[1]) == ["recipients[1].sent_at"]);
    }
}

#[apply(every_app)]
async fn the_client_of_the_sdk_plans_and_records(app: &TestApp) {
    use assent_sdk::{Disposition, PlanTracking, Reason, Recipient, TrackingPlan, VerdictReason};
    settled(app).await;
    let options =
        assent_sdk::Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = assent_sdk::Client::connect(options).await.expect("the service answers");
    let people = ["anna", "zoe"].map(|who| Recipient::new(marks::id(who)));
    let plan = PlanTracking::of_message(marks::id("spring")).in_table(story::people()).recipients(people);
    let told =
        |plan: &TrackingPlan| (plan.pixel.mode.name(), plan.pixel.reason, plan.links.mode.name(), plan.send);
    let asked = client.interactions().plan(plan.clone()).await.expect("a plan is answered");
    let asked: Vec<_> = asked.iter().map(|one| told(one.as_ref().expect("a plan"))).collect();
    let anna = ("IDENTIFIED", VerdictReason::Granted, "TRACKED", None);
    assert_eq!(asked, [anna, ("NONE", VerdictReason::Unknown, "PLAIN", None)]);

    let greedy = Recipient::new(marks::id("zoe")).pixel(assent_sdk::PixelMode::Identified);
    let recorded = client.interactions().plan(plan.recipient(greedy).record_sends()).await;
    let recorded = recorded.expect("a plan is answered");
    assert_eq!(told(recorded[0].as_ref().expect("a plan")).3, Some(Disposition::Recorded));
    let error = recorded[2].as_ref().expect_err("above the plan");
    assert_eq!((error.reason(), error.fact("pixel")), (Some(Reason::ModeAbovePlan), Some("NONE")));
    assert_eq!(error.fact("pixel_reason"), Some("UNKNOWN"));
    assert_eq!(error.violations()[0].path, "recipients[2].pixel");
    assert_eq!(rows(app, "send").await, 2);
}
