//! The case of one interaction: what is declared around it, whose it is, and the policies that judge.

use assent_domain::context::Context;
use assent_domain::history::Facts;
use assent_domain::id::MessageId;
use assent_domain::interaction::{Recorded, Reported};
use assent_domain::mode::Sent;
use assent_domain::plan::Recipient;
use assent_domain::removal::Turn;
use assent_domain::subject::Subject;
use assent_domain::time::Instant;
use assent_domain::verdict::{Case, Unjudged, Use, is_erased_around, judge_in};
use assent_store::OnRecord;

use crate::declared::Declared;
use crate::rules::Rules;

/// What the interactions of one profile table are judged on.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    /// For what.
    pub(super) asked_for: Use,
    /// The table and its policies.
    pub(super) rules: &'a Rules<'a>,
    /// What is declared.
    pub(super) declared: &'a Declared,
    /// The server's clock.
    pub(super) now: Instant,
}

impl<'a> Bench<'a> {
    /// The case of `reported`, which is `profile`'s (absent: it names nobody) and whose message went out as `sent`.
    pub(super) fn case(&self, reported: &Reported, profile: Option<&'a Subject>, sent: Sent) -> Case<'a> {
        let what = &reported.what;
        let context = self.declared.context(what.website(), reported.campaign.as_ref(), what.message());
        let facts = profile.map_or_else(Facts::default, |profile| profile.history().facts());
        Case {
            asked_for: self.asked_for,
            context,
            sent,
            person: profile.map(Subject::person),
            policies: self.rules.policies_around(facts, &context),
            table_zone: &self.rules.table.zone,
            now: self.now,
        }
    }

    /// To whom a send of `message` is planned.
    pub(super) fn recipient(&self, message: &MessageId, profile: &'a Subject) -> Recipient<'a> {
        let context = self.declared.context(None, None, Some(message));
        Recipient {
            person: profile.person(),
            context,
            policies: self.rules.policies_around(profile.history().facts(), &context),
            table_zone: &self.rules.table.zone,
            now: self.now,
        }
    }

    /// Whether the link of `reported` is one of its message's functional links.
    pub(super) fn is_functional(&self, reported: &Reported) -> bool {
        let (message, link) = (reported.what.message(), reported.what.link());
        let message = self.declared.context(None, None, message).message();
        message.zip(link).is_some_and(|(message, link)| message.is_functional(link))
    }

    /// The row, if it may be read: judged by what is declared around it and by how its message went out, as
    /// `profile`'s.
    pub(super) fn readable(&self, row: Unjudged<OnRecord>, profile: &'a Subject) -> Option<Recorded> {
        let row = row.map(|mut row| {
            row.recorded.interaction.functional = self.is_functional(&row.recorded.interaction);
            row
        });
        let case = |row: &OnRecord| self.case(&row.recorded.interaction, Some(profile), row.sent);
        judge_in(row, case).into_parts().0.map(|row| row.recorded)
    }

    /// Whether one of these turns takes a row of `profile`'s because a policy around it erases. It stays unjudged.
    pub(super) fn is_erased(&self, row: &Unjudged<OnRecord>, turns: &[Turn], profile: &'a Subject) -> bool {
        let case = |row: &OnRecord| self.case(&row.recorded.interaction, Some(profile), row.sent);
        is_erased_around(row, turns, case)
    }

    /// The case of something of `profile` around which nothing is declared.
    pub(super) fn of_nothing_declared(&self, profile: &'a Subject) -> Case<'a> {
        Case {
            asked_for: self.asked_for,
            context: Context::default(),
            sent: Sent::default(),
            person: Some(profile.person()),
            policies: self.rules.policies(profile.history().facts()),
            table_zone: &self.rules.table.zone,
            now: self.now,
        }
    }
}
