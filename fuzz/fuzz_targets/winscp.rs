//! WinSCP's ini file.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::settings::winscp(input));
