//! A typed client for Assent.
