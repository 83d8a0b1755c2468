//! Whatever is wrong with a request is told, all of it, by its place: every field of every request of the contract
//! is found in the descriptors and broken in every way that its own limits forbid.
//!
//! The other side, what the limits do not forbid, is held by the baseline: every request is served before it is
//! broken.

mod audience;
mod breakage;
mod call;
mod copied;
mod declared;
mod forms;
mod imported;
mod planned;
mod privacy;
mod rule;
mod streamed;
mod tokens;
mod valid;

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::access::descriptor_pool;
use assent_tests::app::TestApp;
use assent_tests::client::Client;
use assent_tests::{apply, every_app};
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use tonic::{Code, Status};

use breakage::{Breakage, all_at_once, all_fields, of_request};
use call::{call, fault, of_items, quotes};
use rule::Rules;

/// Fields that nothing is wrong with, whatever they hold, and why.
const UNBREAKABLE: [(&str, &str); 36] = [
    (
        "Coverage.marketing",
        "a bool is true or false; what a coverage without anything is told is the coverage's",
    ),
    ("Coverage.all_scopes", "a message without fields"),
    ("ImportHeader.dry_run", "a bool is true or false"),
    ("UpsertConsentsRequest.validate_only", "a bool is true or false"),
    ("UpsertProfilesRequest.validate_only", "a bool is true or false"),
    ("Interaction.automated", "a bool is true or false"),
    ("GetProfileActivityRequest.page_size", "coerced down"),
    ("NoticeGiven.conditions_unchanged", "a bool is true, false or not said"),
    ("NoticeGiven.withdrawal_offered", "a bool is true, false or not said"),
    ("PolicyOverride.joint_allowed", "a bool; whether it may be true is the policy's, not the field's"),
    ("PolicyOverride.notice_alone_suffices", "a bool; whether it may be true is the policy's"),
    ("PolicyOverride.unanswered_denied", "a bool; whether it may be false is the policy's"),
    ("PolicyOverride.withdrawal_offer_demanded", "a bool; whether it may be false is the policy's"),
    ("PolicyOverride.force_never_on_french_websites", "a bool; whether it may be false is the policy's"),
    ("PolicyOverride.version", "answered only, ignored in requests"),
    ("ProfileTable.version", "answered only, ignored in requests"),
    ("Website.version", "answered only, ignored in requests"),
    ("Campaign.version", "answered only, ignored in requests"),
    ("Message.conditions_unchanged", "a bool is true, false or not said"),
    ("Message.withdrawal_offered", "a bool is true, false or not said"),
    ("Message.version", "answered only, ignored in requests"),
    ("LedgerHead.position", "every position can have been a head; whether it was is the answer"),
    ("ListConsentRecordsRequest.page_size", "coerced down"),
    ("ListNoticesRequest.page_size", "coerced down"),
    ("ReadInteractionsRequest.page_size", "coerced down"),
    ("WatchInteractionsRequest.batch_size", "coerced down"),
    ("FindInactiveRequest.page_size", "coerced down"),
    ("ReadConsentChangesRequest.page_size", "coerced down"),
    ("WatchConsentChangesRequest.batch_size", "coerced down"),
    ("SnapshotConsentsRequest.page_size", "coerced down"),
    ("ListProfileTablesRequest.page_size", "coerced down"),
    ("ListPolicyOverridesRequest.page_size", "coerced down"),
    ("ListPoliciesRequest.page_size", "coerced down"),
    ("ListWebsitesRequest.page_size", "coerced down"),
    ("ListCampaignsRequest.page_size", "coerced down"),
    ("ListMessagesRequest.page_size", "coerced down"),
];

/// A request of the contract with nothing wrong in it.
struct Sound {
    method: MethodDescriptor,
    request: DynamicMessage,
    broken: Vec<Breakage>,
}

impl Sound {
    async fn all(app: &TestApp, pool: &DescriptorPool) -> Vec<Self> {
        let rules = Rules::of_contract(pool);
        let sound = valid::requests(app).await.into_iter().map(|(name, bytes)| {
            let (service, method) = name.split_once('.').expect("service and method");
            let service = pool.get_service_by_name(&format!("assent.v1.{service}")).expect("a service");
            let method = service.methods().find(|one| one.name() == method).expect("a method");
            let request = DynamicMessage::decode(method.input(), bytes.as_slice()).expect("its request");
            let broken = of_request(&rules, &request);
            Self { method, request, broken }
        });
        sound.collect()
    }

    async fn send(&self, client: &Client, broken: &[Breakage]) -> Result<DynamicMessage, Status> {
        let mut request = self.request.clone();
        planned::renew(&mut request);
        broken.iter().for_each(|one| one.apply(&mut request));
        call(client, &self.method, request.encode_to_vec()).await
    }

    /// The one status that says what is wrong with a broken request, and nothing else refused.
    async fn refusal(&self, client: &Client, broken: &[Breakage]) -> Result<Status, String> {
        let answer = self.send(client, broken).await;
        let item = broken.iter().find_map(|one| one.item);
        match (answer, item) {
            (Err(status), None) => Ok(status),
            (Err(status), Some(_)) => Err(format!("an item's fault failed the call: {status:?}")),
            (Ok(_), None) => Err("was served".to_owned()),
            (Ok(answer), Some(item)) => {
                let mut results = of_items(&answer);
                let refused = results.get_mut(item).and_then(Option::take);
                if results.iter().any(Option::is_some) {
                    return Err("another item was refused for it".to_owned());
                }
                refused.ok_or_else(|| "was accepted".to_owned())
            }
        }
    }
}

