//! An error with all that led to it, in one line.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// Shows an error and its sources, each after a colon.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a>(pub &'a (dyn Error + 'static));

impl Display for Reason<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(source) = next {
            write!(formatter, ": {source}")?;
            next = source.source();
        }
        Ok(())
    }
}
