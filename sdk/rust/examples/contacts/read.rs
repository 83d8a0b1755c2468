//! Reads a contact file line by line. A line that cannot be read is told by its number and costs nobody else anything; what a
//! line means stands in `contact`, and whether it proves what it claims is for the service to say.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use super::column::Column;
use super::contact::{Contact, contact};

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Malformed {
    /// It does not have one cell for each column.
    WrongColumnCount,
    /// It is not UTF-8.
    NotUtf8,
    /// A day is not one of the calendar, as YYYY-MM-DD.
    BadDay(Column),
    /// A word is none of those that the column takes.
    UnknownWord(Column),
    /// It says nothing about the person.
    NothingSaid,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongColumnCount => f.write_str("not one cell for each column"),
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::BadDay(column) => write!(f, "{}: not a day as YYYY-MM-DD", heading(*column)),
            Self::UnknownWord(column) => write!(f, "{}: not a word that is known", heading(*column)),
            Self::NothingSaid => f.write_str("nothing said"),
        }
    }
}

/// The heading of a column.
fn heading(column: Column) -> &'static str {
    Column::ALL.iter().find(|(known, _)| *known == column).map_or("", |(_, heading)| heading)
}

/// The cells of one line.
pub(crate) struct Cells<'a>(&'a csv::StringRecord);

impl Cells<'_> {
    /// What a column says; `None`: nothing.
    pub(crate) fn get(&self, column: Column) -> Option<&str> {
        // An enum's number is its place in the file.
        self.0.get(column as usize).filter(|cell| !cell.is_empty())
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The lines that could be read.
    pub(crate) contacts: Vec<Contact>,
    /// The numbers of those that could not (the header is line 1), and why.
    pub(crate) malformed: BTreeMap<Malformed, Vec<u64>>,
}

/// Why a file is no contact file at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The file cannot be read.
    #[error("the contact file cannot be read")]
    Io(#[from] csv::Error),
    /// The first line does not name the columns.
    #[error("the first line of the contact file does not name the columns")]
    Header,
}

/// Reads a whole file.
pub(crate) fn read(file: impl Read) -> Result<Contents, Unreadable> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').quoting(false).flexible(true).from_reader(file);
    if !reader.headers()?.iter().eq(Column::ALL.iter().map(|(_, heading)| *heading)) {
        return Err(Unreadable::Header);
    }
    let mut contents = Contents::default();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        match one_line(line, &record) {
            Ok(contact) => contents.contacts.push(contact),
            Err(malformed) => contents.malformed.entry(malformed).or_default().push(line),
        }
    }
    Ok(contents)
}

fn one_line(line: u64, record: &csv::ByteRecord) -> Result<Contact, Malformed> {
    if record.len() != Column::ALL.len() {
        return Err(Malformed::WrongColumnCount);
    }
    let record = csv::StringRecord::from_byte_record(record.clone()).map_err(|_| Malformed::NotUtf8)?;
    contact(line, &Cells(&record))
}
