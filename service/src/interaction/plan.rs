//! PlanTracking: what a message may carry to each recipient, and the sends, if they are to be recorded.

mod codes;

use assent_domain::id::{BatchId, InteractionId, MessageId, TableId};
use assent_domain::interaction::{Reported, What};
use assent_domain::mode::Sent;
use assent_domain::plan::{self, AbovePlan, Plan};
use assent_domain::subject::Subject;
use assent_domain::tally::Share;
use assent_domain::time::Instant;
use assent_domain::verdict::{Disposition, Unjudged, Use, judge};
use assent_proto::v1::{
    self, PlanTrackingRequest, PlanTrackingResponse, PlanTrackingResult, plan_tracking_result,
};
use assent_store::{Arrival, Fate, Ground, PlanWrite, Planned, ProfileKey, Request, Sending, Weighed};

use super::case::Bench;
use super::telling::Teller;
use crate::caller::Call;
use crate::context::Context;
use crate::declared::Declared;
use crate::entropy::uuid;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::wire::from_wire::plan::Recipient;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};
use codes::Code;

/// The method, as the hash of its requests names it.
const METHOD: &str = "PlanTracking";

pub(super) async fn plan(
    context: &Context,
    call: Call,
    request: PlanTrackingRequest,
) -> Outcome<PlanTrackingResponse> {
    let asked = Asked::read(context, &call, request)?;
    let recipients = asked.keys();
    let write = PlanWrite {
        tenant: call.tenant(),
        table: &asked.table,
        message: &asked.message,
        recipients: &recipients,
        request: asked.request,
        batch: BatchId(uuid(asked.now, context.entropy.as_ref()).into_bytes()),
        now: asked.now,
    };
    let store = context.store_for(&call);

    // Loads, plans, saves and fixes the message in one transaction: what was planned is what stood then.
    let mut teller = Teller::new(context, asked.now);
    let planned = store.plan_sends(
        &write,
        |ground, kept| asked.plan(context, ground, kept),
        &mut teller,
        |plans, fates| codes::write(&plans.codes(fates)),
    );
    let (plans, fates) = planned.await??;
    if !fates.is_empty() {
        teller.tell_news(call.tenant());
    }

    asked.answer(&call, &plans, &fates)
}

/// A call that was read.
struct Asked {
    table: TableId,
    message: MessageId,
    request: Option<Request<'static>>,
    /// Each with the id of its send.
    recipients: Vec<Outcome<(Recipient, InteractionId)>>,
    now: Instant,
}

/// What was planned for every recipient, in order.
struct Plans {
    told: Vec<Told>,
    /// What was kept of it, where the call was answered before.
    kept: Option<Vec<Code>>,
}

/// What was planned for one recipient.
enum Told {
    /// It could not be read: why stands with the recipient.
    Unread,
    /// A mode was asked for that is above the plan.
    Above(AbovePlan),
    /// The plan of going out as asked.
    Planned(Plan),
}

impl Asked {
    fn read(context: &Context, call: &Call, mut request: PlanTrackingRequest) -> Outcome<Self> {
        let now = context.clock.now();
        let top = |misfit: from_wire::Misfit| misfit.at("");
        let table = from_wire::profile::table(&request.profile_table).map_err(top)?;
        let message = MessageId::new(request.message_id.clone());
        let message = message.map_err(|_| top(from_wire::Misfit::of("message_id")))?;
        let mut id = None;
        if let Some(recording) = &mut request.record_sends {
            // A UUID is the same in either case, and so is the request that it stands in.
            recording.request_id.make_ascii_lowercase();
            let read = from_wire::request::id(&recording.request_id);
            id = Some(read.map_err(|misfit| misfit.at("record_sends"))?);
        }
        let recipients = request.recipients.iter().enumerate().map(|(index, told)| {
            let read = from_wire::plan::recipient(told, index, id.is_some(), now)?;
            let made = || InteractionId(uuid(now, context.entropy.as_ref()).into_bytes());
            let send = read.id.unwrap_or_else(made);
            Ok((read, send))
        });
        let recipients = recipients.collect();
        let content_hash = context.requests.hash(call.tenant(), METHOD, &request);
        let request = id.map(|id| Request { id, method: METHOD, content_hash });
        Ok(Self { table, message, request, recipients, now })
    }

    fn keys(&self) -> Vec<ProfileKey> {
        self.recipients.iter().flatten().map(|(recipient, _)| self.key(recipient)).collect()
    }

    fn key(&self, recipient: &Recipient) -> ProfileKey {
        ProfileKey { table: self.table.clone(), id: recipient.profile.clone() }
    }

