//! What users read of the schemas: the reference pages in `docs/`, and the shape that states are stored in.

#[cfg(test)]
mod pages;
#[cfg(test)]
mod schema;
