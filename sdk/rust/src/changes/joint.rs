//! That pages join: no position between two of them is left out, and none is told twice.

use super::ChangePage;

/// What is wrong with a page of changes. The bookmark stays where it was; nothing of the page is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageFault {
    /// It does not begin where the one before it ended: changes between were left out, or would be applied twice.
    #[error(
        "the page begins after position {begins}, and the one before it ended at {ended}; do not go on: read from an \
         earlier bookmark, or hand over to a snapshot"
    )]
    #[non_exhaustive]
    NotJoined {
        /// The last position that was covered.
        ended: u64,
        /// The position after which the page begins.
        begins: u64,
    },
    /// It ends before it begins.
    #[error("the page covers nothing between {after} and {through}: it ends before it begins; report it")]
    #[non_exhaustive]
    EndsBeforeItBegins {
        /// The position after which it begins.
        after: u64,
        /// The last position that it covers.
        through: u64,
    },
    /// A change lies outside of what the page covers, or not after the change before it.
    #[error(
        "the change at position {position} is out of order, or outside of what its page covers; report it"
    )]
    #[non_exhaustive]
    OutOfOrder {
        /// The change's position.
        position: u64,
    },
}

/// That a page follows what was read, whose last position is `ended` (`None`: not known), and is in order.
pub(crate) fn check(ended: Option<u64>, page: &ChangePage) -> Result<(), PageFault> {
    let (after, through) = (page.covered_after, page.covered_through);
    if let Some(ended) = ended
        && ended != after
    {
        return Err(PageFault::NotJoined { ended, begins: after });
    }
    if through < after {
        return Err(PageFault::EndsBeforeItBegins { after, through });
    }
    let mut last = after;
    for change in &page.changes {
        if change.position <= last || change.position > through {
            return Err(PageFault::OutOfOrder { position: change.position });
        }
        last = change.position;
    }
    Ok(())
}
