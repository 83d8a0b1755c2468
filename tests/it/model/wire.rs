//! A story in the contract's words, under the names of one telling.

use assent_proto::google::Date;
use assent_proto::v1::{
    self, engagement_question, import_event, interaction, upsert_consents_item, wait_block,
};
use assent_tests::{marks, story};

use super::story::*;
use super::{engage, tally};

/// What tells one telling of a story from all others of the same app.
pub(super) struct Names {
    pub(super) telling: String,
    /// A number of its own.
    pub(super) number: u32,
    pub(super) text: Vec<u8>,
}

impl Names {
    fn id(&self, what: &str, number: usize) -> String {
        marks::id(&format!("{}-{what}-{number}", self.telling))
    }

    pub(super) fn table(&self) -> String {
        marks::id(&self.telling)
    }

    pub(super) fn person(&self, who: usize) -> v1::ProfileKey {
        v1::ProfileKey { id: self.id("person", who) }
    }

    pub(super) fn campaign_id(&self, campaign: usize) -> String {
        self.id("campaign", campaign)
    }

    pub(super) fn site_id(&self, site: usize) -> String {
        self.id("site", site)
    }

    /// The id of an interaction: the same for the same number of the same telling.
    fn uuid(&self, number: u32) -> String {
        let Self { number: telling, .. } = self;
        format!("5ec2e7ed-{:04x}-4{:03x}-8000-{number:012x}", telling & 0xffff, telling >> 16)
    }

    /// The number of an interaction, from its id.
    pub(super) fn number(id: &str) -> u32 {
        u32::from_str_radix(id.rsplit('-').next().expect("a part"), 16).expect("a number")
    }

    pub(super) fn declared(&self, world: &World) -> Declared {
        let mut table = story::profile_table(self.table(), "ours");
        table.policy_id = world.policy.map(str::to_owned);
        world.zone.clone_into(&mut table.zone);
        let sites = (0..world.sites.len()).map(|site| self.site(world, site)).collect();
        let campaigns = world.campaigns.iter().enumerate().map(|(number, campaign)| v1::Campaign {
            id: self.id("campaign", number),
            website_id: campaign.site.map(|site| self.site_id(site)),
            ceiling: campaign.ceiling.into(),
            ..v1::Campaign::default()
        });
        let messages = world.messages.iter().enumerate().map(|(number, message)| v1::Message {
            id: self.id("message", number),
            channel: message.channel.into(),
            class: message.class.into(),
            basis: message.basis.into(),
            campaign_id: message.campaign.map(|campaign| self.id("campaign", campaign)),
            website_id: message.site.map(|site| self.site_id(site)),
            ceiling: message.ceiling.into(),
            functional_link_ids: message.functional.then(|| marks::id(UNSUBSCRIBE)).into_iter().collect(),
            ..self.stated(message.says.as_ref())
        });
        let (campaigns, messages) = (campaigns.collect(), messages.collect());
        Declared { table, sites, campaigns, messages }
    }

    /// A message that tells or asks that, and is nothing else yet.
    fn stated(&self, says: Option<&Event>) -> v1::Message {
        // What is not narrowed is all of tracking.
        let coverage = |series| (series != 0b111_1110).then(|| coverage(series)).flatten();
        match says {
            Some(Event::Notice(told)) => v1::Message {
                coverage: coverage(told.series),
                notice_id: told.text.then(|| self.text.clone()),
                conditions_unchanged: told.unchanged,
                withdrawal_offered: told.withdrawal,
                justification: told.justification.then(|| "a strike".to_owned()),
                ..v1::Message::default()
            },
            Some(Event::Request { series, .. }) => {
                v1::Message { coverage: coverage(*series), ..v1::Message::default() }
            }
            Some(Event::Answer(_)) | None => v1::Message::default(),
        }
    }

    pub(super) fn site(&self, world: &World, site: usize) -> v1::Website {
        let [open, click, sms, visit, goal] = world.sites[site].ceilings.map(i32::from);
        let ceilings = v1::WebsiteCeilings {
            email_open: open,
            email_click: click,
            sms_click: sms,
            website_visit: visit,
            transaction_goal: goal,
        };
        let country = world.sites[site].country.map(str::to_owned);
        v1::Website { id: self.site_id(site), country, ceilings: Some(ceilings), ..v1::Website::default() }
    }

