//! The functions, as expressions call them.

#[cfg(test)]
mod calls;
