//! Files of host keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::trust::known_hosts_file(input));
