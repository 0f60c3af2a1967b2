//! Plans executed on simulated clusters: to their ends, through faults, and through the end of the engine
//! at every point.

#[cfg(test)]
mod bench;
mod bring_back;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod restore;
mod resume;