/// What there is to send, of an app that runs.
async fn requests(app: &TestApp) -> (&Client, DescriptorPool, Vec<Sound>) {
    let pool = descriptor_pool().expect("the contract's descriptors");
    let sound = Sound::all(app, &pool).await;
    (app.client(), pool, sound)
}

/// Every way to break a request of each method, once: requests of one method have much in common.
fn each(sound: &[Sound]) -> Vec<(&Sound, &Breakage)> {
    let mut seen = BTreeSet::new();
    let all = sound.iter().flat_map(|one| one.broken.iter().map(move |broken| (one, broken)));
    all.filter(|(one, broken)| seen.insert((one.method.full_name(), &broken.named, broken.how))).collect()
}

fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let ours = pool.services().filter(|service| service.package_name() == "assent.v1");
    ours.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

#[apply(every_app)]
async fn every_request_is_served_before_it_is_broken_and_no_field_of_any_is_left_whole(app: &TestApp) {
    let (client, pool, sound) = requests(app).await;
    for one in &sound {
        let answer = one.send(client, &[]).await;
        let answer = answer.unwrap_or_else(|status| panic!("{}: {status:?}", one.method.full_name()));
        let refused = of_items(&answer);
        assert!(refused.iter().all(Option::is_none), "{}: {refused:?}", one.method.full_name());
    }
    let sent: BTreeSet<_> = sound.iter().map(|one| one.method.full_name().to_owned()).collect();
    let all: BTreeSet<_> = methods(&pool).iter().map(|one| one.full_name().to_owned()).collect();
    assert_eq!(sent, all, "a method without a request here");

    let broken: BTreeSet<_> = sound.iter().flat_map(|one| &one.broken).flat_map(Breakage::fields).collect();
    let fields = all_fields(methods(&pool).iter().map(MethodDescriptor::input));
    let whole: BTreeSet<_> = fields.difference(&broken).map(String::as_str).collect();
    let named: BTreeSet<_> = UNBREAKABLE.iter().map(|(name, _)| format!("assent.v1.{name}")).collect();
    assert_eq!(whole, named.iter().map(String::as_str).collect(), "fields that no request breaks");
}

#[apply(every_app)]
#[expect(clippy::print_stdout, reason = "the run says how much it broke")]
async fn each_wrong_field_is_named_and_no_other(app: &TestApp) {
    let (client, _, sound) = requests(app).await;
    let mut wrong = BTreeMap::new();
    let each = each(&sound);
    for (one, broken) in &each {
        let told = match one.refusal(client, std::slice::from_ref(broken)).await {
            Ok(status) if broken.value().is_some_and(|value| quotes(&status, value)) => {
                "tells the value again".to_owned()
            }
            Ok(status) => {
                let large = broken.too_many && broken.item.is_none();
                let reason = if large { "BATCH_TOO_LARGE" } else { "FIELD_INVALID" };
                let expected = (Code::InvalidArgument, reason.to_owned(), vec![broken.named.clone()]);
                let told = fault(&status);
                if told == expected {
                    continue;
                }
                format!("{told:?}")
            }
            Err(text) => text,
        };
        wrong.insert(format!("{}: {}, {}", one.method.name(), broken.named, broken.how), told);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} broken requests, each told by its field", each.len());
}

#[apply(every_app)]
async fn all_that_is_wrong_is_told_at_once(app: &TestApp) {
    let (client, _, sound) = requests(app).await;
    for one in &sound {
        for of_items in [false, true] {
            let broken = all_at_once(&one.broken, of_items);
            if broken.is_empty() {
                continue;
            }
            let about = format!("{}, of items: {of_items}", one.method.full_name());
            let status = one.refusal(client, &broken).await;
            let status = status.unwrap_or_else(|text| panic!("{about}: {text}"));
            let mut named: Vec<_> = broken.iter().map(|one| one.named.clone()).collect();
            named.sort_unstable();
            let alone = named.len() == 1 && broken[0].too_many && !of_items;
            let reason = if alone { "BATCH_TOO_LARGE" } else { "FIELD_INVALID" };
            assert_eq!(fault(&status), (Code::InvalidArgument, reason.to_owned(), named), "{about}");
        }
    }
}

#[apply(every_app)]
async fn bytes_that_are_no_message_are_the_callers_mistake(app: &TestApp) {
    let (client, pool, sound) = requests(app).await;
    let no_field = (Code::InvalidArgument, "FIELD_INVALID".to_owned(), vec![String::new()]);
    for method in methods(&pool) {
        // Cut off in the midst of a field, a field of number 0, and a group that never ends.
        for bytes in [vec![0x0a, 0x7f, b'a'], vec![0x00, 0x00], vec![0x0b], vec![0xff; 64]] {
            let status = call(client, &method, bytes).await.expect_err("no message");
            assert_eq!(fault(&status), no_field, "{}", method.full_name());
        }
    }
    // A text that is not UTF-8, in every field that holds text.
    let mut texts = BTreeSet::new();
    for (one, broken) in each(&sound) {
        let Some(broken) = broken.with_text("~~not~~utf8~~") else { continue };
        if !texts.insert((one.method.full_name(), broken.named.clone())) {
            continue;
        }
        let mut request = one.request.clone();
        broken.apply(&mut request);
        let mut bytes = request.encode_to_vec();
        let place = bytes.windows(13).position(|part| part == b"~~not~~utf8~~").expect("the text");
        bytes[place..place + 2].copy_from_slice(&[0xc3, 0x28]);
        let status = call(client, &one.method, bytes).await.expect_err("no message");
        assert_eq!(fault(&status), no_field, "{}: {}", one.method.full_name(), broken.named);
    }
}
