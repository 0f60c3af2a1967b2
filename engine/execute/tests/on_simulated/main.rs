//! Plans executed on simulated clusters: to their ends, through faults, and through the end of the engine
//! at every point.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod bring_back;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod resume;
