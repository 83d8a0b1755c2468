//! A place where a ledger once ended.

use assent_domain::ledger::{ChainHash, Head};
use assent_proto::v1;

use super::Misfit;

/// A head that a caller kept.
///
/// # Errors
/// When its chain is not 32 bytes.
pub fn known(head: &v1::LedgerHead) -> Result<Head, Misfit> {
    let chain = head.chain.as_slice().try_into().map_err(|_| Misfit::of("known_head.chain"))?;
    Ok(Head { position: head.position, chain: ChainHash(chain) })
}
