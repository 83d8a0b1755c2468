//! New rows as the columns of one statement. A column costs as much for a row that has nothing in it as for any other, so that one
//! in which no row has anything is left empty, and one in which all have the same is told once.

use assent_domain::id::{CampaignId, GoalId, LinkId, MessageId, OrderId, WebsiteId};
use assent_domain::interaction::{Currency, Money, Reported, What};
use assent_domain::mode::Sent;
use assent_domain::verdict::Verdict;
use sea_orm::Value;

use super::code;
use super::row::person;
use crate::profile::ProfileKey;
use crate::statement::{Column, Values};

/// Stands for NULL in a column of numbers.
const NONE: i64 = i64::MIN;

/// A row to write.
#[derive(Clone, Copy)]
pub(super) struct NewRow<'a> {
    pub(super) person: &'a ProfileKey,
    pub(super) reported: &'a Reported,
    pub(super) automated: bool,
    pub(super) verdict: &'a Verdict,
}

impl NewRow<'_> {
    fn amount(&self) -> Option<Money> {
        match &self.reported.what {
            What::TransactionGoal { amount, .. } => *amount,
            _ => None,
        }
    }

    fn order(&self) -> Option<&str> {
        match &self.reported.what {
            What::TransactionGoal { order, .. } => order.as_ref().map(OrderId::as_str),
            _ => None,
        }
    }

    fn sent(&self) -> Sent {
        match &self.reported.what {
            What::Send { sent, .. } => *sent,
            _ => Sent::default(),
        }
    }
}

/// The values of `insert_interactions`: scalars, what all rows have the same included; then the id, numbers, texts.
pub(super) fn values(scalars: [Value; 2], rows: &[NewRow<'_>]) -> Values {
    let all = |number: &dyn Fn(&NewRow<'_>) -> i64| Column::Number(rows.iter().map(number).collect());
    let some = |number: &dyn Fn(&NewRow<'_>) -> Option<i64>| {
        let any = rows.iter().any(|row| number(row).is_some());
        Column::Number(rows.iter().filter(|_| any).map(|row| number(row).unwrap_or(NONE)).collect())
    };
    let mut shared = Vec::with_capacity(5);
    let mut same = |number: &dyn Fn(&NewRow<'_>) -> i64| {
        let first = rows.first().map(number).unwrap_or_default();
        shared.push(Value::from(first));
        let alike = rows.iter().all(|row| number(row) == first);
        Column::Number(rows.iter().filter(|_| !alike).map(number).collect())
    };
    let ids = Column::Bytes(rows.iter().map(|row| row.reported.id.0.to_vec()).collect());
    let numbers = [
        all(&|row| row.reported.occurred_at.micros()),
        all(&|row| person(row.person)),
        all(&|row| code::kind(row.reported.what.kind())),
        same(&|row| i64::from(row.automated)),
        some(&|row| row.amount().map(|money| money.minor_units)),
        some(&|row| row.sent().pixel.map(code::pixel)),
        some(&|row| row.sent().links.map(code::links)),
        same(&|row| code::reason(row.verdict.reason)),
        same(&|row| i64::from(row.verdict.policy.version)),
    ];

    let owned = |text: &str| text.to_owned();
    let mut same = |text: &dyn for<'r> Fn(&'r NewRow<'r>) -> &'r str| {
        let first = rows.first().map(text).unwrap_or_default();
        shared.push(Value::from(first));
        let alike = rows.iter().all(|row| text(row) == first);
        Column::Text(rows.iter().filter(|_| !alike).map(|row| owned(text(row))).collect())
    };
    let tables = same(&|row| row.person.table.as_str());
    let policies = same(&|row| row.verdict.policy.id.as_str());
    let some = |text: &dyn for<'r> Fn(&'r NewRow<'r>) -> Option<&'r str>| {
        let any = rows.iter().any(|row| text(row).is_some());
        let texts = rows.iter().filter(|_| any).map(|row| owned(text(row).unwrap_or_default()));
        Column::Text(texts.collect())
    };
    let currencies = rows.iter().map(|row| row.amount().map(|money| money.currency));
    let currencies: Vec<Option<Currency>> = currencies.collect();
    let paid = currencies.iter().any(Option::is_some);
    let code = |currency: &Option<Currency>| owned(currency.as_ref().map(Currency::code).unwrap_or_default());
    let texts = [
        tables,
        Column::Text(rows.iter().map(|row| owned(row.person.id.as_str())).collect()),
        some(&|row| row.reported.what.message().map(MessageId::as_str)),
        some(&|row| row.reported.what.link().map(LinkId::as_str)),
        some(&|row| row.reported.campaign.as_ref().map(CampaignId::as_str)),
        some(&|row| row.reported.what.website().map(WebsiteId::as_str)),
        some(&|row| row.reported.what.goal().map(GoalId::as_str)),
        some(&|row| row.order()),
        Column::Text(currencies.iter().filter(|_| paid).map(code).collect()),
        policies,
    ];
    let columns = std::iter::once(ids).chain(numbers).chain(texts);
    Values::of(scalars.into_iter().chain(shared)).columns(columns)
}
