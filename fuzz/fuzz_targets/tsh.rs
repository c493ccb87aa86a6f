//! What tsh prints and keeps.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::settings::tsh(input));
