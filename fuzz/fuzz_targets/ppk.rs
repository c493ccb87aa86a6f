//! PuTTY's files of keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::keys::ppk(input));