    /// What is planned. Run again when others stood in the way; what it said before is forgotten then.
    fn plan(&self, context: &Context, ground: &Ground, kept: Option<&[u8]>) -> Outcome<Planned<Plans>> {
        let rules = Rules::read(&context.rulebook, ground.tables.get(&self.table), &ground.overrides)?;
        let declared = Declared::read(&ground.declarations)?;
        let bench = Bench { asked_for: Use::Record, rules: &rules, declared: &declared, now: self.now };
        let kept = kept.map(|bytes| {
            let unreadable = || Failure::internal("the outcome codes of a plan cannot be read");
            codes::read(bytes, self.recipients.len()).ok_or_else(unreadable)
        });
        let kept = kept.transpose()?;

        let mut sends = Vec::new();
        let mut told = Vec::with_capacity(self.recipients.len());
        for (index, asked) in self.recipients.iter().enumerate() {
            let Ok((recipient, id)) = asked else {
                told.push(Told::Unread);
                continue;
            };
            let person = ground.people.get(&self.key(recipient));
            let person = person.ok_or_else(|| Failure::internal("a person was not loaded"))?;
            let plan = plan::plan(&bench.recipient(&self.message, person));
            told.push(match kept.as_ref().and_then(|codes| codes.get(index)) {
                Some(code) => remembered(*code, plan),
                None => match plan.going_out_as(recipient.asked) {
                    Err(above) => Told::Above(above),
                    Ok(plan) => {
                        if self.request.is_some() {
                            sends.push(self.sending(&bench, person, recipient, *id, plan.sent()));
                        }
                        Told::Planned(plan)
                    }
                },
            });
        }
        Ok(Planned { plans: Plans { told, kept }, sends })
    }

    fn sending(
        &self,
        bench: &Bench<'_>,
        person: &Subject,
        recipient: &Recipient,
        id: InteractionId,
        sent: Sent,
    ) -> Sending {
        let reported = Reported {
            id,
            occurred_at: recipient.sent_at.unwrap_or(self.now),
            profile: Some(recipient.profile.clone()),
            what: What::Send { message: self.message.clone(), sent },
            campaign: None,
            automated: false,
            functional: false,
            device: None,
        };
        let case = bench.case(&reported, Some(person), Sent::default());
        let judged = judge(Unjudged::new(reported.clone()), &case);
        // A send is recorded or discarded, never counted anonymously.
        let weighed = Weighed { share: Share::of(&judged, &case), judged, mark: None };
        Sending { arrival: Arrival { table: self.table.clone(), reported }, weighed }
    }

    fn answer(&self, call: &Call, plans: &Plans, fates: &[Option<Fate>]) -> Outcome<PlanTrackingResponse> {
        let codes = plans.codes(fates);
        let recipients = self.recipients.iter().zip(&plans.told).zip(codes).enumerate();
        let results = recipients.map(|(index, ((asked, told), code))| {
            let failure = match (asked, told) {
                (Ok(_), Told::Planned(plan)) => {
                    let send = match code {
                        Code::Planned(_, send) if self.request.is_some() => send,
                        _ => v1::Disposition::Unspecified,
                    };
                    let plan = to_wire::plan::plan(plan, send);
                    return Ok(PlanTrackingResult { result: Some(plan_tracking_result::Result::Plan(plan)) });
                }
                (Err(failure), _) => of_item(failure, &call.id)?,
                (Ok(_), Told::Above(above)) => {
                    let item = format!("recipients[{index}]");
                    of_item(&Failure::AbovePlan { above: above.clone(), item }, &call.id)?
                }
                // The one thing that passes by itself: it was dated too far ahead when the request first came.
                (Ok(_), Told::Unread) => of_item(&from_wire::plan::ahead(index), &call.id)?,
            };
            Ok(PlanTrackingResult { result: Some(plan_tracking_result::Result::Error(failure)) })
        });
        Ok(PlanTrackingResponse { results: results.collect::<Outcome<_>>()? })
    }
}

/// What a repeated call is told: the modes of the first answer, for reasons as they read now.
fn remembered(code: Code, plan: Plan) -> Told {
    match code {
        Code::Unread => Told::Unread,
        Code::Above(permitted) => {
            let then = plan.with(permitted);
            let pixel = permitted.pixel.map(|_| then.pixel);
            let links = permitted.links.map(|_| then.links);
            Told::Above(AbovePlan { pixel, links })
        }
        Code::Planned(sent, _) => Told::Planned(plan.with(sent)),
    }
}

impl Plans {
    /// What became of every recipient, `fates` being those of the sends, in order.
    fn codes(&self, fates: &[Option<Fate>]) -> Vec<Code> {
        if let Some(kept) = &self.kept {
            return kept.clone();
        }
        let mut fates = fates.iter();
        let code = |told: &Told| match told {
            Told::Unread => Code::Unread,
            Told::Above(AbovePlan { pixel, links }) => Code::Above(Sent {
                pixel: pixel.as_ref().map(|permitted| permitted.mode),
                links: links.as_ref().map(|permitted| permitted.mode),
            }),
            Told::Planned(plan) => {
                let fate = fates.next().and_then(Option::as_ref);
                Code::Planned(plan.sent(), fate.map_or(v1::Disposition::Unspecified, became))
            }
        };
        self.told.iter().map(code).collect()
    }
}

/// What became of a send.
fn became(fate: &Fate) -> v1::Disposition {
    match fate.verdict.disposition {
        Disposition::Record if fate.duplicate => v1::Disposition::Duplicate,
        Disposition::Record => v1::Disposition::Recorded,
        Disposition::Exempt | Disposition::Discard => v1::Disposition::Discarded,
    }
}
