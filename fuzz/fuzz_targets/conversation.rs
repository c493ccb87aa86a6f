//! A whole conversation with a server.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::conversation::conversation(input));
