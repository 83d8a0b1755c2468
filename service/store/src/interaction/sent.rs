//! The mode that a message went out with to a person: of several sends the latest not after the interaction.

use assent_domain::id::MessageId;
use assent_domain::mode::Sent;

use super::row::{person, sent};
use super::{Asked, InteractionWrite};
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const LATEST_SENDS: Sql = sql!("latest_sends");

/// The arrivals at `places`, each with the mode its message went out with.
pub(super) async fn latest(
    tx: &Tx,
    write: &InteractionWrite<'_>,
    places: &[usize],
) -> Result<Vec<Asked>, Stop> {
    let mut asked: Vec<Asked> =
        places.iter().map(|place| Asked { arrival: *place, sent: Sent::default() }).collect();
    let mut numbers: [Vec<i64>; 3] = Default::default();
    let mut texts: [Vec<String>; 3] = Default::default();
    for (turn, place) in places.iter().enumerate() {
        let arrival = &write.arrivals[*place];
        let (Some(key), Some(message)) = (arrival.key(), arrival.reported.what.message()) else { continue };
        let turn = i64::try_from(turn).unwrap_or(i64::MAX);
        let row = [turn, person(&key), arrival.reported.occurred_at.micros()];
        numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
        let row = [MessageId::as_str(message), key.table.as_str(), key.id.as_str()];
        texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
    }
    if numbers[0].is_empty() {
        return Ok(asked);
    }
    let columns = numbers.into_iter().map(Column::Number).chain(texts.into_iter().map(Column::Text));
    let values = Values::of([write.tenant.as_str().into()]).columns(columns);
    for row in tx.rows(&LATEST_SENDS, "send", values).await? {
        let turn = row.count("turn")?;
        let found = usize::try_from(turn).ok().and_then(|turn| asked.get_mut(turn));
        found.ok_or_else(|| row.wrong("turn"))?.sent = sent(&row)?;
    }
    Ok(asked)
}
