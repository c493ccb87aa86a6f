//! The sanitiser of remote text.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::shown::sanitiser(input));
