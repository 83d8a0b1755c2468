//! Following a feed, whatever it carries: who waits for what, for how long, how much fits on a page, and how a stream of
//! it is told to a reader who may be slow, and how those who wait learn what another replica wrote.

pub(crate) mod lookout;
pub(crate) mod looks;
pub mod news;
pub(crate) mod outlet;
pub(crate) mod patience;
pub(crate) mod room;
pub(crate) mod stream;
