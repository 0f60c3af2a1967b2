//! What users read: the reference pages and their links, and the schemas that they follow from.

#[cfg(test)]
mod compatibility;
#[cfg(test)]
mod links;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod schema;
