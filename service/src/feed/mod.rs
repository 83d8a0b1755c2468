//! Following a feed, whatever it carries: who waits for what, for how long, and how much fits on a page.

pub mod news;
pub(crate) mod patience;
pub(crate) mod room;
