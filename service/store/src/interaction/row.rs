//! An interaction as columns, and back. What cannot be read says so by table and column, never by value.

use assent_domain::id::{
    CampaignId, GoalId, InteractionId, LinkId, MessageId, OrderId, PolicyId, ProfileId, TableId, WebsiteId,
};
use assent_domain::interaction::{
    Behaviour, Click, Currency, Interaction, InteractionKind, Money, Recorded, Reported, What,
};
use assent_domain::mode::{LinkMode, PixelMode, Sent};
use assent_domain::reason::Reason;
use assent_domain::record::PolicyVersion;
use sha2::{Digest, Sha256};

use super::code;
use crate::declaration::Named;
use crate::error::StoreError;
use crate::profile::ProfileKey;
use crate::row::Row;

/// A person in eight bytes, for indexes. Two people may share it: whoever looks by it compares the rest.
pub(crate) fn person(key: &ProfileKey) -> i64 {
    let mut hash = Sha256::new();
    hash.update(b"assent person v1\n");
    hash.update(key.table.as_str());
    hash.update([0]);
    hash.update(key.id.as_str());
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// The mode that a row's columns `pixel` and `links` tell.
pub(crate) fn sent(row: &Row) -> Result<Sent, StoreError> {
    let number = |column, wanted: Option<i64>| wanted.map(|wanted| (column, wanted));
    let pixel = number("pixel", row.number_or_none("pixel")?);
    let links = number("links", row.number_or_none("links")?);
    Ok(Sent {
        pixel: pixel
            .map(|(column, one)| {
                code::find(&PixelMode::ALL, code::pixel, one).ok_or_else(|| row.wrong(column))
            })
            .transpose()?,
        links: links
            .map(|(column, one)| {
                code::find(&LinkMode::ALL, code::links, one).ok_or_else(|| row.wrong(column))
            })
            .transpose()?,
    })
}

macro_rules! id {
    ($row:expr, $column:literal, $id:ident) => {
        $id::new($row.text($column)?).map_err(|_| $row.wrong($column))
    };
}

macro_rules! id_or_none {
    ($row:expr, $column:literal, $id:ident) => {
        $row.text_or_none($column)?.map($id::new).transpose().map_err(|_| $row.wrong($column))
    };
}

/// A recorded interaction, and what is known of the message it is about.
#[derive(Clone, Debug)]
pub struct OnRecord {
    /// The interaction.
    pub recorded: Recorded,
    /// The mode its message went out with to this person: of several sends the latest not after it. Of a send its own.
    pub sent: Sent,
}

impl Behaviour for OnRecord {
    fn interaction(&self) -> Interaction {
        self.recorded.interaction()
    }
}

/// The recorded interaction of a row that has the mode beside it, unjudged, and every declared thing that it names.
pub(crate) fn on_record(row: &Row, named: &mut Named) -> Result<OnRecord, StoreError> {
    let recorded = recorded(row)?;
    named.add(&recorded.interaction);
    Ok(OnRecord { recorded, sent: sent(row)? })
}

/// The recorded interaction of a row.
fn recorded(row: &Row) -> Result<Recorded, StoreError> {
    let kind = code::find(&InteractionKind::ALL, code::kind, row.number("kind")?);
    let what = what(row, kind.ok_or_else(|| row.wrong("kind"))?)?;
    let reason = code::find(&Reason::ALL, code::reason, row.number("reason")?);
    Ok(Recorded {
        table: id!(row, "profile_table", TableId)?,
        interaction: Reported {
            id: InteractionId(row.array("interaction_id")?),
            occurred_at: row.instant("occurred_at")?,
            profile: Some(id!(row, "profile", ProfileId)?),
            what,
            campaign: id_or_none!(row, "campaign", CampaignId)?,
            automated: row.number("automated")? != 0,
            functional: false,
            device: None,
        },
        recorded_at: row.instant("recorded_at")?,
        reason: reason.ok_or_else(|| row.wrong("reason"))?,
        policy: PolicyVersion {
            id: id!(row, "policy", PolicyId)?,
            version: u32::try_from(row.number("policy_version")?).map_err(|_| row.wrong("policy_version"))?,
        },
    })
}

fn what(row: &Row, kind: InteractionKind) -> Result<What, StoreError> {
    let message = || id!(row, "message", MessageId);
    let click = || {
        Ok::<_, StoreError>(Click {
            message: message()?,
            link: id_or_none!(row, "link", LinkId)?,
            website: id_or_none!(row, "website", WebsiteId)?,
        })
    };
    Ok(match kind {
        InteractionKind::EmailOpen => What::EmailOpen { message: message()? },
        InteractionKind::EmailClick => What::EmailClick(click()?),
        InteractionKind::SmsClick => What::SmsClick(click()?),
        InteractionKind::WebsiteVisit => What::WebsiteVisit {
            website: id!(row, "website", WebsiteId)?,
            message: id_or_none!(row, "message", MessageId)?,
        },
        InteractionKind::TransactionGoal => What::TransactionGoal {
            goal: id!(row, "goal", GoalId)?,
            amount: money(row)?,
            order: id_or_none!(row, "order_id", OrderId)?,
            website: id_or_none!(row, "website", WebsiteId)?,
            message: id_or_none!(row, "message", MessageId)?,
        },
        InteractionKind::Send => What::Send { message: message()?, sent: sent(row)? },
    })
}

fn money(row: &Row) -> Result<Option<Money>, StoreError> {
    let Some(minor_units) = row.number_or_none("amount")? else { return Ok(None) };
    let currency = row.text_or_none("currency")?.as_deref().and_then(Currency::new);
    Ok(Some(Money { minor_units, currency: currency.ok_or_else(|| row.wrong("currency"))? }))
}