    pub(super) fn item(&self, item: &Item) -> v1::UpsertConsentsItem {
        let facts = (item.collected.is_some() || item.jurisdiction.is_some()).then(|| v1::ProfileFacts {
            collected_on: item.collected.map(date),
            jurisdiction: item.jurisdiction.map(str::to_owned),
            source: story::form("facts"),
        });
        let event = item.event.as_ref().map(|event| match event {
            Event::Answer(said) => upsert_consents_item::Event::Answer(self.answer(said)),
            Event::Notice(told) => upsert_consents_item::Event::Notice(self.notice(told)),
            Event::Request { series, at, source, .. } => {
                upsert_consents_item::Event::Request(request(*series, *at, source.as_ref()))
            }
        });
        v1::UpsertConsentsItem { profile: Some(self.person(item.who)), facts, event }
    }

    /// What an import of that number begins with: its list is called like every source here.
    pub(super) fn list(&self, number: usize, dry_run: bool) -> v1::ImportHeader {
        let of_list = source(Some(&of_lists())).expect("a source");
        v1::ImportHeader {
            import_id: self.id("list", number),
            profile_table: self.table(),
            source: Some(v1::ImportSource { name: of_list.name, version: of_list.version }),
            origin: None,
            dry_run,
        }
    }

    /// A line of a list, at that place.
    pub(super) fn line(&self, place: usize, line: &Line) -> v1::ImportLine {
        let known = line.collected.is_some() || line.jurisdiction.is_some();
        let facts = known.then(|| v1::ImportFacts {
            collected_on: line.collected.map(date),
            jurisdiction: line.jurisdiction.map(str::to_owned),
        });
        let events = line.events.iter().map(|event| match event {
            Event::Answer(said) => import_event::Event::Answer(self.answer(said)),
            Event::Notice(told) => import_event::Event::Notice(self.notice(told)),
            Event::Request { series, at, source, .. } => {
                import_event::Event::Request(request(*series, *at, source.as_ref()))
            }
        });
        let events = events.map(|event| v1::ImportEvent { event: Some(event) }).collect();
        v1::ImportLine { line: place as u64 + 1, profile: Some(self.person(line.who)), facts, events }
    }

    /// A token of somebody's, in no message: to withdraw from some series, or of the preference centre.
    pub(super) fn token(&self, who: usize, series: Option<u8>) -> v1::CreateTokensRequest {
        use v1::create_tokens_item::Capability;
        let preferences = Capability::Preferences(v1::PreferencesToken { expires_at: None });
        let capability =
            series.map_or(Some(preferences), |series| coverage(series).map(Capability::Withdraw));
        let profile = Some(self.person(who));
        let items = vec![v1::CreateTokensItem { profile, capability, message_id: None }];
        v1::CreateTokensRequest { profile_table: self.table(), items }
    }

    /// Answers of a preference centre, which is called like every source here.
    pub(super) fn choices(&self, choices: &[(v1::Answer, u8)]) -> v1::TokenPreferences {
        let form = Source { kind: v1::SourceKind::Form, name: true, version: Some("1") };
        let form = source(Some(&form)).expect("a source");
        let choices = choices.iter().map(|(answer, series)| v1::PreferenceChoice {
            answer: (*answer).into(),
            coverage: coverage(*series),
            notice_id: Some(self.text.clone()),
            language: Some("fr-BE".to_owned()),
        });
        v1::TokenPreferences { choices: choices.collect(), form_name: form.name, form_version: form.version }
    }

