//! One suite for all targets.
