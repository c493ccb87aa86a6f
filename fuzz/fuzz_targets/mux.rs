//! Packets of a shared connection.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::packets::mux(input));
