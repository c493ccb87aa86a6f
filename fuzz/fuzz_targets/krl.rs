//! OpenSSH's lists of revoked keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::trust::krl(input));
