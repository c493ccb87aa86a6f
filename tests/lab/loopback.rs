//! The far ends on loopback that tests of forwarding connect to.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use super::DEADLINE;

/// Sends back what each connection sends; gives the port.
pub fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut from = stream.try_clone().unwrap();
                let _ = io::copy(&mut from, &mut stream);
                let _ = stream.shutdown(Shutdown::Write);
            });
        }
    });
    port
}

/// Sends this to a port and nothing after it; gives all that comes back. Fails where nobody
/// listens.
pub fn try_exchange(port: u16, sent: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let mut to = stream.try_clone()?;
    let sent = sent.to_vec();
    let sender = std::thread::spawn(move || {
        let _ = to.write_all(&sent);
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut all = Vec::new();
    // A connection that is refused further on may be reset.
    let _ = stream.read_to_end(&mut all);
    sender.join().unwrap();
    Ok(all)
}

/// [`try_exchange`] with a port that somebody listens on.
#[track_caller]
pub fn exchange(port: u16, sent: &[u8]) -> Vec<u8> {
    try_exchange(port, sent).unwrap()
}

/// Bytes in an order that shows any that is lost, added or moved.
pub fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|n| ((n as u32).wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}
