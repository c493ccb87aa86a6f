//! The tessh command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    tessh::cli::main()
}
