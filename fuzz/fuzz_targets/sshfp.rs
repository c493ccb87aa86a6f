//! SSHFP records of the DNS.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::trust::sshfp(input));
