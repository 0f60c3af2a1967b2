//! `zeebe_cluster` as Terraform's core drives it, in one process, on the simulated target: no binary, no
//! socket, and every rule that core has about plans and states checked at each turn.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod backup_schedule;
#[cfg(test)]
mod backups;
#[cfg(test)]
mod bring_back;
#[cfg(test)]
mod core;
#[cfg(test)]
mod data;
#[cfg(test)]
mod ephemeral;
#[cfg(test)]
mod exporters;
#[cfg(test)]
mod in_step;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod life;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod moved;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod protection;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod restore_drill;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod unknown;
