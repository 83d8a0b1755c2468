//! A ledger that was tampered with names the position, a redacted one does not complain.

use super::*;

struct Entry {
    position: u64,
    leaf: Leaf,
    chain: ChainHash,
    opened: Option<(Salt, Vec<u8>)>,
}

impl Entry {
    fn link(&self) -> Link<'_> {
        let opened = self.opened.as_ref().map(|(salt, body)| (salt.0.as_slice(), body.as_slice()));
        Link { position: self.position, leaf: Some(&self.leaf.0), chain: &self.chain.0, opened }
    }
}

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn ledger(bodies: &[&[u8]]) -> Vec<Entry> {
    let mut head = Head::empty(&tenant());
    let entry = |(salt, body): (u8, &&[u8])| {
        let salt = Salt([salt; 32]);
        let leaf = leaf(&salt, body);
        head = head.extended(&leaf);
        let Head { position, chain } = head;
        Entry { position, leaf, chain, opened: Some((salt, body.to_vec())) }
    };
    (1..).zip(bodies).map(entry).collect()
}

fn verify(entries: &[Entry], known: Option<Head>) -> Result<Report, Broken> {
    let mut verifier = Verifier::new(&tenant(), known);
    for entry in entries {
        // Errors are kept: the end of the walk says them again.
        let _ = verifier.take(&entry.link());
    }
    verifier.finish()
}

fn head_of(entries: &[Entry]) -> Head {
    entries.last().map(|last| Head { position: last.position, chain: last.chain }).unwrap()
}

#[test]
fn a_whole_ledger_verifies_up_to_its_head() {
    let entries = ledger(&[b"a", b"b", b"c"]);
    let head = head_of(&entries);
    assert_eq!(verify(&entries, Some(head)), Ok(Report { verified: 3, redacted: 0, head }));
    // A known head in the middle is passed.
    assert!(verify(&entries, Some(head_of(&entries[..2]))).is_ok());
}

#[test]
fn an_empty_ledger_verifies() {
    let head = Head::empty(&tenant());
    assert_eq!(verify(&[], Some(head)), Ok(Report { verified: 0, redacted: 0, head }));
    let foreign = Head::empty(&TenantId::new("other").unwrap());
    assert_eq!(verify(&[], Some(foreign)), Err(Broken { position: 0, fault: Fault::Rewritten }));
}

#[test]
fn an_erased_record_is_redacted_not_broken() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries[1].opened = None;
    let head = head_of(&entries);
    assert_eq!(verify(&entries, Some(head)), Ok(Report { verified: 2, redacted: 1, head }));
}

#[test]
fn a_changed_record_or_salt_is_found() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries[1].opened = Some((Salt([2; 32]), b"B".to_vec()));
    assert_eq!(verify(&entries, None), Err(Broken { position: 2, fault: Fault::Body }));
    entries[1].opened = Some((Salt([9; 32]), b"b".to_vec()));
    assert_eq!(verify(&entries, None), Err(Broken { position: 2, fault: Fault::Body }));
}

#[test]
fn bytes_of_another_length_are_found_and_never_shift() {
    let entries = ledger(&[b"a"]);
    let take = |change: &dyn Fn(&mut Link<'_>)| {
        let mut link = entries[0].link();
        change(&mut link);
        Verifier::new(&tenant(), None).take(&link).map_err(|broken| broken.fault)
    };
    let shifted: (&[u8], &[u8]) = (&[1; 31], b"\x01a");
    let Some((salt, body)) = entries[0].link().opened else { panic!("an open entry") };
    assert_eq!([salt, body].concat(), [shifted.0, shifted.1].concat(), "the same bytes, cut elsewhere");
    assert_eq!(take(&|link| link.opened = Some(shifted)), Err(Fault::Body));
    let short: &[u8] = b"short";
    assert_eq!(take(&|link| (link.leaf, link.opened) = (Some(short), None)), Err(Fault::Chain));
    assert_eq!(take(&|link| link.chain = b"short"), Err(Fault::Chain));
    assert_eq!(take(&|_| ()), Ok(()));
}

