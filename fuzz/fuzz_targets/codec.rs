//! See `zeebe_platform_fuzz::codec`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| zeebe_platform_fuzz::codec(bytes));
