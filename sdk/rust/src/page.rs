//! Lists that come in pages.

use std::fmt;

/// Which page of a list to give.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Paging {
    pub(crate) size: u32,
    pub(crate) token: Option<PageToken>,
}

impl Paging {
    /// The first page, of the size that the service chooses.
    #[must_use]
    pub fn first() -> Self {
        Self::default()
    }

    /// The page that follows another.
    #[must_use]
    pub const fn after(token: PageToken) -> Self {
        Self { size: 0, token: Some(token) }
    }

    /// The most items wanted; what is over the list's limit is taken as the limit. 0: the service chooses.
    #[must_use]
    pub const fn size(mut self, size: u32) -> Self {
        self.size = size;
        self
    }

    pub(crate) fn into_wire(self) -> (u32, Option<String>) {
        (self.size, self.token.map(|token| token.0))
    }
}

/// Where a list goes on: opaque, for this tenant and list only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageToken(pub(crate) String);

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(opaque)")
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where to go on: `Paging::after(token)`. Absent: this was the last page.
    pub next: Option<PageToken>,
}

impl<T> Page<T> {
    pub(crate) fn from_wire(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next: next.map(PageToken) }
    }
}
