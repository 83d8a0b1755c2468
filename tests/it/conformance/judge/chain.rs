//! The chain, computed anew from the bytes: SHA-256 as the format says (leaf = SHA-256(salt ‖ body); chain at n =
//! SHA-256(chain at n−1 ‖ n ‖ leaf); chain at 0 = SHA-256("assent ledger v1\n" ‖ tenant)), and held against the service's own walk.

use sha2::{Digest, Sha256};

use super::super::history::{History, Walked};

pub(super) fn genesis(tenant: &str) -> Vec<u8> {
    Sha256::digest([b"assent ledger v1\n", tenant.as_bytes()].concat()).to_vec()
}

pub(super) fn leaf(salt: &[u8], body: &[u8]) -> Vec<u8> {
    Sha256::digest([salt, body].concat()).to_vec()
}

pub(super) fn next(before: &[u8], position: u64, leaf: &[u8]) -> Vec<u8> {
    Sha256::digest([before, &position.to_be_bytes(), leaf].concat()).to_vec()
}

pub(super) fn follows(history: &History) -> Result<(), String> {
    let mut chain = genesis(&history.tenant);
    let mut redacted = 0;
    for entry in &history.entries {
        let position = entry.position;
        match &entry.opened {
            None => redacted += 1,
            Some((salt, body)) if leaf(salt, body) == entry.leaf => {}
            Some(_) => {
                return Err(format!("the record at position {position} is not the one its leaf was made of"));
            }
        }
        chain = next(&chain, position, &entry.leaf);
        if chain != entry.chain {
            return Err(format!("the chain does not verify at position {position}"));
        }
    }
    let whole = Walked { verified: history.entries.len() as u64 - redacted, redacted, chain };
    if history.walked == whole {
        Ok(())
    } else {
        Err(format!("the service's own walk ended otherwise: {:?}, not {whole:?}", history.walked))
    }
}