#[test]
fn a_record_that_is_gone_is_lost_not_redacted() {
    let entries = ledger(&[b"a", b"b"]);
    let mut verifier = Verifier::new(&tenant(), None);
    let gone = verifier.take(&Link { leaf: None, opened: None, ..entries[0].link() });
    assert_eq!(gone, Err(Broken { position: 1, fault: Fault::Lost }));
    assert_eq!(verifier.progress().redacted, 0);
}

#[test]
fn a_changed_leaf_is_found_even_when_redacted() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries[1].opened = None;
    entries[1].leaf = Leaf([0; 32]);
    assert_eq!(verify(&entries, None), Err(Broken { position: 2, fault: Fault::Chain }));
}

#[test]
fn a_changed_chain_is_found() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries[2].chain = ChainHash([0; 32]);
    assert_eq!(verify(&entries, None), Err(Broken { position: 3, fault: Fault::Chain }));
}

#[test]
fn a_missing_or_repeated_position_is_found() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries.remove(1);
    assert_eq!(verify(&entries, None), Err(Broken { position: 2, fault: Fault::Gap { found: 3 } }));
    entries[1].position = 1;
    assert_eq!(verify(&entries, None), Err(Broken { position: 2, fault: Fault::Gap { found: 1 } }));
}

#[test]
fn two_entries_that_changed_places_are_found() {
    let mut entries = ledger(&[b"a", b"b", b"c"]);
    entries.swap(0, 1);
    entries[0].position = 1;
    entries[1].position = 2;
    assert_eq!(verify(&entries, None), Err(Broken { position: 1, fault: Fault::Chain }));
}

#[test]
fn a_cut_tail_shows_against_a_known_head_only() {
    let entries = ledger(&[b"a", b"b", b"c"]);
    assert!(verify(&entries[..2], None).is_ok());
    let known = head_of(&entries);
    assert_eq!(
        verify(&entries[..2], Some(known)),
        Err(Broken { position: 3, fault: Fault::Cut { known: 3 } })
    );
}

#[test]
fn a_ledger_written_anew_shows_against_a_known_head_only() {
    let known = head_of(&ledger(&[b"a", b"b"]));
    let rewritten = ledger(&[b"a", b"X", b"c"]);
    assert!(verify(&rewritten, None).is_ok());
    assert_eq!(verify(&rewritten, Some(known)), Err(Broken { position: 2, fault: Fault::Rewritten }));
}

#[test]
fn another_tenants_ledger_does_not_verify() {
    let entries = ledger(&[b"a"]);
    let mut verifier = Verifier::new(&TenantId::new("other").unwrap(), None);
    let link = Link { opened: None, ..entries[0].link() };
    assert_eq!(verifier.take(&link), Err(Broken { position: 1, fault: Fault::Chain }));
    assert_eq!(verifier.progress().head.position, 0);
}

#[test]
fn a_salt_is_never_shown() {
    assert_eq!(format!("{:?}", Salt([1; 32])), "Salt(…)");
}

#[test]
fn a_tail_that_the_ledgers_own_head_knows_of_is_missed() {
    let entries = ledger(&[b"a", b"b", b"c"]);
    let walked = |entries: &[Entry]| {
        let mut verifier = Verifier::new(&tenant(), None);
        for entry in entries {
            verifier.take(&entry.link()).unwrap();
        }
        verifier
    };
    let head = head_of(&entries);
    assert_eq!(walked(&entries).finish_at(head).map(|report| report.head), Ok(head));
    let cut = walked(&entries[..2]).finish_at(head);
    assert_eq!(cut, Err(Broken { position: 3, fault: Fault::Missing }));
    let other = Head { chain: ChainHash([9; 32]), ..head };
    assert_eq!(walked(&entries).finish_at(other), Err(Broken { position: 3, fault: Fault::Chain }));
}
