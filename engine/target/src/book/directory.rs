//! A book in a directory.

/// A book in a directory.
#[derive(Debug)]
pub struct DirectoryBook;
