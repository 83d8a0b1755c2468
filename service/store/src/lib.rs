//! What Assent remembers: one store, two engines.
