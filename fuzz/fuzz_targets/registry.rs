//! Exports of the registry and ini files.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::settings::registry(input));
