//! Both ends of a control socket (OpenSSH's PROTOCOL.mux), made by hand: a test sends any
//! packet and reads the answer.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use super::DEADLINE;

/// The first message of each side.
pub const HELLO: u32 = 0x0000_0001;
/// A client wants proxy mode.
pub const PROXY: u32 = 0x1000_000f;
/// A client asks for information.
pub const INFO: u32 = 0x2000_0001;
/// The master gives it.
pub const INFO_REPLY: u32 = 0x9000_0001;

/// Numbers on the wire.
pub fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A string, or a packet, on the wire: its length before it.
pub fn counted(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

/// One end of a connection.
pub struct Mux(UnixStream);

impl Mux {
    /// Connects to a master and waits for nothing.
    #[allow(dead_code)]
    pub fn hail(socket: &Path) -> Mux {
        Mux::over(UnixStream::connect(socket).unwrap())
    }

    /// Connects to a master and greets it; its own greeting is given, too.
    pub fn greet(socket: &Path) -> (Mux, Vec<u8>) {
        let mut mux = Mux::over(UnixStream::connect(socket).unwrap());
        mux.send(&numbers(&[HELLO, 4]));
        let hello = mux.receive().unwrap();
        (mux, hello)
    }

    /// Connects to a master and begins proxy mode: from here on packets are those of the
    /// connection protocol (RFC 4254).
    pub fn proxy(socket: &Path) -> Mux {
        let (mut mux, _) = Mux::greet(socket);
        mux.send(&numbers(&[PROXY, 0]));
        assert_eq!(mux.receive().unwrap()[..4], [0x80, 0, 0, 0xf]);
        mux
    }

    /// Waits for one client as a master.
    pub fn accept(listener: &UnixListener) -> Mux {
        Mux::over(listener.accept().unwrap().0)
    }

    fn over(stream: UnixStream) -> Mux {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Mux(stream)
    }

    /// Sends one packet, unless it is not taken within this time; whether it was.
    pub fn is_taken(&mut self, body: &[u8], within: Duration) -> bool {
        self.0.set_write_timeout(Some(within)).unwrap();
        self.0.write_all(&counted(body)).is_ok()
    }

    /// Sends one packet.
    pub fn send(&mut self, body: &[u8]) {
        self.0.write_all(&counted(body)).unwrap();
    }

    /// The next packet.
    pub fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length)?;
        let mut body = vec![0; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut body)?;
        Ok(body)
    }

    /// In proxy mode, opens a channel with so much window; gives the type of the answer.
    pub fn open(&mut self, kind: &str, window: u32, rest: &[u8]) -> u8 {
        let number = numbers(&[0, window, 1 << 15]);
        self.send(&[&[0, 90][..], &counted(kind.as_bytes()), &number, rest].concat());
        self.receive().unwrap()[1]
    }

    /// A packet of proxy mode about the channel with this number.
    pub fn about(kind: u8, channel: u32, rest: &[u8]) -> Vec<u8> {
        [&[0, kind][..], &numbers(&[channel]), rest].concat()
    }

    /// In proxy mode, runs a command on the first channel; nothing is waited for.
    pub fn exec(&mut self, command: &str) {
        let request = [counted(b"exec"), vec![0], counted(command.as_bytes())].concat();
        self.send(&Mux::about(98, 0, &request));
    }
}
