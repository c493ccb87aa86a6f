//! The log of a session, and encodings.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::shown::session_log(input));
