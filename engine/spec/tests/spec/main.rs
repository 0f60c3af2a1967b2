//! What may be wished: the rules between the parts, the way between versions, and the stored form.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod version;
