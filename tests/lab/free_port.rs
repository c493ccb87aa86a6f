//! A port that a program can be told to listen on.

use std::io::Read;
use std::net::{TcpListener, TcpStream};

/// A port of 127.0.0.1 that nobody listens on. For a minute the kernel gives it to nobody who
/// asks for any port, because a connection at it has just been ended from its side; who asks for
/// this very port with `SO_REUSEADDR`, as servers and forwards do, has it.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let mut there = TcpStream::connect(place).unwrap();
    let (here, _) = listener.accept().unwrap();
    // The kernel remembers the side that ends first.
    drop(here);
    assert_eq!(there.read(&mut [0]).unwrap(), 0);
    place.port()
}
