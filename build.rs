//! How the linker lays out the program.
//!
//! - The functions that a session runs lie side by side (`link/order.ld`). A program's pages come into
//!   memory 64 KiB at a time around each function that is called, and those of a session lie
//!   scattered over all that tessh can do, which took twice the memory that they need.
//! - Where its pointers are, which are set when it starts, is told by a map of bits instead of 24 bytes
//!   each: 400 KiB less to read at each start. C libraries before 2.36 cannot start such a program, so
//!   one that is built beside an older one does without. One that is built beside a newer one does not
//!   start on a machine with an older one.
//!
//! GNU ld and lld know both. Where another linker was chosen, and for a debug build, the program is
//! linked as ever.

use std::env;
use std::process::Command;

/// The first glibc that takes relative relocations as a map of bits (DT_RELR).
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=link/order.ld");
    let told = |name: &str| env::var(name).unwrap_or_default();
    let is_released = told("PROFILE") == "release";
    let is_gnu = told("CARGO_CFG_TARGET_OS") == "linux" && told("CARGO_CFG_TARGET_ENV") == "gnu";
    let flags = told("CARGO_ENCODED_RUSTFLAGS");
    let own_linker = env::var_os("RUSTC_LINKER").is_some()
        || ["fuse-ld", "linker"].iter().any(|choice| flags.contains(choice));
    if !is_released || !is_gnu || own_linker {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-T{}/link/order.ld", told("CARGO_MANIFEST_DIR"));
    let is_native = told("HOST") == told("TARGET");
    if is_native && glibc().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's glibc, as `getconf` prints it: "glibc 2.36".
fn glibc() -> Option<(u32, u32)> {
    let printed = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?.stdout;
    let printed = String::from_utf8(printed).ok()?;
    let (major, minor) = printed.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
