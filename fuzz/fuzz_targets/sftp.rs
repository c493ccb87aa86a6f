//! An SFTP server's replies.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tessh_fuzz::bodies::packets::sftp(input));
