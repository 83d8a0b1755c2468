//! The lane of imports: how much of the service they may take.

use super::read::Reader;
use super::setting;

/// What bounds imports.
#[derive(Clone, Copy, Debug)]
pub struct Imports {
    /// How many run at once.
    pub concurrent: usize,
    /// How many lines one transaction writes.
    pub lines_per_transaction: usize,
    /// How long the lane rests after each transaction, in hundredths of what that took.
    pub rest_percent: u32,
}

impl Imports {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let concurrent = reader.one("import.concurrent", setting::size(1, 1000));
        let lines = reader.one("import.lines_per_transaction", setting::size(1, 1000));
        let rest_percent = reader.one("import.rest_percent", setting::count(0, 10_000));
        Some(Self { concurrent: concurrent?, lines_per_transaction: lines?, rest_percent: rest_percent? })
    }
}
