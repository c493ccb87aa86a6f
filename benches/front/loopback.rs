//! What benches need at 127.0.0.1: a port, and a place from which everything comes back.

use crate::front::Failure;
use std::net::{Ipv4Addr, Shutdown, TcpListener};

/// A port that nobody listens at, for a program that takes a number.
pub fn free_port() -> Result<u16, Failure> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr());
    free.map(|address| address.port()).map_err(|error| error.to_string())
}

/// Listens where everything that is written comes back; lasts as long as the process.
pub fn echo() -> Result<u16, Failure> {
    let said = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(said)?;
    let port = listener.local_addr().map_err(said)?.port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.set_nodelay(true);
                let _ = std::io::copy(&mut &stream, &mut &stream);
                let _ = stream.shutdown(Shutdown::Write);
            });
        }
    });
    Ok(port)
}
