//! Saved sessions, and files of the state folder.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::settings::profile(input));
