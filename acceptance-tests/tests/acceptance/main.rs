//! What must be seen, on real brokers, driven by the real terraform. One scenario of the list a file, by its number.
//!
//! All in one binary, so that the scenarios share the places for brokers on the machine. One alone:
//! `cargo test -p acceptance-tests --test acceptance s03`.

mod s00_harness;
mod s01_life;
mod s02_size;
mod s03_upgrade;
mod s04_mending;
mod s05_interrupted;
mod s06_environments;
mod s07_mistakes;
mod s08_demo;
mod s09_examples;
mod s10_contract;
mod s11_clients;
mod s12_records;
mod s13_search_store;
mod s14_exporter;
mod s15_lake;
mod s16_audit;
mod s17_kafka;
mod s18_retention;
mod s19_backup;
mod s20_lake;
mod s21_restore;
mod s22_schedule;
mod s23_bring_back;
mod s24_in_step;
mod watch;
mod words;
