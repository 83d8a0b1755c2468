//! The test house: a harness that runs the real service on fresh databases.