    fn answer(&self, said: &Said) -> v1::AnswerGiven {
        let evidence = v1::Evidence {
            method: said.method.map(str::to_owned),
            source: source(said.source.as_ref()),
            notice_id: said.text.then(|| self.text.clone()),
            language: said.language.then(|| "fr-BE".to_owned()),
            actor: said.actor.then(|| "data subject".to_owned()),
            proof_reference: said.proof.then(|| "archive 7".to_owned()),
        };
        v1::AnswerGiven {
            answer: said.answer.into(),
            coverage: coverage(said.series),
            decided_at: said.at.map(story::timestamp),
            basis: said.basis.into(),
            evidence: (evidence != v1::Evidence::default()).then_some(evidence),
        }
    }

    fn notice(&self, told: &Told) -> v1::NoticeGiven {
        v1::NoticeGiven {
            coverage: coverage(told.series),
            notified_at: Some(story::timestamp(told.at)),
            notice_id: told.text.then(|| self.text.clone()),
            conditions_unchanged: told.unchanged,
            withdrawal_offered: told.withdrawal,
            justification: told.justification.then(|| "a strike".to_owned()),
            proof_reference: told.proof.then(|| "archive 8".to_owned()),
            source: source(told.source.as_ref()),
            sent_message_id: None,
        }
    }

    pub(super) fn deed(&self, deed: &Deed) -> v1::Interaction {
        let message = |message: usize| self.id("message", message);
        let site = |site: &Option<usize>| site.map(|site| self.site_id(site));
        let link = |link: &Option<&str>| link.map(marks::id);
        let what = match &deed.what {
            What::Open { message: of } => {
                interaction::What::EmailOpen(v1::EmailOpen { message_id: message(*of) })
            }
            What::Click { message: of, link: on, site: to } => {
                interaction::What::EmailClick(v1::EmailClick {
                    message_id: message(*of),
                    link_id: link(on),
                    website_id: site(to),
                })
            }
            What::Sms { message: of, link: on, site: to } => interaction::What::SmsClick(v1::SmsClick {
                message_id: message(*of),
                link_id: link(on),
                website_id: site(to),
            }),
            What::Visit { site, message: by } => interaction::What::WebsiteVisit(v1::WebsiteVisit {
                website_id: self.site_id(*site),
                message_id: by.map(message),
            }),
            What::Goal { goal, site: on, message: by } => {
                interaction::What::TransactionGoal(v1::TransactionGoal {
                    goal_id: self.id("goal", *goal),
                    website_id: site(on),
                    message_id: by.map(message),
                    amount: Some(v1::Money {
                        minor_units: tally::worth(deed),
                        currency_code: "EUR".to_owned(),
                    }),
                    order_id: None,
                })
            }
            What::Send { message: of, pixel, links } => interaction::What::Send(v1::MessageSent {
                message_id: message(*of),
                pixel: (*pixel).into(),
                links: (*links).into(),
            }),
        };
        v1::Interaction {
            interaction_id: self.uuid(deed.id),
            occurred_at: Some(story::timestamp(deed.at)),
            profile: deed.who.map(|who| self.person(who)),
            what: Some(what),
            campaign_id: deed.campaign.map(|campaign| self.id("campaign", campaign)),
            automated: deed.automated,
            ..v1::Interaction::default()
        }
    }

    pub(super) fn plan(&self, message: usize, to: &[Recipient], record: bool) -> v1::PlanTrackingRequest {
        let recipient = |to: &Recipient| v1::PlanRecipient {
            profile: Some(self.person(to.who)),
            pixel: to.pixel.map_or(0, Into::into),
            links: to.links.map_or(0, Into::into),
            interaction_id: record.then(|| self.uuid(to.id)),
            sent_at: record.then(|| story::timestamp(to.at)),
        };
        v1::PlanTrackingRequest {
            profile_table: self.table(),
            message_id: self.id("message", message),
            recipients: to.iter().map(recipient).collect(),
            record_sends: record.then(|| v1::SendRecording { request_id: marks::uuid() }),
        }
    }

