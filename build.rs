//! Has the linker put the functions that a session runs side by side (`link/order.ld`).
//!
//! A program's pages come into memory 64 KiB at a time around each function that is called. Those of a
//! session lie scattered over all that tessh can do, which took twice the memory that they need.
//!
//! GNU ld and lld know such a script. Where another linker was chosen, and for a debug build, the
//! program is linked as ever.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=link/order.ld");
    let told = |name: &str| env::var(name).unwrap_or_default();
    let is_released = told("PROFILE") == "release";
    let is_gnu = told("CARGO_CFG_TARGET_OS") == "linux" && told("CARGO_CFG_TARGET_ENV") == "gnu";
    let flags = told("CARGO_ENCODED_RUSTFLAGS");
    let own_linker = env::var_os("RUSTC_LINKER").is_some()
        || ["fuse-ld", "linker"].iter().any(|choice| flags.contains(choice));
    if is_released && is_gnu && !own_linker {
        println!("cargo:rustc-link-arg-bins=-T{}/link/order.ld", told("CARGO_MANIFEST_DIR"));
    }
}
