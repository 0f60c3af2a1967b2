//! Our answers held against a real broker's.