    /// What a wait block awaits, asked as a question.
    pub(super) fn question(&self, block: &Block) -> v1::EngagementQuestion {
        use engagement_question::Target as Of;
        let target = match block.target {
            Target::Message(message) => Of::MessageId(self.id("message", message)),
            Target::Campaign(campaign) => Of::CampaignId(self.campaign_id(campaign)),
            Target::Site(site) => Of::WebsiteId(self.site_id(site)),
            Target::Goal(goal) => Of::GoalId(self.id("goal", goal)),
        };
        let (from, before) = engage::window(block);
        v1::EngagementQuestion {
            r#ref: "question".to_owned(),
            profile: Some(self.person(block.who)),
            target: Some(target),
            kinds: block.kinds.iter().map(|kind| (*kind).into()).collect(),
            link_id: block.link.map(marks::id),
            occurred_from: from.map(story::timestamp),
            occurred_before: before.map(story::timestamp),
        }
    }

    pub(super) fn block(&self, block: &Block) -> v1::WaitBlock {
        let target = match block.target {
            Target::Message(message) => wait_block::Target::MessageId(self.id("message", message)),
            Target::Campaign(campaign) => wait_block::Target::CampaignId(self.id("campaign", campaign)),
            Target::Site(site) => wait_block::Target::WebsiteId(self.site_id(site)),
            Target::Goal(goal) => wait_block::Target::GoalId(self.id("goal", goal)),
        };
        let start = match block.start {
            Start::At(at) => wait_block::Start::StartsAt(story::timestamp(at)),
            Start::FromSend { message, entered } => wait_block::Start::FromSend(v1::FromSend {
                message_id: self.id("message", message),
                entered_at: Some(story::timestamp(entered)),
            }),
        };
        let end = match block.end {
            End::At(at) => wait_block::End::Deadline(story::timestamp(at)),
            End::After(span) => wait_block::End::Duration(duration(span)),
        };
        let exit = if block.immediate { v1::ExitPolicy::Immediate } else { v1::ExitPolicy::AtDeadline };
        v1::WaitBlock {
            r#ref: "block".to_owned(),
            profile: Some(self.person(block.who)),
            target: Some(target),
            kinds: block.kinds.iter().map(|kind| (*kind).into()).collect(),
            link_id: block.link.map(marks::id),
            start: Some(start),
            end: Some(end),
            exit_policy: exit.into(),
            late_grace: block.grace.map(duration),
        }
    }
}

/// What is put before a story begins.
pub(super) struct Declared {
    pub(super) table: v1::ProfileTable,
    pub(super) sites: Vec<v1::Website>,
    pub(super) campaigns: Vec<v1::Campaign>,
    pub(super) messages: Vec<v1::Message>,
}

/// An instant of the contract in microseconds.
pub(super) fn micros(at: &prost_types::Timestamp) -> Micros {
    at.seconds * SECOND + Micros::from(at.nanos / 1_000)
}

fn duration(span: Micros) -> prost_types::Duration {
    let nanos = i32::try_from(span % SECOND * 1_000).expect("less than a thousand million");
    prost_types::Duration { seconds: span / SECOND, nanos }
}

fn source(source: Option<&Source>) -> Option<v1::Source> {
    source.map(|source| v1::Source {
        kind: source.kind.into(),
        name: source.name.then(|| "newsletter form".to_owned()),
        version: source.version.map(str::to_owned),
    })
}

/// The source of everything in a list that names none.
pub(super) const fn of_lists() -> Source {
    Source { kind: v1::SourceKind::Import, name: true, version: Some("1") }
}

fn request(series: u8, at: Micros, from: Option<&Source>) -> v1::RequestMade {
    v1::RequestMade {
        coverage: coverage(series),
        requested_at: Some(story::timestamp(at)),
        source: source(from),
        ..v1::RequestMade::default()
    }
}

fn date((year, month, day): (i16, i8, i8)) -> Date {
    Date { year: year.into(), month: month.into(), day: day.into() }
}

pub(super) fn coverage(series: u8) -> Option<v1::Coverage> {
    let scopes = (1..=6).filter(|scope| series >> scope & 1 == 1).collect::<Vec<i32>>();
    let tracking = match scopes.len() {
        0 => None,
        6 => Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})),
        _ => Some(v1::coverage::Tracking::Scopes(v1::ScopeList { scopes })),
    };
    Some(v1::Coverage { marketing: series & 1 == 1, tracking })
}
