//! The lines of the judgement, each with its neighbours.

mod device;
mod exempt;
pub(crate) mod laws;
mod lines;
mod several;
mod small_print;
