//! Batches of any size, as calls of the size that the contract takes. The parts go out one after the other, so that several
//! items for one person fold in the order given; the results come back in the order of the items.
//!
//! Where a batch is cut must never change: a repeated call has to make the same parts, or the service takes them for other
//! content under a known request id.

#[cfg(test)]
mod tests;

use std::future::Future;

use prost::Message;

use crate::error::{Error, Result};
use crate::options::MESSAGE_BYTES;
use crate::request_id::RequestId;

/// The most items of one call: the contract's limit.
pub(crate) const ITEMS: usize = 1000;

/// The most bytes of the items of one call; the rest of the 4 MiB is for what stands beside them.
pub(crate) const BYTES: usize = MESSAGE_BYTES - 64 * 1024;

/// Sends `items` in parts, each with an id of its own that follows from `request_id`: the id itself where there is one part.
pub(crate) async fn in_parts<T, A, F>(
    items: Vec<T>,
    request_id: Option<RequestId>,
    send: impl Fn(Vec<T>, Option<RequestId>) -> F,
) -> Result<Vec<Result<A>>>
where
    T: Message,
    F: Future<Output = Result<Vec<Result<A>>>>,
{
    let mut results = Vec::with_capacity(items.len());
    let parts = split(items);
    let alone = parts.len() == 1;
    for (number, part) in parts.into_iter().enumerate() {
        let part_id = if alone { request_id } else { request_id.map(|id| id.part(number)) };
        let (before, expected) = (results.len(), part.len());
        let answers = send(part, part_id).await.map_err(|error| error.in_batch(request_id, before))?;
        if answers.len() != expected {
            return Err(Error::unintelligible("results, one for each item").in_batch(request_id, before));
        }
        results.extend(answers.into_iter().map(|answer| answer.map_err(|error| error.of_part(before))));
    }
    Ok(results)
}

/// Cuts before an item that would make a part too long or too large. An item that is too large by itself stands alone; the
/// service refuses it.
pub(crate) fn split<T: Message>(items: Vec<T>) -> Vec<Vec<T>> {
    let mut parts: Vec<Vec<T>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        // The item, its tag and its length.
        let more = item.encoded_len() + 6;
        match parts.last_mut() {
            Some(part) if part.len() < ITEMS && bytes + more <= BYTES => {
                bytes += more;
                part.push(item);
            }
            _ => {
                bytes = more;
                parts.push(vec![item]);
            }
        }
    }
    parts
}
