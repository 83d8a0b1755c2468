//! The form of a journal: what it takes, and what it refuses.

use super::*;
use crate::entropy::SeededEntropy;

const KEY: Mark = [7; 32];

fn one(number: u8) -> (TenantId, Tombstone) {
    let tombstone = Tombstone {
        mark: [number; 32],
        version: i64::from(number),
        hlc: 5,
        erased_at: Instant::from_micros(1_788_264_000_000_000).unwrap(),
    };
    (TenantId::new("a tenant").unwrap(), tombstone)
}

/// The line of one.
fn line(number: u8) -> String {
    let (tenant, tombstone) = one(number);
    super::line(&tenant, &tombstone)
}

fn journal(folder: &Path, seed: u64) -> Journal {
    Journal::open(folder, KEY, &SeededEntropy::new(seed)).unwrap()
}

fn all(journal: &Journal) -> Result<Vec<(TenantId, Tombstone)>, JournalError> {
    let mut all = Vec::new();
    journal.read(|tenant, tombstone| all.push((tenant, tombstone)))?;
    all.sort_by_key(|(_, tombstone)| tombstone.mark);
    Ok(all)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn each_process_reads_what_all_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("made/for it");
    let (first, second) = (journal(&place, 1), journal(&place, 2));
    assert_eq!(all(&first).unwrap(), []);
    assert!(files(&place).is_empty(), "who has nothing to write makes no file");
    first.append(&[one(1), one(2)]).unwrap();
    second.append(&[one(3)]).unwrap();
    first.append(&[one(4)]).unwrap();
    assert_eq!(all(&second).unwrap(), [1, 2, 3, 4].map(one));
    assert_eq!(files(&place).len(), 2);
    fs::create_dir(place.join("lost+found")).unwrap();
    fs::write(place.join(".somebody-else"), "their words\n").unwrap();
    assert_eq!(all(&first).unwrap().len(), 4);
}

#[test]
fn what_a_kill_cut_short_is_passed_by_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), 1);
    journal.append(&[one(1), one(2)]).unwrap();
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let lines = ends[1..].iter().filter(|end| **end < length).count();
        assert_eq!(all(&journal).unwrap(), [1, 2].map(one)[..lines], "{length}");
    }
}

#[test]
fn anything_else_stops_the_reader_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), 1);
    journal.append(&[one(1), one(2)]).unwrap();
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for at in second..whole.len() - 1 {
        let mut rotten = whole.clone();
        rotten[at] ^= 1;
        fs::write(&file, &rotten).unwrap();
        assert!(matches!(all(&journal), Err(JournalError::Unreadable { .. })), "{at}");
    }
    let header = heading(&KEY);
    for (text, wrong) in [
        ("\n".to_owned(), 1),
        ("a list of something\n".to_owned(), 1),
        (line(1), 1),
        (format!("{header}{}half a line\n{}", line(1), line(2)), 3),
        (format!("{header}{}", "x".repeat(1000)), 2),
        (format!("{header}{}\t00\n", line(1).trim_end()), 2),
    ] {
        fs::write(&file, &text).unwrap();
        match all(&journal) {
            Err(JournalError::Unreadable { file: named, line }) => {
                assert_eq!((named, line), (file.clone(), wrong), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    fs::write(&file, [0xff, b'\n']).unwrap();
    assert!(all(&journal).is_err());
}

#[test]
fn marks_of_another_key_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    journal(folder.path(), 1).append(&[one(1)]).unwrap();
    let other = Journal::open(folder.path(), [8; 32], &SeededEntropy::new(2)).unwrap();
    assert!(matches!(all(&other), Err(JournalError::OtherKey(_))));
}

#[test]
fn what_comes_later_is_read_by_itself_whoever_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = (journal(folder.path(), 1), journal(folder.path(), 2));
    let on = || {
        let mut come = Vec::new();
        reader.read_on(|tenant, tombstone| come.push((tenant, tombstone))).map(|()| come)
    };
    writer.append(&[one(1)]).unwrap();
    assert_eq!(on().unwrap(), [one(1)]);
    assert_eq!(on().unwrap(), []);
    writer.append(&[one(2)]).unwrap();
    assert_eq!(on().unwrap(), [one(2)]);

    // Half a line is somebody's who is at it; where it ends it is read, and not before.
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let third = line(3);
    let (half, rest) = third.split_at(40);
    fs::write(&file, [&whole, half.as_bytes()].concat()).unwrap();
    assert_eq!(on().unwrap(), []);
    fs::write(&file, [&whole, half.as_bytes(), rest.as_bytes()].concat()).unwrap();
    assert_eq!(on().unwrap(), [one(3)]);
    assert_eq!(reader.latest(), [1, 2, 3].map(one));
    assert_eq!(all(&reader).unwrap().len(), 3, "from the beginning again");

    // The number of a line is that of the file.
    fs::write(&file, [&whole, third.as_bytes(), b"half\n"].concat()).unwrap();
    assert!(matches!(on(), Err(JournalError::Unreadable { line: 5, .. })));
}

#[test]
fn the_latest_erasures_are_remembered_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), 1);
    let at = |seconds: usize| {
        let erased_at = Instant::from_micros(i64::try_from(seconds).unwrap() * 1_000_000).unwrap();
        (one(1).0, Tombstone { erased_at, ..one(1).1 })
    };
    let many: Vec<_> = (0..=LATEST).rev().map(at).collect();
    journal.append(&many).unwrap();
    let latest: Vec<_> = (1..=LATEST).map(at).collect();
    assert_eq!(journal.latest(), latest, "the latest of them, and not the last that were written");
    let holds = |(tenant, tombstone): &(TenantId, Tombstone)| journal.holds(tenant, tombstone);
    assert!(holds(&at(1)) && !holds(&at(0)) && !holds(&at(LATEST + 1)));
    assert!(!holds(&(TenantId::new("another").unwrap(), at(1).1)));
    assert!(!holds(&(at(1).0, Tombstone { mark: [2; 32], ..at(1).1 })));
}

#[test]
fn a_folder_that_nothing_can_be_written_into_is_noticed_at_once() {
    let refused = |place: &Path| Journal::open(place, KEY, &SeededEntropy::new(1)).unwrap_err();
    // Nobody can make a file there, not even the superuser.
    assert!(matches!(refused(Path::new("/proc")), JournalError::Io(place, _) if place == Path::new("/proc")));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    assert!(matches!(refused(&file), JournalError::Io(..)));
    assert!(matches!(refused(&file.join("below")), JournalError::Io(..)));
}

#[test]
fn what_does_not_fit_on_the_disk_is_told_and_leaves_a_journal_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), 1);
    journal.append(&[one(1)]).unwrap();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    journal.own.lock().unwrap().file = Some(full());
    let error = journal.append(&[one(2)]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(!journal.holds(&one(2).0, &one(2).1));
    journal.append(&[one(3)]).unwrap();
    assert_eq!(all(&journal).unwrap(), [1, 3].map(one));
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn after_a_write_that_failed_another_file_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("journal");
    let journal = journal(&place, 1);
    fs::remove_dir(&place).unwrap();
    assert!(journal.append(&[one(1)]).is_err());
    assert!(!journal.holds(&one(1).0, &one(1).1));
    fs::create_dir(&place).unwrap();
    journal.append(&[one(2)]).unwrap();
    assert_eq!(all(&journal).unwrap(), [one(2)]);
}
